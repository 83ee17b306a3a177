"""What the municipality hands to its picture of the situation under lag (2023:196): «annan information av betydelse».

Method, period, how many distinct people reported, which bias is known, and the chain from problem over measure to
follow-up, whose absence Brå found to be the usual lack (domain brief, 4.1). It stands beside the mapping of crime and
never instead of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app.domain.districts import quiet, voice_ratio
from app.domain.editions import said_in_public
from app.models import areas
from app.models.base import db
from app.models.measures import Measure
from app.models.reports import Report
from app.services.desk_steps import of_district

CHAIN_MOST = 400


@dataclass(frozen=True)
class Voices:
    """How one district was heard: distinct people (None: one to four), and whether it is quiet."""

    district: str
    reporters: int | None
    quiet: bool


@dataclass(frozen=True)
class Link:
    """One problem, the measure that answers it, and when it was followed up."""

    district: str
    problem: str
    reporters: int | None
    kind: str
    measure: str
    state: str
    reason: str
    deadline: date | None
    followed_on: date | None


@dataclass(frozen=True)
class StatutoryReport:
    """Everything on one page. `rejected` reports were read and do not count; `held` wait for somebody to look."""

    reporters: int
    reports: int
    rejected: int
    held: int
    voices: Sequence[Voices]
    chain: Sequence[Link]


def gather(begins_on: date, ends_on: date, *, district_ids: Collection[int]) -> StatutoryReport:
    """Return the report of a period, its first and its last day included."""
    zone = areas.zone()
    begin = datetime.combine(begins_on, time.min, tzinfo=zone)
    end = datetime.combine(ends_on + timedelta(days=1), time.min, tzinfo=zone)
    scope = of_district(Report.district_id, district_ids)
    inside = [Report.received_at >= begin, Report.received_at < end, *([] if scope is None else [scope])]
    counting = [*inside, Report.state.not_in(("rejected", "withdrawn", "held"))]
    counted = select(Report.state, func.count()).where(*inside).group_by(Report.state)
    states = {row[0]: row[1] for row in db.session.execute(counted)}
    everybody = db.session.scalar(select(func.count(Report.reporter_key.distinct())).where(*counting)) or 0
    return StatutoryReport(
        everybody, sum(n for state, n in states.items() if state not in {"rejected", "withdrawn", "held"}),
        states.get("rejected", 0), states.get("held", 0), _voices(counting, district_ids), _chain(begin, end, district_ids),
    )  # fmt: skip


def _voices(counting: Sequence[ColumnElement[bool]], district_ids: Collection[int]) -> list[Voices]:
    counted = select(Report.district_id, func.count(Report.reporter_key.distinct())).where(*counting)
    heard = {row[0]: row[1] for row in db.session.execute(counted.group_by(Report.district_id))}
    districts = [d for d in areas.districts() if not district_ids or d.id in district_ids]
    people, voices = (
        sum(d.population or 0 for d in districts),
        sum(heard.get(d.id, 0) for d in districts if d.population),
    )
    found = []
    for district in districts:
        mine = heard.get(district.id, 0)
        found.append(
            Voices(
                district.name, said_in_public(mine), quiet(mine, voice_ratio(mine, district.population, voices, people))
            )
        )
    return found


def _chain(begin: datetime, end: datetime, district_ids: Collection[int]) -> list[Link]:
    """The measures that were written down, changed or done in the period, with what they answer."""
    scope = of_district(Measure.district_id, district_ids)
    touched = or_(
        (Measure.created_at >= begin) & (Measure.created_at < end),
        (Measure.updated_at >= begin) & (Measure.updated_at < end),
    )
    asked = [touched, *([] if scope is None else [scope])]
    shown = joinedload(Measure.dark_spot), joinedload(Measure.district)
    rows = db.session.scalars(
        select(Measure).where(*asked).options(*shown).order_by(Measure.district_id, Measure.id).limit(CHAIN_MOST)
    )
    return [_link(m) for m in rows]


def _link(measure: Measure) -> Link:
    spot = measure.dark_spot
    followed = measure.state in {"verified", "effect_followed_up"}
    return Link(
        measure.district.name if measure.district else "", spot.name if spot else "",
        said_in_public(spot.reporter_count) if spot else None, measure.kind, measure.description, measure.state,
        measure.reject_reason, measure.deadline, measure.updated_at.date() if followed else None,
    )  # fmt: skip
