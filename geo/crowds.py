"""Dividing a crowd of reports that is larger than a place: the densest place first, with everybody who fits around it.

Quality-threshold clustering (Heyer, Kruglyak & Yooseph, Genome Research 1999) with the densest place as the seed of each part,
where the original tries every seed: nobody in a part is further than the limit from anybody else in it. What belongs to a
real place stays together, its stragglers make parts of their own, and one report more moves hardly any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import crowd_loops, dbscan_compiled
from geo.compiling import compiled
from geo.dbscan import dbscan
from geo.points import apart

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_EACH_UP_TO: Final = 2000
_CELL_M: Final = 15.0


def crowds(points: Floats, who: Ints, limit_m: float, step_m: float) -> Iterator[Ints]:
    """Yield the row numbers of each part, none of them further across than `limit_m`, the densest first.

    Args:
        points: (n, 2) metres, ordered by coordinates, so that ties fall the same way every time. who: (n,) a whole number
        for each reporter, who counts once in all for how dense a place is.

    """
    few, weight, reach_m = len(points) <= _EACH_UP_TO, _weights(who), limit_m / 2
    if few and dbscan_compiled.is_loaded():
        density, parts = loops()
        order = _densest_first(density(points, weight, reach_m * reach_m))
        yield from apart(parts(points, order, limit_m * limit_m, step_m * step_m))
        return
    dense = _kernel(_squared(points), reach_m) @ weight if few else _density_by_squares(points, weight, reach_m)
    order = _densest_first(dense)
    left = np.ones(len(points), np.bool_)
    tree = None if few else _tree(points)
    for seed in order.tolist():
        if left[seed]:
            near = np.flatnonzero(left) if tree is None else _left_near(tree, points[seed], limit_m, left)
            part = near[_fitting(points[near] - points[seed], limit_m)] if len(near) > 1 else near
            part = part[_with_the_first(points[part], step_m)]
            left[part] = False
            yield np.sort(part)


@cache
def loops() -> list[Callable[..., Any]]:
    """Return the density of up to 2,000 points and the search for their parts as machine code."""
    return compiled([crowd_loops.density, crowd_loops.parts], crowd_loops.PARTS)


def _densest_first(dense: Floats) -> Ints:
    """Return the rows by density; what differs by rounding alone is equally dense."""
    return np.argsort(-np.round(dense, 6), kind="stable")


def _weights(who: Ints) -> Floats:
    _, place, copies = np.unique(who, return_inverse=True, return_counts=True)
    return 1.0 / copies[place.reshape(-1)]


def _squared(points: Floats) -> Floats:
    """Return the square metres between each two points (n, n)."""
    x, y = points[:, 0], points[:, 1]
    dx, dy = x[:, None] - x, y[:, None] - y
    return np.asarray(dx * dx + dy * dy)


def _density_by_squares(points: Floats, weight: Floats, reach_m: float) -> Floats:
    """Return how many reporters are around each of many points: those of one square of a grid that stands still count as one."""
    cells, cell = np.unique(np.floor(points / _CELL_M), axis=0, return_inverse=True)
    heavy = np.bincount(cell.reshape(-1), weight)
    middles = cells * _CELL_M
    pairs = _tree(middles).query_pairs(reach_m, output_type="ndarray")
    one, two = pairs[:, 0], pairs[:, 1]
    near = _kernel(((middles[one] - middles[two]) ** 2).sum(axis=1), reach_m)
    around = np.bincount(one, near * heavy[two], len(cells)) + np.bincount(two, near * heavy[one], len(cells))
    return np.asarray((heavy + around)[cell.reshape(-1)])


def _kernel(squared_m2: Floats, reach_m: float) -> Floats:
    """Return how much somebody so far away counts: the nearer the more (biweight, Silverman 1986)."""
    inside = np.maximum(1.0 - squared_m2 / (reach_m * reach_m), 0.0)
    return inside * inside


def _tree(points: Floats) -> Any:
    from scipy.spatial import cKDTree  # noqa: PLC0415 - heavy, and only grouping needs it

    return cKDTree(points)


def _left_near(tree: Any, place: Floats, reach_m: float, left: NDArray[np.bool_]) -> Ints:
    near = np.array(sorted(tree.query_ball_point(place, reach_m)), np.int64)
    return near[left[near]]


def _with_the_first(points: Floats, step_m: float) -> NDArray[np.bool_]:
    """Say who hangs together with the first by steps of that length."""
    label = dbscan(points, step_m, 1.0).label if len(points) > 1 else np.zeros(1, np.int64)
    return np.asarray(label == label[0])


def _fitting(points: Floats, limit_m: float) -> Ints:
    """Return the rows that fit together, taken from the origin outwards: each at most the limit from all before it."""
    away = np.sqrt((points * points).sum(axis=1))
    outwards = np.argsort(away, kind="stable")
    sure = int(np.searchsorted(away[outwards], limit_m / 2, "right"))
    taken, further = outwards[:sure].tolist(), outwards[sure : int(np.searchsorted(away[outwards], limit_m, "right"))]
    rim = _rim(points[taken]) if len(further) else points[:0]
    for row in further.tolist():
        across = rim - points[row]
        if (across * across).sum(axis=1).max() <= limit_m * limit_m:
            taken.append(row)
            rim = np.vstack([rim, points[row : row + 1]])
    return np.array(taken, np.int64)


def _rim(points: Floats) -> Floats:
    """Return the corners of the convex hull: whoever is near enough to them is so to everybody within."""
    return shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(points)))
