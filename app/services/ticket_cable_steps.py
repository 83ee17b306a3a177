"""A cable fault is a ticket of its own with a clock of its own; the lamp's ticket waits for it and comes back. It never commits.

What residents were promised of their lamp stays as it was: its ticket keeps its fault, its day and its age (domain brief, 6.3).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.domain.people import THE_SYSTEM, Actor
from app.domain.states import UNMENDED_TICKETS
from app.models.base import db
from app.models.lamps import Lamp
from app.models.tickets import Ticket
from app.services.ticket_chain_steps import close_when_quiet
from app.services.ticket_steps import Fault, open_ticket
from app.services.transitions import move, remark

CABLE: Final = "B14"
WAITS: Final = "waiting_grid_owner"


def split_cable(
    ticket: Ticket, *, next_on: date | None, reason: str, actor: Actor, now: datetime, today: date
) -> Ticket | None:
    """Open the cable's own ticket beside the lamp's, once, and let it wait for the grid owner under their reference.

    Args:
        ticket: the lamp's, waiting already. next_on, reason: when there is news, and the grid owner's reference. today: the
        day on which the fault was found, from which the cable's clock runs.

    """
    if ticket.fault_code == CABLE or _at_the_same_place(ticket, cable=True):
        return None
    lamp = db.session.get(Lamp, ticket.lamp_id) if ticket.lamp_id is not None else None
    fault = Fault(
        CABLE, ticket.lon, ticket.lat, ticket.lamps_affected, lamp, ticket.directions, dark_spot_id=ticket.dark_spot_id,
        source="cable",
    )  # fmt: skip
    cable = open_ticket(fault, [], actor=actor, report_actor=actor, now=now, today=today)
    db.session.refresh(cable, ["reports", "lamps"])
    db.session.refresh(ticket, ["lamps"])
    cable.lamps = list(ticket.lamps)
    cable.next_on, cable.waiting_reason = next_on, reason
    said = f"Kabelfel vid {ticket.reference}. {reason}".strip()
    move(cable, "triaged", actor=actor, now=now)
    move(cable, WAITS, actor=actor, now=now, reason=said)
    remark(ticket, actor=actor, now=now, reason=f"Kabeln har ett eget ärende: {cable.reference}.")
    return cable


def after_repair(ticket: Ticket, now: datetime) -> None:
    """Do what follows a repair: the job for quiet weeks, and after a cable the lamps that waited for it come back."""
    close_when_quiet(now)
    if ticket.fault_code != CABLE:
        return
    for other in _at_the_same_place(ticket, cable=False):
        other.next_on, other.waiting_reason = None, ""
        move(
            other,
            "assigned",
            actor=THE_SYSTEM,
            now=now,
            reason=f"Kabeln är lagad ({ticket.reference}). Se om lampan lyser.",
        )


def _at_the_same_place(ticket: Ticket, *, cable: bool) -> list[Ticket]:
    """Return the cable's open tickets at this ticket's lamp or place, or those of lamps there that wait for the grid owner."""
    here = (Ticket.lon == ticket.lon) & (Ticket.lat == ticket.lat)
    if ticket.lamp_id is not None:
        here |= Ticket.lamp_id == ticket.lamp_id
    wanted = Ticket.state.in_(UNMENDED_TICKETS) if cable else Ticket.state == WAITS
    fault = Ticket.fault_code == CABLE if cable else Ticket.fault_code != CABLE
    found = select(Ticket).where(here, wanted, fault, Ticket.id != ticket.id).order_by(Ticket.id)
    return list(db.session.scalars(found.options(selectinload(Ticket.reports), joinedload(Ticket.measure))))
