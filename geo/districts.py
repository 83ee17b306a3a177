"""Which district a report falls in, and which districts a spot belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOWHERE: Final = -1
LISTED_FROM_SHARE: Final = 0.2


@dataclass(frozen=True)
class Shares:
    """`primary`: the district with most members, −1 when none lies in any; `listed`: share of each that has a fifth."""

    primary: int
    listed: Mapping[int, float]


def assign(points: ArrayLike, polygons: Sequence[BaseGeometry], tolerance: float = 0.0) -> Ints:
    """Return (n,) for each point the row of the polygon that it falls in, −1 for none.

    A point on a border that polygons share, or where they overlap, falls in the one with the lowest row: in exactly one.
    The points are sorted once; each polygon looks only at those in its box, with its edges prepared (GEOS), which is forty
    times faster here than a tree of boxes asked point by point.

    Args:
        points: (n, 2), in the same system as the polygons (degrees or metres). polygons: valid areas; empty ones hold
            nothing.
        tolerance: a point outside all, but at most this far from one, falls in the nearest (lowest row of equals); in
            the unit of the points, so give metres when it is to mean metres.

    Raises:
        ValueError: points that are not finite or not (n, 2), or a negative tolerance.

    """
    xy = _checked(points)
    if not tolerance >= 0:
        raise ValueError("tolerance must not be negative")
    found = np.full(len(xy), len(polygons), np.int64)
    if len(xy) and len(polygons):
        areas = np.array(polygons, dtype=object)
        shapely.prepare(areas)
        _place_inside(xy, areas, found)
        if tolerance:
            _place_near(xy, areas, tolerance, found)
    found[found == len(polygons)] = NOWHERE
    return found


def shares(district_of: ArrayLike) -> Shares:
    """Return where a spot belongs: the district with most of its members, and each with a fifth of them or more.

    Ties go to the lowest district. Members outside all districts (−1) count in the whole but in no district, so that
    a spot with most of its members at sea is not said to lie in a town.

    Args:
        district_of: (k,) the district of each member, −1 for none.

    """
    rows = np.asarray(district_of, dtype=np.int64).reshape(-1)
    districts, counts = np.unique(rows[rows != NOWHERE], return_counts=True)
    if not len(districts):
        return Shares(NOWHERE, {})
    order = np.lexsort((districts, -counts))
    share = counts / len(rows)
    listed = {int(districts[k]): float(share[k]) for k in order if share[k] >= LISTED_FROM_SHARE}
    return Shares(int(districts[order[0]]), listed)


def _checked(points: ArrayLike) -> Floats:
    xy = np.asarray(points, dtype=np.float64)
    if xy.size == 0:
        return xy.reshape(0, 2)
    if xy.ndim != 2 or xy.shape[1] != 2 or not np.isfinite(xy).all():
        raise ValueError("points must be finite and have the shape (n, 2)")
    return xy


def _place_inside(xy: Floats, areas: NDArray[np.object_], found: Ints) -> None:
    """Give each point the lowest row among the polygons that cover it."""
    boxes = shapely.bounds(areas)
    order = np.argsort(xy[:, 0], kind="stable")
    ordered = xy[order, 0]
    for row in range(len(areas) - 1, -1, -1):  # from the last to the first: the lowest row is written last
        west, south, east, north = boxes[row]
        if np.isnan(west):
            continue
        near = order[np.searchsorted(ordered, west) : np.searchsorted(ordered, east, side="right")]
        near = near[(xy[near, 1] >= south) & (xy[near, 1] <= north)]
        found[near[shapely.intersects_xy(areas[row], xy[near, 0], xy[near, 1])]] = row


def _place_near(xy: Floats, areas: NDArray[np.object_], tolerance: float, found: Ints) -> None:
    outside = np.flatnonzero(found == len(areas))
    tree = shapely.STRtree(areas)
    points = shapely.points(xy[outside])
    near, rows = tree.query_nearest(points, max_distance=tolerance, all_matches=True)
    np.minimum.at(found, outside[near], rows)
