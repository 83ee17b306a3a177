"""A ticket of several lamps: which of them are mended, and which visit mended the last one.

A visit may say which lamps it mended; one that says nothing mended all. The visits are read in the order of the field, so
two technicians who each mend their end of a row mend it together, in whatever order their phones come into coverage.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.ticket_visits import PART, Visit


@dataclass(frozen=True)
class Ticked:
    """Visits as they count, in the order given: a repair that left lamps is PART. `mended` are the lamps that are done."""

    visits: Sequence[Visit]
    mended: frozenset[int]


def tick_off(visits: Sequence[Visit], lamps: Collection[int], reopened_at: datetime | None = None) -> Ticked:
    """Return what visits add up to at the lamps of a ticket.

    Args:
        visits: in any order. lamps: of the ticket; of fewer than two nothing is left when it is mended. reopened_at: when
        the office or a resident opened the ticket again: what was mended before that is not mended any more.

    """
    if len(lamps) < 2:
        whole = any(v.outcome == "repaired" and _counts(v, reopened_at) for v in visits)
        return Ticked(visits, frozenset(lamps) if whole else frozenset())
    every, done, old = frozenset(lamps), frozenset[int](), frozenset[int]()
    counted = {}
    for visit in sorted(visits, key=lambda v: (v.ended_at, v.client_id)):
        if not _counts(visit, reopened_at):
            old = _after(visit, old, every)
            counted[visit.client_id] = _as_counts(visit, old, every)
            continue
        done = _after(visit, done, every)
        counted[visit.client_id] = _as_counts(visit, done, every)
    return Ticked([counted[v.client_id] for v in visits], done)


def _counts(visit: Visit, reopened_at: datetime | None) -> bool:
    return reopened_at is None or visit.ended_at > reopened_at


def _after(visit: Visit, done: frozenset[int], every: frozenset[int]) -> frozenset[int]:
    if visit.outcome == "not_lit":  # a night check is of what was mended; before that it says nothing
        return frozenset() if done >= every else done
    if visit.outcome != "repaired":
        return done
    return done | ((visit.lamp_ids & every) or every)


def _as_counts(visit: Visit, done: frozenset[int], every: frozenset[int]) -> Visit:
    return replace(visit, outcome=PART) if visit.outcome == "repaired" and not done >= every else visit
