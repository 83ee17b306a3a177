"""What follows when a measure is done and seen: the place is remedied and everybody who reported it is asked. No commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.measures import place_is_finished
from app.domain.people import THE_SYSTEM
from app.domain.states import OPEN_TICKETS
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.measures import Measure
from app.models.tickets import Ticket
from app.services.follow_up_steps import schedule
from app.services.transitions import move_if_possible


def spot_with_work(spot_id: int) -> DarkSpot | None:
    """Return a spot with its reports and measures: what a measure's moves reach."""
    found = select(DarkSpot).where(DarkSpot.id == spot_id)
    return db.session.scalars(found.options(selectinload(DarkSpot.reports), selectinload(DarkSpot.measures))).first()


def take_into_plan(spot: DarkSpot, *, now: datetime) -> None:
    """Let a spot follow a decision that was made for it; one that was only proposed is confirmed by the decision."""
    facts = {"place": spot.name}
    if spot.state == "proposed" and move_if_possible(spot, "confirmed", actor=THE_SYSTEM, now=now, facts=facts):
        spot.confirmed_at, spot.confirmed_how = now, "decision"
    move_if_possible(spot, "in_plan", actor=THE_SYSTEM, now=now)


def settle_spot(spot: DarkSpot, *, now: datetime) -> bool:
    """When all that was decided for a spot is done and seen, remedy it and answer its reports; say whether it was so.

    Args:
        spot: with its measures and reports (see `spot_with_work`). An open ticket at the spot holds it back.

    """
    if not place_is_finished([m.state for m in spot.measures]) or _open_ticket(spot):
        return False
    remedied = move_if_possible(spot, "remedied", actor=THE_SYSTEM, now=now)
    finished = sorted((m for m in spot.measures if m.state != "rejected"), key=lambda m: m.id)
    done = "; ".join(m.description.rstrip(".") for m in finished)
    for report in spot.reports:
        if report.state in {"received", "held"}:  # it counted towards the place before anybody had opened it
            move_if_possible(report, "reviewed", actor=THE_SYSTEM, now=now)
        move_if_possible(report, "answered", actor=THE_SYSTEM, now=now, reason=f"{done}.")
    return remedied


def verify_by_ticket(measure: Measure, *, now: datetime) -> None:
    """A lamp that was mended and seen to shine makes its measure done and verified (its spot's reports gathered)."""
    for to in ("ongoing", "done", "verified"):
        if (
            move_if_possible(measure, to, actor=THE_SYSTEM, now=now, facts={"what": measure.description})
            and to == "done"
        ):
            measure.done_at = now
    if measure.state == "verified":
        schedule(measure, now=now)


def _open_ticket(spot: DarkSpot) -> bool:
    found = (
        select(Ticket.id).where(Ticket.dark_spot_id == spot.id, Ticket.state.in_(OPEN_TICKETS | {"repaired"})).limit(1)
    )
    return db.session.scalars(found).first() is not None
