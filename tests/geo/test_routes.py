"""The way of a walk."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from geo.nearest import compass_from, distances_from_m, nearest_first
from geo.projection import epsg_for, to_lonlat, to_metres
from geo.routes import loop_length_m, loop_order, path_length_m, path_order, walk_minutes, walking_minutes


def test_the_loop_of_a_walk_is_the_shortest_there_is() -> None:
    chance = np.random.default_rng(3)
    for _ in range(10):
        points = chance.uniform(0, 1000, (7, 2))
        best = min(loop_length_m(points, [0, *p]) for p in permutations(range(1, 7)))
        assert loop_length_m(points, loop_order(points)) == pytest.approx(best)


def test_a_walk_with_many_stops_still_visits_each_of_them_once() -> None:
    points = np.random.default_rng(4).uniform(0, 2000, (30, 2))
    assert sorted(loop_order(points)) == list(range(30))


def test_a_loop_of_one_kilometre_takes_a_mixed_group_a_good_ten_minutes() -> None:
    square = np.array([[0.0, 0.0], [250.0, 0.0], [250.0, 250.0], [0.0, 250.0]])
    assert loop_length_m(square, [0, 1, 2, 3]) == pytest.approx(1300)
    assert walking_minutes(1000) == 14


def test_degrees_become_metres_and_come_back() -> None:
    kalmar = np.array([[16.365, 56.664]])
    metres = to_metres(kalmar)
    assert np.allclose(to_lonlat(metres), kalmar, atol=1e-9)
    assert 580_000 < metres[0, 0] < 590_000


def test_the_metric_system_is_chosen_from_where_the_place_lies() -> None:
    assert epsg_for(16.4, 56.7) == 3006
    assert epsg_for(-71.06, 42.36) == 32619
    assert epsg_for(151.2, -33.9) == 32756


def test_nearest_first_knows_distance_and_direction() -> None:
    one_north = distances_from_m(16.0, 56.0, np.array([[16.0, 56.001]]))
    assert one_north[0] == pytest.approx(111.2, abs=0.2)
    assert compass_from(16.0, 56.0, 16.0, 56.1) == "n"
    assert compass_from(16.0, 56.0, 15.9, 56.0) == "w"


def test_the_path_of_a_walk_is_the_shortest_with_and_without_a_given_end() -> None:
    chance = np.random.default_rng(6)
    for _ in range(6):
        points = chance.uniform(0, 1000, (7, 2))
        paths = [[0, *p] for p in permutations(range(1, 7))]
        best = min(path_length_m(points, p) for p in paths)
        assert path_length_m(points, path_order(points)) == pytest.approx(best)
        best_to_four = min(path_length_m(points, p) for p in paths if p[-1] == 4)
        assert path_length_m(points, path_order(points, end=4)) == pytest.approx(best_to_four)


def test_a_path_with_many_stops_ends_where_it_was_told_to() -> None:
    order = path_order(np.random.default_rng(4).uniform(0, 2000, (30, 2)), end=17)
    assert (order[0], order[-1], sorted(order)) == (0, 17, list(range(30)))
    with pytest.raises(ValueError, match="must be a row"):
        path_order(np.zeros((3, 2)), end=0)


def test_a_walk_of_no_stops_or_one_has_an_order_and_no_length() -> None:
    assert (loop_order(np.empty((0, 2))), path_order(np.zeros((1, 2)))) == ([], [0])
    assert loop_length_m(np.zeros((1, 2)), [0]) == 0


def test_an_evening_of_eight_stops_over_a_kilometre_and_a_half_takes_about_seventy_minutes() -> None:
    assert walk_minutes(1500, 8) == 69


def test_nearest_first_lists_every_place_once_and_equals_by_row() -> None:
    assert nearest_first(16.0, 56.0, np.array([[16.1, 56.0], [16.0, 56.01], [16.0, 56.01]])).tolist() == [1, 2, 0]
