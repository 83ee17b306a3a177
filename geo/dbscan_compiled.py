"""The inner loops of DBSCAN for many points, compiled by numba when they are first asked for.

The functions are plain Python on arrays, so that they can be read and tested as they are. Nothing here imports numba
until `compiled()` is called: a web process that groups only small neighbourhoods never pays for it. All loops stand in
this one file, because the machine code that is kept goes by its date.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.dbscan_arrays import Task
from geo.dbscan_cells import Cells, Ears, Loops, Rule, Sweep
from geo.side_by_side import side_by_side

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

REACH: Final = 2
"""A point within the radius lies at most two columns and two rows away."""
_FEW_PAIRS: Final = 4096


def group(task: Task) -> tuple[Longs, Bools]:
    """Return label and core (n,) of each point."""
    loops = compiled()
    weight = np.empty(0) if task.weight is None else task.weight
    voice = np.empty(0, np.int64) if task.voice is None else task.voice
    voices, few = int(voice.max()) + 1 if len(voice) else 0, task.least if task.weight is None else 0.0
    rule = Rule(task.eps2, task.least, bool((weight >= 0).all()), voices, few)
    cells = loops.sort(task.xy, weight, voice, task.columns, task.rows)
    core, cores = np.zeros(len(cells.x), np.bool_), np.zeros(len(cells.row), np.int32)
    side_by_side(cells, lambda begin, end: loops.mark(cells, rule, core, cores, begin, end))
    parent = loops.join(cells, rule.eps2, core, cores)
    host = np.arange(len(cells.x)).astype(np.int32)
    side_by_side(cells, lambda begin, end: loops.adopt(cells, rule.eps2, core, cores, host, begin, end))
    label, is_core = loops.number(cells, core, parent, host)
    return label, is_core


def is_loaded() -> bool:
    """Say whether this process has loaded the compiled loops already."""
    return compiled.cache_info().currsize > 0


def as_written() -> Loops:
    """Return the passes as plain Python: to be compiled, or to be followed step by step on a few points."""
    return Loops(sorted_into_cells, mark_core, join, adopt, number)


@cache
def compiled() -> Loops:
    """Return the passes as machine code: some seconds the first time ever, then read from a cache beside this file."""
    import numba  # noqa: PLC0415 - takes half a second, which only processes that group many reports should pay
    from numba.extending import register_jitable  # noqa: PLC0415 - the same

    parts = (
        counting_order, sweep, enter, reach, points_in, add, weight_near, count_near, find, touching, crowds_touch, box, lower_half,
        any_near, nearest_core,
    )  # fmt: skip
    for part in parts:
        register_jitable(part)
    try:
        return Loops(*(numba.njit(cache=True, nogil=True)(loop) for loop in as_written()))
    except RuntimeError:  # nowhere to keep the machine code: then it is made anew in each process
        return Loops(*(numba.njit(nogil=True)(loop) for loop in as_written()))


def sorted_into_cells(xy: Floats, weight: Floats, voice: Longs, columns: Ints, rows: Ints) -> Cells:
    """Return the points sorted into cells, given each point's column and row (both from 0)."""
    n = len(xy)
    by_row = counting_order(rows, np.arange(n).astype(np.int32))
    order = counting_order(columns, by_row)
    x, y = np.empty(n), np.empty(n)
    cells = 0
    for k in range(n):
        i = order[k]
        x[k], y[k] = xy[i, 0], xy[i, 1]
        if k == 0 or columns[i] != columns[order[k - 1]] or rows[i] != rows[order[k - 1]]:
            cells += 1
    start, row = np.empty(cells + 1, np.int32), np.empty(cells, np.int32)
    column = np.zeros(columns.max() + 2, np.int32)
    cell = -1
    for k in range(n):
        i = order[k]
        if k == 0 or columns[i] != columns[order[k - 1]] or rows[i] != rows[order[k - 1]]:
            cell += 1
            start[cell], row[cell] = k, rows[i]
            column[columns[i] + 1] += 1
    start[cells] = n
    column = np.cumsum(column).astype(np.int32)
    return Cells(
        x, y, weight[order] if len(weight) else weight, voice[order] if len(voice) else voice, order, start, row, column
    )


