"""The inner loops of dividing one group: plain Python on arrays, to be compiled, or to be followed on a few points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def tree(places: Floats) -> tuple[Ints, Floats]:
    """Return for each place but the first the place before it in the minimum spanning tree, and how far away that is.

    Grown from the first place (Prim 1957). Of steps of one length that between the lower numbers is taken, so that there
    is one tree only.
    """
    many = len(places)
    before, far = np.zeros(many, np.int64), np.full(many, np.inf)
    waiting = np.ones(many, np.bool_)
    here = 0
    for _ in range(many - 1):
        waiting[here] = False
        nearest = -1
        for k in range(many):
            if not waiting[k]:
                continue
            dx, dy = places[here, 0] - places[k, 0], places[here, 1] - places[k, 1]
            metres = np.sqrt(dx * dx + dy * dy)
            if comes_first(metres, here, k, far[k], before[k], k):
                far[k], before[k] = metres, here
            if nearest < 0 or comes_first(far[k], before[k], k, far[nearest], before[nearest], nearest):
                nearest = k
        here = nearest
    return before, far


def comes_first(metres: float, a: int, b: int, than_metres: float, c: int, d: int) -> bool:  # noqa: PLR0917 (as numba takes them)
    """Say whether the step between a and b is shorter than that between c and d, or as long and of lower numbers."""
    if metres != than_metres:
        return metres < than_metres
    return (min(a, b), max(a, b)) < (min(c, d), max(c, d))


def longest_path(places: Floats) -> Ints:
    """Return the rows of the longest path in the minimum spanning tree, as geo.division says."""
    many = len(places)
    before, far = tree(places)
    first = np.zeros(many + 1, np.int64)
    for k in range(1, many):
        first[k + 1] += 1
        first[before[k] + 1] += 1
    for k in range(many):
        first[k + 1] += first[k]
    at, steps, metres = first[:-1].copy(), np.empty(first[-1], np.int64), np.empty(first[-1])
    for k in range(1, many):
        for a, b in ((k, before[k]), (before[k], k)):
            steps[at[a]], metres[at[a]] = b, far[k]
            at[a] += 1
    begin, _ = farthest(first, steps, metres, 0)
    end, back = farthest(first, steps, metres, begin)
    path, length = np.empty(many, np.int64), 1
    path[0] = end
    while path[length - 1] != begin:
        path[length] = back[path[length - 1]]
        length += 1
    return path[:length]


def farthest(first: Ints, steps: Ints, metres: Floats, begin: int) -> tuple[int, Ints]:
    """Return the row that is farthest from another along a tree (the first of equals), and the row before each."""
    many = len(first) - 1
    back, far = np.full(many, begin), np.full(many, -1.0)
    ahead, count = np.empty(many, np.int64), 1
    far[begin], ahead[0] = 0.0, begin
    while count:
        count -= 1
        here = ahead[count]
        for k in range(first[here], first[here + 1]):
            there = steps[k]
            if far[there] < 0:
                far[there], back[there] = far[here] + metres[k], here
                ahead[count] = there
                count += 1
    return int(np.argmax(far)), back


def linked(places: Floats, limit_m: float) -> Ints:
    """Return the part of each place by complete linkage, cut at `limit_m`; parts are named by a place in them.

    Chains of nearest neighbours (Benzécri 1982; Murtagh 1983), ties as SciPy decides them: the one before in the chain,
    else the lowest number. Linked extents only grow, so two parts are one when their link is within the limit.
    """
    many = len(places)
    apart = distances(places)
    home, alive = np.arange(many), np.ones(many, np.bool_)
    chain, length = np.empty(many + 1, np.int64), 0
    for _ in range(many - 1):
        length, metres = followed(apart, alive, chain, length)
        gone, stays = min(chain[length], chain[length + 1]), max(chain[length], chain[length + 1])
        alive[gone] = False
        for k in range(many):
            apart[k, stays] = apart[stays, k] = max(apart[k, gone], apart[k, stays])
            if metres <= limit_m and home[k] == gone:
                home[k] = stays
    return home


def distances(places: Floats) -> Floats:
    """Return the distance of each two places in metres."""
    many = len(places)
    apart = np.empty((many, many))
    for a in range(many):
        for b in range(many):
            dx, dy = places[a, 0] - places[b, 0], places[a, 1] - places[b, 1]
            apart[a, b] = np.sqrt(dx * dx + dy * dy)
    return apart


def followed(apart: Floats, alive: Bools, chain: Ints, length: int) -> tuple[int, float]:
    """Follow a chain of nearest parts until two are each other's nearest; return how long it is without them, and their distance."""
    if length == 0:
        chain[0], length = np.argmax(alive), 1
    while True:
        here, nearest, metres = chain[length - 1], -1, np.inf
        if length > 1:
            nearest = chain[length - 2]
            metres = apart[here, nearest]
        for k in range(len(alive)):
            if alive[k] and k != here and apart[here, k] < metres:
                metres, nearest = apart[here, k], k
        if length > 1 and nearest == chain[length - 2]:
            return length - 2, metres
        chain[length] = nearest
        length += 1


PARTS = (comes_first, tree, farthest, distances, followed)
