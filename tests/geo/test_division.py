"""Dividing a group: the path along it and its parts are the same through SciPy and through compiled loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo import dbscan_compiled, division
from geo.points import distinct

Floats = NDArray[np.float64]
KALMAR = np.array([580_000.0, 6_283_000.0])
CHANCE = np.random.default_rng(7)
CORNERS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=30, unique=True)


def places(raw: list[tuple[int, int]]) -> Floats:
    """Return places on a lattice of 20 metres, where nearly every distance has its equals."""
    return distinct(np.array(raw, dtype=float) * 20.0 + KALMAR)[0]


def scattered(many: int) -> Floats:
    return distinct(CHANCE.normal(0, 40, (many, 2)) + KALMAR)[0]


@pytest.fixture
def not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbscan_compiled, "is_loaded", lambda: False)


def parts(label: NDArray[np.int64]) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(label == name).tolist()) for name in np.unique(label)}


@settings(max_examples=60, deadline=None)
@given(CORNERS, st.sampled_from([30.0, 60.0, 150.0]))
def test_ties_on_a_lattice_are_decided_alike(raw: list[tuple[int, int]], limit_m: float) -> None:
    here, loops = places(raw), division.as_written()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbscan_compiled, "is_loaded", lambda: False)
        assert division.longest_path(here) == loops.longest_path(here).tolist()
        assert parts(division.linked(here, limit_m)) == parts(loops.linked(here, limit_m))


def test_machine_code_gives_what_scipy_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [scattered(many) for many in (2, 3, 40, 120, 300)]
    division.load()
    fast = [(division.longest_path(here), parts(division.linked(here, 150.0))) for here in groups]
    monkeypatch.setattr(dbscan_compiled, "is_loaded", lambda: False)
    assert fast == [(division.longest_path(here), parts(division.linked(here, 150.0))) for here in groups]


@pytest.mark.usefixtures("not_loaded")
def test_the_path_runs_from_end_to_end_of_a_street_past_its_doors() -> None:
    street = np.column_stack([np.arange(0.0, 400.0, 20.0), np.zeros(20)])
    doors = street[5:7] + np.array((0.0, 8.0))
    here = distinct(np.vstack([street, doors]))[0]
    walked = here[division.longest_path(here)]
    assert {0.0, 380.0} == set(walked[[0, -1], 0])
    assert (walked[:, 1] == 0).all()


@pytest.mark.usefixtures("not_loaded")
def test_no_two_places_of_a_part_lie_further_apart_than_the_limit() -> None:
    here = scattered(200)
    for part in parts(division.linked(here, 100.0)):
        rows = here[sorted(part)]
        assert np.hypot(*(rows[:, None] - rows).transpose(2, 0, 1)).max() <= 100.0


def test_places_further_apart_than_any_step_still_have_a_path() -> None:
    far = np.array([[0.0, 0.0], [500.0, 0.0], [900.0, 0.0]])
    assert sorted(division.as_written().longest_path(far).tolist()) == [0, 1, 2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbscan_compiled, "is_loaded", lambda: False)
        assert sorted(division.longest_path(far)) == [0, 1, 2]
