"""The order of driving: danger first, then cabinet by cabinet, and the same day in the same order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from geo.rounds import drive_order, length_m


def test_danger_breaks_in_before_a_dark_passage_and_that_before_the_rest() -> None:
    xy = [[0, 0], [100, 0], [5000, 0], [200, 0]]
    assert drive_order(xy, ["a"] * 4, [2, 2, 0, 1], [0, 0]) == [2, 3, 1, 0]


def test_a_cabinet_once_begun_is_finished_before_the_next() -> None:
    rng = np.random.default_rng(6)
    xy = rng.uniform(0, 3000, (24, 2))
    groups = [f"C{k % 4}" for k in range(24)]
    order = drive_order(xy, groups, [2] * 24, [0, 0])
    assert sorted(order) == list(range(24))
    changes = sum(groups[a] != groups[b] for a, b in pairwise(order))
    assert changes == 3


def test_lamps_along_one_road_are_driven_along_it() -> None:
    xy = [[x, 0.0] for x in (400, 0, 300, 100, 200)]
    assert drive_order(xy, ["a"] * 5, [2] * 5, [-50, 0]) == [1, 3, 4, 2, 0]


def test_it_is_shorter_than_first_come_first_served() -> None:
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 6000, (30, 2))
    order = drive_order(xy, [""] * 30, [2] * 30, [0, 0])
    assert length_m(xy, order) < 0.6 * length_m(xy, range(30))


def test_the_same_day_gives_the_same_order() -> None:
    xy = np.random.default_rng(2).uniform(0, 3000, (20, 2))
    assert drive_order(xy, ["a", "b"] * 10, [2] * 20) == drive_order(xy, ["a", "b"] * 10, [2] * 20)


def test_nothing_one_and_all_in_one_place_are_no_trouble() -> None:
    assert drive_order([], [], []) == []
    assert drive_order([[1, 2]], ["a"], [0], [0, 0]) == [0]
    assert sorted(drive_order([[1, 1]] * 4, ["a", "b", "a", "b"], [2] * 4)) == [0, 1, 2, 3]
    assert length_m([[1, 2]], [0]) == 0.0


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="as many"):
        drive_order([[0, 0]], [], [0])
    with pytest.raises(ValueError, match="finite"):
        drive_order([[float("nan"), 0]], ["a"], [0])
