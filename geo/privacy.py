"""Positions that may be shown to everybody: coarse enough that nobody's door is pointed out."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

PUBLIC_DECIMALS: Final = 3
"""Decimals of a degree: about 110 m north-south and 60 m east-west in southern Sweden."""
PUBLIC_CELL_M: Final = 50.0


def rounded(lonlat: ArrayLike, decimals: int = PUBLIC_DECIMALS) -> Floats:
    """Return (n, 2) degrees rounded to `decimals`. The exact place cannot be found again by averaging repeats."""
    return np.round(np.asarray(lonlat, dtype=np.float64).reshape(-1, 2), decimals) + 0.0


def snapped(xy_m: ArrayLike, cell_m: float = PUBLIC_CELL_M) -> Floats:
    """Return (n, 2) metres: the middle of the square of side `cell_m` in which each position lies.

    The squares stand still (they begin at the system's origin), so that the same position always gives the same answer:
    chance noise would be averaged away by asking often (Krumm, Pervasive 2007).

    Raises:
        ValueError: a side that is not positive.

    """
    if not cell_m > 0:
        raise ValueError("cell_m must be positive")
    xy = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    return (np.floor(xy / cell_m) + 0.5) * cell_m


def enough_together(xy_m: ArrayLike, least: int, cell_m: float = PUBLIC_CELL_M) -> NDArray[np.bool_]:
    """Return (n,) whether at least `least` positions share a position's square: k-anonymity (Sweeney 2002)."""
    cells = snapped(xy_m, cell_m)
    _, square, count = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(count[square.reshape(-1)] >= least)
