"""DBSCAN for many points: the loops of dbscan_loops.py one after the other, compiled by numba when they are first asked for.

Nothing here imports numba until `compiled()` is called: a web process that groups only small neighbourhoods never pays.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo import dbscan_arrays, dbscan_loops
from geo.compiling import compiled as compiled_loops
from geo.dbscan_arrays import Task
from geo.dbscan_cells import REACH, Cells, Loops, Rule
from geo.side_by_side import parts_of, side_by_side

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

CELLS_FREE: Final = 4_000_000
CELLS_A_POINT: Final = 16
"""The grid holds a number for each of its cells, empty or not: at most so many, and so many more for each point."""


def group(task: Task) -> tuple[Longs, Bools]:
    """Return label and core (n,) of each point."""
    columns, rows = task.columns, task.rows
    if _is_too_large(_size(columns, rows), len(columns)):
        columns, rows = _closed_up(columns), _closed_up(rows)
    size = _size(columns, rows)
    if _is_too_large(size, len(columns)):
        return dbscan_arrays.group(task)  # as many columns as points, and as many rows: a town is never so
    loops = compiled()
    cells, parts = _sorted_into_cells(loops, task, columns, rows, size)
    voices, few = int(cells.voice.max()) + 1 if len(cells.voice) else 0, task.least if task.weight is None else 0.0
    rule = Rule(task.eps2, task.least, bool((cells.weight >= 0).all()), voices, few)
    core = np.zeros(len(cells.x), np.bool_)
    side_by_side(parts, lambda *part: loops.mark(cells, rule, core, *part))
    before = np.zeros(len(core) + 1, np.int32)
    np.cumsum(core, out=before[1:])
    root = _joined(loops, cells, rule.eps2, (core, before), parts)
    side_by_side(parts, lambda *part: loops.adopt(cells, rule.eps2, core, before, root, *part))
    number = loops.number(cells.order, root, np.full(len(root), len(root), np.int32))
    label, is_core = np.empty(len(core), np.int64), np.empty(len(core), np.bool_)
    side_by_side(parts, lambda *part: loops.tell(cells.order, root, number, core, label, is_core, *part))
    return label, is_core


def _size(columns: Ints, rows: Ints) -> tuple[int, int]:
    """Return how many columns and rows the grid has, with the empty ones around it."""
    return int(columns.max()) + 1 + 2 * REACH, int(rows.max()) + 1 + 2 * REACH


def _is_too_large(size: tuple[int, int], points: int) -> bool:
    return size[0] * size[1] > CELLS_FREE + CELLS_A_POINT * points


def _closed_up(lines: Ints) -> Ints:
    """Return columns or rows with the stretches that no point stands in made as narrow as nothing can reach across."""
    used = np.flatnonzero(np.bincount(lines))
    place = np.zeros(int(used[-1]) + 1, np.int32)
    place[used] = np.cumsum(np.minimum(np.diff(used, prepend=used[0]), REACH + 1))
    return place[lines]


def _sorted_into_cells(
    loops: Loops, task: Task, columns: Ints, rows: Ints, size: tuple[int, int]
) -> tuple[Cells, list[tuple[int, int]]]:
    """Return the points sorted by column, row and number, and parts of them that can be worked on side by side."""
    n, (width, high) = len(columns), size
    first = np.zeros(width - 2 * REACH + 1, np.int32)
    np.cumsum(np.bincount(columns, minlength=len(first) - 1), out=first[1:])
    by_column = np.empty(n), np.empty(n), np.empty(n, np.int32), np.empty(n, np.int32)
    loops.sort(task.xy, columns, rows, first, by_column)
    weight = np.empty(0) if task.weight is None else task.weight
    voice = np.empty(0, np.int64) if task.voice is None else task.voice
    start = np.zeros(width * high + 1, np.int32)
    start[-REACH * high - 1 :] = n
    x, y, order, home = np.empty(n), np.empty(n), np.empty(n, np.int32), np.empty(n, np.int32)
    cells = Cells(x, y, np.empty(len(weight)), np.empty(len(voice), np.int64), order, home, start, first, high)
    columns_of = parts_of(first)
    side_by_side(columns_of, lambda *part: loops.fill(cells, by_column, weight, voice, *part))
    return cells, [(int(first[begin]), int(first[end])) for begin, end in columns_of]


def _joined(loops: Loops, cells: Cells, eps2: float, cores: tuple[Bools, Ints], parts: list[tuple[int, int]]) -> Ints:
    """Return for each core point the first point of its group, as sorted: each part by itself, then across their borders."""
    root = np.arange(len(cells.x), dtype=np.int32)
    side_by_side(parts, lambda *part: loops.join(cells, eps2, *cores, root, part, part))
    for _, border in parts[:-1]:
        near = int(cells.first[max(int(np.searchsorted(cells.first, border)) - REACH, 0)])
        loops.join(cells, eps2, *cores, root, (near, border), (border, len(root)))
    loops.flatten(cells.home, cells.start, root)
    return root


def is_loaded() -> bool:
    """Say whether this process has loaded the compiled loops already."""
    return compiled.cache_info().currsize > 0


def as_written() -> Loops:
    """Return the passes as plain Python: to be compiled, or to be followed step by step on a few points."""
    loops = dbscan_loops
    return Loops(
        loops.sort, loops.fill, loops.mark_core, loops.join, loops.flatten, loops.adopt, loops.number, loops.tell
    )


@cache
def compiled() -> Loops:
    """Return the passes as machine code: some seconds the first time ever, then read from a cache beside this file."""
    return Loops(*compiled_loops(as_written(), dbscan_loops.PARTS))
