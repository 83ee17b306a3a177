"""What a change at one place can touch: the groups around it, and how far one must look to see them whole.

A report that comes, goes or moves changes who is heard within one radius of it, and so which reports are core there;
those change which groups are joined, and whom a border report follows, within one more radius. So every group that
changes has a report within two radii of the change, before or after. A group is seen whole when everything within two
radii of each of its reports is known: then nothing beyond can belong to it or change who is heard in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.dark_spots import RADIUS_M, Together

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REACH_M: Final = 2 * RADIUS_M + 1.0
"""Two radii, and a metre for the rounding of boxes."""
LOOK_M: Final = 320.0
"""How far one looks at first: nearly every group is seen whole at once, and a second look costs more than a wide one."""

Box = tuple[float, float, float, float]
"""West, south, east, north in metres."""


@dataclass(frozen=True)
class Touched:
    """`rows`: reports whose spot may change; `groups`: the groups among them; `beyond`: boxes still to be looked into."""

    rows: Ints
    groups: Ints
    beyond: list[Box]


def boxes_around(at: Floats, reach_m: float = LOOK_M) -> list[Box]:
    """Return boxes that reach so far around each of these positions (k, 2); those that overlap become one."""
    return joined((x - reach_m, y - reach_m, x + reach_m, y + reach_m) for x, y in at.tolist())


def joined(boxes: Iterable[Box]) -> list[Box]:
    """Return boxes that do not overlap and cover these: overlapping ones become the box around both, until none do."""
    apart: list[Box] = []
    for box in sorted(set(boxes)):
        grown, again = box, True
        while again:
            again = False
            for other in apart:
                if _overlap(grown, other):
                    apart.remove(other)
                    grown, again = _around(grown, other), True
                    break
        apart.append(grown)
    return sorted(apart)


def touched(xy: Floats, together: Together, at: Floats, known: Sequence[Box]) -> Touched:
    """Return what changes at some places may touch, among the reports of the known boxes.

    Args:
        xy: (n, 2) metres, every report within the known boxes. together: how these hang together. at: (k, 2) where
        reports came, went or changed. known: boxes that do not overlap.

    """
    near = _near(xy, at)
    label = together.label
    free = near & ~together.held
    same = together.held & near & _same_place(xy, at) if together.held.any() else together.held
    groups = np.unique(label[(free | same) & (label >= 0)])
    rows = np.flatnonzero(np.isin(label, groups) | (near & (label < 0)))
    beyond = [box for box in _reaches(xy, label, groups) if not any(_covers(k, box) for k in known)]
    return Touched(rows, groups, beyond)


def _near(xy: Floats, at: Floats) -> NDArray[np.bool_]:
    near = np.zeros(len(xy), np.bool_)
    for x, y in np.unique(at, axis=0).tolist():
        near |= np.hypot(xy[:, 0] - x, xy[:, 1] - y) <= REACH_M
    return near


def _same_place(xy: Floats, at: Floats) -> NDArray[np.bool_]:
    places = {(x, y) for x, y in at.tolist()}
    return np.fromiter(((x, y) in places for x, y in xy.tolist()), np.bool_, len(xy))


def _reaches(xy: Floats, label: Ints, groups: Ints) -> list[Box]:
    """Return for each group the box within which everything must be known."""
    inside = np.flatnonzero(np.isin(label, groups))
    if not len(inside):
        return []
    order = inside[np.argsort(label[inside], kind="stable")]
    first = np.flatnonzero(np.diff(label[order], prepend=-1))
    low = np.minimum.reduceat(xy[order], first) - REACH_M
    high = np.maximum.reduceat(xy[order], first) + REACH_M
    return [(w, s, e, n) for (w, s), (e, n) in zip(low.tolist(), high.tolist(), strict=True)]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _covers(a: Box, b: Box) -> bool:
    return a[0] <= b[0] and a[1] <= b[1] and a[2] >= b[2] and a[3] >= b[3]


def _around(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
