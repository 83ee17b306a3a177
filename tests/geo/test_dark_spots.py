"""Spots that a neighbour would name."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.dark_spots import find
from geo.identity import match
from geo.reasons import why_one_spot

Floats = NDArray[np.float64]
CHANCE = np.random.default_rng(7)


def people(n: int) -> NDArray[np.int64]:
    return np.arange(n)


def test_two_neighbours_who_report_the_same_corner_make_a_place() -> None:
    spots = find(np.array([[0.0, 0.0], [20.0, 5.0], [900.0, 0.0]]), people(3))
    assert [(s.kind, s.members.tolist()) for s in spots] == [("place", [0, 1])]


def test_one_person_who_reports_ten_times_is_one_voice_and_makes_no_spot() -> None:
    assert find(CHANCE.uniform(0, 20, (10, 2)), np.zeros(10, int)) == []


def test_reports_along_a_path_make_a_stretch_and_not_a_row_of_dots() -> None:
    path = np.column_stack([np.arange(0, 600, 30.0), CHANCE.normal(0, 4, 20)])
    spots = find(path, people(20))
    assert [s.kind for s in spots] == ["stretch"]
    assert 560 <= spots[0].length_m <= 580


def test_a_path_that_bends_is_one_stretch_and_its_band_follows_the_bend() -> None:
    along = np.arange(0, 300, 25.0)
    corner = np.vstack([np.column_stack([along, 0 * along]), np.column_stack([0 * along + 300, along])])
    (spot,) = find(corner, people(len(corner)))
    assert spot.kind == "stretch"
    assert spot.length_m == pytest.approx(575, abs=30)
    assert spot.shape.covers(shapely.Point(300, 10))
    assert not spot.shape.covers(shapely.Point(200, 100))


def test_one_who_reports_along_a_whole_street_still_is_a_voice_at_each_place() -> None:
    street = np.column_stack([np.arange(0, 400, 40.0), np.zeros(10)])
    spots = find(np.vstack([street, [[200.0, 5.0]]]), np.array([0] * 10 + [1]))
    assert len(spots) == 1
    assert 10 in spots[0].members
    assert len(spots[0].members) < 11


def test_a_report_that_weighs_little_does_not_make_a_spot_with_one_other() -> None:
    pair = np.array([[0.0, 0.0], [10.0, 0.0]])
    assert len(find(pair, people(2), [1.0, 1.0])) == 1
    assert find(pair, people(2), [1.0, 0.5]) == []


def test_nothing_is_chained_into_a_whole_quarter() -> None:
    quarter = CHANCE.uniform(0, 900, (3000, 2))
    spots = find(quarter, people(3000))
    assert len(spots) > 20
    for spot in spots:
        across = np.hypot(*np.ptp(quarter[spot.members], axis=0))
        assert across <= 150 * np.sqrt(2)


def test_one_more_report_moves_few_others_from_one_spot_to_another() -> None:
    chance, moved = np.random.default_rng(5), []
    for _ in range(40):
        crowd = chance.normal(0, 45, (120, 2))
        before = find(crowd, people(120))
        after = find(np.vstack([crowd, chance.normal(0, 45, (1, 2))]), people(121))
        known = {k: set(spot.members.tolist()) for k, spot in enumerate(before)}
        groups = [set(spot.members.tolist()) for spot in after]
        same = match(known, groups).spot_of
        stay = sum(len(known[k] & group) for k, group in zip(same, groups, strict=True) if k is not None)
        moved.append(sum(map(len, known.values())) - stay)
    assert np.mean(moved) < 1


def test_a_street_of_two_kilometres_becomes_stretches_of_at_most_800_metres() -> None:
    street = np.column_stack([np.arange(0, 2000, 25.0), np.zeros(80)])
    spots = find(street, people(80))
    assert {s.kind for s in spots} == {"stretch"}
    assert max(s.length_m for s in spots) <= 800
    assert sum(len(s.members) for s in spots) == 80


def test_hundreds_of_reports_on_the_very_same_coordinate_are_held_for_review() -> None:
    spots = find(np.zeros((300, 2)), people(300))
    assert [s.held for s in spots] == [True]


def test_a_fallback_point_is_held_alone_and_its_neighbours_are_judged_without_it() -> None:
    xy = np.vstack([np.zeros((300, 2)), [[20.0, 0.0], [30.0, 0.0], [0.0, 40.0]]])
    spots = find(xy, people(303))
    assert [(s.held, len(s.members)) for s in spots] == [(True, 300), (False, 3)]


def test_one_person_who_sends_a_place_sixty_times_is_no_fallback_point() -> None:
    spots = find(np.vstack([np.zeros((60, 2)), [[5.0, 5.0]]]), np.array([0] * 60 + [1]))
    assert [(s.held, len(s.members)) for s in spots] == [(False, 61)]


def test_every_shape_is_valid_and_holds_its_centre_and_its_places() -> None:
    city = np.vstack([CHANCE.uniform(0, 1500, (900, 2)), CHANCE.normal(700, 25, (300, 2)), np.full((9, 2), 33.0)])
    for spot in find(city, people(len(city))):
        assert spot.shape.is_valid
        assert spot.centre in spot.members
        assert spot.shape.distance(shapely.points(city[spot.centre])) == 0
        assert spot.shape.area < 45_000


def test_what_is_left_of_a_divided_quarter_with_one_voice_is_no_spot() -> None:
    quarter = CHANCE.uniform(0, 900, (3000, 2))
    assert min(len(s.members) for s in find(quarter, people(3000))) >= 2


def test_a_worker_that_has_loaded_the_loops_waits_for_nothing_more_when_a_spot_is_divided() -> None:
    script = (
        "import sys\nfrom geo.dark_spots import load_loops\nfrom geo.identity import match\n"
        "load_loops()\nbefore = set(sys.modules)\nmatch({1: [1, 2], 2: [3, 4]}, [[1, 3], [2, 4]])\n"
        "sys.exit(sorted(set(sys.modules) - before) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_no_reports_make_no_spots_and_broken_ones_are_refused() -> None:
    assert find(np.empty((0, 2)), np.empty(0, int)) == []
    with pytest.raises(ValueError, match="must be"):
        find(np.array([[np.nan, 0.0]]), people(1))


def test_the_reasons_tell_voices_extent_and_the_step_that_holds_a_spot_together() -> None:
    why = why_one_spot([[0.0, 0.0], [0.0, 0.0], [10.0, 0.0], [50.0, 0.0], [60.0, 0.0]], [1, 2, 2, 3, 4])
    assert (why.reports, why.voices, why.voices_near, why.same_coordinate) == (5, 4, 3, 2)
    assert (why.across_m, why.widest_gap_m, why.bridge) == (60, 40, (2, 3))


def test_the_reasons_of_one_place_and_of_a_crowd_are_defined() -> None:
    assert why_one_spot([[1.0, 1.0]], [5]).bridge is None
    crowd = why_one_spot(CHANCE.uniform(0, 100, (5000, 2)), people(5000))
    assert crowd.voices_near == 5000
    with pytest.raises(ValueError, match="must have reports"):
        why_one_spot(np.empty((0, 2)), [])


def test_the_shape_of_two_reports_is_valid_and_not_absurdly_large() -> None:
    (spot,) = find(np.array([[0.0, 0.0], [30.0, 0.0]]), people(2))
    assert spot.shape.is_valid
    assert spot.shape.area < 3000


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=40),
    st.randoms(use_true_random=False),
)
def test_the_same_reports_in_any_order_give_the_same_spots(raw: list[tuple[int, int]], chance: object) -> None:
    xy = np.array(raw, dtype=float) * 3.1
    order = list(range(len(xy)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    one = {frozenset(map(tuple, xy[s.members])) for s in find(xy, people(len(xy)))}
    other = {frozenset(map(tuple, xy[order][s.members])) for s in find(xy[order], people(len(xy)))}
    assert one == other
