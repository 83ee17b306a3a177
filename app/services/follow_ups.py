"""Looking back at measures 30, 90 and 365 days after they were done: what was before, what is now. One function, one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.domain import follow_ups as rules
from app.domain.people import Actor
from app.models.base import db
from app.models.measures import FollowUp, Measure
from app.services.desk_steps import Unclear, Unknown
from app.services.follow_up_steps import measured
from app.services.transitions import move_if_possible, remark

LISTED_MAX = 200


@dataclass(frozen=True)
class Look:
    """A look back with its comparison, before and as it is now."""

    row: FollowUp
    lines: Sequence[rules.Line]
    overdue: bool


def due(actor: Actor, today: date, ahead_days: int = 30) -> list[Look]:
    """Return the looks back that are due or soon will be, the oldest first."""
    found = (
        select(FollowUp)
        .join(Measure)
        .where(FollowUp.done_on.is_(None), FollowUp.due_on <= today + timedelta(days=ahead_days))
    )
    if actor.district_ids:
        found = found.where(Measure.district_id.in_(actor.district_ids))
    options = joinedload(FollowUp.measure).joinedload(Measure.dark_spot)
    rows = db.session.scalars(found.order_by(FollowUp.due_on, FollowUp.id).limit(LISTED_MAX).options(options))
    return [Look(row, (), row.due_on < today) for row in rows]


def of_measure(measure: Measure, *, now: datetime, today: date) -> list[Look]:
    """Return all looks back at a measure; those not made yet show how it stands now."""
    rows = db.session.scalars(select(FollowUp).where(FollowUp.measure_id == measure.id).order_by(FollowUp.due_on)).all()
    current = measured(measure, now, measure.done_at) if any(r.done_on is None for r in rows) else {}
    return [
        Look(r, rules.compare(r.before, r.after if r.done_on else current), r.done_on is None and r.due_on < today)
        for r in rows
    ]


def look_back(
    follow_up_id: int, effect: str, note: str, lux: float | None, *, actor: Actor, now: datetime, today: date
) -> FollowUp:
    """Keep what a look back found: the figures as they stand, what may be said of them, and a measured light.

    Raises:
        Unknown: no such look back. Unclear: nothing said of the effect.

    """
    options = joinedload(FollowUp.measure).joinedload(Measure.dark_spot)
    row = db.session.scalars(select(FollowUp).where(FollowUp.id == follow_up_id).options(options)).first()
    if row is None:
        raise Unknown
    if effect not in rules.EFFECTS:
        raise Unclear({"effect": "required"})
    after = measured(row.measure, now, row.measure.done_at)
    row.after = {**after, "lux": lux} if lux is not None else after
    row.effect, row.note, row.done_on, row.updated_at = effect, note, today, now
    said = f"Uppföljning efter {row.days} dagar: {rules.EFFECTS[effect]}"
    if row.days < max(rules.AFTER_DAYS) or not move_if_possible(
        row.measure, "effect_followed_up", actor=actor, now=now, reason=said
    ):
        remark(row.measure, actor=actor, now=now, reason=said)
    db.session.commit()
    return row
