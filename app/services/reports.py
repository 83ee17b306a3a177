"""What a resident does with a report: send it, follow it, take it back, say whether it got better."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from app.adapters.photo_intake import Intake, KeptPhoto
from app.domain import receipts
from app.domain.expectations import Sentence, expected
from app.domain.people import RESIDENT, THE_SYSTEM, Actor
from app.domain.reports import PHOTOS_MAX, ReportDraft
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.jobs import enqueue
from app.models.photos import Photo
from app.models.push import PushSubscription
from app.models.reports import Contact, Report
from app.models.tickets import Ticket
from app.services.report_steps import (
    Keys,
    Received,
    free_reference,
    hold_if_burst,
    is_outside,
    new_report,
    place_of_pole,
    reading_hours,
)
from app.services.spot_steps import mark
from app.services.ticket_steps import is_working_day, priority_matrix, response_times
from app.services.transitions import begin, move, move_if_possible, remark

REFERENCE_TRIES = 8


class OutsideMunicipality(ValueError):
    """The place lies outside the municipality; nothing was kept, the words go back to the person."""


class OtherBody(ValueError):
    """This `client_id` has already been used for another report."""


def fingerprint(draft: ReportDraft, uploads: Sequence[bytes], staged: Sequence[str] = ()) -> str:
    """Return what makes this sending this sending: every field that was sent, and every photo's bytes."""
    fields = (
        repr(draft.lon), repr(draft.lat), repr(draft.accuracy_m), draft.method, ",".join(draft.categories),
        str(draft.severity), str(draft.when_felt), draft.text, draft.contact, str(draft.wants_answer),
        str(draft.wants_invitation), draft.pole_number, draft.directions, ",".join(sorted(staged)),
    )  # fmt: skip
    return receipts.fingerprint([*(f.encode() for f in fields), *(hashlib.sha256(u).digest() for u in uploads)])


def already_received(draft: ReportDraft, body: str, keys: Keys) -> Received | None:
    """Return the receipt of an earlier sending with the same id and body, or None; raise OtherBody when the body differs."""
    report = db.session.scalars(select(Report).where(Report.client_id == draft.client_id)).first()
    if report is None:
        return None
    if report.fingerprint != body:
        raise OtherBody(draft.client_id)
    secret = receipts.secret_matching(report.client_id, report.receipt_hash, keys.all())
    if secret is None:
        raise OtherBody(draft.client_id)
    missed = report.photos_missed or {}
    return Received(
        report.reference,
        secret,
        is_new=False,
        refused=tuple(missed.get("refused", ())),
        again=tuple(missed.get("again", ())),
    )


def check_inside(lon: float, lat: float) -> None:
    """Raise OutsideMunicipality when the place is more than 500 m outside."""
    if is_outside(lon, lat):
        raise OutsideMunicipality


def receive(
    draft: ReportDraft,
    body: str,
    *,
    photos: Intake,
    staged: Sequence[str],
    keys: Keys,
    reference_numbers: Sequence[int],
    now: datetime,
) -> Received:
    """Keep one report with its photos, in one commit; a resend with the same id and body gets the same receipt.

    Args:
        draft: checked by domain.reports.read. body: its fingerprint. photos: already on durable storage. staged: public
        ids of photos that an earlier, refused sending of the same form left. keys: for the receipt's secret.
        reference_numbers: random whole numbers, five for each try. now: the server's time, which decides.

    Raises:
        OutsideMunicipality, OtherBody.

    """
    check_inside(draft.lon, draft.lat)
    secret = receipts.secret(draft.client_id, keys.current)
    try:
        report = new_report(draft, body, secret, free_reference(reference_numbers), now)
        actor = Actor(RESIDENT, report_id=None)
        begin(report, actor=actor, now=now, facts={"reading_hours": reading_hours()})
        refused = _attach(report, draft, photos, staged, now)
        burst = hold_if_burst(report, now)
        mark(reports=sorted({report.id, *burst}), now=now)
        if report.lamp_id is not None:
            enqueue("same_lamp", f"same_lamp {report.id}", now=now, payload={"report_id": report.id})
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        earlier = already_received(draft, body, keys)  # another process kept the same sending a moment ago
        if earlier is None:
            raise
        return earlier
    return Received(report.reference, secret, is_new=True, refused=refused, again=photos.again)


def stage_photos(client_id: str, photos: Intake, *, now: datetime) -> list[Photo]:
    """Keep photos of a form that must be shown again, so that nobody has to choose them twice."""
    rows = [_photo_row(p, now, staged_for=client_id) for p in photos.kept]
    db.session.add_all(rows)
    db.session.commit()
    return rows


def staged_photos(client_id: str, public_ids: Sequence[str], *, to_take: bool = False) -> Sequence[Photo]:
    """Return the staged photos of this form, and of no other form; `to_take` holds them until the commit."""
    wanted = Photo.public_id.in_(public_ids), Photo.staged_for == client_id, Photo.report_id.is_(None)
    found = select(Photo).where(*wanted).order_by(Photo.id)
    return db.session.scalars(found.with_for_update() if to_take else found).all()


def by_receipt(secret: str) -> Report | None:
    """Return the report that a receipt opens, with all that its page shows; None for any other text."""
    return db.session.scalars(
        select(Report)
        .where(Report.receipt_hash == receipts.secret_hash(secret))
        .options(
            joinedload(Report.district),
            joinedload(Report.contact),
            joinedload(Report.lamp),
            joinedload(Report.forwarded_to),
            selectinload(Report.dark_spot).selectinload(DarkSpot.measures),
            joinedload(Report.ticket).joinedload(Ticket.lamp),
            selectinload(Report.notices),
            selectinload(Report.photos),
        )
    ).first()


