"""“Jag med”: one more voice for what is already known, in one tap and without asking anything again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app.domain import receipts
from app.domain.people import RESIDENT, THE_SYSTEM, Actor
from app.domain.publication import CATEGORY_OF_FAULT
from app.domain.reports import ReportDraft
from app.domain.states import OPEN_DARK_SPOTS
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.reports import Membership, Report
from app.models.tickets import Ticket
from app.services.report_steps import (
    Keys,
    Received,
    free_reference,
    hold_if_burst,
    new_report,
    reading_hours,
    stored_key,
)
from app.services.spot_steps import belong, mark
from app.services.ticket_steps import attach_reports, public_ticket
from app.services.transitions import SILENT_REPORTS, begin, move

TICKET, SPOT = "ticket", "spot"


class NotPublic(LookupError):
    """There is no such thing that everybody may know of, or no longer."""


class OtherBody(ValueError):
    """This `client_id` has been used for something else."""


@dataclass(frozen=True)
class Voice:
    """Who speaks: the form's id, the browser's random token, the language for the answer, perhaps how it feels (1–3)."""

    client_id: str
    reporter_key: str
    lang: str
    severity: int | None = None


def join(
    kind: str, number: int, voice: Voice, *, keys: Keys, reference_numbers: Sequence[int], now: datetime
) -> Received:
    """Add a voice to an open lighting ticket or an approved place, in one commit; the same form twice is one voice.

    Raises:
        NotPublic: nobody may know of it (any more). OtherBody: the id was used for another report.

    """
    body = receipts.fingerprint([b"me too", kind.encode(), str(number).encode()])
    earlier = _earlier(voice.client_id, body, keys)
    if earlier is not None:
        return earlier
    thing = _thing(kind, number)
    secret = receipts.secret(voice.client_id, keys.current)
    try:
        report = new_report(_draft(thing, voice), body, secret, free_reference(reference_numbers), now)
        begin(report, actor=Actor(RESIDENT), now=now, facts={"reading_hours": reading_hours()})
        if isinstance(thing, Ticket):
            report.lamp_id = thing.lamp_id
            if thing.dark_spot_id:
                belong(report, thing.dark_spot_id)
            attach_reports(thing, [report], actor=THE_SYSTEM, now=now)
        elif burst := hold_if_burst(report, now):
            mark(reports=burst, now=now)
        else:
            belong(report, thing.id)
            move(report, "in_spot", actor=THE_SYSTEM, now=now)
        mark(reports=[report.id], now=now)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        earlier = _earlier(voice.client_id, body, keys)  # the same tap arrived twice at once
        if earlier is None:
            raise
        return earlier
    return Received(report.reference, secret, is_new=True)


def has_spoken(kind: str, number: int, reporter_key: str) -> bool:
    """Tell whether this browser has a report or a voice here that counts; one that was taken back does not."""
    if not reporter_key:
        return False
    members = select(Membership.report_id).where(Membership.dark_spot_id == number)
    here = Report.ticket_id == number if kind == TICKET else Report.id.in_(members)
    asked = select(Report.id).where(
        here, Report.reporter_key == stored_key(reporter_key), Report.state.not_in(SILENT_REPORTS)
    )
    return db.session.scalar(asked.limit(1)) is not None


def _thing(kind: str, number: int) -> Ticket | DarkSpot:
    thing = public_ticket(number) if kind == TICKET else _public_spot(number) if kind == SPOT else None
    if thing is None:
        raise NotPublic(f"{kind} {number}")
    return thing


def _public_spot(number: int) -> DarkSpot | None:
    found = select(DarkSpot).where(
        DarkSpot.id == number, DarkSpot.public.is_(True), DarkSpot.state.in_(OPEN_DARK_SPOTS)
    )
    return db.session.scalars(found.options(selectinload(DarkSpot.reports))).first()


def _draft(thing: Ticket | DarkSpot, voice: Voice) -> ReportDraft:
    return ReportDraft(
        client_id=voice.client_id, lon=thing.lon, lat=thing.lat, accuracy_m=None, method="list", categories=_categories(thing),
        severity=voice.severity, when_felt=None, text="", contact="", wants_answer=False, wants_invitation=False,
        pole_number="", directions="", lang=voice.lang, source="me_too", queued_at=None, reporter_key=voice.reporter_key,
    )  # fmt: skip


def _categories(thing: Ticket | DarkSpot) -> tuple[str, ...]:
    """Return what the others said most, so that the new voice says the same and nothing more."""
    if isinstance(thing, Ticket):
        return (CATEGORY_OF_FAULT.get(thing.fault_code, "lamp_out"),)
    counted = sorted(thing.category_counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return (counted[0][0],) if counted else ("just_a_feeling",)


def _earlier(client_id: str, body: str, keys: Keys) -> Received | None:
    report = db.session.scalars(select(Report).where(Report.client_id == client_id)).first()
    if report is None:
        return None
    secret = receipts.secret_matching(report.client_id, report.receipt_hash, keys.all())
    if report.fingerprint != body or secret is None:
        raise OtherBody(client_id)
    return Received(report.reference, secret, is_new=False)
