"""The path along a group of places: the same through SciPy and through loops that are compiled.

The latter run where a process has loaded them already: a worker does when it starts (dark_spots.load_loops).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo import dbscan_compiled, path_loops
from geo.compiling import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEP_SHORT_M: Final = 45.0  # the radius: what hangs together mostly does so by such steps
_STEP_MAX_M: Final = 90.0  # and what thinning can add to it


def longest_path(places: Floats) -> list[int]:
    """Return the rows of the longest path in the minimum spanning tree of at least two distinct places (k, 2) in metres.

    Of steps of one length that between the lower rows belongs to the tree; of ends equally far the lowest row is one.
    """
    if dbscan_compiled.is_loaded():
        found: list[int] = path_loop()(places).tolist()
        return found
    steps: list[list[tuple[int, float]]] = [[] for _ in places]
    for a, b, metres in _tree(places):
        steps[a].append((b, metres))
        steps[b].append((a, metres))
    begin, _ = _farthest(steps, 0)
    end, before = _farthest(steps, begin)
    path = [end]
    while path[-1] != begin:
        path.append(before[path[-1]])
    return path


@cache
def path_loop() -> Callable[[Floats], Ints]:
    """Return the search for the path as machine code."""
    return compiled([path_loops.longest_path], path_loops.PARTS)[0]


def _tree(places: Floats) -> list[tuple[int, int, float]]:
    """Return the steps of the minimum spanning tree. Short ones are enough wherever places hang together, as they do in a group."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - heavy, and only grouping needs it
    from scipy.sparse.csgraph import minimum_spanning_tree  # noqa: PLC0415 - the same

    many = len(places)
    x, y = places[:, 0], places[:, 1]
    dx, dy = x[:, None] - x, y[:, None] - y
    distance = np.triu(np.sqrt(dx * dx + dy * dy))  # the other half is the same
    tree: Any = None
    for most in (_STEP_SHORT_M, _STEP_MAX_M, np.inf):
        first, second = np.nonzero((distance > 0) & (distance <= most))
        rank = np.empty(len(first), np.float64)  # which has no equals
        rank[np.argsort(distance[first, second], kind="stable")] = np.arange(1.0, len(first) + 1)
        begins = np.searchsorted(first, np.arange(many + 1)).astype(np.int32)
        tree = minimum_spanning_tree(csr_array((rank, second.astype(np.int32), begins), shape=(many, many))).tocoo()
        if tree.nnz == many - 1:
            break
    return list(zip(tree.row.tolist(), tree.col.tolist(), distance[tree.row, tree.col].tolist(), strict=True))


def _farthest(steps: list[list[tuple[int, float]]], begin: int) -> tuple[int, list[int]]:
    """Return the row that is farthest from another along a tree (the first of equals), and the row before each."""
    before, far = [begin] * len(steps), [-1.0] * len(steps)
    far[begin], ahead = 0.0, [begin]
    while ahead:
        here = ahead.pop()
        for there, metres in steps[here]:
            if far[there] < 0:
                far[there], before[there] = far[here] + metres, here
                ahead.append(there)
    return max(range(len(steps)), key=far.__getitem__), before
