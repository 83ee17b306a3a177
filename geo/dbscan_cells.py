"""What the compiled loops of DBSCAN hand to each other.

Types only: the machine code is kept by the date of dbscan_compiled.py, so every loop must stand in that one file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Cells(NamedTuple):
    """Points sorted by column, row and number, and the cells that hold any.

    `x`, `y` (n,), `weight`, `voice` (n,) or empty, `order` (n,): the points, sorted. Cell c holds the sorted points
    start[c] … start[c + 1] − 1 and stands in `row[c]`; column k holds the cells column[k] … column[k + 1] − 1.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    voice: NDArray[np.int64]
    order: NDArray[np.int32]
    start: NDArray[np.int32]
    row: NDArray[np.int32]
    column: NDArray[np.int32]


class Rule(NamedTuple):
    """What makes a core point: squared radius, least weight, whether weights only add, and how many voices there are.

    Fewer points than `few` are never enough.
    """

    eps2: float
    least: float
    only_adds: bool
    voices: int
    few: float


class Sweep(NamedTuple):
    """Where one pass over the cells stands. In each of the five columns around, `first` … `last` − 1 are the cells within
    reach and `end` is the column's last; `spans` (7, 2) are the sorted points of these cells: the cell's own first, then those
    of its column before and after it, then of each column beside, the nearest first.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    end: NDArray[np.int64]
    spans: NDArray[np.int64]


class Ears(NamedTuple):
    """Which voices were heard in the present turn, and how heavily."""

    seen: NDArray[np.int64]
    best: NDArray[np.float64]
    turn: NDArray[np.int64]


class Loops(NamedTuple):
    """The five passes over the points, one after the other."""

    sort: Callable[..., Any]
    mark: Callable[..., Any]
    join: Callable[..., Any]
    adopt: Callable[..., Any]
    number: Callable[..., Any]
