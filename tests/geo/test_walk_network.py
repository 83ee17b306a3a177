"""Ways on the walking network."""

from __future__ import annotations

import numpy as np
import pytest

from geo.walk_network import Network, build, straight, ways

M = 1e-5
"""A metre, near enough, in the degrees of this made-up flat town."""


def town(*lines: list[tuple[float, float]], steps: tuple[int, ...] = ()) -> Network:
    metres = [np.array(line, dtype=float) for line in lines]
    return build([line * M for line in metres], metres, [i in steps for i in range(len(lines))])


def measured(network: Network, *places: tuple[float, float], wheels: bool = False):
    xy = np.array(places, dtype=float)
    return ways(network, xy, xy * M, wheels=wheels)


SQUARE = [(0.0, 0.0), (300.0, 0.0), (300.0, 300.0), (0.0, 300.0), (0.0, 0.0)]


def test_the_way_between_two_corners_goes_round_the_block_and_not_through_it() -> None:
    found = measured(town(SQUARE), (0, 0), (300, 300))
    assert found.distance_m[0, 1] == pytest.approx(600)
    line = np.array(found.line([0, 1])) / M
    assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(600, abs=1)


def test_two_ways_are_joined_where_they_share_a_corner_and_only_there() -> None:
    apart = town([(0, -100), (0, 100)], [(-100, 0), (100, 0), (100, 500)])  # a bridge: they cross, and share no corner
    joined = town([(0, -100), (0, 0), (0, 100)], [(-100, 0), (0, 0), (100, 0)])
    assert measured(joined, (0, -100), (100, 0)).distance_m[0, 1] == pytest.approx(200)
    assert measured(apart, (-100, 0), (100, 500)).distance_m[0, 1] == pytest.approx(700)
    assert measured(apart, (0, -100), (100, 0)).distance_m[0, 1] == pytest.approx(
        200
    )  # 100 m to the bridge, 100 along it


def test_a_place_beside_a_long_way_is_reached_from_the_nearest_point_of_it() -> None:
    found = measured(town([(0, 0), (1000, 0)]), (500, 30), (900, 0))
    assert found.distance_m[0, 1] == pytest.approx(430, abs=15)


def test_a_place_far_from_every_way_is_measured_by_the_detour_factor() -> None:
    found = measured(town(SQUARE), (0, 0), (0, 1300))
    assert list(found.on_network) == [True, False]
    assert found.distance_m[0, 1] == pytest.approx(1300 * 1.3)
    assert len(found.line([0, 1])) == 2


def test_wheels_go_round_a_stair_and_do_not_reach_what_only_a_stair_leads_to() -> None:
    network = town(SQUARE, [(300, 300), (300, 500)], [(0, 0), (150, 150), (300, 300)], steps=(1, 2))
    on_foot = measured(network, (0, 0), (300, 300), (300, 500))
    on_wheels = measured(network, (0, 0), (300, 300), (300, 800), wheels=True)
    assert on_foot.distance_m[0, 1] == pytest.approx(424, abs=1)
    assert on_wheels.distance_m[0, 1] == pytest.approx(600, abs=1)
    assert on_wheels.distance_m[0, 2] == np.inf


def test_distances_are_the_same_both_ways_and_nothing_to_oneself() -> None:
    places = np.random.default_rng(5).uniform(0, 300, (12, 2))
    found = measured(town(SQUARE, [(0, 0), (300, 300)]), *map(tuple, places)).distance_m
    assert np.allclose(found, found.T)
    assert (np.diag(found) == 0).all()


def test_no_ways_and_no_places_give_straight_lines_and_nothing() -> None:
    assert measured(town(), (0, 0), (100, 0)).distance_m[0, 1] == pytest.approx(130)
    assert straight(np.empty((0, 2)), np.empty((0, 2))).line([]) == []
