"""Who belongs to the densest place, then to the densest of what is left: plain Python on arrays, to be compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def density(points: Floats, weight: Floats, reach2: float) -> Floats:
    """Return how many are around each point, as geo.crowds says: the nearer the more.

    Args:
        points: (n, 2) metres, by x ascending. weight: (n,). reach2: the square metres from which on nobody counts.

    """
    dense = weight.copy()
    for a in range(len(points)):
        for b in range(a + 1, len(points)):
            along = points[b, 0] - points[a, 0]
            if along * along >= reach2:
                break
            inside = max(1.0 - squared(points, a, b) / reach2, 0.0)
            dense[a] += inside * inside * weight[b]
            dense[b] += inside * inside * weight[a]
    return dense


def parts(points: Floats, order: Ints, limit2: float, step2: float) -> Ints:
    """Return the number of each point's part: parts are numbered from 0 in the order in which their seeds come.

    Args:
        points: (n, 2) metres. order: (n,) the densest first. limit2: the square metres that two points of a part may be
        apart at most. step2: those that a step may have between points that hang together.

    """
    label, count = np.full(len(order), -1, np.int64), 0
    for seed in order:
        if label[seed] < 0:
            taken = fitting(points, label, seed, limit2)
            flood(points, taken, label, step2, count)
            count += 1
    return label


def fitting(points: Floats, label: Ints, seed: int, limit2: float) -> Ints:
    """Return those who are left and fit together, from the seed outwards."""
    near, away, left = np.empty(len(label), np.int64), np.empty(len(label)), 0
    for row in range(len(label)):
        if label[row] < 0:
            near[left], away[left] = row, squared(points, seed, row)
            left += away[left] <= limit2
    taken, count = np.empty(left, np.int64), 0
    for row in near[:left][np.argsort(away[:left], kind="mergesort")]:
        fits = True
        for k in range(count):
            if squared(points, row, taken[k]) > limit2:
                fits = False
                break
        if fits:
            taken[count] = row
            count += 1
    return taken[:count]


def flood(points: Floats, taken: Ints, label: Ints, step2: float, number: int) -> None:
    """Give a number to the first of these points, and to all that hang together with it."""
    ahead, count = np.empty(len(taken), np.int64), 1
    ahead[0], label[taken[0]] = taken[0], number
    while count:
        count -= 1
        here = ahead[count]
        for row in taken:
            if label[row] < 0 and squared(points, here, row) <= step2:
                label[row] = number
                ahead[count] = row
                count += 1


def squared(points: Floats, a: int, b: int) -> float:
    """Return the square metres between two points."""
    dx, dy = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1]
    return float(dx * dx + dy * dy)


PARTS = (squared, fitting, flood)
