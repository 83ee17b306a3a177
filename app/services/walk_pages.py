"""What the pages about walks show: lists, proposals, evenings and what lies around a route. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.domain import walks as rules
from app.domain.people import Actor
from app.models import areas
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import District, NamedPlace
from app.models.history import History
from app.models.lamps import Lamp
from app.models.measures import Measure, Plan
from app.models.places import shape_of, within_box
from app.models.rules import rule_on
from app.models.walks import Walk
from app.services import walk_steps as steps
from app.services.ticket_steps import is_working_day
from geo.darkness import Where, civil_dusk, next_dark_day, walk_start

WALKS_MAX = 200
LAMPS_MAX = 400
MARGIN_DEG = 0.0015
EVENINGS_AHEAD = 6
THURSDAY = 3


@dataclass(frozen=True)
class EveningLight:
    """A day with its civil dusk and the start of a dark walk; `start` is None when it is light for too long."""

    on: date
    dusk: datetime | None
    start: datetime | None


@dataclass(frozen=True)
class Around:
    """What is drawn under a route, in WGS84 degrees: spots' shapes, lamps as (lon, lat), places with names."""

    spots: Sequence[tuple[int, BaseGeometry]]
    lamps: Sequence[tuple[float, float]]
    places: Sequence[tuple[str, float, float]]
    line: Sequence[tuple[float, float]] = ()


def listing(actor: Actor, district_id: int | None = None) -> Sequence[Walk]:
    """Return the walks that a coordinator may see, those ahead first, then the newest."""
    found = select(Walk).where(*steps.own(actor))
    if district_id is not None:
        found = found.where(Walk.district_id == district_id)
    options = (joinedload(Walk.district), selectinload(Walk.stops))
    return db.session.scalars(
        found.order_by(Walk.starts_at.desc().nulls_first()).limit(WALKS_MAX).options(*options)
    ).all()


def quotas(actor: Actor, year: int) -> list[tuple[District, rules.Quota]]:
    """Return each district with its walks of a year against what the municipality has promised (rule `walks_per_year`)."""
    promised = rule_on("walks_per_year", date(year, 12, 31)) or {}
    begins, ends = (datetime(y, 1, 1, tzinfo=steps.where().zone) for y in (year, year + 1))
    rows = select(Walk.district_id, Walk.state).where(
        Walk.starts_at >= begins, Walk.starts_at < ends, *steps.own(actor)
    )
    states: dict[int, list[str]] = {}
    for district_id, state in db.session.execute(rows):
        states.setdefault(district_id, []).append(state)
    return [(d, rules.quota(states.get(d.id, []), int(promised.get("each", 1)))) for d in districts(actor)]


def quota_of(district: District, year: int) -> rules.Quota:
    """Return one district's walks of a year against what has been promised."""
    promised = rule_on("walks_per_year", date(year, 12, 31)) or {}
    begins, ends = (datetime(y, 1, 1, tzinfo=steps.where().zone) for y in (year, year + 1))
    found = select(Walk.state).where(Walk.district_id == district.id, Walk.starts_at >= begins, Walk.starts_at < ends)
    return rules.quota(list(db.session.scalars(found)), int(promised.get("each", 1)))


def districts(actor: Actor) -> list[District]:
    """Return the districts that a coordinator may plan in."""
    return [d for d in areas.districts() if not actor.district_ids or d.id in actor.district_ids]


def named_places(district_id: int) -> Sequence[NamedPlace]:
    """Return the named places of a district, by name; all of them when the district has none."""
    found = select(NamedPlace).where(NamedPlace.is_place()).order_by(NamedPlace.name)
    own = db.session.scalars(found.where(NamedPlace.district_id == district_id)).all()
    return own or db.session.scalars(found.limit(200)).all()


def evening_light(on: date) -> EveningLight:
    """Return when it gets dark on a day, and when a dark walk may start."""
    return _light(on, steps.where())


