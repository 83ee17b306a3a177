"""Reports along a line: whether a group lies along one, where the line runs, and how a long one is cut."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString
from shapely.ops import substring

from geo.points import distinct

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STRETCH_ALONG_M: Final = 800.0
STRETCH_HALF_WIDTH_M: Final = 30.0
STRAY_M: Final = 60.0
NEARLY_ALL: Final = 0.9
STEP_M: Final = 60.0
_THIN_M: Final = 15.0
_PLACES_MAX: Final = 800
_STEP_SHORT_M: Final = 45.0  # the radius: what hangs together mostly does so by such steps
_STEP_MAX_M: Final = 90.0  # and what thinning can add to it


def line_of(points: Floats) -> LineString | None:
    """Return the line along which the points lie, or None where there is none: nine in ten within 30 m, all within 60.

    A phone is wrong by 5 to 60 m, so one report beside a street must not take the street apart.

    The longest path in the minimum spanning tree (Zahn, IEEE Trans. Computers 1971: how people see lines in dots),
    evened out to one corner for each 60 m. It follows bends; a crossing or a square has no such line.

    Args:
        points: (n, 2) metres, ordered by coordinates, so that ties fall the same way every time.

    """
    thinned = _thinned(points)
    if not 2 <= len(thinned) <= _PLACES_MAX:
        return None
    line = _evened(thinned[_longest_path(thinned)])
    beside = np.sort(shapely.distance(line, shapely.points(points)))
    nearly_all = beside[math.ceil(len(beside) * NEARLY_ALL) - 1]
    return line if nearly_all <= STRETCH_HALF_WIDTH_M and beside[-1] <= STRAY_M else None


def cut(points: Floats, line: LineString) -> list[tuple[Ints, LineString]]:
    """Return the rows and line of each part: equal lengths, as few as keep each part at most 800 m."""
    parts = max(1, math.ceil(line.length / STRETCH_ALONG_M))
    length = line.length / parts
    at = shapely.line_locate_point(line, shapely.points(points))
    part = np.minimum((at / length).astype(np.int64), parts - 1)
    pieces = [LineString(substring(line, k * length, (k + 1) * length).coords) for k in range(parts)]
    return [(np.flatnonzero(part == k), pieces[k]) for k in np.unique(part)]


def _thinned(points: Floats) -> Floats:
    """Return the distinct places; where they are many, the first in each square of 15 m of a grid that stands still."""
    places = distinct(points)[0]
    if len(places) <= _PLACES_MAX // 4:
        return places
    _, first = np.unique(np.floor(places / _THIN_M), axis=0, return_index=True)
    return places[np.sort(first)]


def _longest_path(places: Floats) -> list[int]:
    """Return the rows of the longest path in the minimum spanning tree."""
    steps: list[list[tuple[int, float]]] = [[] for _ in places]
    tree = _tree(places).tocoo()
    for a, b, metres in zip(tree.row.tolist(), tree.col.tolist(), tree.data.tolist(), strict=True):
        steps[a].append((b, metres))
        steps[b].append((a, metres))
    begin, _ = _farthest(steps, 0)
    end, before = _farthest(steps, begin)
    path = [end]
    while path[-1] != begin:
        path.append(before[path[-1]])
    return path


def _farthest(steps: list[list[tuple[int, float]]], begin: int) -> tuple[int, list[int]]:
    """Return the row that is farthest from another along a tree (the first of equals), and the row before each."""
    before, far = [begin] * len(steps), [-1.0] * len(steps)
    far[begin], ahead = 0.0, [begin]
    while ahead:
        here = ahead.pop()
        for there, metres in steps[here]:
            if far[there] < 0:
                far[there], before[there] = far[here] + metres, here
                ahead.append(there)
    return max(range(len(steps)), key=far.__getitem__), before


def _tree(places: Floats) -> Any:
    """Return the minimum spanning tree. Short steps are enough wherever they hang together, as they do in a group."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - heavy, and only grouping needs it
    from scipy.sparse.csgraph import minimum_spanning_tree  # noqa: PLC0415 - the same

    many = len(places)
    x, y = places[:, 0], places[:, 1]
    dx, dy = x[:, None] - x, y[:, None] - y
    distance = np.triu(np.sqrt(dx * dx + dy * dy))  # the other half is the same
    for most in (_STEP_SHORT_M, _STEP_MAX_M, np.inf):
        first, second = np.nonzero((distance > 0) & (distance <= most))
        begins = np.searchsorted(first, np.arange(many + 1)).astype(np.int32)
        tree = minimum_spanning_tree(
            csr_array((distance[first, second], second.astype(np.int32), begins), shape=(many, many))
        )
        if tree.nnz == many - 1:
            break
    return tree


def _evened(path: Floats) -> LineString:
    """Return a line through the means of each 60 m of a path, and through its ends."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))))
    piece = np.minimum((along / STEP_M).astype(np.int64), max(0, math.ceil(along[-1] / STEP_M) - 1))
    means = [path[piece == k].mean(axis=0) for k in np.unique(piece)[1:-1]]
    return LineString([path[0], *means, path[-1]])
