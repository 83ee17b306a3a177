"""When a promise may be published, and how far its activities have come (Medborgarlöften 2019: ansvar, genomförande,
uppföljning «ska framgå»; one walk a year in each district).

What is counted by itself is a list of happenings, each with its district and its year; the rule here only counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.words import N_

COUNTERS: Final[Mapping[str, str]] = {
    "walks": N_("Vandringar där kommunen har återkopplat"),
    "tickets": N_("Lagade belysningsfel"),
    "measures": N_("Genomförda åtgärder"),
    "protocols": N_("Publicerade protokoll"),
    "editions": N_("Utgivna lägesbilder"),
    "manual": N_("Räknas för hand"),
}
PER: Final[Mapping[str, str]] = {
    "period": N_("under hela perioden"),
    "year": N_("per år"),
    "district_year": N_("per område och år"),
}
BLOCK_WORDS: Final[Mapping[str, str]] = {
    "responsible": N_("ansvar"),
    "implementation": N_("genomförande"),
    "follow_up": N_("uppföljning"),
}
PUBLIC_STATES: Final = ("decided", "ongoing", "fulfilled", "partly", "not_fulfilled", "follow_up_published")
RESULTS: Final = ("fulfilled", "partly", "not_fulfilled")
AGREEMENT_WARN_DAYS: Final = 90

Cell = tuple[int | None, int]
"""A district (None: all of them together) and a calendar year."""


@dataclass(frozen=True)
class Happening:
    """Something that counts towards an activity: in which district, on which day."""

    district_id: int | None
    on: date


@dataclass(frozen=True)
class Progress:
    """How far an activity has come: done and promised in all, and the cells (district, year) that lack something.

    More than promised in one district makes up for nothing in another: `done` counts each cell up to its target.
    """

    done: int
    wanted: int
    lacking: Sequence[tuple[Cell, int]]
    happened: int

    @property
    def met(self) -> bool:
        """True when every cell has what was promised for it."""
        return self.done >= self.wanted


def missing_blocks(*, responsible: bool, implementation: str, follow_up: str) -> list[str]:
    """Return which of the three blocks an activity lacks; with any lacking its promise cannot be decided or published."""
    has = {
        "responsible": responsible,
        "implementation": bool(implementation.strip()),
        "follow_up": bool(follow_up.strip()),
    }
    return [block for block in BLOCK_WORDS if not has[block]]


@dataclass(frozen=True)
class Goal:
    """What was promised: `target` per `per` (a key of PER), from the first to the last day of `period`, where."""

    target: int
    per: str
    period: tuple[date, date]
    district_ids: Sequence[int]

    @property
    def years(self) -> range:
        """The calendar years that the period touches."""
        return range(self.period[0].year, self.period[1].year + 1)


def progress(happenings: Collection[Happening], goal: Goal) -> Progress:
    """Count what has happened within the period against what was promised; what happened outside it is left out."""
    inside = [h for h in happenings if goal.period[0] <= h.on <= goal.period[1]]
    if goal.per == "district_year":
        counted: Counter[Cell] = Counter((h.district_id, h.on.year) for h in inside)
        cells: list[Cell] = [(district, year) for district in goal.district_ids for year in goal.years]
    elif goal.per == "year":
        counted = Counter((None, h.on.year) for h in inside)
        cells = [(None, year) for year in goal.years]
    else:
        counted = Counter({(None, goal.period[1].year): len(inside)})
        cells = [(None, goal.period[1].year)]
    lacking = [(cell, goal.target - counted[cell]) for cell in cells if counted[cell] < goal.target]
    return Progress(sum(min(counted[c], goal.target) for c in cells), goal.target * len(cells), lacking, len(inside))


def by_hand(counted: int, goal: Goal) -> Progress:
    """Return the progress of an activity that people count themselves, against the whole of what was promised."""
    cells = {"period": 1, "year": len(goal.years), "district_year": len(goal.years) * max(len(goal.district_ids), 1)}
    wanted = goal.target * cells[goal.per]
    return Progress(min(counted, wanted), wanted, [], counted)


def agreement_warns(ends_on: date | None, today: date) -> bool:
    """Say whether the agreement under a promise ends within three months, or has ended."""
    return ends_on is not None and (ends_on - today).days <= AGREEMENT_WARN_DAYS
