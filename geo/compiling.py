"""Plain Python loops as machine code, by numba. Importing this costs nothing; calling it loads numba (half a second)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def compiled(loops: Iterable[Callable[..., Any]], parts: Iterable[Callable[..., Any]]) -> list[Callable[..., Any]]:
    """Return these loops as machine code: some seconds the first time ever, then read from a cache beside their file.

    Args:
        loops: functions of plain arrays and numbers, all of one file, whose date the cache goes by. parts: what they call.

    """
    import numba  # noqa: PLC0415 - takes half a second, which only processes that group many reports should pay
    from numba.extending import register_jitable  # noqa: PLC0415 - the same

    for part in parts:
        register_jitable(part)
    wanted = list(loops)
    try:
        return [numba.njit(cache=True, nogil=True)(loop) for loop in wanted]
    except RuntimeError:  # nowhere to keep the machine code: then it is made anew in each process
        return [numba.njit(nogil=True)(loop) for loop in wanted]
