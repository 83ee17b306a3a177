"""Public pages: approved named places and work done; no single reports, no score, no ranking (domain brief, 4.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import shapely
from shapely.geometry import mapping
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app.domain.states import OPEN_DARK_SPOTS
from app.models.areas import districts_with_area
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import District, NamedPlace
from app.models.lamps import Lamp
from app.models.measures import Measure
from app.models.places import shape_of
from app.models.tickets import Ticket
from app.models.walks import Walk, WalkStop

OUTLINE_TOLERANCE_DEG = 0.0004
LAMPS_MAX = 2500
PLACES_MAX = 500
DECIMALS = 5
YEAR = timedelta(days=365)
FEW = 5
TOLD_MEASURES = ("done", "verified", "effect_followed_up", "rejected")


def approved() -> Sequence[DarkSpot]:
    """Return the places that a coordinator approved and that are still looked over, by name."""
    found = select(DarkSpot).where(DarkSpot.public.is_(True), DarkSpot.state.in_(OPEN_DARK_SPOTS))
    return db.session.scalars(found.order_by(DarkSpot.name).options(joinedload(DarkSpot.district))).all()


def as_geojson() -> dict[str, Any]:
    """Return the approved places with the fields that are public, and no others."""
    found = select(DarkSpot).where(DarkSpot.public.is_(True), DarkSpot.state.in_(OPEN_DARK_SPOTS))
    rows = db.session.scalars(
        found.order_by(DarkSpot.id).options(undefer(DarkSpot.shape), joinedload(DarkSpot.district))
    )
    return _collection(
        _feature(shape_of(s.shape), name=s.name, text=s.public_text, district=s.district.name if s.district else "")
        for s in rows
    )


@dataclass(frozen=True)
class News:
    """One line of a feed: what became public, when (never finer than a month for a place), and where it is read."""

    key: str
    title: str
    text: str
    at: datetime
    district: str
    walk_id: int | None = None


def news(slug: str = "", *, most: int = 50) -> list[News] | None:
    """Return what became public, newest first, in a district or everywhere; None when there is no such district."""
    row = db.session.scalars(select(District).where(District.slug == slug)).first() if slug else None
    if slug and row is None:
        return None
    lines = [*_news_of_places(row), *_news_of_walks(row), *_news_of_measures(row)]
    return sorted(lines, key=lambda line: (line.at, line.key), reverse=True)[:most]


def _news_of_places(row: District | None) -> list[News]:
    return [
        News(f"place-{s.id}", s.name, s.public_text, _month_of(s.updated_at), s.district.slug if s.district else "")
        for s in approved()
        if row is None or s.district_id == row.id
    ]


def _news_of_walks(row: District | None) -> list[News]:
    found = select(Walk).where(Walk.published_at.is_not(None)).options(joinedload(Walk.district))
    found = found.where(Walk.district_id == row.id) if row is not None else found
    walks = db.session.scalars(found.order_by(Walk.published_at.desc()).limit(50)).all()
    return [
        News(f"walk-{w.id}", w.title, "", w.published_at, w.district.slug if w.district else "", w.id)
        for w in walks
        if w.published_at is not None
    ]


def _news_of_measures(row: District | None) -> list[News]:
    """Measures that are done or refused, at places that are public or were decided after a walk."""
    found = (
        select(Measure)
        .where(Measure.state.in_(TOLD_MEASURES), Measure.district_id.is_not(None))
        .options(joinedload(Measure.district))
    )
    found = found.where(Measure.district_id == row.id) if row is not None else found
    measures = db.session.scalars(found.order_by(Measure.updated_at.desc()).limit(50)).all()
    return [
        News(
            f"measure-{m.id}-{m.state}", m.description, m.reject_reason if m.state == "rejected" else "", m.done_at or m.updated_at,
            m.district.slug if m.district else "",
        )
        for m in measures
    ]  # fmt: skip


def _month_of(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def base_map() -> dict[str, Any]:
    """Return district outlines, lamps and named places as the picker's ground."""
    features = []
    for district in districts_with_area():
        shape = shape_of(district.area)
        if shape is not None:
            features.append(_feature(shape.simplify(OUTLINE_TOLERANCE_DEG), kind="district", name=district.name))
    places = select(NamedPlace.name, NamedPlace.lon, NamedPlace.lat).where(NamedPlace.is_place())
    for name, lon, lat in db.session.execute(places.order_by(NamedPlace.id).limit(PLACES_MAX)):
        features.append(_feature(shapely.Point(lon, lat), kind="place", name=name))
    lamps = select(Lamp.pole_number, Lamp.lon, Lamp.lat, Lamp.status).order_by(Lamp.id).limit(LAMPS_MAX)
    for pole, lon, lat, status in db.session.execute(lamps):
        features.append(_feature(shapely.Point(lon, lat), kind="lamp", name=pole, status=status))
    return _collection(features)


def district(slug: str, *, now: datetime) -> dict[str, Any] | None:
    """Return what was done in a district during the last year, or None when there is no such district."""
    row = db.session.scalars(select(District).where(District.slug == slug)).first()
    if row is None:
        return None
    walks = select(Walk).where(
        Walk.district_id == row.id, Walk.starts_at.is_not(None), Walk.state.not_in(("draft", "cancelled"))
    )
    measures = (
        select(Measure)
        .where(Measure.district_id == row.id, Measure.state.not_in(("proposed", "assessed")))
        .options(joinedload(Measure.dark_spot), joinedload(Measure.responsible))
    )
    places = select(DarkSpot).where(
        DarkSpot.district_id == row.id, DarkSpot.public.is_(True), DarkSpot.state.in_(OPEN_DARK_SPOTS)
    )
    repaired = select(Ticket.opened_on, Ticket.repaired_at).where(
        Ticket.district_id == row.id, Ticket.repaired_at > now - YEAR
    )
    days = [(at.date() - opened).days for opened, at in db.session.execute(repaired) if at is not None]
    return {
        "district": row,
        "walks": db.session.scalars(walks.order_by(Walk.starts_at.desc())).all(),
        "measures": db.session.scalars(measures.order_by(Measure.id.desc())).all(),
        "places": db.session.scalars(places.order_by(DarkSpot.name)).all(),
        "repaired": len(days) if len(days) >= FEW else 0,
        "some_repaired": 0 < len(days) < FEW,
        "median_days": median(days) if len(days) >= FEW else None,
        "good_places": _good_places(row.id),
    }


def _good_places(district_id: int) -> Sequence[str]:
    """Return the places that people on walks said work well."""
    found = (
        select(WalkStop.title)
        .join(Walk, Walk.id == WalkStop.walk_id)
        .where(Walk.district_id == district_id, Walk.published_at.is_not(None), WalkStop.safe_place.is_(True))
    )
    return sorted(set(db.session.scalars(found)))


def _collection(features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def _feature(shape: Any, **properties: Any) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda xy: xy.round(DECIMALS))
    return {"type": "Feature", "geometry": mapping(rounded), "properties": properties}
