"""Telling: letters for the notices that wait, sent by a job and never in the request that caused them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.adapters import words
from app.adapters.mail import Letter, Mail, MailFailed, compose
from app.domain.notices import MESSAGES, days_of
from app.domain.receipts import secret_matching
from app.models.areas import municipality
from app.models.base import db
from app.models.notices import Notice
from app.models.reports import Report

BATCH = 100
ATTEMPTS_MAX = 12


def deliver(*, mail: Mail, base_url: str, keys: Sequence[str], now: datetime) -> int:
    """Send the letters of all notices that wait; return how many were sent. Safe to run again at any moment.

    Each notice is handled and committed by itself, so that one address that refuses does not stop the others.
    """
    sent, last = 0, 0
    while waiting := _waiting(last):
        for notice_id in waiting:
            sent += _handle(notice_id, mail=mail, base_url=base_url, keys=keys, now=now)
        last = waiting[-1]
    return sent


def sentence(notice: Notice, lang: str) -> str:
    """Return the notice as a sentence in a language, with its facts."""
    row = municipality()
    told_on = notice.at.astimezone(ZoneInfo(row.timezone) if row else UTC).date()
    return words.fill(lang, MESSAGES[notice.kind].text, {**days_of(told_on), **notice.facts})


def _waiting(after: int) -> Sequence[int]:
    found = select(Notice.id).where(Notice.handled_at.is_(None), Notice.attempts < ATTEMPTS_MAX, Notice.id > after)
    waiting = db.session.scalars(found.order_by(Notice.id).limit(BATCH)).all()
    db.session.rollback()  # give the write lock back before talking to a mail server
    return waiting


def _handle(notice_id: int, *, mail: Mail, base_url: str, keys: Sequence[str], now: datetime) -> int:
    notice = db.session.scalars(
        select(Notice)
        .where(Notice.id == notice_id, Notice.handled_at.is_(None))
        .options(joinedload(Notice.report).joinedload(Report.contact))
    ).first()
    if notice is None:
        db.session.rollback()
        return 0
    letter = _letter(notice, base_url, keys)
    db.session.rollback()
    sent = _hand_over(letter, mail)
    kept = db.session.get_one(Notice, notice_id)
    kept.attempts += 1
    if sent or letter is None:
        kept.handled_at, kept.mailed = now, letter is not None
    db.session.commit()
    return int(sent and letter is not None)


def _hand_over(letter: Letter | None, mail: Mail) -> bool:
    if letter is None:
        return True
    try:
        mail.send(letter)
    except MailFailed:
        return False
    return True


def _letter(notice: Notice, base_url: str, keys: Sequence[str]) -> Letter | None:
    """Return the letter, or None for someone who left no address or did not ask for an answer."""
    report, message = notice.report, MESSAGES[notice.kind]
    contact = report.contact
    if not message.mails or contact is None or not contact.wants_answer or "@" not in contact.address:
        return None
    secret = secret_matching(report.client_id, report.receipt_hash, keys)
    row = municipality()
    values = {
        "reference": report.reference,
        "status": words.translate(report.lang, message.word),
        "sentence": sentence(notice, report.lang),
        "asks": message.asks,
        "link": f"{base_url}/r/{secret}" if secret else "",
        "municipality": row.name if row else "",
    }
    return compose(f"notice-{notice.id}", contact.address, report.lang, "notice", values)
