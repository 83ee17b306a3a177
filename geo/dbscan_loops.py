"""The inner loops of DBSCAN for many points: plain Python on arrays, to be compiled, or to be followed step by step.

All of them stand in this one file, because the machine code that numba keeps goes by its date. Inner loops get their arrays
one by one: a tuple of arrays is counted anew in each call, which took half the time.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.dbscan_cells import REACH, Cells, Ears, Rule

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
ByColumn = tuple[Floats, Floats, Ints, Ints]

_FEW_PAIRS: Final = 4096


def sort(xy: Floats, columns: Ints, rows: Ints, first: Ints, by_column: ByColumn) -> None:
    """Write x, y, row and number of the points sorted by column, keeping the order of equals (counting sort; Seward 1954)."""
    x, y, row, number_of = by_column
    at = first.copy()
    for i in range(len(columns)):
        p = at[columns[i]]
        at[columns[i]] = p + 1
        x[p], y[p], row[p], number_of[p] = xy[i, 0], xy[i, 1], rows[i], i


def fill(cells: Cells, by_column: ByColumn, weight: Floats, voice: Longs, begin: int, end: int) -> None:  # noqa: PLR0917 (as numba takes them)
    """Sort the points of some columns by row, in the same way: while it goes on, a cell's successor says how far it is filled."""
    x, y, row, number_of = by_column
    start, home, order, out_x, out_y = cells.start, cells.home, cells.order, cells.x, cells.y
    for column in range(begin, end):
        top = (column + REACH) * cells.high
        total = cells.first[column]
        for p in range(total, cells.first[column + 1]):
            start[top + row[p] + REACH + 2] += 1
        for cell in range(top, top + cells.high):
            total += start[cell]
            start[cell] = total
        for p in range(cells.first[column], cells.first[column + 1]):
            cell = top + row[p] + REACH
            q = start[cell + 1]
            start[cell + 1] = q + 1
            order[q], home[q], out_x[q], out_y[q] = number_of[p], cell, x[p], y[p]
            if len(weight):
                cells.weight[q] = weight[number_of[p]]
            if len(voice):
                cells.voice[q] = voice[number_of[p]]


def around(start: Ints, high: int, cell: int, spans: Longs) -> None:
    """Find the sorted points within two columns and rows: the cell's own, those before and after it, then each column's."""
    spans[0, 0], spans[0, 1] = start[cell], start[cell + 1]
    spans[1, 0], spans[1, 1] = start[cell - REACH], start[cell]
    spans[2, 0], spans[2, 1] = start[cell + 1], start[cell + REACH + 1]
    for step in range(1, REACH + 1):  # the nearest first: most points have heard enough by then
        left, right = cell - step * high, cell + step * high
        spans[2 * step + 1, 0], spans[2 * step + 1, 1] = start[left - REACH], start[left + REACH + 1]
        spans[2 * step + 2, 0], spans[2 * step + 2, 1] = start[right - REACH], start[right + REACH + 1]


def add(high: float, low: float, value: float) -> tuple[float, float]:
    """Add a value to a sum kept as two numbers (Knuth's two-sum, Dekker 1971): exact, so the order does not matter."""
    total = high + value
    part = total - high
    low += (high - (total - part)) + (value - part)
    return total, low


def mark_core(cells: Cells, rule: Rule, core: Bools, begin: int, end: int) -> None:
    """Say of each of these sorted points whether it is core. A full cell needs no distances."""
    plain = len(cells.weight) == 0 and rule.voices == 0
    x, y, start, home = cells.x, cells.y, cells.start, cells.home
    spans, own = np.zeros((2 * REACH + 3, 2), np.int64), np.empty((1, 2), np.int64)
    ears = Ears(np.full(rule.voices, -1, np.int64), np.empty(rule.voices), np.zeros(1, np.int64))
    stop = begin
    while stop < end:
        first, cell = stop, home[stop]
        stop = start[cell + 1]
        own[0, 0], own[0, 1] = first, stop
        if rule.only_adds and stop - first >= rule.few and weight_near(cells, rule, first, own, ears) >= rule.least:
            core[first:stop] = True
            continue
        if plain and counted_around(start, cells.high, cell) < rule.least:
            continue
        around(start, cells.high, cell, spans)
        for p in range(first, stop):
            if plain:
                core[p] = count_near(x, y, rule.eps2, rule.least, p, spans) >= rule.least
            else:
                core[p] = weight_near(cells, rule, p, spans, ears) >= rule.least


