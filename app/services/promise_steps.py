"""What promises count by themselves: gathered once for many promises, counted by the rule in domain/promises.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.promises import Goal, Happening, Progress, by_hand, progress
from app.domain.walks import FULFILLED
from app.models import areas
from app.models.base import db
from app.models.editions import Edition
from app.models.measures import Measure
from app.models.promises import Activity, Promise
from app.models.tickets import Ticket
from app.models.walks import Walk

CARRIED_OUT = ("done", "verified", "effect_followed_up")
LIT_AGAIN = ("repaired", "verified", "closed")


def progress_of(promises: Sequence[Promise]) -> dict[int, Progress]:
    """Return how far each activity has come, by its number. The promises come with their districts and activities."""
    everywhere = [d.id for d in areas.districts()]
    wanted = {a.counter for p in promises for a in p.activities} - {"manual"}
    happened = {counter: _happenings(counter, promises) for counter in sorted(wanted)}
    return {
        a.id: _of(a, p, [d.id for d in p.districts] or everywhere, happened) for p in promises for a in p.activities
    }


def _of(
    activity: Activity, promise: Promise, district_ids: Sequence[int], happened: Mapping[str, Sequence[Happening]]
) -> Progress:
    goal = Goal(activity.target, activity.per, (promise.begins_on, promise.ends_on), district_ids)
    if activity.counter == "manual":
        return by_hand(activity.counted_by_hand, goal)
    everywhere = not promise.districts
    mine = [
        h for h in happened[activity.counter] if h.district_id in district_ids or (everywhere and h.district_id is None)
    ]
    return progress(mine, goal)


def _happenings(counter: str, promises: Sequence[Promise]) -> list[Happening]:
    first, last, zone = min(p.begins_on for p in promises), max(p.ends_on for p in promises), areas.zone()
    begin = datetime.combine(first, time.min, tzinfo=zone)
    end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone)
    rows = db.session.execute(_question(counter, begin, end))
    return [Happening(district_id, at.astimezone(zone).date()) for district_id, at in rows if at is not None]


def _question(counter: str, begin: datetime, end: datetime) -> Select[int | None, datetime | None]:
    if counter == "walks":
        return select(Walk.district_id, Walk.starts_at).where(
            *_within(Walk.starts_at, begin, end), Walk.state.in_(FULFILLED)
        )
    if counter == "protocols":
        return select(Walk.district_id, Walk.published_at).where(*_within(Walk.published_at, begin, end))
    if counter == "tickets":
        mended = *_within(Ticket.repaired_at, begin, end), Ticket.state.in_(LIT_AGAIN)
        return select(Ticket.district_id, Ticket.repaired_at).where(*mended)
    if counter == "measures":
        done = *_within(Measure.done_at, begin, end), Measure.state.in_(CARRIED_OUT)
        return select(Measure.district_id, Measure.done_at).where(*done)
    return select(Edition.district_id, Edition.issued_at).where(*_within(Edition.issued_at, begin, end))


def _within(
    at: InstrumentedAttribute[datetime | None], begin: datetime, end: datetime
) -> tuple[ColumnElement[bool], ...]:
    return at >= begin, at < end
