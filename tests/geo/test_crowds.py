"""A crowd larger than a place is divided so that what belongs together stays together, and one report more moves few."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo import crowd_loops, dark_spots, dbscan_compiled
from geo.crowds import crowds
from geo.dbscan import dbscan
from geo.points import distinct

Floats = NDArray[np.float64]
LIMIT_M, STEP_M = 150.0, 45.0


def divided(points: Floats, who: NDArray[np.int64] | None = None) -> list[NDArray[np.int64]]:
    return list(crowds(points, np.arange(len(points)) if who is None else who, LIMIT_M, STEP_M))


def crowd(many: int, spread_m: float) -> Floats:
    return distinct(np.random.default_rng(many).normal(0, spread_m, (many, 2)) + np.array((580_000.0, 6_283_000.0)))[0]


@pytest.mark.parametrize("points", [crowd(120, 40), crowd(600, 90), crowd(3000, 200)], ids=["few", "more", "very many"])
def test_every_report_is_in_one_part_that_is_small_and_hangs_together(points: Floats) -> None:
    parts = divided(points)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(points)))
    for part in parts:
        rows = points[part]
        assert np.hypot(*(rows[:, None] - rows).transpose(2, 0, 1)).max() <= LIMIT_M + 1e-6
        assert set(dbscan(rows, STEP_M, 1.0).label.tolist()) == {0}


def test_a_place_that_many_see_stays_whole_and_its_stragglers_go_alone() -> None:
    place = np.random.default_rng(1).normal(0, 20, (100, 2))
    chain = np.column_stack([np.arange(80.0, 240.0, 40.0), np.zeros(4)])
    parts = divided(distinct(np.vstack([place, chain]))[0])
    assert len(parts[0]) >= 100
    assert sum(len(part) for part in parts[1:]) <= 4


def test_one_person_who_reports_again_and_again_does_not_draw_the_part_to_them() -> None:
    many = np.random.default_rng(2).normal(0, 15, (30, 2))
    loud = np.random.default_rng(3).normal(0, 5, (300, 2)) + np.array((170.0, 0.0))
    between = np.column_stack([np.arange(40.0, 160.0, 30.0), np.zeros(4)])
    xy = np.vstack([many, between, loud])
    who = np.concatenate([np.arange(34), np.full(300, 99)])
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    first = divided(xy[order], who[order])[0]
    assert (xy[order][first][:, 0] < 60).sum() >= 30


def test_reports_on_one_and_the_same_place_are_never_parted() -> None:
    same = np.zeros((9, 2))
    far = np.column_stack([np.arange(40.0, 400.0, 40.0), np.zeros(9)])
    parts = divided(np.vstack([same, far]))
    assert sum(bool(set(part.tolist()) & set(range(9))) for part in parts) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=1, max_size=30))
def test_loops_part_a_lattice_as_arrays_do(raw: list[tuple[int, int]]) -> None:
    here = np.array(sorted(raw), dtype=float) * 15.0 + np.array((580_000.0, 6_283_000.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbscan_compiled, "is_loaded", lambda: False)
        slow = divided(here)
        patch.setattr(dbscan_compiled, "is_loaded", lambda: True)
        patch.setattr("geo.crowds.loops", lambda: [crowd_loops.density, crowd_loops.parts])
        assert [part.tolist() for part in divided(here)] == [part.tolist() for part in slow]


def test_machine_code_parts_a_crowd_as_arrays_do(monkeypatch: pytest.MonkeyPatch) -> None:
    dark_spots.load_loops()
    fast = [part.tolist() for many in (2, 30, 200, 900) for part in divided(crowd(many, 80))]
    monkeypatch.setattr(dbscan_compiled, "is_loaded", lambda: False)
    assert fast == [part.tolist() for many in (2, 30, 200, 900) for part in divided(crowd(many, 80))]
