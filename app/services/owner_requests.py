"""Asking an outside owner: by a letter with a link that needs no account and is answered once. One function, one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.adapters.mail import Letter, Mail, compose
from app.domain.people import THE_SYSTEM, Actor
from app.domain.receipts import secret, secret_hash, secret_matching
from app.models import areas
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.jobs import enqueue
from app.models.measures import Measure, OwnerRequest
from app.services.desk_steps import Unclear, Unknown
from app.services.transitions import move_if_possible, remark

OPEN_DAYS = 60
REMIND_AFTER_DAYS = (14, 30)
ANSWERS = ("takes", "refuses")


@dataclass(frozen=True)
class Answer:
    """What an owner answers: takes it by a day, or does not, and why."""

    answer: str
    reason: str
    will_be_done_on: date | None


def ask(measure_id: int, *, keys: Sequence[str], actor: Actor, now: datetime) -> OwnerRequest:
    """Ask the outside owner who is responsible for a measure; the letter and two reminders are sent by jobs.

    Raises:
        Unknown: no such measure. Unclear: nobody outside is responsible, no address, or asked and not answered yet.

    """
    measure = _measure(measure_id)
    owner = measure.responsible
    if owner is None:
        raise Unclear({"owner": "owner_missing"})
    if not owner.external:
        raise Unclear({"owner": "owner_is_own"})
    if not owner.email:
        raise Unclear({"owner": "owner_has_no_address"})
    if any(
        not r.answer and r.organisation_id == owner.id and r.expires_on >= now.date() for r in measure.owner_requests
    ):
        raise Unclear({"owner": "owner_is_asked"})
    request = OwnerRequest(
        organisation_id=owner.id, token_hash="", asked_at=now, asked_by=actor.name, expires_on=now.date() + timedelta(days=OPEN_DAYS),
        created_at=now, updated_at=now,
    )  # fmt: skip
    measure.owner_requests.append(request)
    db.session.flush()
    request.token_hash = secret_hash(secret(_name(request), keys[0]))
    facts = {"what": measure.description, "next_on": (now.date() + timedelta(days=REMIND_AFTER_DAYS[-1])).isoformat()}
    measure.next_on = measure.next_on or now.date() + timedelta(days=REMIND_AFTER_DAYS[-1])
    if not move_if_possible(
        measure, "waiting_owner", actor=actor, now=now, reason=f"Frågan är ställd till {owner.name}", facts=facts
    ):
        remark(measure, actor=actor, now=now, reason=f"Frågan är ställd till {owner.name}")
    measure.waiting_reason = f"Frågan är ställd till {owner.name}"
    for days in (0, *REMIND_AFTER_DAYS):
        payload = {"request_id": request.id, "reminder": days}
        enqueue(
            "ask_owner", f"ask_owner_{request.id}_{days}", now=now, payload=payload, run_at=now + timedelta(days=days)
        )
    db.session.commit()
    return request


def by_token(token: str) -> OwnerRequest | None:
    """Return what a link asks, or None when there is no such link."""
    found = select(OwnerRequest).where(OwnerRequest.token_hash == secret_hash(token))
    measure = joinedload(OwnerRequest.measure)
    return db.session.scalars(
        found.options(joinedload(OwnerRequest.organisation), measure.joinedload(Measure.dark_spot), measure.joinedload(Measure.district))
    ).first()  # fmt: skip


def answer(token: str, given: Answer, *, now: datetime) -> OwnerRequest:
    """Keep an owner's answer, once; the measure gets its day, or its reason, and the coordinator sees both.

    Raises:
        Unknown: no such link, or it has been answered or has run out. Unclear: a yes without a day, a no without why.

    """
    request = by_token(token)
    if request is None or request.answer or request.expires_on < now.date():
        raise Unknown
    if given.answer not in ANSWERS:
        raise Unclear({"answer": "required"})
    if given.answer == "takes" and (given.will_be_done_on is None or given.will_be_done_on < now.date()):
        raise Unclear({"will_be_done_on": "day_needed"})
    if given.answer == "refuses" and not given.reason:
        raise Unclear({"reason": "reason_missing"})
    measure = _measure(request.measure_id)
    request.answer, request.reason, request.will_be_done_on = given.answer, given.reason, given.will_be_done_on
    request.answered_at = request.updated_at = now
    if given.answer == "takes" and given.will_be_done_on:
        measure.deadline, measure.next_on = given.will_be_done_on, None
        said = f"{request.organisation.name} tar åtgärden, klart {given.will_be_done_on.isoformat()}. {given.reason}".strip()
        facts = {"what": measure.description, "due_on": given.will_be_done_on.isoformat()}
        if not move_if_possible(measure, "decided", actor=THE_SYSTEM, now=now, reason=said, facts=facts):
            remark(measure, actor=THE_SYSTEM, now=now, reason=said)
    else:
        measure.next_on = now.date() + timedelta(days=7)
        remark(
            measure, actor=THE_SYSTEM, now=now, reason=f"{request.organisation.name} tar inte åtgärden: {given.reason}"
        )
    db.session.commit()
    return request


def write(payload: dict[str, Any], *, mail: Mail, base_url: str, keys: Sequence[str], now: datetime) -> int:
    """Write to an owner who has not answered: the question, and later a reminder of it. Return how many letters went."""
    request = db.session.scalars(
        select(OwnerRequest).where(OwnerRequest.id == int(payload["request_id"])).options(
            joinedload(OwnerRequest.organisation), joinedload(OwnerRequest.measure).joinedload(Measure.dark_spot)
        )
    ).first()  # fmt: skip
    if request is None or request.answer or request.expires_on < now.date():
        return 0
    reminder = int(payload["reminder"])
    letter = _letter(request, reminder, base_url, keys)
    db.session.rollback()
    mail.send(letter)
    if reminder:
        kept = db.session.get_one(OwnerRequest, request.id)
        kept.reminders, kept.reminded_at = max(kept.reminders, REMIND_AFTER_DAYS.index(reminder) + 1), now
        db.session.commit()
    return 1


def silent(request: OwnerRequest, today: date) -> bool:
    """Say whether an owner has been reminded twice and still says nothing."""
    return not request.answer and (request.reminders >= len(REMIND_AFTER_DAYS) or request.expires_on < today)


def _letter(request: OwnerRequest, reminder: int, base_url: str, keys: Sequence[str]) -> Letter:
    token = secret_matching(_name(request), request.token_hash, keys) or ""
    row = areas.municipality()
    values = {
        "what": request.measure.description, "place": request.measure.dark_spot.name if request.measure.dark_spot else "",
        "owner": request.organisation.name, "reminder": bool(reminder), "link": f"{base_url}/owner/{token}",
        "until": request.expires_on.isoformat(), "asked_by": request.asked_by, "municipality": row.name if row else "",
    }  # fmt: skip
    return compose(f"owner-{request.id}-{reminder}", request.organisation.email, "sv", "owner_request", values)


def _name(request: OwnerRequest) -> str:
    return f"owner-request:{request.id}"


def _measure(measure_id: int) -> Measure:
    found = select(Measure).where(Measure.id == measure_id)
    spot = joinedload(Measure.dark_spot).selectinload(DarkSpot.reports)
    measure = db.session.scalars(
        found.options(joinedload(Measure.responsible), selectinload(Measure.owner_requests), spot)
    ).first()
    if measure is None:
        raise Unknown
    return measure
