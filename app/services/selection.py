"""The year's selection as the coordinator sees it: which spots in which order and why, and which districts are quiet. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.domain import selection as rule
from app.domain.states import OPEN_DARK_SPOTS
from app.models import areas
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import District
from app.models.reports import Report

CONSIDERED = 2_000
YEAR = timedelta(days=365)
SILENT_AFTER = timedelta(days=730)
NOT_HEARD = ("rejected", "withdrawn")
WAITING = OPEN_DARK_SPOTS - {"dormant", "remedied", "followed_up"}


@dataclass(frozen=True)
class Chosen:
    """A spot of the selection, why it is there, and the decision that gives its district priority, if that is why."""

    spot: DarkSpot
    why: str
    decision: str


@dataclass(frozen=True)
class Selection:
    """The spots in order, and the districts where silence calls for a visit."""

    chosen: Sequence[Chosen]
    quiet: Sequence[District]


def year(district_ids: Collection[int], *, capacity: int, today: date, now: datetime) -> Selection:
    """Choose as many spots as there is capacity for, over the whole municipality; show those of these districts (of all if none)."""
    found = {d.id: d for d in areas.districts()}
    heard = _heard(now)
    known = [_area(d, today, *heard.get(d.id, (0, None)), now) for d in found.values()]
    open_spots = select(DarkSpot).where(DarkSpot.state.in_(WAITING), DarkSpot.held.is_(False))
    ranked = open_spots.options(joinedload(DarkSpot.district)).order_by(DarkSpot.score.desc(), DarkSpot.id)
    spots = {s.id: s for s in db.session.scalars(ranked.limit(CONSIDERED))}
    candidates = [
        rule.Candidate(s.id, s.district_id, s.score, s.band, s.confirmed_at is not None) for s in spots.values()
    ]
    decisions = {a.id: a.priority_decision for a in known}
    chosen = [
        Chosen(spots[c.id], c.why, decisions.get(c.district_id or 0, "") if c.why == rule.PRIORITY else "")
        for c in rule.choose(candidates, known, capacity)
    ]
    mine = set(district_ids)
    return Selection(
        [c for c in chosen if not mine or c.spot.district_id in mine],
        [found[n] for n in rule.quiet(known) if not mine or n in mine],
    )


def _area(district: District, today: date, reporters: int, last: datetime | None, now: datetime) -> rule.Area:
    prior = district.priority_from and district.priority_from <= today
    prior = prior and (district.priority_to is None or district.priority_to >= today)
    decision = (district.priority_decision or district.name) if prior else ""
    return rule.Area(district.id, district.population, reporters, decision, last is None or last < now - SILENT_AFTER)


def _heard(now: datetime) -> dict[int | None, tuple[int, datetime | None]]:
    """Return for each district the distinct reporters of twelve months, and when it was heard last."""
    heard = Report.state.not_in(NOT_HEARD)
    recent = select(Report.district_id, func.count(Report.reporter_key.distinct()))
    recent = recent.where(heard, Report.received_at > now - YEAR).group_by(Report.district_id)
    counted = {row[0]: row[1] for row in db.session.execute(recent)}
    newest = select(Report.district_id, func.max(Report.received_at)).where(heard).group_by(Report.district_id)
    return {row[0]: (counted.get(row[0], 0), row[1]) for row in db.session.execute(newest)}
