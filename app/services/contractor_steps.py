"""What sending a ticket outside and opening it again share. It never commits."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.domain.tickets import FAULTS
from app.models.base import db
from app.models.contractors import Contractor, Dispatch
from app.models.jobs import enqueue
from app.models.tickets import Ticket


def dispatch(ticket: Ticket, event: str, *, now: datetime) -> list[Dispatch]:
    """Write one sending for each channel of a ticket's contractor, and ask for their delivery; older links end.

    Args:
        ticket: with a contractor. event: sent, changed or reopened.

    """
    found = select(Contractor).where(Contractor.id == ticket.contractor_id, Contractor.active.is_(True))
    contractor = db.session.scalars(found).first()
    if contractor is None:
        return []
    revoke_links(ticket.id, now)
    channels = [
        name for name, used in (("mail", contractor.by_mail), ("webhook", bool(contractor.webhook_url))) if used
    ]
    made = [begin_dispatch(ticket.id, contractor.id, channel, event, now) for channel in channels or ["csv"]]
    db.session.flush()
    for row in made:
        if row.channel != "csv":  # the list is fetched, not sent
            enqueue("dispatch", f"dispatch {row.id}", now=now, payload={"id": row.id})
    return made


def begin_dispatch(ticket_id: int, contractor_id: int, channel: str, event: str, now: datetime) -> Dispatch:
    """Add one sending to the session."""
    row = Dispatch(
        ticket_id=ticket_id, contractor_id=contractor_id, channel=channel, event=event, nonce=str(uuid.uuid4()),
        created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(row)
    return row


def revoke_links(ticket_id: int, now: datetime) -> None:
    """End every link of a ticket that nobody has used."""
    waiting = (Dispatch.ticket_id == ticket_id, Dispatch.link_used_at.is_(None), Dispatch.link_revoked_at.is_(None))
    db.session.execute(update(Dispatch).where(*waiting).values(link_revoked_at=now))


def facts_of(ticket: Ticket) -> dict[str, Any]:
    """Return what somebody outside is told of a ticket: the work, never those who reported it. Lamp and district are loaded."""
    lamp = ticket.lamp
    return {
        "id": ticket.id, "reference": ticket.reference, "state": ticket.state, "version": ticket.version,
        "fault_code": ticket.fault_code, "fault": FAULTS[ticket.fault_code], "lamps_affected": ticket.lamps_affected,
        "priority": ticket.priority, "priority_reason": ticket.priority_reason, "pole_number": lamp.pole_number if lamp else None,
        "asset_id": lamp.asset_id if lamp else None, "lamps": [x.pole_number or x.asset_id for x in ticket.lamps],
        "cabinet": lamp.cabinet if lamp else None, "section": lamp.section if lamp else None, "lat": ticket.lat, "lon": ticket.lon,
        "directions": ticket.directions, "district": ticket.district.name if ticket.district else None,
        "opened_on": ticket.opened_on.isoformat(), "due_on": ticket.due_on.isoformat(),
        "next_on": ticket.next_on.isoformat() if ticket.next_on else None,
        "needs_road_plan": ticket.needs_road_plan, "needs_lift": ticket.needs_lift,
    }  # fmt: skip
