"""What a coordinator decides about one report: each function is one decision and one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.inbox import UNREAD_STATES
from app.domain.people import Actor
from app.domain.reports import clean_text
from app.domain.states import OPEN_DARK_SPOTS, OPEN_TICKETS
from app.domain.tickets import FAULTS
from app.domain.words import at_most, between
from app.models.base import db, expect_version
from app.models.dark_spots import DarkSpot
from app.models.lamps import Lamp
from app.models.photos import Photo
from app.models.reports import Report
from app.models.staff import Organisation
from app.models.tickets import Ticket
from app.services.spot_steps import mark, next_round
from app.services.ticket_steps import Fault, attach_reports, ticket_for
from app.services.transitions import move, remark
from app.services.triage_steps import lock_original, tie_to_spot

LAMPS_AFFECTED_MAX = 500
REASON_LENGTH_MAX = 1000
DIGITS_MAX = 10
MASK = "▇▇▇"


class Unclear(ValueError):
    """The decision cannot be made as it was sent: the code of what is wrong beside each field's name."""

    def __init__(self, **errors: str) -> None:
        super().__init__(str(errors))
        self.errors: Mapping[str, str] = errors


class Unknown(LookupError):
    """There is no such report or photo."""


@dataclass(frozen=True)
class Desk:
    """Who decides, when, and about which version of the thing."""

    actor: Actor
    now: datetime
    version: int


def review(report_id: int, *, desk: Desk) -> Report:
    """Mark a report as read; for a held one this lets its voice count in full."""
    report = _shown(report_id, desk)
    was_held = report.state == "held"
    move(report, "reviewed", actor=desk.actor, now=desk.now)
    return _done(report, desk, regroup=was_held)


def release(report_id: int, reason: str, *, desk: Desk) -> Report:
    """Let a held report count, saying why the burst is honest."""
    report = _shown(report_id, desk)
    move(report, "reviewed", actor=desk.actor, now=desk.now, reason=_reason(reason, "release_reason"))
    return _done(report, desk, regroup=True)


def to_ticket(
    report_id: int,
    *,
    fault_code: str,
    lamps_affected: str,
    lamp_id: str,
    directions: str,
    environment: str,
    today: date,
    desk: Desk,
) -> Ticket:
    """Open a lighting ticket for a report; its sender is told the promised day."""
    report = _shown(report_id, desk)
    if fault_code not in FAULTS:
        raise Unclear(fault_code="choice_unknown")
    count = _whole(lamps_affected, "lamps_affected", LAMPS_AFFECTED_MAX)
    lamp = _lamp(lamp_id)
    spot = db.session.get(DarkSpot, report.dark_spot_id) if report.dark_spot_id else None
    if lamp is not None:
        report.lamp_id = lamp.id
    fault = Fault(
        fault_code, lamp.lon if lamp else report.lon, lamp.lat if lamp else report.lat, count, lamp,
        clean_text(directions)[:300], environment or (spot.environment if spot else "") or None,
        spot.id if spot else None, spot.band if spot else None,
    )  # fmt: skip
    ticket, _ = ticket_for(fault, [report], actor=desk.actor, report_actor=desk.actor, now=desk.now, today=today)
    db.session.commit()
    return ticket


def attach(report_id: int, ticket_reference: str, *, desk: Desk) -> Ticket:
    """Tie a report to an open ticket, by the ticket's reference or number."""
    report = _shown(report_id, desk)
    ticket = db.session.get(Ticket, _number(ticket_reference, "B", "ticket_reference"))
    if ticket is None or ticket.state not in OPEN_TICKETS:
        raise Unclear(ticket_reference="ticket_unknown")
    attach_reports(ticket, [report], actor=desk.actor, now=desk.now)
    _done(report, desk)
    return ticket


def to_spot(report_id: int, spot_reference: str, *, desk: Desk) -> DarkSpot:
    """Tie a report to a dark spot. A spot that grouping would not have given it is pinned, so that the tie holds."""
    report = _shown(report_id, desk)
    spot = db.session.get(DarkSpot, _number(spot_reference, "F", "spot_reference"))
    if spot is None or spot.state not in OPEN_DARK_SPOTS:
        raise Unclear(spot_reference="spot_unknown")
    next_round()
    left = tie_to_spot(report, spot, actor=desk.actor, now=desk.now)
    _done(report, desk, regroup=True, spots=left)
    return spot


def duplicate(report_id: int, of_reference: str, *, desk: Desk) -> Report:
    """Call a report a duplicate of another, by the other's reference; its voice still counts."""
    report = _shown(report_id, desk)
    signs = "".join(c for c in of_reference.upper() if c.isalnum())  # read out over the telephone, typed as it comes
    wanted = f"{signs[:2]}-{signs[2:]}"
    other = db.session.scalars(select(Report).where(Report.reference == wanted)).first()
    if other is None:
        raise Unclear(duplicate_of="report_unknown")
    if report.id in {other.id, other.duplicate_of_id}:
        raise Unclear(duplicate_of="report_is_itself")
    report.duplicate_of_id = other.id
    move(report, "duplicate", actor=desk.actor, now=desk.now, reason=other.reference)
    return _done(report, desk)


