"""One pass over the cells of a grid on several processor cores: compiled loops hold no lock, so threads are enough."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final

import numpy as np

from geo.dbscan_cells import Cells

ALONE_UP_TO: Final = 50_000
"""Points up to which one core is as fast as several: beginning a thread takes a tenth of a millisecond."""


def side_by_side(cells: Cells, loop: Callable[[int, int], None]) -> None:
    """Run a loop over all columns: for many points in as many parts as there are cores, with about as many points each.

    Args:
        loop: takes the first column and the one after the last; writes what belongs to their cells and nothing else.

    """
    columns = len(cells.column) - 1
    if len(cells.x) < ALONE_UP_TO or (cores := processors()) == 1:
        loop(0, columns)
        return
    shares = np.linspace(0, len(cells.x), cores + 1)[1:-1]
    ends = [0, *np.searchsorted(cells.start[cells.column[:-1]], shares).tolist(), columns]
    with ThreadPoolExecutor(cores - 1) as others:
        waiting = [others.submit(loop, *part) for part in pairwise(ends[1:])]
        loop(ends[0], ends[1])
        for one in waiting:
            one.result()


def processors() -> int:
    """Return how many processor cores this process may use, eight at most, as numba has counted them."""
    import numba  # noqa: PLC0415 - loaded already by whoever has compiled loops

    return min(int(numba.config.NUMBA_NUM_THREADS), 8)  # type: ignore[attr-defined]