def counting_order(key: Ints, order: Ints) -> Ints:
    """Return `order` sorted by key, keeping the order of equals (counting sort; Seward 1954)."""
    at = np.zeros(key.max() + 2, np.int64)
    for k in range(len(key)):
        at[key[k] + 1] += 1
    at = np.cumsum(at)
    out = np.empty_like(order)
    for k in range(len(order)):
        i = order[k]
        out[at[key[i]]] = i
        at[key[i]] += 1
    return out


def sweep() -> Sweep:
    """Return a pass that has not begun."""
    width = 2 * REACH + 1
    return Sweep(
        np.zeros(width, np.int64), np.zeros(width, np.int64), np.zeros(width, np.int64),
        np.zeros((width + 2, 2), np.int64),
    )  # fmt: skip


def enter(cells: Cells, column: int, hand: Sweep) -> None:
    """Begin at the top of a column and of the two on either side of it."""
    for step in range(2 * REACH + 1):
        beside = column + step - REACH
        there = 0 <= beside < len(cells.column) - 1
        hand.first[step] = hand.last[step] = cells.column[beside] if there else 0
        hand.end[step] = cells.column[beside + 1] if there else 0


def reach(row: Ints, start: Ints, cell: int, first: Longs, last: Longs, end: Longs, spans: Longs) -> None:  # noqa: PLR0917 (see the last sentence)
    """Move a sweep on to the cells within two rows of a cell, and their points.

    Rows only grow while one goes through a column, so first and last move forward only: all cells together cost no more
    than their number. The points of a column's neighbouring cells stand in one piece; the nearest come first, since most
    points have heard enough by then. Arrays are handed over one by one: a tuple of them is counted anew in each call,
    which took half the time.
    """
    here = row[cell]
    for step in range(2 * REACH + 1):
        low, high, stop = first[step], last[step], end[step]
        while low < stop and row[low] < here - REACH:
            low += 1
        high = max(low, high)
        while high < stop and row[high] <= here + REACH:
            high += 1
        first[step], last[step] = low, high
        if step != REACH:
            span = 2 * abs(step - REACH) + 1 + (step > REACH)
            spans[span, 0], spans[span, 1] = start[low], start[high]
    spans[0, 0], spans[0, 1] = start[cell], start[cell + 1]
    spans[1, 0], spans[1, 1] = start[first[REACH]], start[cell]
    spans[2, 0], spans[2, 1] = start[cell + 1], start[last[REACH]]


def add(high: float, low: float, value: float) -> tuple[float, float]:
    """Add a value to a sum kept as two numbers (Knuth's two-sum, Dekker 1971): exact, so the order does not matter."""
    total = high + value
    part = total - high
    low += (high - (total - part)) + (value - part)
    return total, low


def mark_core(cells: Cells, rule: Rule, core: Bools, cores: Ints, first_column: int, end_column: int) -> None:  # noqa: PLR0917 (as reach)
    """Say of each point of some columns whether it is core, and how many of each cell are. A full cell needs no distances."""
    plain = len(cells.weight) == 0 and rule.voices == 0
    x, y, row, start = cells.x, cells.y, cells.row, cells.start
    hand, own = sweep(), np.empty((1, 2), np.int64)
    first, last, stop, spans = hand.first, hand.last, hand.end, hand.spans
    ears = Ears(np.full(rule.voices, -1, np.int64), np.empty(rule.voices), np.zeros(1, np.int64))
    for column in range(first_column, end_column):
        enter(cells, column, hand)
        for cell in range(cells.column[column], cells.column[column + 1]):
            begin, end = start[cell], start[cell + 1]
            own[0, 0], own[0, 1] = begin, end
            if rule.only_adds and end - begin >= rule.few and weight_near(cells, rule, begin, own, ears) >= rule.least:
                core[begin:end] = True
                cores[cell] = end - begin
                continue
            reach(row, start, cell, first, last, stop, spans)
            if plain and points_in(spans) < rule.least:
                continue
            for p in range(begin, end):
                if plain:
                    core[p] = count_near(x, y, rule.eps2, rule.least, p, spans) >= rule.least
                else:
                    core[p] = weight_near(cells, rule, p, spans, ears) >= rule.least
                cores[cell] += core[p]


def points_in(spans: Longs) -> int:
    """Return how many points stand in these spans."""
    count = 0
    for span in range(len(spans)):
        count += spans[span, 1] - spans[span, 0]
    return count


