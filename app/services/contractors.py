"""Those outside who mend lamps: sending them a ticket, and taking their answers, each checked and written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.exc import StaleDataError

from app.adapters.mail import Mail, MailFailed, compose
from app.adapters.photo_intake import KeptPhoto
from app.domain.contractors import (
    FINAL,
    LINK_LIVES,
    PHOTO_NEEDED,
    Answer,
    link_secret,
    read_answer,
    secret_hash,
    signature,
    steps_to,
    webhook_secret,
)
from app.domain.people import CONTRACTOR, THE_SYSTEM, Actor
from app.domain.states import TICKET_WAITING, UNMENDED_TICKETS
from app.models.base import db, expect_version
from app.models.contractors import Contractor, Dispatch, OutsideAnswer
from app.models.tickets import Ticket
from app.services.contractor_steps import begin_dispatch, dispatch, facts_of, revoke_links
from app.services.place_names import municipality
from app.services.ticket_cable_steps import after_repair
from app.services.ticket_chain_steps import after_photo
from app.services.ticket_lamp_steps import told_of_own_lamp
from app.services.transitions import move, move_if_possible, remark

Post = Callable[[str, bytes, Mapping[str, str]], int]
_WHOLE = (
    joinedload(Ticket.lamp), joinedload(Ticket.district), selectinload(Ticket.lamps), selectinload(Ticket.reports),
    selectinload(Ticket.photos), joinedload(Ticket.measure),
)  # fmt: skip


class Unknown(LookupError):
    """There is no such contractor, sending or ticket of theirs."""


class RefusedAnswer(ValueError):
    """The answer was written down and not taken; `codes` says what is wrong beside each field's name."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        super().__init__(str(codes))
        self.codes = codes


class NotDelivered(OSError):
    """A sending did not arrive; the job tries again."""


@dataclass(frozen=True)
class Told:
    """Who answers about which ticket, by which channel; `ids` are their numbers, `dispatch` is there when it is by a link."""

    contractor: Contractor
    ticket: Ticket
    channel: str
    ids: tuple[int, int]
    dispatch: Dispatch | None = None


def everyone() -> Sequence[Contractor]:
    """Return the contractors that can be sent tickets, by name; one without a name is no choice."""
    found = select(Contractor).where(Contractor.active.is_(True)).options(joinedload(Contractor.organisation))
    named = (c for c in db.session.scalars(found) if c.organisation.name.strip())
    return sorted(named, key=lambda c: c.organisation.name)


