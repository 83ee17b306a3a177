"""One pass over the cells of a grid on several processor cores: compiled loops hold no lock, so threads are enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

ALONE_UP_TO: Final = 50_000
"""Points up to which one core is as fast as several: beginning a thread takes a tenth of a millisecond."""


Part = tuple[int, int]


def parts_of(first: NDArray[np.int32]) -> list[Part]:
    """Return ranges of columns, one for each core, with about as many points each; one alone for few points.

    Args:
        first: (columns + 1,) the first point of each column, and at last how many points there are.

    """
    points, columns = int(first[-1]), len(first) - 1
    cores = 1 if points < ALONE_UP_TO else processors()
    shares = np.linspace(0, points, cores + 1)[1:-1]
    return list(pairwise([0, *np.searchsorted(first[:-1], shares).tolist(), columns]))


def side_by_side(parts: Sequence[Part], loop: Callable[[int, int], None]) -> None:
    """Run a loop over each part, all at the same time; it writes what belongs to its part and nothing else."""
    if len(parts) == 1:
        loop(*parts[0])
        return
    with ThreadPoolExecutor(len(parts) - 1) as others:
        waiting = [others.submit(loop, *part) for part in parts[1:]]
        loop(*parts[0])
        for one in waiting:
            one.result()


def processors() -> int:
    """Return how many processor cores this process may use, eight at most, as numba has counted them."""
    import numba  # noqa: PLC0415 - loaded already by whoever has compiled loops

    return min(int(numba.config.NUMBA_NUM_THREADS), 8)  # type: ignore[attr-defined]