def withdraw(secret: str, *, now: datetime) -> bool | None:
    """Take a report back: its voice no longer counts, and how to reach its sender is forgotten. Twice is once.

    Return whether there was a contact to forget; None when there is no such report.
    """
    report = by_receipt(secret)
    if report is None:
        return None
    had_contact = report.contact is not None
    if report.state != "withdrawn":
        move(report, "withdrawn", actor=_sender(report), now=now)
        report.contact = None
        db.session.execute(delete(PushSubscription).where(PushSubscription.report_id == report.id))
        mark(reports=[report.id], now=now)
        db.session.commit()
    return had_contact


def follow(secret: str, contact: str, *, wants_answer: bool, wants_invitation: bool, now: datetime) -> Report | None:
    """Leave, change or (with an empty contact) remove how to be reached; a report that takes no more keeps none."""
    report = by_receipt(secret)
    if report is None:
        return None
    if not contact or not report.takes_more:
        report.contact = None
    elif report.contact is None:
        report.contact = _contact_row(contact, now, wants_answer=wants_answer, wants_invitation=wants_invitation)
    else:
        report.contact.address, report.contact.updated_at = contact, now
        report.contact.wants_answer, report.contact.wants_invitation = wants_answer, wants_invitation
    db.session.commit()
    return report


def say_whether_better(secret: str, answer: str, *, now: datetime) -> bool | None:
    """Keep the answer to “Känns platsen tryggare nu?” (yes, no, unknown); a no to what is done opens it again.

    Says whether the answer is kept: only what is answered is asked about. None when no report has this receipt.
    """
    report = by_receipt(secret)
    if report is None or answer not in {"yes", "no", "unknown"}:
        return None
    if report.state != "answered":
        return report.state == "reopened" and report.better == answer  # the same press once more
    report.better, report.better_at = answer, now
    if answer == "no":
        move(report, "reopened", actor=_sender(report), now=now)
        _reopen_what_it_led_to(report, now)
        mark(reports=[report.id], now=now)
    db.session.commit()
    return True


def add_photos(secret: str, photos: Intake, *, now: datetime) -> int | None:
    """Keep photos that the sender adds later, up to three in all; return how many were new, None when it takes none."""
    report = by_receipt(secret)
    if report is None or not report.takes_more:
        return None
    known = {photo.sha256 for photo in report.photos}
    new = [kept for kept in photos.kept if kept.sha256 not in known][: PHOTOS_MAX - len(report.photos)]
    for kept in new:
        row = _photo_row(kept, now)
        row.report_id = report.id
        db.session.add(row)
    if new:
        remark(report, actor=THE_SYSTEM, now=now, reason=f"Den som rapporterade har lagt till {len(new)} foto.")
    db.session.commit()
    return len(new)


def expected_of(report: Report, received_on: date) -> list[Sentence]:
    """Return what the sender of a report may expect, by the priorities and response times in force when it came."""
    environment = report.lamp.environment if report.lamp else ""
    return expected(
        report.kind, report.categories, environment or None, received_on, times=response_times(received_on),
        matrix=priority_matrix(received_on), is_working_day=is_working_day,
    )  # fmt: skip


def _reopen_what_it_led_to(report: Report, now: datetime) -> None:
    reason = "En boende svarade att det inte är bättre."
    if report.ticket_id:
        ticket = db.session.scalars(
            select(Ticket).where(Ticket.id == report.ticket_id).options(selectinload(Ticket.reports))
        ).one()
        move_if_possible(ticket, "reopened", actor=THE_SYSTEM, now=now, reason=reason)
    if report.dark_spot_id:
        spot = db.session.scalars(
            select(DarkSpot).where(DarkSpot.id == report.dark_spot_id).options(selectinload(DarkSpot.reports))
        ).one()
        move_if_possible(spot, "reopened", actor=THE_SYSTEM, now=now, reason=reason, facts={"place": spot.name})


def _sender(report: Report) -> Actor:
    return Actor(RESIDENT, report_id=report.id)


def _attach(
    report: Report, draft: ReportDraft, photos: Intake, staged: Sequence[str], now: datetime
) -> tuple[str, ...]:
    """Join contact and photos to a report; return the codes of why photos are not with it."""
    if draft.contact:
        contact = _contact_row(
            draft.contact, now, wants_answer=draft.wants_answer, wants_invitation=draft.wants_invitation
        )
        contact.report_id = report.id
        db.session.add(contact)
    waiting = staged_photos(draft.client_id, staged, to_take=True) if staged else ()
    for photo in waiting:
        photo.report_id, photo.staged_for = report.id, None
    refused = photos.refused + (("waited_too_long",) if len(waiting) < len(staged) else ())
    for kept in photos.kept:
        row = _photo_row(kept, now)
        row.report_id = report.id
        db.session.add(row)
    if refused:
        report.photos_missed = {"refused": list(refused), "again": list(photos.again)}
    return refused


def _contact_row(address: str, now: datetime, *, wants_answer: bool, wants_invitation: bool) -> Contact:
    return Contact(
        address=address, wants_answer=wants_answer or not wants_invitation, wants_invitation=wants_invitation,
        created_at=now, updated_at=now,
    )  # fmt: skip


def _photo_row(kept: KeptPhoto, now: datetime, staged_for: str | None = None) -> Photo:
    lon, lat = kept.position or (None, None)
    return Photo(
        public_id=kept.public_id, sha256=kept.sha256, width=kept.width, height=kept.height, lon=lon, lat=lat,
        staged_for=staged_for, created_at=now, updated_at=now,
    )  # fmt: skip


def end_transaction() -> None:
    """Give back what a look-up took, before slow work such as cleaning a photo."""
    db.session.rollback()


__all__ = ["Keys", "Received", "place_of_pole"]
