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

from geo.dark_spots import MARGIN_M, RADIUS_M, Together

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REACH_M: Final = 2 * RADIUS_M + 1.0
"""Two radii, and a metre for the rounding of boxes."""
WINDOW_M: Final = 400.0
"""How far around a change known spots say where to look: what hangs together with a report seldom reaches further."""
ASKED_M: Final = 800.0
"""How far around a change known spots are asked for, so that those around what is looked at need not be asked for again."""
_FIRST_M: Final = REACH_M + RADIUS_M
_SPOT_REACH_M: Final = REACH_M + RADIUS_M - MARGIN_M
_SPOT_GAP_M: Final = RADIUS_M - 2 * MARGIN_M
"""How far to look beyond an outline, which is drawn a margin beyond its reports: stragglers in no spot hang on to the group.
How far apart outlines are whose reports may hang together."""

Box = tuple[float, float, float, float]
"""West, south, east, north in metres."""


@dataclass(frozen=True)
class Touched:
    """`rows`: reports whose spot may change; `groups`: the groups among them; `beyond`: boxes still to be looked into."""

    rows: Ints
    groups: Ints
    beyond: list[Box]


def boxes_around(at: Floats, reach_m: float) -> list[Box]:
    """Return boxes that reach so far around each of these positions (k, 2); those that overlap become one."""
    return joined((x - reach_m, y - reach_m, x + reach_m, y + reach_m) for x, y in at.tolist())


def likely_boxes(at: Floats, extents: Floats) -> list[Box]:
    """Return where to look first, so that nearly every group is seen whole at once: a second look costs as much as the first.

    Args:
        at: (k, 2) metres, where something changed. extents: (m, 4) west, south, east, north of the outlines around there;
        those near a change, and those that hang together with them, say how far the groups have reached until now.

    """
    changed = np.hstack([at, at])
    extents = extents[_meet(_widened(changed, WINDOW_M), extents).any(axis=0)]
    grown = _widened(extents, _SPOT_REACH_M)
    near = _meet(changed, grown).any(axis=0)
    hanging = _meet(extents, _widened(extents, _SPOT_GAP_M))
    more = near
    while more.any():
        more = hanging[more].any(axis=0) & ~near
        near |= more
    places = _widened(changed, _FIRST_M)
    return joined((w, s, e, n) for w, s, e, n in np.vstack([places, grown[near]]).tolist())


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
    meant = np.zeros(label.max(initial=-1) + 2, np.bool_)  # the last place is for those in no group, −1
    meant[label[free | same]] = True
    meant[-1] = False
    inside, groups = meant[label], np.flatnonzero(meant)
    rows = np.flatnonzero(inside | (near & (label < 0)))
    beyond = [box for box in _reaches(xy, label, np.flatnonzero(inside)) if not any(covers(k, box) for k in known)]
    return Touched(rows, groups, beyond)


def _near(xy: Floats, at: Floats) -> NDArray[np.bool_]:
    near = np.zeros(len(xy), np.bool_)
    for x, y in {(x, y) for x, y in at.tolist()}:
        dx, dy = xy[:, 0] - x, xy[:, 1] - y
        near |= dx * dx + dy * dy <= REACH_M * REACH_M
    return near


def _same_place(xy: Floats, at: Floats) -> NDArray[np.bool_]:
    places = {(x, y) for x, y in at.tolist()}
    return np.fromiter(((x, y) in places for x, y in xy.tolist()), np.bool_, len(xy))


def _reaches(xy: Floats, label: Ints, inside: Ints) -> list[Box]:
    """Return for each group of these rows the box within which everything must be known."""
    if not len(inside):
        return []
    order = inside[np.argsort(label[inside], kind="stable")]
    first = np.flatnonzero(np.diff(label[order], prepend=-1))
    low = np.minimum.reduceat(xy[order], first) - REACH_M
    high = np.maximum.reduceat(xy[order], first) + REACH_M
    return [(w, s, e, n) for (w, s), (e, n) in zip(low.tolist(), high.tolist(), strict=True)]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def covers(a: Box, b: Box) -> bool:
    """Say whether box b lies in box a."""
    return a[0] <= b[0] and a[1] <= b[1] and a[2] >= b[2] and a[3] >= b[3]


def wider(box: Box, by_m: float) -> Box:
    """Return a box so many metres wider on every side."""
    west, south, east, north = box
    return west - by_m, south - by_m, east + by_m, north + by_m


def _widened(boxes: Floats, by_m: float) -> Floats:
    return np.asarray(boxes + np.array((-by_m, -by_m, by_m, by_m)))


def _meet(some: Floats, others: Floats) -> NDArray[np.bool_]:
    """Say of each of (k, 4) boxes whether it meets each of (m, 4) others."""
    a, b = some[:, None, :], others[None, :, :]
    across = (a[..., 0] <= b[..., 2]) & (b[..., 0] <= a[..., 2])
    return np.asarray(across & (a[..., 1] <= b[..., 3]) & (b[..., 1] <= a[..., 3]))


def _around(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