def evenings_ahead(today: date) -> list[EveningLight]:
    """Return the next Thursdays, from three weeks ahead, on which a dark walk can start; Christmas Eve and the like are left out."""
    day = today + timedelta(days=21)
    day += timedelta(days=(THURSDAY - day.weekday()) % 7)
    here = steps.where()
    weeks = (_light(day + timedelta(weeks=i), here) for i in range(53))
    good = [e for e in weeks if e.start is not None and _early(e) and is_working_day(e.on)]
    return good[:EVENINGS_AHEAD]


def first_dark_day(after: date) -> date | None:
    """Return the first day from `after` on which a dark walk can start."""
    return next_dark_day(after, steps.where(), rules.MINUTES_AFTER_DUSK)


def walk(walk_id: int, actor: Actor) -> Walk | None:
    """Return a walk with its stops and all entries, or None when it is not this person's to see."""
    return steps.walk_with_entries(walk_id, *steps.own(actor))


def published(walk_id: int) -> Walk | None:
    """Return a walk whose protocol everybody may read, or None."""
    return steps.walk_with_entries(walk_id, Walk.state.in_(rules.PUBLISHED))


def earlier_of(walk: Walk) -> Walk | None:
    """Return the walk that this one goes over again, with its entries, or None."""
    earlier = (walk.planning or {}).get("rewalk_of")
    return steps.walk_with_entries(int(earlier)) if earlier else None


def measures_of(walk: Walk) -> Sequence[Measure]:
    """Return the measures that came out of a walk, in order."""
    entries = [e.id for s in walk.stops for e in s.entries]
    options = (joinedload(Measure.responsible), joinedload(Measure.dark_spot))
    return db.session.scalars(
        select(Measure).where(Measure.walk_entry_id.in_(entries)).order_by(Measure.id).options(*options)
    ).all()


def plans_of(walk: Walk) -> Sequence[Plan]:
    """Return the plans made from a walk."""
    return db.session.scalars(select(Plan).where(Plan.walks.any(Walk.id == walk.id)).order_by(Plan.id)).all()


def around(walk: Walk) -> Around:
    """Return the way walked and what lies around it: four queries, whatever the route's length."""
    places = steps.corners(walk)
    if not places:
        return Around([], [], [])
    west, east = min(p[0] for p in places) - MARGIN_DEG * 2, max(p[0] for p in places) + MARGIN_DEG * 2
    south, north = min(p[1] for p in places) - MARGIN_DEG, max(p[1] for p in places) + MARGIN_DEG
    ids = [s.dark_spot_id for s in walk.stops if s.dark_spot_id]
    line = shape_of(db.session.scalar(select(Walk.route).where(Walk.id == walk.id)))
    spots = db.session.scalars(select(DarkSpot).where(DarkSpot.id.in_(ids)).options(undefer(DarkSpot.shape)))
    lamps = select(Lamp.lon, Lamp.lat).where(within_box(Lamp, west, south, east, north)).limit(LAMPS_MAX)
    named = select(NamedPlace.name, NamedPlace.lon, NamedPlace.lat).where(
        NamedPlace.is_place(), NamedPlace.lon.between(west, east), NamedPlace.lat.between(south, north)
    )
    return Around(
        [(s.id, shape) for s in spots if (shape := shape_of(s.shape)) is not None],
        [(lon, lat) for lon, lat in db.session.execute(lamps)],
        [(name, lon, lat) for name, lon, lat in db.session.execute(named.limit(40))],
        [] if line is None else [(x, y) for x, y in line.coords],
    )


def history(walk: Walk) -> Sequence[History]:
    """Return what happened to a walk, oldest first."""
    found = select(History).where(History.thing == "walk", History.thing_id == walk.id).order_by(History.id)
    return db.session.scalars(found).all()


def _light(on: date, here: Where) -> EveningLight:
    return EveningLight(on, civil_dusk(on, here), walk_start(on, here, rules.MINUTES_AFTER_DUSK))


def _early(evening: EveningLight) -> bool:
    """Before 20.00: late enough to be dark, early enough for most people."""
    return evening.start is not None and evening.start.timetz().replace(tzinfo=None) <= time(20, 0)
