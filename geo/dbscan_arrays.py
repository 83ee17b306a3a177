"""DBSCAN's steps in NumPy alone: for few points, and for processes that never load the compiled loops."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_REACH: Final = 2  # a neighbour lies at most two cells away
_CHUNK_PAIRS: Final = 2_000_000
_PRODUCT_MAX: Final = 4_000
_STEPS: Final = range(-_REACH, _REACH + 1)
_OFFSETS: Final = [(dx, dy) for dx in _STEPS for dy in _STEPS]
_HALF: Final = [offset for offset in _OFFSETS if offset > (0, 0)]


class Task(NamedTuple):
    """What is to be grouped: points with their column and row, squared radius, least weight, weights and voices if any."""

    xy: Floats
    columns: NDArray[np.int32]
    rows: NDArray[np.int32]
    eps2: float
    least: float
    weight: Floats | None
    voice: Ints | None


def group(task: Task) -> tuple[Ints, Bools]:
    """Return label and core (n,) of each point."""
    grid = _Grid(task)
    weight = np.ones(len(task.xy)) if task.weight is None else task.weight
    core = _core(grid, weight, task.least, task.voice)
    label = np.full(len(task.xy), -1, np.int64)
    label[core] = _joined(grid, core)[grid.cell_of[core]]
    _add_border(grid, core, label)
    return numbered(label), core


class _Grid:
    """Points sorted by cell. `keys` (m,) name the cells; points of cell c are order[start[c]:start[c + 1]]."""

    def __init__(self, task: Task) -> None:
        self.xy, self.eps2 = task.xy, task.eps2
        columns, rows = task.columns.astype(np.int64) + _REACH, task.rows.astype(np.int64) + _REACH
        self._width = int(rows.max()) + _REACH + 1
        key = columns * self._width + rows
        self.order = np.argsort(key, kind="stable")
        ordered = key[self.order]
        first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        self.keys = ordered[first]
        self.start = np.append(first, len(key))
        self.size = np.diff(self.start)
        self.cell_of = np.empty(len(key), np.int64)
        self.cell_of[self.order] = np.repeat(np.arange(len(first)), self.size)

    def beside(self, cells: Ints, offset: tuple[int, int]) -> Ints:
        """Return the cell at an offset from each of these cells, −1 where there is none."""
        wanted = self.keys[cells] + offset[0] * self._width + offset[1]
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[at] == wanted, at, -1)

    def in_reach(self, points: Ints) -> Ints:
        """Return how many points lie in the cells around each of these points, its own among them."""
        cells = np.stack([self.beside(self.cell_of[points], offset) for offset in _OFFSETS])
        counts: Ints = np.where(cells >= 0, self.size[cells], 0).sum(axis=0)
        return counts

    def near(self, points: Ints) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Yield (i, j, squared distance) for these points and every point within the radius, in bounded pieces."""
        for offset in _OFFSETS:
            other = self.beside(self.cell_of[points], offset)
            mine, other = points[other >= 0], other[other >= 0]
            for part in _pieces(self.size[other]):
                i, j = self._members(mine[part], other[part])
                squared = _squared(self.xy, i, j)
                close = squared <= self.eps2
                yield i[close], j[close], squared[close]

    def _members(self, points: Ints, cells: Ints) -> tuple[Ints, Ints]:
        count = self.size[cells]
        i = np.repeat(points, count)
        within = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count)
        return i, self.order[np.repeat(self.start[cells], count) + within]


def _pieces(size: Ints) -> Iterator[slice]:
    """Yield slices whose sizes add up to a bounded number of pairs, or hold one element."""
    ends = np.cumsum(size)
    begin = 0
    while begin < len(size):
        done = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _CHUNK_PAIRS, side="right")))
        yield slice(begin, end)
        begin = end


def _squared(xy: Floats, i: Ints, j: Ints) -> Floats:
    dx, dy = xy[i, 0] - xy[j, 0], xy[i, 1] - xy[j, 1]
    distance: Floats = dx * dx + dy * dy
    return distance


def _core(grid: _Grid, weight: Floats, least: float, voice: Ints | None) -> Bools:
    core = np.zeros(len(grid.xy), np.bool_)
    if (weight >= 0).all():  # a weight that takes away could still come from beyond the cell
        everyone = np.arange(len(grid.xy))
        cell, _, heard = _once(grid.cell_of, everyone if voice is None else voice, weight)
        core = _enough(cell, heard, len(grid.keys), least)[grid.cell_of]
    open_points = np.flatnonzero(~core)
    for part in _pieces(grid.in_reach(open_points)):
        points = open_points[part]
        found = [_once(i, j if voice is None else voice[j], weight[j]) for i, j, _ in grid.near(points)]
        place, who, heard = (np.concatenate(column) for column in zip(*found, strict=True))
        place, _, heard = _once(np.searchsorted(points, place), who, heard)
        core[points] = _enough(place, heard, len(points), least)
    return core


def _once(place: Ints, who: Ints, weight: Floats) -> tuple[Ints, Ints, Floats]:
    """Keep for each place only the heaviest weight of each who."""
    order = np.lexsort((-weight, who, place))
    place, who, weight = place[order], who[order], weight[order]
    first = np.ones(len(place), np.bool_)
    first[1:] = (place[1:] != place[:-1]) | (who[1:] != who[:-1])
    return place[first], who[first], weight[first]


