"""DBSCAN: exact, order-free, the same as the textbook and as scikit-learn, through NumPy and through compiled loops."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN

from geo import dbscan_arrays, dbscan_compiled, dbscan_pairs, side_by_side
from geo.dbscan import Groups, _columns_and_rows, dbscan

Floats = NDArray[np.float64]
KALMAR = np.array([580_000.0, 6_283_000.0])


def by_arrays(
    xy: Floats, eps: float, least: float, weight: Floats | None = None, voice: Floats | None = None
) -> Groups:
    return Groups(*dbscan_arrays.group(task(xy, eps, least, weight, voice)))


def by_loops(xy: Floats, eps: float, least: float, weight: Floats | None = None, voice: Floats | None = None) -> Groups:
    return Groups(*dbscan_compiled.group(task(xy, eps, least, weight, voice)))


def by_loops_as_written(
    xy: Floats, eps: float, least: float, weight: Floats | None = None, voice: Floats | None = None
) -> Groups:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbscan_compiled, "compiled", dbscan_compiled.as_written)
        patch.setattr(dbscan_compiled, "CELLS_FREE", 20_000)  # each is looked at, and this is slow
        return Groups(*dbscan_compiled.group(task(xy, eps, least, weight, voice)))


def task(xy: Floats, eps: float, least: float, weight: Floats | None, voice: Floats | None) -> dbscan_arrays.Task:
    return dbscan_arrays.Task(xy, *_columns_and_rows(xy, eps), eps * eps, float(least), weight, voice)


WAYS = pytest.mark.parametrize("way", [by_arrays, by_loops, by_loops_as_written])


def by_the_book(
    xy: Floats, eps: float, least: float, weight: Floats, voice: NDArray[np.int64]
) -> tuple[list[int], list[bool]]:
    """DBSCAN in the slowest honest way, with our rule for border points and numbering."""
    n = len(xy)
    squared = ((xy[:, None] - xy[None]) ** 2).sum(axis=2)
    near = squared <= eps * eps
    heard = [
        {v: max(weight[j] for j in range(n) if near[i, j] and voice[j] == v) for v in voice[near[i]]} for i in range(n)
    ]
    core = [math.fsum(h.values()) >= least for h in heard]
    group = [-1] * n
    for i in range(n):
        if core[i] and group[i] < 0:
            stack, group[i] = [i], i
            while stack:
                a = stack.pop()
                for b in range(n):
                    if core[b] and near[a, b] and group[b] < 0:
                        group[b] = i
                        stack.append(b)
    for i in range(n):
        hosts = [(squared[i, j], j) for j in range(n) if core[j] and near[i, j]]
        if not core[i] and hosts:
            group[i] = group[min(hosts)[1]]
    first = [g for k, g in enumerate(group) if g >= 0 and g not in group[:k]]
    return [first.index(g) if g >= 0 else -1 for g in group], core


lattice = st.integers(-6, 6).map(lambda k: k * 10.0)
points = st.lists(st.tuples(lattice, lattice), min_size=1, max_size=40)
radii = st.sampled_from([10.0, 14.142135623730951, 25.0, 40.0])


def renamed(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    """Say whether two groupings differ in their numbers only."""
    names = set(zip(one.tolist(), other.tolist(), strict=True))
    return len(names) == len({a for a, _ in names}) == len({b for _, b in names})


def same(found: Groups, expected: tuple[list[int], list[bool]]) -> bool:
    return (found.label.tolist(), found.core.tolist()) == expected


@WAYS
@settings(max_examples=60, deadline=None)
@given(raw=points, eps=radii, least=st.integers(0, 5), chance=st.randoms(use_true_random=False))
def test_groups_equal_the_textbook_on_duplicates_lines_and_exact_distances(
    way: object, raw: list, eps: float, least: int, chance: object
) -> None:
    xy = np.array(raw) + KALMAR
    weight = np.array([chance.choice([-1.0, 0.0, 0.1, 0.5, 1.0, 3.0]) for _ in raw])
    if chance.random() < 0.7:
        weight = np.abs(weight)
    alone = np.arange(len(raw))
    assert same(way(xy, eps, least, weight), by_the_book(xy, eps, least, weight, alone))
    assert same(way(xy, eps, least), by_the_book(xy, eps, least, np.ones(len(raw)), alone))


@WAYS
@settings(max_examples=60, deadline=None)
@given(raw=points, eps=radii, least=st.integers(1, 4), chance=st.randoms(use_true_random=False))
def test_points_of_one_voice_count_once_near_a_point_by_the_heaviest(
    way: object, raw: list, eps: float, least: int, chance: object
) -> None:
    xy = np.array(raw) + KALMAR
    voice = np.array([chance.randrange(5) for _ in raw])
    weight = np.array([chance.choice([0.25, 0.3, 1.0]) for _ in raw])
    assert same(way(xy, eps, least, weight, voice), by_the_book(xy, eps, least, weight, voice))
    assert same(way(xy, eps, least, None, voice), by_the_book(xy, eps, least, np.ones(len(raw)), voice))


metres = st.floats(-300, 300, allow_nan=False, width=32)


@WAYS
@settings(max_examples=60, deadline=None)
@given(
    raw=st.lists(st.tuples(metres, metres), min_size=1, max_size=60),
    far=st.sampled_from([0.0, 1e7, 1e12, 1e17]),
    chance=st.randoms(use_true_random=False),
)
def test_core_points_and_partition_equal_those_of_scikit_learn(
    way: object, raw: list, far: float, chance: object
) -> None:
    xy = np.array(raw + raw[:3] + [(0.1 * k, 0.2 * k) for k in range(9)]) + KALMAR
    xy[0] = [far, -far]
    weight = np.array([1.0, *(chance.choice([0.0, 0.5, 1.0, 2.0]) for _ in xy[1:])])
    theirs = DBSCAN(eps=45.0, min_samples=3, algorithm="kd_tree").fit(xy, sample_weight=weight)
    ours = way(xy, 45.0, 3, weight)
    assert sorted(theirs.core_sample_indices_) == np.flatnonzero(ours.core).tolist()
    assert ((theirs.labels_ < 0) == (ours.label < 0)).all()
    assert renamed(theirs.labels_[ours.core], ours.label[ours.core])


@pytest.mark.parametrize("way", [by_arrays, by_loops])
def test_a_city_of_reports_is_grouped_as_scikit_learn_groups_it(way: object) -> None:
    chance = np.random.default_rng(2)
    xy = np.vstack(
        [chance.uniform(0, 6000, (2000, 2)), chance.normal(0, 60, (800, 2)) + 3000, np.full((300, 2), 500.0)]
    )
    ours, theirs = way(xy, 45.0, 4), DBSCAN(eps=45.0, min_samples=4).fit(xy)
    assert np.flatnonzero(ours.core).tolist() == theirs.core_sample_indices_.tolist()
    assert renamed(theirs.labels_[ours.core], ours.label[ours.core])


@settings(max_examples=60, deadline=None)
@given(points, st.randoms(use_true_random=False))
def test_the_order_of_the_points_changes_nothing_but_the_numbers(raw: list, chance: object) -> None:
    xy = np.array(raw) * 1.37
    weight = np.array([chance.choice([0.1, 0.2, 0.3, 1 / 3]) for _ in raw])
    order = list(range(len(xy)))
    chance.shuffle(order)
    one, other = dbscan(xy, 20, 1, weight), dbscan(xy[order], 20, 1, weight[order])
    assert one.core[order].tolist() == other.core.tolist()
    assert renamed(one.label[order][other.core], other.label[other.core])


@WAYS
def test_ten_tenths_are_one_whatever_the_order_of_adding(way: object) -> None:
    tenths = np.array([0.1] * 10)
    assert way(np.zeros((10, 2)), 1.0, 1.0, tenths).core.all()
    assert not way(np.zeros((9, 2)), 1.0, 1.0, tenths[:9]).core.any()
    mixed = np.array([1e16, 1.0, -1e16, 1.0])
    assert way(np.zeros((4, 2)), 1.0, 2.0, mixed).core.all()


@WAYS
def test_points_exactly_the_radius_apart_are_neighbours_and_a_hair_more_are_not(way: object) -> None:
    assert way(np.array([[0.0, 0.0], [3.0, 4.0]]) + KALMAR, 5.0, 2).core.all()
    assert not way(np.array([[0.0, 0.0], [3.0, np.nextafter(4.0, 5.0)]]), 5.0, 2).core.any()


@WAYS
def test_a_border_point_goes_to_its_nearest_core_point_and_the_first_of_equals(way: object) -> None:
    left, right = [(-20.0, 0.0)] * 3 + [(-10.0, 0.0)], [(20.0, 0.0)] * 3 + [(10.0, 0.0)]
    assert way(np.array([*left, *right, (0.0, 0.0)]), 10.0, 4).label.tolist() == [0] * 4 + [1] * 4 + [0]
    assert way(np.array([(0.0, 0.0), *right, *left]), 10.0, 4).label.tolist() == [0] * 5 + [1] * 4
    assert way(np.array([*left, *right, (0.5, 0.0), (40.0, 0.0)]), 10.5, 4).label.tolist() == [0] * 4 + [1] * 5 + [-1]


@pytest.mark.parametrize("gap", [45.0, 45.001])
@pytest.mark.parametrize("way", [by_arrays, by_loops, by_loops_as_written])
def test_two_crowds_at_the_edge_of_reach_are_joined_only_within_it(way: object, gap: float) -> None:
    size = 120 if way is by_loops_as_written else 4000
    y = np.linspace(0, 20, size)
    crowds = np.vstack([np.column_stack([np.zeros(size), y]), np.column_stack([np.full(size, gap), y])])
    assert way(crowds, 45.0, 4).label.max() == (0 if gap <= 45 else 1)


def test_a_crowd_in_one_square_does_not_need_all_its_distances() -> None:
    chance = np.random.default_rng(1)
    groups = dbscan(np.vstack([chance.uniform(0, 50, (300_000, 2)), chance.uniform(0, 50_000, (50_000, 2))]), 40.0, 4)
    assert set(groups.label[:300_000]) == {0}


@WAYS
def test_points_millions_of_kilometres_apart_cost_no_more_cells_than_points(way: object) -> None:
    far = np.array([[0.0, 0.0], [1.0, 0.0], [1e12, -1e12], [1e12, -1e12], [1e18, 0.0], [-1e18, 9.0], [9.0, 0.0]])
    assert way(far, 5.0, 2).label.tolist() == [0, 0, 1, 1, -1, -1, -1]


@pytest.mark.parametrize("far", [1e5, 1e9])
def test_one_report_far_away_leaves_the_grid_as_small_as_the_town(monkeypatch: pytest.MonkeyPatch, far: float) -> None:
    monkeypatch.delattr(dbscan_arrays, "group")  # what a grid too large is left to
    town = np.random.default_rng(1).uniform(0, 2000, (3000, 2))
    alone = by_loops(town, 45.0, 4)
    beside = by_loops(np.vstack([town, [[far, -far]]]), 45.0, 4)
    assert beside.label.tolist() == [*alone.label.tolist(), -1]


def test_towns_far_apart_in_both_directions_share_a_grid_of_their_own_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(dbscan_arrays, "group")
    town = np.random.default_rng(2).uniform(0, 900, (5000, 2))
    corners = [(0, 0), (90_000, 0), (0, 90_000)]
    groups = by_loops(np.vstack([town + corner for corner in corners]), 45.0, 4).label
    assert groups[:5000].max() + 1 == groups[5000:10_000].min()
    assert len(set(groups)) == 3 * len(set(groups[:5000]))


def test_points_in_as_many_columns_as_rows_are_grouped_without_a_grid_of_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = np.repeat(np.arange(300.0) * 100.0, 2)
    monkeypatch.setattr(dbscan_compiled, "CELLS_FREE", 0)
    assert by_loops(np.column_stack([line, line]), 45.0, 2).label.tolist() == np.repeat(np.arange(300), 2).tolist()


def test_no_points_one_point_and_equal_points_are_defined() -> None:
    assert dbscan(np.empty((0, 2)), 10, 1).label.tolist() == []
    assert dbscan(np.zeros((1, 2)), 10, 2).label.tolist() == [-1]
    assert dbscan(np.zeros((1, 2)), 10, 1).label.tolist() == [0]
    assert dbscan(np.zeros((3, 2)), 10, 3).label.tolist() == [0, 0, 0]
    assert dbscan(np.zeros((3, 2)), 10, float("inf")).core.any() == np.False_


@pytest.mark.parametrize(
    ("xy", "eps"),
    [
        ([[np.nan, 0.0]], 10.0),
        ([[0.0, np.inf]], 10.0),
        ([[0.0, 0.0]], 0.0),
        ([[0.0, 0.0]], float("nan")),
        ([[1, 2, 3]], 1),
    ],
)
def test_what_is_not_a_position_or_a_radius_is_refused(xy: list[list[float]], eps: float) -> None:
    with pytest.raises(ValueError, match="must"):
        dbscan(np.array(xy), eps, 1)


@pytest.mark.parametrize(
    "given",
    [{"weight": [1.0]}, {"weight": [1.0, np.nan]}, {"voice": [1]}, {"voice": [0.5, 1.0]}, {"min_weight": np.nan}],
)
def test_weights_and_voices_that_do_not_fit_the_points_are_refused(given: dict) -> None:
    with pytest.raises(ValueError, match="must"):
        dbscan(np.zeros((2, 2)), 10.0, **{"min_weight": 1.0} | given)


def test_a_process_that_groups_a_few_reports_never_loads_the_compiler() -> None:
    script = (
        "import sys, numpy as np\nfrom geo.dbscan import dbscan\nfrom geo.dark_spots import find\n"
        "dbscan(np.zeros((500, 2)), 5.0, 2)\nsys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_where_machine_code_cannot_be_kept_the_loops_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    import numba  # noqa: PLC0415 - only here

    asked = []

    def njit(*, cache: bool = False, nogil: bool) -> object:
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda loop: loop

    monkeypatch.setattr(numba, "njit", njit)
    assert dbscan_compiled.compiled.__wrapped__() == dbscan_compiled.as_written()
    assert asked == [True] + [False] * len(dbscan_compiled.as_written())


@given(
    places=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6), st.integers(0, 5)), min_size=1, max_size=60),
    least=st.integers(1, 4),
    named=st.booleans(),
)
def test_comparing_all_pairs_gives_what_the_grid_gives(places, least: int, named: bool) -> None:
    xy = np.array([(15.0 * x, 20.0 * y) for x, y, _ in places]) + KALMAR
    voice = np.unique([v for *_, v in places], return_inverse=True)[1].reshape(-1) if named else None
    few = dbscan_pairs.group(task(xy, 45.0, least, None, voice))
    grid = dbscan_arrays.group(task(xy, 45.0, least, None, voice))
    assert [a.tolist() for a in few] == [a.tolist() for a in grid]


@pytest.mark.parametrize("cores", [2, 3, 7])
def test_several_processor_cores_give_what_one_gives(monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    chance = np.random.default_rng(cores)
    xy = KALMAR + np.vstack([chance.uniform(0, 3000, (1500, 2)), chance.normal(900, 40, (500, 2)), [[9e4, 9e4]]])
    voice = chance.integers(0, 300, len(xy))
    alone = [by_loops(xy, 45.0, 3, None, said) for said in (None, voice)]
    monkeypatch.setattr(side_by_side, "ALONE_UP_TO", 0)
    monkeypatch.setattr(side_by_side, "processors", lambda: cores)
    for before, said in zip(alone, (None, voice), strict=True):
        after = by_loops(xy, 45.0, 3, None, said)
        assert (after.label == before.label).all()
        assert (after.core == before.core).all()
