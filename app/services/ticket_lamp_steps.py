"""The lamps of a ticket that has several: which are mended, and who is told of their own lamp. It never commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from app.domain.ticket_lamps import Ticked, tick_off
from app.domain.ticket_visits import Visit
from app.models.base import db
from app.models.notices import Notice
from app.models.ticket_visits import TicketVisit
from app.models.tickets import Ticket
from app.services.transitions import tell_some

MENDED: Final = frozenset({"repaired", "verified", "closed"})
SEVERAL: Final = 2
OWN_LAMP: Final = "ticket.lamp_repaired"


def read_visit(row: TicketVisit) -> Visit:
    """Return a kept visit as the rules read it; its person must be loaded."""
    return Visit(
        row.client_id, row.staff_id, row.outcome, row.ended_at, row.arrived_at, row.made_safe_at, row.staff.name,
        frozenset(row.lamp_ids or ()), row.proves,
    )  # fmt: skip


def ticked(ticket: Ticket, visits: Sequence[Visit]) -> Ticked:
    """Return what visits add up to at a ticket's lamps, which must be loaded."""
    return tick_off(visits, [lamp.id for lamp in ticket.lamps], ticket.reopened_at)


def mended_lamps(ticket: Ticket, rows: Sequence[TicketVisit]) -> frozenset[int]:
    """Return the lamps of a ticket that are mended, by its visits and its state; lamps and people must be loaded."""
    if len(ticket.lamps) < SEVERAL:
        return frozenset()
    if ticket.repaired_at is not None and ticket.state in MENDED:  # without a visit: from the page, or outside
        return frozenset(lamp.id for lamp in ticket.lamps)
    return ticked(ticket, [read_visit(row) for row in rows]).mended


def tell_of_own_lamps(ticket: Ticket, lamp_ids: Collection[int], *, now: datetime, on: date) -> None:
    """Tell those whose own lamp is mended while others of the ticket are left; nobody else, and each once."""
    told = told_of_own_lamp(ticket)
    theirs = [r for r in ticket.reports if r.lamp_id in lamp_ids and r.id not in told]
    tell_some(theirs, OWN_LAMP, now=now, facts={"repaired_on": on.isoformat()})


def told_of_own_lamp(ticket: Ticket) -> frozenset[int]:
    """Return the reports of a ticket whose senders know since it was last opened that their lamp is mended."""
    if len(ticket.lamps) < SEVERAL:
        return frozenset()
    found = select(Notice.report_id).where(
        Notice.report_id.in_([r.id for r in ticket.reports]), Notice.kind == OWN_LAMP
    )
    if ticket.reopened_at is not None:
        found = found.where(Notice.at > ticket.reopened_at)
    return frozenset(db.session.scalars(found))
