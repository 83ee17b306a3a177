"""Which lamps stand near a place, and where along a path none does."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import LineString

from geo.lighting import NO_LAMP, gaps_along, nearest_lamps

PATH = LineString([(0, 0), (300, 0)])
CHANCE = np.random.default_rng(11)


def test_the_nearest_lamps_come_first_and_those_too_far_not_at_all() -> None:
    lamps = [(30.0, 0.0), (10.0, 0.0), (51.0, 0.0)]
    assert nearest_lamps([(0.0, 0.0)], lamps, 50, most=3).tolist() == [[1, 0, NO_LAMP]]


def test_lamps_at_the_same_distance_come_by_their_row() -> None:
    assert nearest_lamps([(0.0, 0.0)], [(0.0, 9.0), (9.0, 0.0), (-9.0, 0.0)], 20, most=2).tolist() == [[0, 1]]


def test_the_nearest_lamps_are_those_that_counting_all_would_find() -> None:
    places, lamps = CHANCE.uniform(0, 500, (40, 2)), CHANCE.uniform(0, 500, (300, 2))
    found = nearest_lamps(places, lamps, 60, most=4)
    for place, rows in zip(places, found, strict=True):
        distance = np.hypot(*(lamps - place).T)
        expected = [k for k in np.argsort(distance, kind="stable") if distance[k] <= 60][:4]
        assert rows[rows >= 0].tolist() == expected


def test_where_nobody_has_put_a_lamp_none_is_found() -> None:
    assert nearest_lamps([(0.0, 0.0)], np.empty((0, 2)), 50, most=2).tolist() == [[NO_LAMP, NO_LAMP]]
    with pytest.raises(ValueError, match="must be"):
        nearest_lamps([(0.0, 0.0)], np.empty((0, 2)), 50, most=0)


def test_a_missing_lamp_leaves_a_gap_that_says_where_it_begins() -> None:
    lamps = [(x, 5.0) for x in (10, 40, 70, 160, 190, 220, 250, 280)]
    assert [(g.begin_m, g.end_m, g.length_m) for g in gaps_along(PATH, lamps)] == [(70, 160, 90)]


def test_a_path_without_lamps_is_one_gap_from_end_to_end() -> None:
    assert [g.length_m for g in gaps_along(PATH, [(150.0, 40.0)])] == [300]
    assert [g.length_m for g in gaps_along(PATH, np.empty((0, 2)))] == [300]
