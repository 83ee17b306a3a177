"""The path along a group of places: plain Python on arrays, to be compiled, or to be followed on a few places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
    """Return the rows of the longest path in the minimum spanning tree, as geo.paths says."""
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


PARTS = (comes_first, tree, farthest)
