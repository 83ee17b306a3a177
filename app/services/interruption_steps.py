"""Writing down that work was broken off for somebody's safety, and asking for the letters. It never commits."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.domain.people import Actor, NotAllowed
from app.models.base import db
from app.models.interruptions import Interruption
from app.models.jobs import enqueue
from app.models.tickets import Ticket

TELL: Final = "tell_managers"


def broken_off(ticket: Ticket, note: str, *, at: datetime, actor: Actor, now: datetime) -> Interruption:
    """Keep an interruption at a ticket's lamp. `at`: when it was in the field. `note`: what the technician wrote, if anything."""
    if actor.staff_id is None:
        raise NotAllowed("an interruption is somebody's")
    row = Interruption(
        ticket_id=ticket.id, staff_id=actor.staff_id, at=at, note=note, created_at=now, updated_at=now
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    enqueue(TELL, f"{TELL} {row.id}", now=now, payload={"id": row.id})
    return row
