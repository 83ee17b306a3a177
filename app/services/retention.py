"""The retention table and what it disposes of. Without a decision nothing is: what came in is a public record.

Rows go first, and in the same commit the worker is asked to delete their files, again and again until they are gone.
History keeps that something was disposed of and by which decision, never what it said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, Select, delete, func, or_, select, update

from app.adapters.photo_store import PhotoStore
from app.domain.people import THE_SYSTEM
from app.domain.retention import CONTACT, ENDED, KINDS, PHOTOS, REJECTED, RULE, SAID, TEXTS, Keeping
from app.models.areas import municipality
from app.models.base import db
from app.models.districts import Rule
from app.models.history import History
from app.models.jobs import enqueue
from app.models.photos import LockedPhoto, Photo
from app.models.push import PushSubscription
from app.models.reports import Contact, LockedText, Report
from app.services.photo_key_steps import keys_of
from app.services.transitions import remark

JOB: Final = "retention"
AT_ONCE: Final = 500
FORGET_FILES: Final = "forget_files"
NIGHTLY_AT: Final = timedelta(hours=2)


@dataclass(frozen=True)
class Done:
    """One kind: how long it is kept and by which decision, and of how many reports something was (or would be) deleted."""

    keeping: Keeping
    reports: int


def local_day(now: datetime) -> date:
    """Return the municipality's day at a moment."""
    here = municipality()
    return now.astimezone(ZoneInfo(here.timezone if here else "Europe/Stockholm")).date()


def table(today: date) -> list[Keeping]:
    """Return how long each kind is kept today."""
    return [_in_force(kind, today) for kind in KINDS]


def decide(kind: str, days: int, decision: str, *, valid_from: date, now: datetime) -> None:
    """Write for how many days a kind is kept from a day on, and let the worker dispose each night from now on."""
    name = RULE.format(kind=kind)
    row = db.session.scalars(select(Rule).where(Rule.kind == name, Rule.valid_from == valid_from)).first()
    if row is None:
        row = Rule(kind=name, valid_from=valid_from, created_at=now)
        db.session.add(row)
    row.value, row.decision, row.updated_at = {"days": days}, decision, now
    _ask_for_next_night(now)
    db.session.commit()


def at_night(*, salt: str, now: datetime) -> list[Done]:
    """Dispose as the table says, and ask for the next night; the worker's job."""
    _ask_for_next_night(now)
    return run(salt=salt, now=now)


def forget_files(payload: Mapping[str, Any], store: PhotoStore) -> int:
    """Delete the files of rows that are gone; the worker's job. Return how many."""
    for name in payload["files"]:
        store.delete(name)
    return len(payload["files"])


def run(*, salt: str, now: datetime, only_count: bool = False) -> list[Done]:
    """Dispose of what is kept long enough, kind by kind; kinds without a decision are left alone.

    Args:
        salt: random, of this run alone: who is one person among the reports of one run stays so, and nobody can tell who.

    """
    done = []
    for keeping in table(local_day(now)):
        due = None if keeping.days is None else _due(keeping.kind, now - timedelta(days=keeping.days))
        count = 0 if due is None else _count(due)
        if due is not None and count and not only_count:
            _dispose(keeping, due, salt=salt, now=now)
        done.append(Done(keeping, count))
    db.session.commit()
    return done


def _in_force(kind: str, today: date) -> Keeping:
    found = select(Rule).where(Rule.kind == RULE.format(kind=kind), Rule.valid_from <= today)
    row = db.session.scalars(found.order_by(Rule.valid_from.desc()).limit(1)).first()
    if row is None or not row.decision.strip():
        return Keeping(kind, None, "")
    return Keeping(kind, int(row.value["days"]), row.decision)