def forward(report_id: int, organisation_id: str, reason: str, *, desk: Desk) -> Report:
    """Send a report on to the one whose place it is, saying why."""
    report = _shown(report_id, desk)
    organisation = db.session.get(Organisation, _row_number(organisation_id))
    if organisation is None:
        raise Unclear(organisation_id="required")
    why = _reason(reason, "forward_reason")
    report.forwarded_to_id = organisation.id
    move(report, "forwarded", actor=desk.actor, now=desk.now, reason=why, facts={"owner": organisation.name})
    return _done(report, desk, regroup=True)


def reject(report_id: int, reason: str, *, desk: Desk) -> Report:
    """Turn a report down; the reason is what its sender reads."""
    report = _shown(report_id, desk)
    move(report, "rejected", actor=desk.actor, now=desk.now, reason=_reason(reason, "reject_reason"))
    return _done(report, desk, regroup=True)


def answer(report_id: int, text: str, *, desk: Desk) -> Report:
    """Answer a report: what was done, or why not. Its sender is asked whether the place feels better."""
    report = _shown(report_id, desk)
    words = _reason(text, "answer_text")
    if report.state in UNREAD_STATES:
        move(report, "reviewed", actor=desk.actor, now=desk.now)
    move(report, "answered", actor=desk.actor, now=desk.now, reason=words)
    return _done(report, desk)


def mask(report_id: int, words: str, reason: str, *, desk: Desk) -> Report:
    """Cover words that point somebody out. History says that it was done and why, never what stood there; the original is locked."""
    report = _shown(report_id, desk)
    hidden = clean_text(words)
    if not hidden:
        raise Unclear(mask_words="required")
    if hidden not in report.text:
        raise Unclear(mask_words="words_not_found")
    why = _reason(reason, "mask_reason")
    lock_original(report, why, actor=desk.actor, now=desk.now)
    report.text, report.text_masked = report.text.replace(hidden, MASK), True
    remark(report, actor=desk.actor, now=desk.now, reason=f"Ord i texten dolda: {why}")
    return _done(report, desk)


def judge_photo(report_id: int, photo_id: int, to: str, reason: str, *, actor: Actor, now: datetime) -> Photo:
    """Approve a photo for the public, hide it (with a reason), or take it back to staff only."""
    found = select(Photo).where(Photo.id == photo_id, Photo.report_id == report_id)
    photo = db.session.scalars(found.options(selectinload(Photo.report))).first()
    if photo is None or photo.report is None:
        raise Unknown
    if to not in {"approved", "hidden", "staff_only"}:
        raise Unclear(photo="choice_unknown")
    # A photo has no district of its own: the gate asks about the report that it shows.
    remark(photo.report, actor=actor, now=now, reason=f"Foto {photo.id}: {to}. {clean_text(reason)}".strip())
    why = _reason(reason, "photo_reason") if to == "hidden" else clean_text(reason)
    move(photo, to, actor=actor, now=now, reason=why)
    db.session.commit()
    return photo


def _shown(report_id: int, desk: Desk) -> Report:
    report = db.session.get(Report, report_id)
    if report is None:
        raise Unknown
    expect_version(report, desk.version)
    return report


def _done(report: Report, desk: Desk, *, regroup: bool = False, spots: Sequence[int] = ()) -> Report:
    if regroup:
        mark(reports=[report.id], spots=spots, now=desk.now)
    db.session.commit()
    return report


def _reason(text: str, field: str) -> str:
    cleaned = clean_text(text)
    if len(cleaned) > REASON_LENGTH_MAX:
        raise Unclear(**{field: at_most(REASON_LENGTH_MAX)})
    if not cleaned:
        raise Unclear(**{field: "answer_missing" if field == "answer_text" else "reason_missing"})
    return cleaned


def _number(reference: str, letter: str, field: str) -> int:
    """Return the number in a reference such as `F-12`, `f12` or `12`."""
    number = _row_number(reference.strip().upper().removeprefix(letter).removeprefix("-"))
    if not number:
        raise Unclear(**{field: "reference_not_readable"})
    return number


def _row_number(given: str) -> int:
    """Return a number that a row can have, or 0, which no row has."""
    digits = given.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < DIGITS_MAX else 0


def _whole(given: str, field: str, most: int) -> int:
    text = given.strip() or "1"
    if not text.isdecimal() or len(text) > 6 or not 1 <= int(text) <= most:
        raise Unclear(**{field: between(1, most)})
    return int(text)


def _lamp(given: str) -> Lamp | None:
    if not given.strip():
        return None
    lamp = db.session.get(Lamp, _row_number(given))
    if lamp is None:
        raise Unclear(lamp_id="choice_unknown")
    return lamp
