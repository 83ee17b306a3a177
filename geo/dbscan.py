"""Exact DBSCAN on a grid of cells whose diagonal is the radius.

Definition: Ester, Kriegel, Sander, Xu (KDD 1996). Grid: Gunawan (2013), Gan & Tao (SIGMOD 2015): with cells of side
eps/√2 all points of one cell are neighbours, so a cell with enough weight needs no distances, and whole cells are joined
instead of points. The answer does not depend on the order of the points, up to the numbering by smallest index.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo import dbscan_arrays, dbscan_compiled, dbscan_pairs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

COMPILED_FROM: Final = 20_000
"""Points from which loading the compiled loops (half a second) pays; docs/decisions/0020-dbscan.md."""
PAIRS_UP_TO: Final = 400
"""Points up to which comparing all pairs is faster than a grid, where the compiled loops are not loaded."""
_HAIR: Final = 1.0 - 2.0**-20
_SPAN_MAX: Final = 1e100
_NO_LINES: Final = np.empty(0, np.int32)


@dataclass(frozen=True)
class Groups:
    """`label` (n,): the group of each point, −1 for noise; `core` (n,): whether it is a core point."""

    label: Ints
    core: Bools


def dbscan(
    xy_m: ArrayLike, eps_m: float, min_weight: float, weight: ArrayLike | None = None, voice: ArrayLike | None = None
) -> Groups:
    """Group points by density.

    A point is core when the weights within `eps_m` of it (distance ≤ `eps_m`, its own included) add up to `min_weight`,
    as with scikit-learn's `sample_weight`. Core points within `eps_m` of each other share a group. A border point joins
    the group of its nearest core point, ties to the smallest index. Groups are numbered by their smallest index.

    Distances are compared in float64 as dx² + dy² ≤ eps². Sums of weights are exact before they are compared, so that
    no order of the points changes them. Many points go through compiled loops, few through NumPy, very few through all
    their pairs; the answers are equal.

    Args:
        xy_m: (n, 2) metres. eps_m: radius in metres, positive. min_weight: sum that makes a core point.
        weight: (n,) weights, one each when left out.
        voice: (n,) whole numbers: points with the same number count once near a point, with the heaviest of them.

    Raises:
        ValueError: not finite, wrong shape, or a radius that is not positive.

    """
    xy, weights, voices = _checked(xy_m, eps_m, min_weight, weight, voice)
    if len(xy) == 0:
        return Groups(np.empty(0, np.int64), np.empty(0, np.bool_))
    way = _way(len(xy), weighted=weights is not None)
    grid = (_NO_LINES, _NO_LINES) if way is dbscan_pairs else _columns_and_rows(xy, eps_m)
    return Groups(*way.group(dbscan_arrays.Task(xy, *grid, eps_m * eps_m, float(min_weight), weights, voices)))


def _way(points: int, *, weighted: bool) -> ModuleType:
    """Return the module that groups so many points fastest; all give the same answer."""
    if points >= COMPILED_FROM or dbscan_compiled.is_loaded():
        return dbscan_compiled
    return dbscan_pairs if points <= PAIRS_UP_TO and not weighted else dbscan_arrays


def _checked(
    xy_m: ArrayLike, eps_m: float, min_weight: float, weight: ArrayLike | None, voice: ArrayLike | None
) -> tuple[Floats, Floats | None, Ints | None]:
    xy = np.ascontiguousarray(xy_m, dtype=np.float64)
    if xy.size == 0:
        xy = xy.reshape(0, 2)
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise ValueError("xy_m must have the shape (n, 2)")
    if not (np.abs(xy) < _SPAN_MAX).all():
        raise ValueError("positions must be finite")
    if not 1 / _SPAN_MAX < eps_m < _SPAN_MAX or np.isnan(min_weight):
        raise ValueError("eps_m must be positive and min_weight a number")
    weights = None if weight is None else np.ascontiguousarray(weight, dtype=np.float64)
    if weights is not None and (weights.shape != (len(xy),) or not np.isfinite(weights).all()):
        raise ValueError("weight must be finite and have the shape (n,)")
    if voice is None:
        return xy, weights, None
    named = np.asarray(voice)
    if named.shape != (len(xy),) or (named.size and not np.issubdtype(named.dtype, np.integer)):
        raise ValueError("voice must be whole numbers and have the shape (n,)")
    return xy, weights, np.unique(named, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _columns_and_rows(xy: Floats, eps_m: float) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return each point's column and row in a grid, numbered from 0.

    A cell is a hair smaller than eps/√2, so that rounding never puts two points in one cell that are further apart than
    the radius. Points within the radius then lie at most two columns and two rows apart.
    """
    side = float(eps_m / np.sqrt(2.0) * _HAIR)
    return _lines(xy[:, 0], side), _lines(xy[:, 1], side)


def _lines(values: Floats, side: float) -> NDArray[np.int32]:
    """Return each value's line of the grid; empty stretches are left out where the grid would grow past the points."""
    low = values.min()
    if (values.max() - low) / side < 4 * len(values) + 1024:
        lines = (values - low) * (1.0 / side)
        return np.asarray(lines, dtype=np.int32)  # towards zero, and none is below
    places, inverse = np.unique(values, return_inverse=True)
    # Wherever a gap is wider than any radius reaches, the grid begins anew: no sum and no quotient ever grows so large
    # that float64 would round it by a noticeable part of a cell.
    gap = np.diff(places, prepend=places[0])
    begins = gap > 4 * side
    part = np.cumsum(begins)
    origin = np.concatenate((places[:1], places[begins]))
    within = np.floor((places - origin[part]) / side)
    last = np.maximum.reduceat(within, np.concatenate(([0], np.flatnonzero(begins))))
    offset = np.concatenate(([0.0], np.cumsum(last + 4.0)[:-1]))
    return np.asarray(within + offset[part], dtype=np.int32)[inverse.reshape(-1)]
