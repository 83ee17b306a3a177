"""The path along a group of places: from end to end, and the same through SciPy and through compiled loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo import dark_spots, dbscan_compiled, path_loops, paths
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


@settings(max_examples=60, deadline=None)
@given(CORNERS)
def test_ties_on_a_lattice_are_decided_alike(raw: list[tuple[int, int]]) -> None:
    here = places(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbscan_compiled, "is_loaded", lambda: False)
        assert paths.longest_path(here) == path_loops.longest_path(here).tolist()


def test_machine_code_gives_what_scipy_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [scattered(many) for many in (2, 3, 40, 120, 300)]
    dark_spots.load_loops()
    fast = [paths.longest_path(here) for here in groups]
    monkeypatch.setattr(dbscan_compiled, "is_loaded", lambda: False)
    assert fast == [paths.longest_path(here) for here in groups]


@pytest.mark.usefixtures("not_loaded")
def test_the_path_runs_from_end_to_end_of_a_street_past_its_doors() -> None:
    street = np.column_stack([np.arange(0.0, 400.0, 20.0), np.zeros(20)])
    doors = street[5:7] + np.array((0.0, 8.0))
    here = distinct(np.vstack([street, doors]))[0]
    walked = here[paths.longest_path(here)]
    assert {0.0, 380.0} == set(walked[[0, -1], 0])
    assert (walked[:, 1] == 0).all()


def test_places_further_apart_than_any_step_still_have_a_path() -> None:
    far = np.array([[0.0, 0.0], [500.0, 0.0], [900.0, 0.0]])
    assert sorted(path_loops.longest_path(far).tolist()) == [0, 1, 2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbscan_compiled, "is_loaded", lambda: False)
        assert sorted(paths.longest_path(far)) == [0, 1, 2]
