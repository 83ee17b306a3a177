"""The figures of a situation report: counted for one district (or all) and one period, as they may be published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from app.domain.editions import said_in_public
from app.domain.promises import PUBLIC_STATES
from app.domain.states import OPEN_DARK_SPOTS
from app.domain.walks import HELD
from app.models import areas
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.measures import Measure
from app.models.promises import Promise
from app.models.reports import Report
from app.models.tickets import Ticket
from app.models.walks import Walk
from app.services.promise_steps import CARRIED_OUT, LIT_AGAIN, progress_of

DECIDED_NO = "rejected"
Moments = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


def figures(district_id: int | None, begins_on: date, ends_on: date) -> dict[str, Any]:
    """Return what an edition says in figures and names; no number of people under five, no single report."""
    return {
        "reporters": said_in_public(_reporters(district_id, begins_on, ends_on)),
        "walks": _walks(district_id, begins_on, ends_on),
        "measures": _measures(district_id, begins_on, ends_on),
        "noes": _noes(district_id, begins_on, ends_on),
        **_repairs(district_id, begins_on, ends_on),
        "places": _places(district_id),
        "promises": _promises(district_id),
    }


def _reporters(district_id: int | None, begins_on: date, ends_on: date) -> int:
    counted = select(func.count(Report.reporter_key.distinct())).where(
        *_within(Report.received_at, begins_on, ends_on),
        Report.state.not_in(("rejected", "withdrawn", "held")),
        *_here(Report.district_id, district_id),
    )
    return db.session.scalar(counted) or 0


def _walks(district_id: int | None, begins_on: date, ends_on: date) -> list[dict[str, Any]]:
    asked = Walk.state.in_(HELD), *_within(Walk.starts_at, begins_on, ends_on), *_here(Walk.district_id, district_id)
    zone = areas.zone()
    walks = db.session.scalars(select(Walk).where(*asked).order_by(Walk.starts_at, Walk.id))
    return [
        {
            "id": w.id,
            "title": w.title,
            "on": w.starts_at.astimezone(zone).date().isoformat() if w.starts_at else "",
            "state": w.state,
            "published": w.published_at is not None,
        }
        for w in walks
    ]


def _measures(district_id: int | None, begins_on: date, ends_on: date) -> list[dict[str, str]]:
    asked = Measure.state.in_(CARRIED_OUT), *_within(Measure.done_at, begins_on, ends_on)
    return _described([*asked, *_here(Measure.district_id, district_id)])


def _noes(district_id: int | None, begins_on: date, ends_on: date) -> list[dict[str, str]]:
    """A “no” is an outcome, and is published with its reason."""
    asked = Measure.state == DECIDED_NO, *_within(Measure.updated_at, begins_on, ends_on)
    return _described([*asked, *_here(Measure.district_id, district_id)])


def _described(asked: Sequence[ColumnElement[bool]]) -> list[dict[str, str]]:
    found = select(Measure).where(*asked).options(joinedload(Measure.dark_spot)).order_by(Measure.id)
    return [
        {
            "kind": m.kind,
            "what": m.description,
            "place": m.dark_spot.name if m.dark_spot and m.dark_spot.public else "",
            "reason": m.reject_reason,
        }
        for m in db.session.scalars(found)
    ]


def _repairs(district_id: int | None, begins_on: date, ends_on: date) -> dict[str, Any]:
    asked = Ticket.state.in_(LIT_AGAIN), *_within(Ticket.repaired_at, begins_on, ends_on)
    found = select(Ticket.opened_on, Ticket.repaired_at).where(*asked, *_here(Ticket.district_id, district_id))
    days = [max((at.date() - opened).days, 0) for opened, at in db.session.execute(found) if at is not None]
    return {"repaired": len(days), "median_days": float(median(days)) if days else None}


def _places(district_id: int | None) -> list[dict[str, str]]:
    shown = DarkSpot.public.is_(True), DarkSpot.state.in_(OPEN_DARK_SPOTS), *_here(DarkSpot.district_id, district_id)
    rows = db.session.execute(select(DarkSpot.name, DarkSpot.public_text).where(*shown).order_by(DarkSpot.name))
    return [{"name": name, "text": text} for name, text in rows]


def _promises(district_id: int | None) -> list[dict[str, Any]]:
    whole = selectinload(Promise.districts), selectinload(Promise.activities)
    found = select(Promise).where(Promise.state.in_(PUBLIC_STATES)).options(*whole).order_by(Promise.id)
    mine = [
        p
        for p in db.session.scalars(found)
        if district_id is None or not p.districts or district_id in {d.id for d in p.districts}
    ]
    counted = progress_of(mine)
    return [
        {
            "text": p.text,
            "state": p.state,
            "activities": [
                {"text": a.text, "done": counted[a.id].done, "wanted": counted[a.id].wanted} for a in p.activities
            ],
        }
        for p in mine
    ]


def _within(at: Moments, begins_on: date, ends_on: date) -> tuple[ColumnElement[bool], ...]:
    zone = areas.zone()
    begin = datetime.combine(begins_on, time.min, tzinfo=zone)
    return at >= begin, at < datetime.combine(ends_on + timedelta(days=1), time.min, tzinfo=zone)


def _here(
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], district_id: int | None
) -> list[ColumnElement[bool]]:
    return [] if district_id is None else [column == district_id]
