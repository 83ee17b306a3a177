"""What the desk sees of those outside: what was sent, what came back, and who can be reached how; and setting them up."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.domain.contractors import secret_hash, webhook_secret
from app.domain.reports import clean_text
from app.models.base import db
from app.models.contractors import Contractor, Dispatch, OutsideAnswer
from app.models.staff import Organisation

NAME_LONGEST: Final = 200


class BadContractor(ValueError):
    """It cannot be set up so; the message says why."""


@dataclass(frozen=True)
class Outside:
    """What went out about a ticket and what came back, newest first."""

    dispatches: Sequence[Dispatch]
    answers: Sequence[OutsideAnswer]


def outside_of(ticket_id: int) -> Outside:
    """Return the sendings and answers of one ticket."""
    sent = (
        select(Dispatch)
        .where(Dispatch.ticket_id == ticket_id)
        .options(joinedload(Dispatch.contractor).joinedload(Contractor.organisation))
    )
    answers = select(OutsideAnswer).where(OutsideAnswer.ticket_id == ticket_id)
    return Outside(
        db.session.scalars(sent.order_by(Dispatch.id.desc()).limit(30)).all(),
        db.session.scalars(answers.order_by(OutsideAnswer.id.desc()).limit(30)).all(),
    )


def newest_answers() -> Sequence[OutsideAnswer]:
    """Return the answers that came last, taken or not."""
    return db.session.scalars(select(OutsideAnswer).order_by(OutsideAnswer.id.desc()).limit(100)).all()


def failing() -> Sequence[Dispatch]:
    """Return the sendings that have not arrived and have been tried."""
    found = select(Dispatch).where(Dispatch.sent_at.is_(None), Dispatch.error != "")
    loaded = found.options(joinedload(Dispatch.contractor).joinedload(Contractor.organisation))
    return db.session.scalars(loaded.order_by(Dispatch.id.desc()).limit(100)).all()


def set_up(
    name: str,
    *,
    email: str | None,
    by_mail: bool | None,
    webhook_url: str | None,
    new_secret: bool,
    active: bool,
    key: str,
    now: datetime,
) -> tuple[Contractor, str]:
    """Make or change a contractor; return it with its webhook's signing secret ("" without a webhook).

    Args:
        name: of the organisation, made when unknown. email, by_mail, webhook_url: None leaves what is. new_secret: the old
        signing secret ends. active: whether it is sent anything at all. key: the server's.

    Raises:
        BadContractor: no name, one that is too long, or mail without an address.

    """
    name = _checked(name)
    organisation = db.session.scalars(select(Organisation).where(Organisation.name == name)).first()
    if organisation is None:
        organisation = Organisation(name=name, kind="operator", external=True, created_at=now, updated_at=now)
        db.session.add(organisation)
        db.session.flush()
    found = db.session.scalars(select(Contractor).where(Contractor.organisation_id == organisation.id)).first()
    contractor = found or Contractor(
        organisation_id=organisation.id,
        by_mail=False,
        webhook_url="",
        webhook_generation=1,
        created_at=now,
        updated_at=now,
    )
    if email and "@" not in email:
        db.session.rollback()
        raise BadContractor(f"{email} is not an e-mail address.")
    organisation.email = organisation.email if email is None else email
    contractor.by_mail = contractor.by_mail if by_mail is None else by_mail
    contractor.webhook_url = contractor.webhook_url if webhook_url is None else webhook_url
    contractor.webhook_generation += new_secret
    contractor.active, contractor.updated_at = active, now
    if contractor.by_mail and "@" not in organisation.email:
        db.session.rollback()
        raise BadContractor(f"{name} has no address for mail. Give it with --email.")
    db.session.add(contractor)
    db.session.commit()
    return contractor, webhook_secret(
        key, contractor.id, contractor.webhook_generation
    ) if contractor.webhook_url else ""


def _checked(name: str) -> str:
    """Return a name without blanks at its ends, or raise BadContractor: without one nobody could choose it in a list."""
    found = clean_text(name)
    if not found:
        raise BadContractor("A contractor needs a name.")
    if len(found) > NAME_LONGEST:
        raise BadContractor(f"The name is too long: {len(found)} characters, and there is room for {NAME_LONGEST}.")
    return found


def new_key(name: str, *, now: datetime) -> str:
    """Give a contractor's system a new key and return it; only its hash is kept, and the old key ends."""
    found = select(Contractor).join(Organisation).where(Organisation.name == clean_text(name))
    contractor = db.session.scalars(found).first()
    if contractor is None:
        raise BadContractor(f"There is no contractor {name!r}. Make it with: contractors set.")
    key = secrets.token_urlsafe(32)
    contractor.api_key_hash, contractor.updated_at = secret_hash(key), now
    db.session.commit()
    return key


def all_of_them() -> Sequence[Contractor]:
    """Return every contractor, also those that are not sent anything now."""
    found = select(Contractor).options(joinedload(Contractor.organisation)).order_by(Contractor.id)
    return db.session.scalars(found).all()
