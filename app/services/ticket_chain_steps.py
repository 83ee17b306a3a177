"""What follows from a lamp that is mended or seen to shine: reports, measure and dark spot, each once. It never commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from app.adapters.photo_intake import KeptPhoto
from app.domain.people import THE_SYSTEM
from app.domain.states import OPEN_TICKETS
from app.domain.words import N_
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.jobs import enqueue
from app.models.measures import Measure
from app.models.photos import Photo
from app.models.reports import Report
from app.models.tickets import Ticket, ticket_lamp
from app.services.measure_steps import settle_spot, spot_with_work, verify_by_ticket
from app.services.transitions import move_if_possible

QUIET_AFTER = timedelta(days=7)
LIT_AGAIN = N_("Belysningen är lagad och lyser igen.")
SETTLED_REPORTS = frozenset({"answered", "rejected", "withdrawn", "duplicate", "forwarded"})


def close_when_quiet(now: datetime) -> None:
    """Ask for the job that closes what was mended now, when a week has passed without objection."""
    quiet = now + QUIET_AFTER + timedelta(minutes=1)
    enqueue("close_quiet", f"close_quiet {quiet:%Y-%m-%d %H}", now=now, run_at=quiet + timedelta(hours=1))


def after_photo(ticket: Ticket, kept: KeptPhoto, now: datetime) -> Photo:
    """Return the row of a photo that was taken when the work was done."""
    return Photo(
        public_id=kept.public_id, sha256=kept.sha256, width=kept.width, height=kept.height, purpose="after",
        ticket_id=ticket.id, created_at=now, updated_at=now,
    )  # fmt: skip


def tell_the_chain(ticket: Ticket, reason: str, now: datetime) -> None:
    """Let reports, measure and dark spots follow the lamp, each once; the ticket's reports and measure are gathered.

    Everybody who reported the lamp is told: those whose report is on the ticket, who reported the same lamp to a dark spot,
    or whose report was called a duplicate of one of these.
    """
    own = list(ticket.reports)
    for report in [*own, *_others_who_reported(ticket, own)]:
        move_if_possible(report, "answered", actor=THE_SYSTEM, now=now, reason=reason)
    if ticket.measure_id is not None and not _others_open(ticket, Ticket.measure_id == ticket.measure_id):
        gathered = joinedload(Measure.dark_spot).selectinload(DarkSpot.reports)
        measure = db.session.scalars(select(Measure).where(Measure.id == ticket.measure_id).options(gathered)).one()
        verify_by_ticket(measure, now=now)
    of_measure = ticket.measure.dark_spot_id if ticket.measure else None
    for spot_id in sorted({ticket.dark_spot_id, of_measure, *(r.dark_spot_id for r in own)} - {None}, key=str):
        _let_spot_follow(spot_id, ticket, now)


def _let_spot_follow(spot_id: int | None, ticket: Ticket, now: datetime) -> None:
    spot = spot_with_work(spot_id) if spot_id is not None else None
    if spot is None or settle_spot(spot, now=now) or spot.measures:
        return
    here = (Ticket.dark_spot_id == spot.id) | Ticket.id.in_([r.ticket_id for r in spot.reports if r.ticket_id])
    if all(r.state in SETTLED_REPORTS for r in spot.reports) and not _others_open(ticket, here):
        move_if_possible(spot, "remedied", actor=THE_SYSTEM, now=now)


def _others_who_reported(ticket: Ticket, own: Sequence[Report]) -> Sequence[Report]:
    lamps = select(ticket_lamp.c.lamp_id).where(ticket_lamp.c.ticket_id == ticket.id)
    same_lamp = (Report.lamp_id == ticket.lamp_id) | Report.lamp_id.in_(lamps)
    said_it = same_lamp & (Report.kind == "fault") & Report.state.in_(("reviewed", "in_spot", "reopened"))
    again = Report.duplicate_of_id.in_([r.id for r in own]) & (Report.state == "duplicate")
    found = select(Report).where(said_it | again, Report.id.not_in([r.id for r in own]), Report.ticket_id.is_(None))
    return db.session.scalars(found.order_by(Report.id)).all()


def _others_open(ticket: Ticket, among: ColumnElement[bool]) -> bool:
    found = select(Ticket.id).where(among, Ticket.id != ticket.id, Ticket.state.in_(OPEN_TICKETS)).limit(1)
    return db.session.scalars(found).first() is not None
