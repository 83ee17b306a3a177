"""Telling phones: a message without contents of its own, so that a look at somebody's screen says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from app.adapters import words
from app.adapters.push import Gone, Phone, Push, PushFailed, Refused, check_form
from app.domain.notices import MESSAGES
from app.domain.receipts import secret_hash, secret_matching
from app.domain.words import N_
from app.models.areas import municipality
from app.models.base import db
from app.models.jobs import enqueue
from app.models.notices import Notice
from app.models.push import PushSubscription
from app.models.reports import Report

PHONES_PER_REPORT_MAX: Final = 3
FAILURES_MAX: Final = 12
QUIET_FROM: Final = time(21, 0)
QUIET_UNTIL: Final = time(7, 0)
TITLE: Final = "Ljuspunkt"
BODY: Final = N_("Det finns något nytt att läsa.")
_TOLD: Final = [kind for kind, message in MESSAGES.items() if message.mails]


@dataclass(frozen=True)
class _Word:
    """One message for one phone, and the notice up to which it tells."""

    subscription_id: int
    phone: Phone
    message: dict[str, str]
    told_until: int


def follow(secret: str, phone: Phone, *, now: datetime) -> bool:
    """Let a phone follow the report that a receipt opens; twice is once. False when there is no such report.

    Raises:
        Refused: an address that we send nothing to.

    """
    check_form(phone.endpoint)
    report_id = _report_id(secret)
    if report_id is None:
        return False
    same = PushSubscription.report_id == report_id, PushSubscription.endpoint == phone.endpoint
    kept = db.session.scalars(select(PushSubscription).where(*same)).first()
    if kept is None:
        _make_room(report_id)
        newest = db.session.scalar(select(func.max(Notice.id)).where(Notice.report_id == report_id)) or 0
        kept = PushSubscription(
            report_id=report_id, endpoint=phone.endpoint, told_until=newest, failures=0, created_at=now
        )
        db.session.add(kept)
    kept.p256dh, kept.auth, kept.updated_at = phone.p256dh, phone.auth, now
    db.session.commit()
    return True


def unfollow(secret: str, endpoint: str) -> bool:
    """Forget a phone; without an endpoint, all that follow the report. False when there is no such report."""
    report_id = _report_id(secret)
    if report_id is None:
        return False
    gone = delete(PushSubscription).where(PushSubscription.report_id == report_id)
    db.session.execute(gone.where(PushSubscription.endpoint == endpoint) if endpoint else gone)
    db.session.commit()
    return True


def deliver(*, push: Push, keys: Sequence[str], now: datetime) -> int:
    """Tell the phones that wait; return how many were told. At night it waits for the morning. Safe to run again."""
    waiting = _waiting()
    db.session.rollback()
    if not waiting:
        return 0
    morning = _morning(now)
    if morning is not None:
        enqueue("deliver_push", "deliver_push", now=now, run_at=morning)
        db.session.commit()
        return 0
    return sum(_tell(number, push=push, keys=keys, now=now) for number in waiting)


def _waiting() -> Sequence[int]:
    newer = Notice.report_id == PushSubscription.report_id, Notice.id > PushSubscription.told_until
    found = select(PushSubscription.id).where(
        PushSubscription.failures < FAILURES_MAX, select(Notice.id).where(*newer, Notice.kind.in_(_TOLD)).exists()
    )
    return db.session.scalars(found.order_by(PushSubscription.id)).all()


def _tell(number: int, *, push: Push, keys: Sequence[str], now: datetime) -> int:
    word = _word(number, keys)
    db.session.rollback()  # nothing is held while somebody else's server is waited for
    if word is None:
        return 0
    outcome = _hand_over(push, word)
    kept = db.session.get(PushSubscription, number)
    if kept is None:
        db.session.rollback()
        return 0
    if outcome == "gone":
        db.session.delete(kept)
    elif outcome == "failed":
        kept.failures += 1
    else:
        kept.told_until, kept.failures, kept.last_told_at = word.told_until, 0, now
    db.session.commit()
    return int(outcome == "told")


def _hand_over(push: Push, word: _Word) -> str:
    try:
        push.send(word.phone, word.message)
    except (Gone, Refused):
        return "gone"
    except PushFailed:
        return "failed"
    return "told"


def _word(number: int, keys: Sequence[str]) -> _Word | None:
    kept = db.session.scalars(
        select(PushSubscription).where(PushSubscription.id == number).options(joinedload(PushSubscription.report))
    ).first()
    if kept is None:
        return None
    report = kept.report
    newest = db.session.scalar(select(func.max(Notice.id)).where(Notice.report_id == report.id)) or 0
    secret = secret_matching(report.client_id, report.receipt_hash, keys)
    message = {
        "title": TITLE,
        "body": words.translate(report.lang, BODY),
        "lang": report.lang.partition("@")[0],
        "url": f"/r/{secret}" if secret else "/",
        "tag": report.reference,
    }
    return _Word(kept.id, Phone(kept.endpoint, kept.p256dh, kept.auth), message, newest)


def _morning(now: datetime) -> datetime | None:
    """Return the end of the night when it is night in the municipality, else None."""
    row = municipality()
    here = now.astimezone(ZoneInfo(row.timezone if row else "Europe/Stockholm"))
    db.session.rollback()
    if QUIET_UNTIL <= here.time() < QUIET_FROM:
        return None
    day = here.date() + timedelta(days=1) if here.time() >= QUIET_FROM else here.date()
    return datetime.combine(day, QUIET_UNTIL, here.tzinfo)


def _make_room(report_id: int) -> None:
    """A report is followed by a few phones; the oldest makes room for the newest."""
    found = select(PushSubscription.id).where(PushSubscription.report_id == report_id).order_by(PushSubscription.id)
    kept = db.session.scalars(found).all()
    surplus = kept[: max(len(kept) - PHONES_PER_REPORT_MAX + 1, 0)]
    if surplus:
        db.session.execute(delete(PushSubscription).where(PushSubscription.id.in_(surplus)))


def _report_id(secret: str) -> int | None:
    return db.session.scalars(select(Report.id).where(Report.receipt_hash == secret_hash(secret))).first()