def _enough(place: Ints, weight: Floats, places: int, least: float) -> Bools:
    """Say for each place whether its weights add up, without rounding, to at least `least`. `place` ascends."""
    total, bound = (np.bincount(place, weights=w, minlength=places) for w in (weight, np.abs(weight)))
    count = np.bincount(place, minlength=places)
    enough = total >= least
    if (weight == np.floor(weight)).all() and bound.max(initial=0.0) < 2.0**53:
        return enough  # whole numbers add up without rounding
    for doubtful in np.flatnonzero(np.abs(total - least) <= bound * (count + 1) * 2.0**-52):
        begin, end = np.searchsorted(place, (doubtful, doubtful + 1))
        enough[doubtful] = math.fsum(weight[begin:end]) >= least
    return enough


def _joined(grid: _Grid, core: Bools) -> Ints:
    """Return the component of each cell, where cells whose core points come within the radius are joined."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415 - heavy, and only grouping needs it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - the same

    has_core = np.flatnonzero(np.bincount(grid.cell_of[core], minlength=len(grid.keys)))
    left: list[Ints] = []
    right: list[Ints] = []
    for offset in _HALF:
        other = grid.beside(has_core, offset)
        mine, other = has_core[other >= 0], other[other >= 0]
        touching = _touching(grid, core, mine, other)
        left.append(mine[touching])
        right.append(other[touching])
    a, b = np.concatenate(left), np.concatenate(right)
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(len(grid.keys),) * 2)
    component: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return component


def _touching(grid: _Grid, core: Bools, mine: Ints, other: Ints) -> Bools:
    """Say for each pair of cells whether a core point of one lies within the radius of a core point of the other."""
    found = np.zeros(len(mine), np.bool_)
    product = grid.size[mine] * grid.size[other]
    few = np.flatnonzero(product <= _PRODUCT_MAX)
    for part in _pieces(product[few]):
        pair, i, j = _all_pairs(grid, mine[few[part]], other[few[part]])
        close = core[i] & core[j] & (_squared(grid.xy, i, j) <= grid.eps2)
        found[few[part][pair[close]]] = True
    for at in np.flatnonzero(product > _PRODUCT_MAX):
        found[at] = _touch_by_tree(grid, core, int(mine[at]), int(other[at]))
    return found


def _touch_by_tree(grid: _Grid, core: Bools, a: int, b: int) -> bool:
    """Say the same of two full cells through a k-d tree (Friedman, Bentley & Finkel 1977)."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - heavy, and only grouping needs it

    first, second = (grid.order[grid.start[c] : grid.start[c + 1]] for c in (a, b))
    first, second = first[core[first]], second[core[second]]
    if len(first) == 0 or len(second) == 0:
        return False
    tree = cKDTree(grid.xy[second])
    _, nearest = tree.query(grid.xy[first])
    if (_squared(grid.xy, first, second[nearest]) <= grid.eps2).any():
        return True
    # The tree rounds in its own way; what lies within a hair of the radius is compared in ours.
    almost = tree.query_ball_point(grid.xy[first], np.sqrt(grid.eps2) * (1 + 1e-9))
    return any(
        (_squared(grid.xy, np.full(len(js), i), second[js]) <= grid.eps2).any()
        for i, js in zip(first, almost, strict=True)
    )


def _all_pairs(grid: _Grid, mine: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
    count = grid.size[mine] * grid.size[other]
    pair = np.repeat(np.arange(len(mine)), count)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    width = grid.size[other][pair]
    i = grid.order[grid.start[mine][pair] + within // width]
    j = grid.order[grid.start[other][pair] + within % width]
    return pair, i, j


def _add_border(grid: _Grid, core: Bools, label: Ints) -> None:
    """Let each border point follow its nearest core point, the smallest index of equals."""
    best = np.full(len(grid.xy), np.inf)
    nearest = np.full(len(grid.xy), -1, np.int64)
    for points, others, squared in grid.near(np.flatnonzero(~core)):
        rank = np.lexsort((others, squared, points))
        rank = rank[core[others[rank]]]
        i, j, distance = points[rank], others[rank], squared[rank]
        first = np.ones(len(i), np.bool_)
        first[1:] = i[1:] != i[:-1]
        i, j, distance = i[first], j[first], distance[first]
        better = (distance < best[i]) | ((distance == best[i]) & (j < nearest[i]))
        best[i[better]], nearest[i[better]] = distance[better], j[better]
    found = nearest >= 0
    label[found] = label[nearest[found]]


def numbered(label: Ints) -> Ints:
    """Number groups by the smallest index of any of their points."""
    inside = np.flatnonzero(label >= 0)
    values, first, inverse = np.unique(label[inside], return_index=True, return_inverse=True)
    rank = np.empty(len(values), np.int64)
    rank[np.argsort(first)] = np.arange(len(values))
    out = np.full(len(label), -1, np.int64)
    out[inside] = rank[inverse.reshape(-1)]
    return out