def weight_near(cells: Cells, rule: Rule, p: int, spans: Longs, ears: Ears) -> float:
    """Return the weight within the radius of point p among the points of these spans, or as much of it as is enough."""
    if len(cells.weight) == 0 and rule.voices == 0:
        return float(count_near(cells.x, cells.y, rule.eps2, rule.least, p, spans))
    high, low = 0.0, 0.0
    ears.turn[0] += 1
    for span in range(len(spans)):
        for q in range(spans[span, 0], spans[span, 1]):
            dx, dy = cells.x[p] - cells.x[q], cells.y[p] - cells.y[q]
            if dx * dx + dy * dy > rule.eps2:
                continue
            value = cells.weight[q] if len(cells.weight) else 1.0
            if rule.voices:
                voice = cells.voice[q]
                if ears.seen[voice] == ears.turn[0]:
                    if value <= ears.best[voice]:
                        continue
                    high, low = add(high, low, -ears.best[voice])
                ears.seen[voice], ears.best[voice] = ears.turn[0], value
            high, low = add(high, low, value)
            if rule.only_adds and high + low >= rule.least:
                return high + low
    return high + low


def count_near(x: Floats, y: Floats, eps2: float, least: float, p: int, spans: Longs) -> int:  # noqa: PLR0917 (arrays one by one, see reach)
    """Return the same for points that weigh one each: a count, or as much of it as is enough.

    The first span is the point's own cell, where every point is near.
    """
    found = int(spans[0, 1] - spans[0, 0])
    for span in range(1, len(spans)):
        if found >= least:
            break
        for q in range(spans[span, 0], spans[span, 1]):
            dx, dy = x[p] - x[q], y[p] - y[q]
            if dx * dx + dy * dy <= eps2:
                found += 1
                if found >= least:
                    break
    return found


def find(parent: Ints, cell: int) -> int:
    """Return the root of a cell, halving the way to it (Tarjan & van Leeuwen, JACM 1984)."""
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


def join(cells: Cells, eps2: float, core: Bools, cores: Ints) -> Ints:
    """Return the parent of each cell, where cells whose core points come within the radius hang together."""
    parent = np.arange(len(cells.row)).astype(np.int32)
    hand, x, y, row, start = sweep(), cells.x, cells.y, cells.row, cells.start
    first, last, stop, spans = hand.first, hand.last, hand.end, hand.spans
    for column in range(len(cells.column) - 1):
        enter(cells, column, hand)
        for cell in range(cells.column[column], cells.column[column + 1]):
            if cores[cell] == 0:
                continue
            reach(row, start, cell, first, last, stop, spans)
            for step in range(REACH, 2 * REACH + 1):
                for other in range(max(first[step], cell + 1), last[step]):
                    if cores[other]:
                        a, b = find(parent, cell), find(parent, other)
                        if a != b and touching(x, y, start, eps2, core, cell, other):
                            parent[max(a, b)] = min(a, b)
    return parent


def touching(x: Floats, y: Floats, start: Ints, eps2: float, core: Bools, cell: int, other: int) -> bool:  # noqa: PLR0917 (arrays one by one, see reach)
    """Say whether a core point of one cell lies within the radius of a core point of another."""
    begin, end, first, last = start[cell], start[cell + 1], start[other], start[other + 1]
    if (end - begin) * np.int64(last - first) > _FEW_PAIRS:
        here, there = begin + np.flatnonzero(core[begin:end]), first + np.flatnonzero(core[first:last])
        return len(here) > 0 and len(there) > 0 and crowds_touch(x, y, eps2, here, there)
    for p in range(begin, end):
        if not core[p]:
            continue
        for q in range(first, last):
            if core[q]:
                dx, dy = x[p] - x[q], y[p] - y[q]
                if dx * dx + dy * dy <= eps2:
                    return True
    return False


