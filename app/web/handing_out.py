"""What a phone was given for the day, signed: whoever was sent to a lamp may later say what they did there.

A ticket can be given to somebody else while its technician is out of coverage. The signed line proves that it was theirs,
and what they knew of it, without a table of who downloaded what.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.domain.people import Actor
from app.domain.ticket_visits import CLOCK_TRUST, Base

_SALT: Final = "a day in the van"


@dataclass(frozen=True)
class Given:
    """One ticket as one technician was given it."""

    ticket_id: int
    base: Base


def sign(ticket: Any, staff_id: int | None) -> str:
    """Return the line that a phone keeps beside a ticket."""
    known = [staff_id, ticket.id, ticket.version, ticket.priority, ticket.due_on.isoformat(), ticket.assignee_id]
    return str(_serializers()[0].dumps(known))


def read(line: str, staff_id: int | None) -> Given | None:
    """Return what this person was given, or None when the line is not ours, not theirs, or older than a fortnight."""
    for serializer in _serializers():
        try:
            found = serializer.loads(line, max_age=int(CLOCK_TRUST.total_seconds()))
        except BadData:
            continue
        owner, ticket_id, version, priority, due_on, assignee_id = found
        if owner == staff_id and staff_id is not None:
            return Given(ticket_id, Base(version, priority, date.fromisoformat(due_on), assignee_id))
    return None


def holder(actor: Actor, given: Given) -> Actor:
    """Return the one who acts as one who was given this ticket."""
    return replace(actor, ticket_ids=actor.ticket_ids | {given.ticket_id})


def _serializers() -> list[URLSafeTimedSerializer]:
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return [URLSafeTimedSerializer(key, salt=_SALT) for key in keys]
