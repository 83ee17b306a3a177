"""Which tickets make one day in the van."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

DAY_MAX: Final = 40
"""Lamps that one van can reach in a day with all its luck; the rest stands in the list of all tickets."""
ON_THE_WAY: Final = 12
"""Of these, how many may be taken along only because they hang on the same cabinet."""
URGENT: Final = frozenset({"P1", "P2"})


@dataclass(frozen=True)
class Candidate:
    """An open ticket as the choice sees it; `group` is its cabinet or else its district, `mine` whether it is given to me."""

    id: int
    priority: str
    due_on: date
    mine: bool
    group: str


def choose_day(candidates: Sequence[Candidate], most: int = DAY_MAX, along: int = ON_THE_WAY) -> list[Candidate]:
    """Return at most `most` tickets for one day, the most pressing first.

    Danger and dark passages come whoever they belong to, then one's own, then what is due first. The last `along` places
    go to what hangs on the same cabinets as the others, so that one stop takes many.
    """
    pressing = sorted(candidates, key=lambda c: (c.priority not in URGENT, not c.mine, c.due_on, c.id))
    if len(pressing) <= most:
        return pressing
    taken = pressing[: most - along]
    groups = {c.group for c in taken}
    rest = sorted(pressing[most - along :], key=lambda c: (c.group not in groups, c.due_on, c.id))
    return taken + rest[:along]


def urgency(priority: str) -> int:
    """Return 0 for danger, 1 for a dark passage or section, 2 for everything that is driven cabinet by cabinet."""
    return {"P1": 0, "P2": 1}.get(priority, 2)