def crowds_touch(x: Floats, y: Floats, eps2: float, here: Longs, there: Longs) -> bool:
    """Say whether any of these sorted points lies within the radius of any of those.

    The sets are halved until their boxes tell that they lie far apart or near, as in a search by two trees at once (Gray
    & Moore, NIPS 2000): two crowds just out of each other's reach do not cost all their distances.
    """
    left, right = [here], [there]
    while len(left) > 0:
        a, b = left.pop(), right.pop()
        (west, east, south, north), (west_b, east_b, south_b, north_b) = box(x, y, a), box(x, y, b)
        dx, dy = max(west_b - east, west - east_b, 0.0), max(south_b - north, south - north_b, 0.0)
        if dx * dx + dy * dy > eps2:
            continue
        dx, dy = max(east_b - west, east - west_b), max(north_b - south, north - south_b)
        if dx * dx + dy * dy <= eps2:
            return True
        if len(a) * len(b) <= _FEW_PAIRS:
            if any_near(x, y, eps2, a, b):
                return True
        elif max(east - west, north - south) >= max(east_b - west_b, north_b - south_b):
            lower = lower_half(x, y, a)
            left += [a[lower], a[~lower]]
            right += [b, b]
        else:
            lower = lower_half(x, y, b)
            left += [a, a]
            right += [b[lower], b[~lower]]
    return False


def box(x: Floats, y: Floats, points: Longs) -> tuple[float, float, float, float]:
    """Return the least and greatest x and y of some points."""
    here_x, here_y = x[points], y[points]
    return here_x.min(), here_x.max(), here_y.min(), here_y.max()


def lower_half(x: Floats, y: Floats, points: Longs) -> Bools:
    """Say which points lie in the lower half of the longer side of their box; neither half is empty."""
    west, east, south, north = box(x, y, points)
    values, low, high = (x[points], west, east) if east - west >= north - south else (y[points], south, north)
    middle = low + (high - low) / 2
    return values <= (middle if middle < high else low)


def any_near(x: Floats, y: Floats, eps2: float, here: Longs, there: Longs) -> bool:
    """Say the same by all their distances."""
    for p in here:
        for q in there:
            dx, dy = x[p] - x[q], y[p] - y[q]
            if dx * dx + dy * dy <= eps2:
                return True
    return False


def adopt(cells: Cells, eps2: float, core: Bools, cores: Ints, host: Ints, first_column: int, end_column: int) -> None:  # noqa: PLR0917 (as reach)
    """Find the sorted core point that each border point of some columns goes to; `host` is the point itself before, −1 for noise after."""
    hand, x, y, row, start, order = sweep(), cells.x, cells.y, cells.row, cells.start, cells.order
    first, last, stop, spans = hand.first, hand.last, hand.end, hand.spans
    cores_before = np.concatenate((np.zeros(1, np.int64), np.cumsum(cores)))
    for column in range(first_column, end_column):
        enter(cells, column, hand)
        for cell in range(cells.column[column], cells.column[column + 1]):
            begin, end = start[cell], start[cell + 1]
            if cores[cell] == end - begin:
                continue
            reach(row, start, cell, first, last, stop, spans)
            around = 0
            for step in range(2 * REACH + 1):
                around += cores_before[last[step]] - cores_before[first[step]]
            for p in range(begin, end):
                if not core[p]:
                    host[p] = nearest_core(x, y, order, eps2, core, p, spans) if around > 0 else -1


def nearest_core(x: Floats, y: Floats, order: Ints, eps2: float, core: Bools, p: int, spans: Longs) -> int:  # noqa: PLR0917 (arrays one by one, see reach)
    """Return the core point nearest to point p within the radius, the smallest index of equals, or −1."""
    best, host = eps2, -1
    for span in range(len(spans)):
        for q in range(spans[span, 0], spans[span, 1]):
            if not core[q]:
                continue
            dx, dy = x[p] - x[q], y[p] - y[q]
            distance = dx * dx + dy * dy
            if distance <= best and (host < 0 or distance < best or order[q] < order[host]):
                best, host = distance, q
    return host


def number(cells: Cells, core: Bools, parent: Ints, host: Ints) -> tuple[Longs, Bools]:
    """Return label and core in the points' own order, groups numbered by their smallest point."""
    root = np.empty(len(cells.x), np.int32)
    for cell in range(len(cells.row)):
        root[cells.start[cell] : cells.start[cell + 1]] = find(parent, cell)
    label, is_core = np.empty(len(cells.x), np.int64), np.empty(len(cells.x), np.bool_)
    for k in range(len(cells.x)):
        i = cells.order[k]
        label[i] = root[host[k]] if host[k] >= 0 else -1
        is_core[i] = core[k]
    given = np.full(len(cells.row), -1, np.int32)
    groups = 0
    for i in range(len(label)):
        if label[i] >= 0:
            if given[label[i]] < 0:
                given[label[i]] = groups
                groups += 1
            label[i] = given[label[i]]
    return label, is_core
