"""The retention table and what it disposes of. Without a decision nothing is: what came in is a public record.

Rows go first, and in the same commit the worker is asked to delete their files, again and again until they are gone.
History keeps that something was disposed of and by which decision, never what it said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, Select, delete, func, or_, select, update

from app.adapters.photo_store import PhotoStore
from app.domain.people import THE_SYSTEM
from app.domain.retention import CONTACT, ENDED, KINDS, PHOTOS, REJECTED, RULE, SAID, Keeping
from app.models.areas import municipality
from app.models.base import db
from app.models.districts import Rule
from app.models.history import History
from app.models.jobs import enqueue, enqueue_for_night
from app.models.photos import LockedPhoto, Photo
from app.models.push import PushSubscription
from app.models.reports import Contact, LockedText, Report
from app.services.photo_key_steps import ask_to_forget
from app.services.transitions import remark

JOB: Final = "retention"
AT_ONCE: Final = 500
REACHED: Final = (Contact, PushSubscription)
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


def coming(today: date) -> list[tuple[date, Keeping]]:
    """Return what is decided for days to come, the nearest first."""
    names = {RULE.format(kind=kind): kind for kind in KINDS}
    later = select(Rule).where(Rule.kind.in_(names), Rule.valid_from > today).order_by(Rule.valid_from, Rule.kind)
    return [(row.valid_from, _kept(names[row.kind], row)) for row in db.session.scalars(later)]


def decide(kind: str, days: int | None, decision: str, *, valid_from: date, now: datetime) -> Keeping | None:
    """Write for how many days (None: for ever) a kind is kept from a day on, and let the worker dispose each night.

    Return what had been decided for that very day, which no longer holds.
    """
    name = RULE.format(kind=kind)
    row = db.session.scalars(select(Rule).where(Rule.kind == name, Rule.valid_from == valid_from)).first()
    before = _kept(kind, row) if row else None
    if row is None:
        row = Rule(kind=name, valid_from=valid_from, created_at=now)
        db.session.add(row)
    row.value, row.decision, row.updated_at = {"days": days}, decision, now
    enqueue_for_night(JOB, NIGHTLY_AT, now=now)
    db.session.commit()
    return before


def at_night(*, salt: str, now: datetime) -> list[Done]:
    """Dispose as the table says, and ask for the next night; the worker's job."""
    enqueue_for_night(JOB, NIGHTLY_AT, now=now)
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
        before = None if keeping.days is None else now - timedelta(days=keeping.days)
        count = _count(_due(keeping.kind, before)) if before else 0
        if before and count and not only_count:
            _dispose(keeping, before, salt=salt, now=now)
        done.append(Done(keeping, count))
    db.session.commit()
    return done


def _in_force(kind: str, today: date) -> Keeping:
    found = select(Rule).where(Rule.kind == RULE.format(kind=kind), Rule.valid_from <= today)
    row = db.session.scalars(found.order_by(Rule.valid_from.desc()).limit(1)).first()
    return _kept(kind, row) if row and row.decision.strip() else Keeping(kind, None, "")


def _kept(kind: str, row: Rule) -> Keeping:
    days = row.value["days"]
    return Keeping(kind, None if days is None else int(days), row.decision)


def _due(kind: str, before: datetime) -> Select[int]:
    """Return the question for the reports of which something of this kind is to be disposed of."""
    mine, ended = select(Report.id), Report.state.in_(ENDED)
    if kind == CONTACT:
        reached = (Report.id.in_(select(table.report_id).where(table.updated_at < before)) for table in REACHED)
        return mine.where(ended, _moved_last() < before, or_(*reached))
    if kind == PHOTOS:
        kept = select(Photo.report_id).where(Photo.created_at < before)
        return mine.where(ended, _moved_last() < before, Report.id.in_(kept))
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


def _dispose(keeping: Keeping, before: datetime, *, salt: str, now: datetime) -> None:
    said = SAID[keeping.kind].format(decision=keeping.decision)
    for reports in _some_at_a_time(_due(keeping.kind, before)):
        ids = [report.id for report in reports]
        for report in reports:
            remark(report, actor=THE_SYSTEM, now=now, reason=said)
        if keeping.kind == CONTACT:
            _forget_contact(ids, before)
        elif keeping.kind == PHOTOS:
            _forget_photos(Photo.report_id.in_(ids) & (Photo.created_at < before), now)
        elif keeping.kind == REJECTED:
            _forget_photos(Photo.report_id.in_(ids), now)
            _forget_reports(ids)
        else:
            _forget_words(reports, ids, salt)
            enqueue("regroup", "regroup", now=now)
        db.session.commit()


def _some_at_a_time(due: Select[int]) -> Iterator[Sequence[Report]]:
    """Yield reports until none is due: what was disposed of is not."""
    wanted = select(Report).where(Report.id.in_(due.order_by(Report.id).limit(AT_ONCE))).order_by(Report.id)
    while reports := db.session.scalars(wanted).all():
        yield reports


def _forget_contact(ids: Sequence[int], before: datetime) -> None:
    for table in REACHED:
        db.session.execute(delete(table).where(table.report_id.in_(ids), table.updated_at < before))


def _forget_photos(mine: ColumnElement[bool], now: datetime) -> None:
    """Delete these photos and what was covered in them, and ask the worker to delete their files."""
    locked = select(LockedPhoto.public_id).join(Photo, Photo.id == LockedPhoto.photo_id).where(mine)
    names = [*db.session.scalars(select(Photo.public_id).where(mine)), *db.session.scalars(locked)]
    if names:
        ask_to_forget(names, now)
        db.session.execute(delete(Photo).where(mine), execution_options={"synchronize_session": False})


def _forget_reports(ids: Sequence[int]) -> None:
    db.session.flush()
    db.session.execute(update(Report).where(Report.duplicate_of_id.in_(ids)).values(duplicate_of_id=None))
    db.session.execute(delete(Report).where(Report.id.in_(ids)))


def _forget_words(reports: Sequence[Report], ids: Sequence[int], salt: str) -> None:
    """Leave of each report what it was about, its place and its time; who sent it is a name of this run's own."""
    db.session.execute(delete(LockedText).where(LockedText.report_id.in_(ids)))
    for report in reports:
        report.text = report.directions = report.fingerprint = ""
        report.reporter_key = hashlib.sha256(f"{salt} {report.reporter_key}".encode()).hexdigest()
        report.queued_at = report.accuracy_m = report.photos_missed = None
