"""Reports along a line: whether a group lies along one, where the line runs, and how a long one is cut."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString
from shapely.ops import substring

from geo.paths import longest_path
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
    line = _evened(thinned[longest_path(thinned)])
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


def _evened(path: Floats) -> LineString:
    """Return a line through the means of each 60 m of a path, and through its ends."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))))
    piece = np.minimum((along / STEP_M).astype(np.int64), max(0, math.ceil(along[-1] / STEP_M) - 1))
    first = np.flatnonzero(np.diff(piece, prepend=-1))
    means = np.add.reduceat(path, first) / np.diff(first, append=len(path))[:, None]
    return LineString(np.vstack([path[:1], means[1:-1], path[-1:]]))
