"""DBSCAN's definition taken at its word, all pairs at once: for the few points around one report."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.dbscan_arrays import Task, numbered

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def group(task: Task) -> tuple[Ints, Bools]:
    """Return label and core (n,) of each point. Weights are one each; memory is the square of the points."""
    x, y = task.xy[:, 0], task.xy[:, 1]
    dx, dy = x[:, None] - x, y[:, None] - y
    squared = dx * dx + dy * dy
    close = squared <= task.eps2
    core = _is_core(close, task.voice, task.least)
    label = np.full(len(x), -1, np.int64)
    heart = np.flatnonzero(core)
    if len(heart):
        label[heart] = _joined(close[heart][:, heart])
        border = np.flatnonzero(~core)
        far = np.where(close[np.ix_(border, heart)], squared[np.ix_(border, heart)], np.inf)
        nearest = far.argmin(axis=1)  # the first of equals has the smallest index
        found = np.isfinite(far[np.arange(len(border)), nearest])
        label[border[found]] = label[heart[nearest[found]]]
    return numbered(label), core


def _joined(close: Bools) -> Ints:
    """Return a number for each point, the same for all that hang together (the pairs are handed over as they are)."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - heavy, and only grouping needs it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - the same

    first, second = np.divmod(np.flatnonzero(close), len(close))
    begins = np.concatenate(([0], np.cumsum(np.bincount(first, minlength=len(close)))))
    steps = csr_array((np.ones(len(second)), second.astype(np.int32), begins.astype(np.int32)), shape=close.shape)
    return np.asarray(connected_components(steps, directed=False)[1])


def _is_core(close: Bools, voice: Ints | None, least: float) -> Bools:
    """Say of each point whether enough is heard near it. Two voices are there as soon as one is not the point's own."""
    if voice is not None and 1 < least <= 2:
        return np.asarray((close & (voice[:, None] != voice)).any(axis=1))
    return np.asarray(_heard(close, voice) >= least)


def _heard(close: Bools, voice: Ints | None) -> Ints:
    """Return how many points, or different voices, are close to each point."""
    if voice is None:
        return np.asarray(close.sum(axis=1))
    order = np.argsort(voice, kind="stable")
    first = np.flatnonzero(np.diff(voice[order], prepend=-1))
    return np.asarray(np.logical_or.reduceat(close[:, order], first, axis=1).sum(axis=1))
