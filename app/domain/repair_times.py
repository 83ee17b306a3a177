"""How long mending takes, and what was promised against what was kept: numbers that anybody can check by hand.

Days are whole days from the day a ticket was opened. A ticket counts as kept when it was mended on its promised day at the
latest; one that is still open and past it counts as not kept. The 90th percentile is the nearest rank (no interpolation).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

LEAST: Final = 5
"""Fewer repairs than this say nothing about a district, and are left out of the ratio."""
REPEATS_SHOWN: Final = 20


@dataclass(frozen=True)
class Repair:
    """One ticket as the numbers see it; `mended_on` is None while it is open, `clock_due_on` is the promise without pauses."""

    fault: str
    owner: str
    district: str
    opened_on: date
    due_on: date
    clock_due_on: date
    mended_on: date | None
    lamp: str = ""
    cabinet: str = ""
    priority: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a table: a name, how many, median and p90 days, and how many promises were kept."""

    name: str
    tickets: int
    mended: int
    median_days: float | None
    p90_days: int | None
    judged: int
    kept: int
    kept_by_clock: int


@dataclass(frozen=True)
class Numbers:
    """All tables of a period; `ratio` is the slowest district's median by the fastest's, None when fewer than two count."""

    whole: Line
    by_fault: Sequence[Line]
    by_owner: Sequence[Line]
    by_district: Sequence[Line]
    by_priority: Sequence[Line]
    ratio: float | None
    lamps: Sequence[tuple[str, int]]
    cabinets: Sequence[tuple[str, int]]


def numbers(repairs: Sequence[Repair], today: date) -> Numbers:
    """Return every table of these tickets, as they stand on a day."""

    def table(key: Callable[[Repair], str]) -> list[Line]:
        groups: dict[str, list[Repair]] = defaultdict(list)
        for repair in repairs:
            groups[key(repair)].append(repair)
        return [line(name, groups[name], today) for name in sorted(groups)]

    districts = table(lambda r: r.district)
    return Numbers(
        line("", repairs, today), table(lambda r: r.fault), table(lambda r: r.owner), districts, table(lambda r: r.priority),
        ratio([x for x in districts if x.name]), repeats(r.lamp for r in repairs), repeats(r.cabinet for r in repairs),
    )  # fmt: skip


def line(name: str, repairs: Sequence[Repair], today: date) -> Line:
    """Return one line of a table."""
    days = sorted((r.mended_on - r.opened_on).days for r in repairs if r.mended_on)
    judged = [r for r in repairs if r.mended_on or r.due_on < today]
    return Line(
        name, len(repairs), len(days), float(median(days)) if days else None, p90(days), len(judged),
        sum(r.mended_on is not None and r.mended_on <= r.due_on for r in judged),
        sum((r.mended_on or today) <= r.clock_due_on for r in judged),
    )  # fmt: skip


def p90(days: Sequence[int]) -> int | None:
    """Return the day by which nine of ten were mended: the nearest rank of sorted whole days."""
    return days[math.ceil(0.9 * len(days)) - 1] if days else None


def ratio(districts: Iterable[Line]) -> float | None:
    """Return the slowest district's median by the fastest's, of those with LEAST repairs or more (a day at the least)."""
    medians = [max(x.median_days, 1.0) for x in districts if x.median_days is not None and x.mended >= LEAST]
    return max(medians) / min(medians) if len(medians) > 1 else None


def repeats(names: Iterable[str]) -> list[tuple[str, int]]:
    """Return what came back: each lamp or cabinet with more than one ticket, the most first."""
    found = Counter(name for name in names if name)
    return sorted(((n, c) for n, c in found.items() if c > 1), key=lambda pair: (-pair[1], pair[0]))[:REPEATS_SHOWN]