def counted_around(start: Ints, high: int, cell: int) -> int:
    """Return how many points stand within two columns and rows."""
    count = 0
    for step in range(-REACH, REACH + 1):
        there = cell + step * high
        count += start[there + REACH + 1] - start[there - REACH]
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


def count_near(x: Floats, y: Floats, eps2: float, least: float, p: int, spans: Longs) -> int:  # noqa: PLR0917 (arrays one by one)
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


def join(  # noqa: PLR0917 (as numba takes them)
    cells: Cells, eps2: float, core: Bools, before: Ints, parent: Ints, mine: tuple[int, int], others: tuple[int, int]
) -> None:
    """Let the cells of some sorted points hang together with those of others, further on, that have a core point in reach.

    A cell goes by its first point, which is its place in `parent`; `before` (n + 1,) counts the core points up to each.
    """
    x, y, start, home = cells.x, cells.y, cells.start, cells.home
    stop, end = mine
    while stop < end:
        first, cell = stop, home[stop]
        stop = start[cell + 1]
        if before[stop] == before[first]:
            continue
        for step in range(REACH + 1):
            there = cell + step * cells.high
            other_stop = max(start[there - REACH] if step else stop, others[0])
            last = min(start[there + REACH + 1], others[1])
            if other_stop >= last or before[last] == before[other_stop]:
                continue
            while other_stop < last:
                other = other_stop
                other_stop = start[home[other] + 1]
                if before[other_stop] > before[other]:
                    a, b = find(parent, first), find(parent, other)
                    if a != b and touching(x, y, eps2, core, first, stop, other, other_stop):
                        parent[max(a, b)] = min(a, b)


def flatten(home: Ints, start: Ints, parent: Ints) -> None:
    """Let every point point at the root of its cell: a parent is smaller than its children, so one pass is enough."""
    stop = 0
    while stop < len(parent):
        first, stop = stop, start[home[stop] + 1]
        parent[first:stop] = parent[parent[first]]


def touching(x: Floats, y: Floats, eps2: float, core: Bools, begin: int, end: int, first: int, last: int) -> bool:  # noqa: PLR0917 (arrays one by one)
    """Say whether a core point of one cell, begin … end − 1, lies within the radius of one of another, first … last − 1."""
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


def adopt(cells: Cells, eps2: float, core: Bools, before: Ints, root: Ints, begin: int, end: int) -> None:  # noqa: PLR0917 (as numba takes them)
    """Give each of these sorted points that is not core the root of its nearest core point, −1 where there is none."""
    x, y, start, home, order = cells.x, cells.y, cells.start, cells.home, cells.order
    spans = np.zeros((2 * REACH + 3, 2), np.int64)
    stop = begin
    while stop < end:
        first, cell = stop, home[stop]
        stop = start[cell + 1]
        if before[stop] - before[first] == stop - first:
            continue
        heard = 0
        for step in range(-REACH, REACH + 1):
            there = cell + step * cells.high
            heard += before[start[there + REACH + 1]] - before[start[there - REACH]]
        if heard > 0:
            around(start, cells.high, cell, spans)
        for p in range(first, stop):
            if not core[p]:
                host = nearest_core(x, y, order, eps2, core, p, spans) if heard > 0 else -1
                root[p] = root[host] if host >= 0 else -1


def nearest_core(x: Floats, y: Floats, order: Ints, eps2: float, core: Bools, p: int, spans: Longs) -> int:  # noqa: PLR0917 (arrays one by one)
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


def number(order: Ints, root: Ints, smallest: Ints) -> Ints:
    """Return the number of the group of each root (n,): groups are numbered by their smallest point, given as n."""
    for p in range(len(root)):
        if root[p] >= 0 and order[p] < smallest[root[p]]:
            smallest[root[p]] = order[p]
    roots = np.flatnonzero(smallest < len(root))
    smallest[roots[np.argsort(smallest[roots])]] = np.arange(len(roots))
    return smallest


def tell(order: Ints, root: Ints, given: Ints, core: Bools, label: Longs, is_core: Bools, begin: int, end: int) -> None:  # noqa: PLR0917 (as numba takes them)
    """Write label and core of these sorted points in the points' own order."""
    for p in range(begin, end):
        label[order[p]] = given[root[p]] if root[p] >= 0 else -1
        is_core[order[p]] = core[p]


PARTS: Final = (
    around, counted_around, add, weight_near, count_near, find, touching, crowds_touch, box, lower_half, any_near, nearest_core,
)  # fmt: skip
"""What the passes call, each after what it calls itself."""