def send(ticket: Ticket, version: int | None, contractor_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Send a ticket to a contractor, or take it back from the one who had it; links that were out end either way."""
    expect_version(ticket, version)
    chosen = next((c for c in everyone() if c.id == contractor_id), None)
    if contractor_id is not None and chosen is None:
        raise Unknown(contractor_id)
    revoke_links(ticket.id, now)
    ticket.contractor_id = contractor_id
    said = f"Skickat till {chosen.organisation.name}." if chosen else "Taget tillbaka från entreprenören."
    if chosen is None or not move_if_possible(ticket, "assigned", actor=actor, now=now, reason=said):
        remark(ticket, actor=actor, now=now, reason=said)
    if chosen is not None:
        dispatch(ticket, "sent", now=now)
    db.session.commit()


def revoke(dispatch_id: int, *, now: datetime) -> int:
    """End one link; return its ticket's number."""
    row = db.session.get(Dispatch, dispatch_id)
    if row is None:
        raise Unknown(dispatch_id)
    row.link_revoked_at = row.link_revoked_at or now
    db.session.commit()
    return row.ticket_id


def deliver(payload: Mapping[str, Any], now: datetime, *, mail: Mail, post: Post, base_url: str, key: str) -> str:
    """Deliver one sending; return what became of it.

    Raises:
        NotDelivered: it did not arrive; the reason stands in the sending, and the job tries again later.

    """
    row = db.session.scalars(
        select(Dispatch)
        .where(Dispatch.id == int(payload["id"]))
        .options(joinedload(Dispatch.contractor).joinedload(Contractor.organisation))
    ).first()
    ticket = _ticket(Ticket.id == row.ticket_id) if row else None
    if (
        row is None
        or ticket is None
        or row.sent_at
        or ticket.contractor_id != row.contractor_id
        or not row.contractor.active
    ):
        db.session.rollback()
        return "nothing to send"
    secret = link_secret(key, row.nonce)
    facts = {
        **facts_of(ticket),
        "event": row.event,
        "link": f"{base_url}/t/{secret}",
        "link_lives_days": LINK_LIVES.days,
    }
    _open_link(row, secret, now)
    try:
        if row.channel == "mail":
            _mail(row, facts, mail)
        else:
            _post(row, facts, post, key, now)
    except (MailFailed, OSError) as error:
        _settled(row.id, now, error=str(error)[:300] or type(error).__name__)
        raise NotDelivered(str(error)) from error
    _settled(row.id, now, sent_at=now)
    return "sent"


def _open_link(row: Dispatch, secret: str, now: datetime) -> None:
    """Write the link down before it goes out, and give the lock back before talking to another machine."""
    db.session.execute(
        update(Dispatch)
        .where(Dispatch.id == row.id)
        .values(link_hash=secret_hash(secret), link_expires_at=now + LINK_LIVES, attempts=Dispatch.attempts + 1)
    )
    db.session.commit()


def _settled(dispatch_id: int, now: datetime, *, sent_at: datetime | None = None, error: str = "") -> None:
    values = {"sent_at": sent_at, "error": error, "updated_at": now}
    db.session.execute(update(Dispatch).where(Dispatch.id == dispatch_id).values(**values))
    db.session.commit()


def _mail(row: Dispatch, facts: Mapping[str, Any], mail: Mail) -> None:
    here = municipality()
    values = {**facts, "municipality": here.name if here else "", "fault_number": here.fault_number if here else ""}
    mail.send(compose(f"dispatch-{row.id}", row.contractor.organisation.email, "sv", "ticket", values))


def _post(row: Dispatch, facts: Mapping[str, Any], post: Post, key: str, now: datetime) -> None:
    body = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    secret = webhook_secret(key, row.contractor_id, row.contractor.webhook_generation)
    post(
        row.contractor.webhook_url,
        body,
        {"Ljuspunkt-Signature": signature(body, now, secret), "Ljuspunkt-Delivery": row.nonce},
    )


def by_link(secret: str, *, now: datetime) -> Told | None:
    """Return what a link opens, or None when it is unknown, used, revoked or too old."""
    found = (
        select(Dispatch)
        .where(Dispatch.link_hash == secret_hash(secret))
        .options(joinedload(Dispatch.contractor).joinedload(Contractor.organisation))
    )
    row = db.session.scalars(found).first()
    if (
        row is None
        or row.link_used_at
        or row.link_revoked_at
        or row.link_expires_at is None
        or row.link_expires_at <= now
    ):
        return None
    ticket = _ticket(Ticket.id == row.ticket_id)
    if ticket is None or ticket.contractor_id != row.contractor_id or not row.contractor.active:
        return None
    return Told(row.contractor, ticket, "link", (row.contractor_id, ticket.id), row)


def by_key(key: str) -> Contractor | None:
    """Return the contractor whose system holds this key."""
    found = select(Contractor).where(Contractor.api_key_hash == secret_hash(key), Contractor.active.is_(True))
    return db.session.scalars(found.options(joinedload(Contractor.organisation))).first() if key else None


def tickets_of(contractor: Contractor, *, open_only: bool = True) -> Sequence[Ticket]:
    """Return the tickets that a contractor has, oldest first."""
    mine: list[ColumnElement[bool]] = [Ticket.contractor_id == contractor.id]
    if open_only:
        mine.append(Ticket.state.in_(UNMENDED_TICKETS))
    return db.session.scalars(select(Ticket).where(*mine).options(*_WHOLE).order_by(Ticket.id).limit(1000)).all()


def ticket_of(contractor: Contractor, ticket_id: int) -> Told | None:
    """Return one ticket that a contractor has, or None: another's is as unknown as one that does not exist."""
    ticket = _ticket((Ticket.id == ticket_id) & (Ticket.contractor_id == contractor.id))
    return Told(contractor, ticket, "api", (contractor.id, ticket.id)) if ticket else None


def answer(
    told: Told, body: Mapping[str, Any], photos: Sequence[KeptPhoto], *, key: str, now: datetime, today: date
) -> str:
    """Take an answer from outside, or refuse it; either way it is written down. Return the secret of the next link, or "".

    A link answers once. When the ticket is not done with it, the next link comes with the answer.

    Raises:
        RefusedAnswer: with the code of what is wrong beside each field.

    """
    said = read_answer(body, today)
    codes = dict(said.codes)
    if not codes:
        try:
            following = _take(told, said, photos, now, today)
        except (StaleDataError, RefusedAnswer) as error:
            codes = dict(error.codes) if isinstance(error, RefusedAnswer) else {"version": "choice_unknown"}
    if codes:
        db.session.rollback()
        db.session.add(_log(told, body, now, problem=", ".join(f"{k}: {v}" for k, v in codes.items())))
        db.session.commit()
        raise RefusedAnswer(codes)
    db.session.add(_log(told, body, now))
    secret = ""
    if following is not None:
        secret = link_secret(key, following.nonce)
        following.link_hash, following.link_expires_at, following.sent_at = secret_hash(secret), now + LINK_LIVES, now
    db.session.commit()
    return secret


def _take(told: Told, said: Answer, photos: Sequence[KeptPhoto], now: datetime, today: date) -> Dispatch | None:
    ticket = told.ticket
    actor = Actor(CONTRACTOR, name=told.contractor.organisation.name, contractor_id=told.contractor.id)
    way = steps_to(ticket.state, said.state)
    if not way:
        raise RefusedAnswer({"state": "move_not_possible"})
    if said.state == "repaired" and ticket.priority in PHOTO_NEEDED and not photos and not ticket.photos:
        raise RefusedAnswer({"photos": "photo_missing"})
    _use_up(told, now)
    for photo in photos:
        db.session.add(after_photo(ticket, photo, now))
    if "on_site" in way:
        ticket.arrived_at = ticket.arrived_at or now
    _write(ticket, said, now)
    facts = {"repaired_on": today.isoformat(), "next_on": said.next_on.isoformat() if said.next_on else ""}
    knew = told_of_own_lamp(ticket) if said.state == "repaired" else ()
    for to in way:
        move(ticket, to, actor=actor, now=now, reason=said.reason or said.note, facts=facts, told=knew)
    if said.state == "repaired":
        after_repair(ticket, now)
    if said.state == "no_fault":
        for report in ticket.reports:
            move_if_possible(report, "answered", actor=THE_SYSTEM, now=now, reason=said.reason, tell=False)
    again = told.dispatch is not None and said.state not in FINAL
    return begin_dispatch(ticket.id, told.contractor.id, "link", "next", now) if again else None


def _write(ticket: Ticket, said: Answer, now: datetime) -> None:
    if said.state == "repaired":
        ticket.cause_code, ticket.action_code, ticket.parts = said.cause, said.action, said.parts
        ticket.switch_on_test, ticket.note, ticket.repaired_at, ticket.next_on = (
            said.switch_on_test,
            said.note,
            now,
            None,
        )
    elif said.state in TICKET_WAITING:
        ticket.next_on, ticket.waiting_reason = said.next_on, said.reason
    elif said.state == "made_safe":
        ticket.made_safe_at = now
    elif said.state == "no_fault":
        ticket.closed_at = now


def _use_up(told: Told, now: datetime) -> None:
    """Spend the link: of two that press at the same moment, one is taken."""
    if told.dispatch is None:
        return
    free = (Dispatch.id == told.dispatch.id, Dispatch.link_used_at.is_(None), Dispatch.link_revoked_at.is_(None))
    spent = db.session.execute(update(Dispatch).where(*free).values(link_used_at=now, updated_at=now))
    if getattr(spent, "rowcount", 0) != 1:
        raise RefusedAnswer({"version": "link_used"})


def _log(told: Told, body: Mapping[str, Any], now: datetime, problem: str = "") -> OutsideAnswer:
    kept = {str(name)[:40]: str(value)[:1000] for name, value in list(body.items())[:20]}
    return OutsideAnswer(
        at=now, ticket_id=told.ids[1], contractor_id=told.ids[0], channel=told.channel, wanted=str(body.get("state", ""))[:30],
        accepted=not problem, problem=problem[:300], body=kept,
    )  # fmt: skip


def _ticket(condition: ColumnElement[bool]) -> Ticket | None:
    return db.session.scalars(select(Ticket).where(condition).options(*_WHOLE)).first()