def _due(kind: str, before: datetime) -> Select[int]:
    """Return the question for the reports of which something of this kind is to be disposed of."""
    mine, ended = select(Report.id), Report.state.in_(ENDED)
    if kind == CONTACT:
        reached = Report.id.in_(select(Contact.report_id)), Report.id.in_(select(PushSubscription.report_id))
        return mine.where(ended, _moved_last() < before, or_(*reached))
    if kind == PHOTOS:
        return mine.where(ended, _moved_last() < before, Report.id.in_(select(Photo.report_id)))
    if kind == REJECTED:
        return mine.where(Report.state == "rejected", _moved_last() < before)
    return mine.where(ended, Report.received_at < before, Report.fingerprint != "")


def _moved_last() -> ScalarSelect[Any]:
    """Return when a report came into the state in which it is."""
    moves = select(func.max(History.at)).where(
        History.thing == "report", History.thing_id == Report.id, History.from_state != History.to_state
    )
    return moves.correlate(Report).scalar_subquery()


def _count(due: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(due.subquery())) or 0


def _dispose(keeping: Keeping, due: Select[int], *, salt: str, now: datetime) -> None:
    said = SAID[keeping.kind].format(decision=keeping.decision)
    for reports in _some_at_a_time(due):
        ids = [report.id for report in reports]
        for report in reports:
            remark(report, actor=THE_SYSTEM, now=now, reason=said)
        if keeping.kind in {PHOTOS, REJECTED}:
            enqueue(FORGET_FILES, now=now, payload={"files": _files(ids)})
        _ways[keeping.kind](reports, ids, salt)
        if keeping.kind == TEXTS:
            enqueue("regroup", "regroup", now=now)
        db.session.commit()


def _some_at_a_time(due: Select[int]) -> Iterator[Sequence[Report]]:
    """Yield reports until none is due: what was disposed of is not."""
    wanted = select(Report).where(Report.id.in_(due.order_by(Report.id).limit(AT_ONCE))).order_by(Report.id)
    while reports := db.session.scalars(wanted).all():
        yield reports


def _files(report_ids: Sequence[int]) -> list[str]:
    """Return the files of these reports' photos, and of what was covered in them."""
    shown = select(Photo.public_id).where(Photo.report_id.in_(report_ids))
    locked = select(LockedPhoto.public_id).join(Photo, Photo.id == LockedPhoto.photo_id)
    names = [*db.session.scalars(shown), *db.session.scalars(locked.where(Photo.report_id.in_(report_ids)))]
    return [file for name in names for file in keys_of(name)]


def _forget_contact(_reports: Sequence[Report], ids: Sequence[int], _salt: str) -> None:
    db.session.execute(delete(Contact).where(Contact.report_id.in_(ids)))
    db.session.execute(delete(PushSubscription).where(PushSubscription.report_id.in_(ids)))


def _forget_photos(_reports: Sequence[Report], ids: Sequence[int], _salt: str) -> None:
    db.session.execute(delete(Photo).where(Photo.report_id.in_(ids)))


def _forget_words(reports: Sequence[Report], ids: Sequence[int], salt: str) -> None:
    """Leave of each report its kind, its place and its month."""
    db.session.execute(delete(LockedText).where(LockedText.report_id.in_(ids)))
    for report in reports:
        month = report.received_at.astimezone(UTC).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
        report.text = report.directions = report.fingerprint = ""
        report.reporter_key = hashlib.sha256(f"{salt} {report.reporter_key}".encode()).hexdigest()
        report.received_at = report.created_at = month
        report.queued_at = report.accuracy_m = report.photos_missed = None


def _forget_all(_reports: Sequence[Report], ids: Sequence[int], _salt: str) -> None:
    db.session.flush()
    db.session.execute(update(Report).where(Report.duplicate_of_id.in_(ids)).values(duplicate_of_id=None))
    db.session.execute(delete(Report).where(Report.id.in_(ids)))


_ways: Final[dict[str, Callable[[Sequence[Report], Sequence[int], str], None]]] = {
    CONTACT: _forget_contact, REJECTED: _forget_all, PHOTOS: _forget_photos, TEXTS: _forget_words,
}  # fmt: skip


def _ask_for_next_night(now: datetime) -> None:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    enqueue(JOB, f"{JOB} after {midnight.date()}", now=now, run_at=midnight + timedelta(days=1) + NIGHTLY_AT)
