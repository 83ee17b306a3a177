"""Who belongs to the densest place, then to the densest of what is left: plain Python on arrays, to be compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def parts(squared: Floats, order: Ints, limit2: float, step2: float) -> Ints:
    """Return the number of each point's part: parts are numbered from 0 in the order in which their seeds come.

    Args:
        squared: (n, n) square metres between points. order: (n,) the densest first. limit2: what two points of a part may be
        apart at most. step2: what a step of those that hang together may be.

    """
    label, count = np.full(len(order), -1, np.int64), 0
    for seed in order:
        if label[seed] < 0:
            taken = fitting(squared, label, seed, limit2)
            flood(squared, taken, label, step2, count)
            count += 1
    return label


def fitting(squared: Floats, label: Ints, seed: int, limit2: float) -> Ints:
    """Return those who are left and fit together, from the seed outwards."""
    outwards = np.argsort(squared[seed], kind="mergesort")
    taken, count = np.empty(len(label), np.int64), 0
    for row in outwards:
        if squared[seed, row] > limit2:
            break
        fits = label[row] < 0
        for k in range(count):
            if not fits:
                break
            fits = squared[row, taken[k]] <= limit2
        if fits:
            taken[count] = row
            count += 1
    return taken[:count]


def flood(squared: Floats, taken: Ints, label: Ints, step2: float, number: int) -> None:
    """Give a number to the first of these points, and to all that hang together with it."""
    ahead, count = np.empty(len(taken), np.int64), 1
    ahead[0], label[taken[0]] = taken[0], number
    while count:
        count -= 1
        here = ahead[count]
        for row in taken:
            if label[row] < 0 and squared[here, row] <= step2:
                label[row] = number
                ahead[count] = row
                count += 1


PARTS = (fitting, flood)
