"""What the compiled loops of DBSCAN hand to each other.

Types only: the machine code is kept by the date of dbscan_loops.py, so every loop must stand in that one file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

REACH: Final = 2
"""A point within the radius lies at most two columns and two rows away."""


class Cells(NamedTuple):
    """Points sorted by column, row and number into a grid with two empty columns and rows on each side.

    `x`, `y` (n,), `weight`, `voice` (n,) or empty, `order` (n,): the points, sorted. Cells are numbered column by column,
    `high` in each: cell c holds the sorted points start[c] … start[c + 1] − 1, and point p stands in cell home[p]. Column
    k of those that points stand in begins with the sorted point first[k].
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    voice: NDArray[np.int64]
    order: NDArray[np.int32]
    home: NDArray[np.int32]
    start: NDArray[np.int32]
    first: NDArray[np.int32]
    high: int


class Rule(NamedTuple):
    """What makes a core point: squared radius, least weight, whether weights only add, and how many voices there are.

    Fewer points than `few` are never enough.
    """

    eps2: float
    least: float
    only_adds: bool
    voices: int
    few: float


class Ears(NamedTuple):
    """Which voices were heard in the present turn, and how heavily."""

    seen: NDArray[np.int64]
    best: NDArray[np.float64]
    turn: NDArray[np.int64]


class Loops(NamedTuple):
    """The passes over the points, one after the other."""

    sort: Callable[..., Any]
    fill: Callable[..., Any]
    mark: Callable[..., Any]
    join: Callable[..., Any]
    flatten: Callable[..., Any]
    adopt: Callable[..., Any]
    number: Callable[..., Any]
    tell: Callable[..., Any]
