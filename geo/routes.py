"""A walk's way: which stops, in which order, how long it is, and how long it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DETOUR: Final = 1.3
"""Walking distance over straight-line distance where no network is known."""
WALKING_M_PER_S: Final = 1.2
MINUTES_PER_STOP: Final = 6
EXACT_UP_TO: Final = 12
"""Rows up to which the order is the shortest there is: 4,096 sets, some hundredths of a second."""


def loop_order(xy_m: ArrayLike) -> list[int]:
    """Return the order of the shortest loop that begins and ends at row 0: exact up to 12 rows (Held & Karp 1962).

    Beyond that nearest neighbour and 2-opt (Croes 1958). Of the two directions of a loop always the same one.

    Args:
        xy_m: (n, 2) metres; row 0 is the meeting place.

    """
    return one_way_round(distances_m(xy_m))


def one_way_round(distance: Floats) -> list[int]:
    """Return the order of the shortest loop from row 0 by (n, n) walking distances, always in the same direction."""
    if len(distance) <= 2:
        return list(range(len(distance)))
    order = order_of(distance)
    return [0, *(order[1:] if order[1] < order[-1] else order[:0:-1])]


def path_order(xy_m: ArrayLike, end: int | None = None) -> list[int]:
    """Return the order of the shortest path from row 0 through all rows, ending anywhere or at row `end`.

    Args:
        xy_m: (n, 2) metres. end: a row other than 0.

    Raises:
        ValueError: an end that is row 0 or no row.

    """
    distance = distances_m(xy_m)
    if end is not None and not 0 < end < len(distance):
        raise ValueError("end must be a row other than 0")
    if len(distance) <= 2:
        return list(range(len(distance)))
    distance[:, 0] = 0.0  # going home costs nothing …
    if end is not None:  # … from the end, and from elsewhere more than any path
        distance[:, 0] = distance.sum() + 1.0
        distance[end, 0] = 0.0
    return order_of(distance)


def distances_m(xy_m: ArrayLike) -> Floats:
    """Return (n, n) straight-line distances in metres."""
    points = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    return np.asarray(np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)))


def loop_length_m(xy_m: ArrayLike, order: Sequence[int], detour: float = DETOUR) -> float:
    """Return the walking length in metres of a loop through the rows in this order and back to the first."""
    return path_length_m(xy_m, [*order, order[0]], detour) if len(order) > 1 else 0.0


def path_length_m(xy_m: ArrayLike, order: Sequence[int], detour: float = DETOUR) -> float:
    """Return the walking length in metres of a path through the rows in this order: straight lines times `detour`."""
    points = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)[list(order)]
    return float(np.hypot(*np.diff(points, axis=0).T).sum() * detour)


def walking_minutes(length_m: float) -> int:
    """Return the minutes that a mixed group needs for a length in metres, whole minutes upward."""
    return math.ceil(length_m / WALKING_M_PER_S / 60)


def walk_minutes(length_m: float, stops: int, minutes_per_stop: int = MINUTES_PER_STOP) -> int:
    """Return the minutes outdoors: the walking, and the standing at each stop."""
    return walking_minutes(length_m) + stops * minutes_per_stop


def shortest_loops(distance: Floats) -> tuple[Floats, NDArray[np.int8]]:
    """Return for every set of rows 1…n−1, as a bit pattern, the length from row 0 through them to each, and by where.

    Dynamic programming over sets (Held & Karp, SIAM 1962). `length[set, k]` is infinite where row k + 1 is not in the set.
    """
    n = len(distance) - 1
    length = np.full((1 << n, n), np.inf)
    before = np.full((1 << n, n), -1, np.int8)
    bits = 1 << np.arange(n)
    length[bits, np.arange(n)] = distance[0, 1:]
    inner = distance[1:, 1:]
    for visited in range(1, 1 << n):
        free = np.flatnonzero((visited & bits) == 0)
        if len(free) == 0:
            continue
        onward = length[visited][:, None] + inner[:, free]
        via = onward.argmin(axis=0)
        length[visited | bits[free], free] = onward[via, np.arange(len(free))]
        before[visited | bits[free], free] = via
    return length, before


def rows_on_the_way(visited: int, last: int, before: NDArray[np.int8]) -> list[int]:
    """Return the rows of a loop found by `shortest_loops`, in order: those of the set `visited`, ending at `last` + 1."""
    order = []
    while last >= 0:
        order.append(last + 1)
        visited, last = visited & ~(1 << last), int(before[visited, last])
    return order[::-1]


def order_of(distance: Floats) -> list[int]:
    """Return all rows in the order of the shortest loop from row 0, exact up to 12; column 0 is the way home."""
    if len(distance) > EXACT_UP_TO:
        return _two_opt(distance)
    length, before = shortest_loops(distance)
    everything = len(length) - 1
    last = int((length[everything] + distance[1:, 0]).argmin())
    return [0, *rows_on_the_way(everything, last, before)]


def _two_opt(distance: Floats) -> list[int]:
    """Nearest neighbour, then 2-opt until nothing gets shorter (Croes 1958). Column 0 is the way home."""
    n = len(distance)
    order, left = [0], set(range(1, n))
    forced_end = int(distance[1:, 0].argmin()) + 1
    while left:
        nearest = min(left, key=lambda k: (k == forced_end and len(left) > 1, distance[order[-1], k], k))
        order.append(nearest)
        left.remove(nearest)
    while shortened(order, distance):
        pass
    return order


def shortened(order: list[int], distance: Floats) -> bool:
    """Turn round every part whose turning makes the loop shorter; say whether there was one."""
    n, improved = len(order), False
    for i in range(1, n - 1):
        for j in range(i + 1, n):
            a, b, c, d = order[i - 1], order[i], order[j], order[(j + 1) % n]
            if distance[a, c] + distance[b, d] < distance[a, b] + distance[c, d] - 1e-9:
                order[i : j + 1] = order[i : j + 1][::-1]
                improved = True
    return improved
