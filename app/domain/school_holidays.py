"""School holidays as a municipality writes them down: one on a line, with its first and last day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

LINES_MAX: Final = 60
AWAY: Final = frozenset({"school_route", "young"})
"""Walks whose people are often away during a school holiday."""
_LINE = re.compile(
    r"(?P<name>\S.*?)[\s,;:]+(?P<first>\d{4}-\d{2}-\d{2})\s*(?:[-–—]|till|to)?\s*(?P<last>\d{4}-\d{2}-\d{2})"
)


@dataclass(frozen=True)
class SchoolHoliday:
    """A holiday with a name (sportlov), from its first to its last day."""

    name: str
    first: date
    last: date


def read(text: str) -> tuple[list[SchoolHoliday], str]:
    """Return the holidays in a text, in order, and the first line that is none ("" when every line is one)."""
    found = []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines[:LINES_MAX]:
        try:
            said = _LINE.fullmatch(line)
            one = said and SchoolHoliday(
                said["name"].strip()[:60], date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
            )
        except ValueError:
            one = None
        if not one or one.last < one.first:
            return [], line[:80]
        found.append(one)
    return sorted(found, key=lambda h: (h.first, h.name)), "".join(lines[LINES_MAX : LINES_MAX + 1])


def written(holidays: Sequence[SchoolHoliday]) -> str:
    """Return holidays as the text that says them."""
    return "\n".join(f"{h.name} {h.first.isoformat()} – {h.last.isoformat()}" for h in holidays)


def on(holidays: Sequence[SchoolHoliday], day: date) -> SchoolHoliday | None:
    """Return the holiday that a day falls in, if any."""
    return next((h for h in holidays if h.first <= day <= h.last), None)


def as_rule(holidays: Sequence[SchoolHoliday]) -> dict[str, Any]:
    """Return holidays as the rule keeps them."""
    return {"holidays": [[h.name, h.first.isoformat(), h.last.isoformat()] for h in holidays]}


def of_rule(value: dict[str, Any] | None) -> list[SchoolHoliday]:
    """Return the holidays of a rule; none when there is no rule."""
    rows = (value or {}).get("holidays", [])
    return [SchoolHoliday(name, date.fromisoformat(first), date.fromisoformat(last)) for name, first, last in rows]
