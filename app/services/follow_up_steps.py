"""What is known of a place before and after a measure, and the days of looking back. No commit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.domain import follow_ups as rules
from app.models.base import db
from app.models.measures import FollowUp, Measure
from app.models.reports import Membership, Report
from app.models.walks import Walk, WalkEntry, WalkStop

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def schedule(measure: Measure, *, now: datetime) -> None:
    """Set the days of looking back at a measure that was just verified, with what was before it. No commit."""
    done_at = measure.done_at or now
    planned = set(db.session.scalars(select(FollowUp.days).where(FollowUp.measure_id == measure.id)))
    before = measured(measure, done_at)
    for days, on in rules.due_days(done_at.date()):
        if days not in planned:
            row = FollowUp(measure_id=measure.id, days=days, due_on=on, before=before, created_at=now, updated_at=now)
            db.session.add(row)


def measured(measure: Measure, at: datetime, after: datetime | None = None) -> dict[str, Any]:
    """Return what is known of a measure's place at a moment; what nobody has measured is left out.

    Args:
        after: what was walked and answered before this moment is not counted: a look back compares with something new.

    """
    if measure.dark_spot_id is None:
        return {}
    since = max(at - timedelta(days=rules.WINDOW_DAYS), after or BEGINNING)
    here = Report.id.in_(select(Membership.report_id).where(Membership.dark_spot_id == measure.dark_spot_id))
    reporters = select(func.count(func.distinct(Report.reporter_key))).where(
        here, Report.received_at > since, Report.received_at <= at, Report.state.not_in(("rejected", "withdrawn"))
    )
    found: dict[str, Any] = {"reporters": int(db.session.scalar(reporters) or 0)}
    answers = select(Report.better, func.count()).where(
        here, Report.better_at <= at, Report.better_at > (after or BEGINNING), Report.better.is_not(None)
    )
    said = {str(word): int(count) for word, count in db.session.execute(answers.group_by(Report.better))}
    if said:
        found |= {"answered_better": said.get("yes", 0), "answered_not": sum(n for w, n in said.items() if w != "yes")}
    return found | _walked(measure.dark_spot_id, at, after or BEGINNING)


def _walked(spot_id: int, at: datetime, after: datetime) -> dict[str, Any]:
    """What the last walk before a moment scored and measured at the spot: the lowest, since groups are never averaged."""
    last = (
        select(Walk.id).join(WalkStop).where(WalkStop.dark_spot_id == spot_id, Walk.starts_at <= at, Walk.starts_at > after, Walk.state.not_in(("draft", "cancelled")))
        .order_by(Walk.starts_at.desc()).limit(1)
    )  # fmt: skip
    walk_id = db.session.scalar(last)
    if walk_id is None:
        return {}
    entries = db.session.execute(
        select(WalkEntry.scores, WalkEntry.lux)
        .join(WalkStop)
        .where(WalkStop.walk_id == walk_id, WalkStop.dark_spot_id == spot_id)
    ).all()
    found: dict[str, Any] = {}
    for key, parameter in (("score", "feeling"), ("light", "light")):
        values = [scores[parameter] for scores, _lux in entries if parameter in scores]
        if values:
            found[key] = min(values)
    lux = [value for _scores, value in entries if value is not None]
    return found | ({"lux": min(lux)} if lux else {})
