"""Word to those who asked for a district's situation reports: asked twice, sent once, ended by one press."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from app.adapters import words
from app.adapters.mail import Letter, Mail, MailFailed, compose
from app.domain.receipts import secret, secret_hash, secret_matching
from app.models import areas
from app.models.base import db
from app.models.districts import District
from app.models.editions import Edition, EditionLetter, Subscription
from app.models.jobs import enqueue

DELIVER = "deliver_editions"


def ask(address: str, slug: str | None, lang: str, *, key: str, now: datetime) -> bool:
    """Write down who wants the editions of a district (None: of the municipality); False when there is no such district.

    Nothing is sent but one letter that asks whether it was meant. Asking again changes nothing that anybody could see.
    """
    district = db.session.scalars(select(District).where(District.slug == slug)).first() if slug else None
    if slug and district is None:
        return False
    district_id = district.id if district else None
    same = select(Subscription).where(Subscription.address == address, Subscription.district_id == district_id)
    if db.session.scalars(same).first() is None:
        name = str(uuid.uuid4())
        row = Subscription(
            address=address, district_id=district_id, lang=lang, name=name, key_hash=secret_hash(secret(name, key)),
            created_at=now, updated_at=now,
        )  # fmt: skip
        db.session.add(row)
        enqueue(DELIVER, DELIVER, now=now)
        db.session.commit()
    return True


def find(key: str) -> Subscription | None:
    """Return the subscription behind the link of a letter."""
    found = (
        select(Subscription).where(Subscription.key_hash == secret_hash(key)).options(joinedload(Subscription.district))
    )
    return db.session.scalars(found).first()


def confirm(key: str, *, now: datetime) -> bool:
    """Say that it was meant."""
    row = find(key)
    if row is None:
        return False
    row.confirmed_at, row.updated_at = row.confirmed_at or now, now
    db.session.commit()
    return True


def end(key: str) -> bool:
    """Forget the address."""
    row = find(key)
    if row is None:
        return False
    db.session.delete(row)
    db.session.commit()
    return True


def deliver(*, mail: Mail, base_url: str, keys: Sequence[str], now: datetime) -> int:
    """Send the letters that wait: to those who asked, whether they meant it; to those who did, each edition once."""
    sent = sum(_ask_back(row_id, mail=mail, base_url=base_url, keys=keys, now=now) for row_id in _unasked())
    for edition_id, row_id in _untold():
        sent += _tell(edition_id, row_id, mail=mail, base_url=base_url, keys=keys, now=now)
    return sent


def _unasked() -> Sequence[int]:
    waiting = select(Subscription.id).where(
        Subscription.asked_by_mail_at.is_(None), Subscription.confirmed_at.is_(None)
    )
    rows = db.session.scalars(waiting.order_by(Subscription.id)).all()
    db.session.rollback()  # give the write lock back before talking to a mail server
    return rows


def _untold() -> Sequence[tuple[int, int]]:
    """Who has confirmed, and has not had an edition that came out afterwards, of that district or of all."""
    theirs = (Edition.district_id == Subscription.district_id) | Edition.district_id.is_(None)
    told = exists().where(EditionLetter.edition_id == Edition.id, EditionLetter.subscription_id == Subscription.id)
    waiting = select(Edition.id, Subscription.id).where(
        Edition.issued_at.is_not(None), Subscription.confirmed_at.is_not(None), Edition.issued_at >= Subscription.confirmed_at,
        theirs | Subscription.district_id.is_(None), ~told,
    )  # fmt: skip
    rows = [(row[0], row[1]) for row in db.session.execute(waiting.order_by(Edition.id, Subscription.id))]
    db.session.rollback()
    return rows


def _ask_back(row_id: int, *, mail: Mail, base_url: str, keys: Sequence[str], now: datetime) -> int:
    row = _one(row_id)
    letter = _letter(row, None, base_url, keys) if row else None
    db.session.rollback()
    if letter is None or not _hand_over(letter, mail):
        return 0
    db.session.get_one(Subscription, row_id).asked_by_mail_at = now
    db.session.commit()
    return 1


def _tell(edition_id: int, row_id: int, *, mail: Mail, base_url: str, keys: Sequence[str], now: datetime) -> int:
    row, edition = _one(row_id), db.session.get(Edition, edition_id)
    letter = _letter(row, edition, base_url, keys) if row and edition else None
    db.session.rollback()
    if letter is None or not _hand_over(letter, mail):
        return 0
    db.session.add(EditionLetter(edition_id=edition_id, subscription_id=row_id, sent_at=now))
    db.session.commit()
    return 1


def _one(row_id: int) -> Subscription | None:
    found = select(Subscription).where(Subscription.id == row_id).options(joinedload(Subscription.district))
    return db.session.scalars(found).first()


def _hand_over(letter: Letter, mail: Mail) -> bool:
    try:
        mail.send(letter)
    except MailFailed:
        return False
    return True


def _letter(row: Subscription, edition: Edition | None, base_url: str, keys: Sequence[str]) -> Letter | None:
    key = secret_matching(row.name, row.key_hash, keys)
    if key is None:
        return None  # made under a key that is gone; nobody could confirm or end it
    here = areas.municipality()
    values = {
        "place": row.district.name if row.district else words.translate(row.lang, "hela kommunen"),
        "own": f"{base_url}/subscriptions/{key}",
        "municipality": here.name if here else "",
        "title": edition.title if edition else "",
        "link": f"{base_url}/editions/{edition.id}" if edition else "",
    }
    name = f"edition-{edition.id}-{row.id}" if edition else f"subscription-{row.id}"
    return compose(name, row.address, row.lang, "edition" if edition else "subscription", values)
