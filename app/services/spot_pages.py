"""Dark spots as they are looked at: the list, the map that says the same, and one spot as a short report."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from geoalchemy2.elements import WKBElement
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.domain.people import NotAllowed
from app.domain.states import OPEN_DARK_SPOTS, OPEN_MEASURES
from app.models.areas import districts_with_area
from app.models.base import db
from app.models.dark_spots import DarkSpot, DarkSpotDistrict, SpotLineage
from app.models.history import History
from app.models.lamps import Lamp
from app.models.measures import Measure
from app.models.photos import Photo
from app.models.places import near, shape_of
from app.models.reports import Membership, Report
from app.models.staff import Organisation
from app.models.tickets import Ticket
from app.models.walks import Walk, WalkStop
from app.services.desk_steps import history_of, organisations
from app.services.late_steps import late_measures, late_tickets
from geo.nearest import distances_from_m

PAGE = 40
REPORTS_ON_MAP = LAMPS_ON_MAP = 4000
SPOTS_ON_MAP = 8000
SHAPES_AT_ONCE = 600
LAMPS_WITHIN_M = 50.0
MERGE_WITHIN_M = 400.0
OUTLINE_TOLERANCE_DEG = 0.0003
SHOWN_STATES = OPEN_DARK_SPOTS - {"dormant"}
CALLED_MOST = 2000
"""So many places of one name are enough to be looked through."""
NUMBER = re.compile(r"(?:f|nr\.?|#)?\s*[-‐–—]?\s*([0-9]{1,9})[.,;:]?|f\s*[-‐–—]\s*([0-9]{1,9})\b.*", re.IGNORECASE)
"""How people write a spot's number; with its name after it, as in the list."""


@dataclass(frozen=True)
class Filters:
    """What the list and the map show alike; `spot_id` is for the small map of one spot's page.

    `owner_id` owns land, light or vegetation there, or answers for a measure; `overdue_on` is today when only places
    with something late are asked for; `quiet_ids` are the districts that few report from, when only theirs are. `text` is
    part of a name, or the number of one spot (F-12, 12), which is then shown whatever else is asked for.
    """

    district_id: int | None = None
    band: str = ""
    state: str = ""
    category: str = ""
    spot_id: int | None = None
    owner_id: int | None = None
    overdue_on: date | None = None
    quiet_ids: Collection[int] | None = None
    text: str = ""

    @property
    def number(self) -> int | None:
        """The one spot that is asked for."""
        digits = NUMBER.fullmatch(self.text)
        return self.spot_id or (int(digits[1] or digits[2]) if digits else None)


@dataclass(frozen=True)
class Ground:
    """What lies under the spots: district outlines by name, reports as (lon, lat), dark lamps as (lon, lat, pole, status)."""

    districts: Sequence[tuple[str, BaseGeometry]]
    reports: Sequence[tuple[float, float]]
    lamps: Sequence[tuple[float, float, str, str]]


@dataclass(frozen=True)
class Surroundings:
    """What stands around a spot: lamps within 50 m with their metres, walks that visit it, spots to merge into, history and descent."""

    lamps: Sequence[tuple[Lamp, int]]
    walks: Sequence[Walk]
    neighbours: Sequence[DarkSpot]
    history: Sequence[History]
    lineage: Sequence[SpotLineage]
    organisations: Sequence[Organisation]
    rank: int
    ranked: int


def listing(district_ids: Collection[int], filters: Filters, *, page: int) -> tuple[Sequence[DarkSpot], int]:
    """Return one page of spots, highest score first, and how many there are in all."""
    conditions = _conditions(district_ids, filters)
    total = db.session.scalar(select(func.count()).select_from(DarkSpot).where(*conditions)) or 0
    found = select(DarkSpot).where(*conditions).options(joinedload(DarkSpot.district))
    shown = found.order_by(DarkSpot.score.desc(), DarkSpot.id).limit(PAGE).offset((page - 1) * PAGE)
    return db.session.scalars(shown).all(), total


@dataclass(frozen=True)
class Mark:
    """A dark spot as the map needs it. Only the highest scores bring their shape; the map asks for others when it is near."""

    id: int
    lon: float
    lat: float
    band: str
    name: str
    shape: BaseGeometry | None


def on_map(district_ids: Collection[int], filters: Filters) -> list[Mark]:
    """Return the same spots, the highest scores first: two queries, whatever their number."""
    conditions, order = _conditions(district_ids, filters), (DarkSpot.score.desc(), DarkSpot.id)
    found = select(DarkSpot.id, DarkSpot.lon, DarkSpot.lat, DarkSpot.band, DarkSpot.name).where(*conditions)
    rows = db.session.execute(found.order_by(*order).limit(SPOTS_ON_MAP)).all()
    shapes = _shapes(select(DarkSpot.id, DarkSpot.shape).where(*conditions).order_by(*order))
    return [Mark(r.id, r.lon, r.lat, r.band, r.name, shapes.get(r.id)) for r in rows]


def shapes_within(
    district_ids: Collection[int], filters: Filters, box: tuple[float, float, float, float]
) -> dict[int, BaseGeometry]:
    """Return the shapes of the spots in view, by number. `box`: west, south, east, north in degrees."""
    west, south, east, north = box
    inside = DarkSpot.lon.between(west, east), DarkSpot.lat.between(south, north)
    return _shapes(select(DarkSpot.id, DarkSpot.shape).where(*_conditions(district_ids, filters), *inside))


def _shapes(found: Select[int, WKBElement | None]) -> dict[int, BaseGeometry]:
    shapes = {r.id: shape_of(r.shape) for r in db.session.execute(found.limit(SHAPES_AT_ONCE))}
    return {spot: shape for spot, shape in shapes.items() if shape is not None}


def map_ground(spot: int | None) -> Ground:
    """Return outlines and the lamps that do not shine, for the map's ground; around one spot also its single reports."""
    outlines = []
    for district in districts_with_area():
        shape = shape_of(district.area)
        if shape is not None:
            outlines.append((district.name, shape.simplify(OUTLINE_TOLERANCE_DEG)))
    dark = (
        select(Lamp.lon, Lamp.lat, Lamp.pole_number, Lamp.status).where(Lamp.status != "in_service").limit(LAMPS_ON_MAP)
    )
    lamps = [(r.lon, r.lat, r.pole_number, r.status) for r in db.session.execute(dark)]
    if spot is None:
        return Ground(outlines, [], lamps)
    mine = (
        select(Report.lon, Report.lat)
        .join(Membership, Membership.report_id == Report.id)
        .where(Membership.dark_spot_id == spot, Report.state.not_in(("rejected", "withdrawn")))
    )
    newest = db.session.execute(mine.order_by(Report.received_at.desc()).limit(REPORTS_ON_MAP))
    return Ground(outlines, [(r.lon, r.lat) for r in newest], lamps)


def open_spot(spot_id: int, district_ids: Collection[int]) -> DarkSpot | None:
    """Return a dark spot with all that its page and its decisions need, or None when there is no such spot.

    Raises:
        NotAllowed: it lies wholly in districts that are not this coordinator's.

    """
    shown = (
        undefer(DarkSpot.shape), joinedload(DarkSpot.district), joinedload(DarkSpot.owner_land),
        joinedload(DarkSpot.owner_light), joinedload(DarkSpot.owner_vegetation),
        selectinload(DarkSpot.districts).joinedload(DarkSpotDistrict.district),
        selectinload(DarkSpot.reports).selectinload(Report.photos.and_(Photo.state != "hidden")),
        selectinload(DarkSpot.measures).joinedload(Measure.responsible),
        selectinload(DarkSpot.tickets).joinedload(Ticket.lamp),
    )  # fmt: skip
    found = select(DarkSpot).where(DarkSpot.id == spot_id).options(*shown)
    spot = db.session.scalars(found.execution_options(populate_existing=True)).first()
    if spot is not None and district_ids and spot.district_id is not None:
        listed = {spot.district_id} | {row.district_id for row in spot.districts}
        if not listed & set(district_ids):
            raise NotAllowed(f"dark spot {spot_id} lies in other districts")
    return spot


def shape(spot: DarkSpot) -> BaseGeometry | None:
    """Return the shape of an open spot in WGS84 degrees."""
    return shape_of(spot.shape)


def around_spot(spot: DarkSpot) -> Surroundings:
    """Return what stands around a spot."""
    lamps = select(Lamp).where(near(Lamp, spot.lon, spot.lat, LAMPS_WITHIN_M)).order_by(Lamp.pole_number).limit(30)
    walks = select(Walk).join(WalkStop, WalkStop.walk_id == Walk.id).where(WalkStop.dark_spot_id == spot.id)
    close = near(DarkSpot, spot.lon, spot.lat, MERGE_WITHIN_M), DarkSpot.id != spot.id, DarkSpot.state.in_(SHOWN_STATES)
    mine = (SpotLineage.parent_id == spot.id) | (SpotLineage.child_id == spot.id)
    mine &= SpotLineage.how.in_(("merge", "split"))
    open_spots = select(func.count()).select_from(DarkSpot).where(DarkSpot.state.in_(SHOWN_STATES))
    return Surroundings(
        _with_metres(spot, db.session.scalars(lamps).all()),
        db.session.scalars(walks.order_by(Walk.starts_at)).unique().all(),
        db.session.scalars(select(DarkSpot).where(*close).order_by(DarkSpot.id).limit(12)).all(),
        history_of("dark_spot", spot.id),
        db.session.scalars(select(SpotLineage).where(mine).order_by(SpotLineage.id)).all(),
        organisations(),
        1 + (db.session.scalar(open_spots.where(DarkSpot.score > spot.score)) or 0),
        db.session.scalar(open_spots) or 0,
    )


def _with_metres(spot: DarkSpot, lamps: Sequence[Lamp]) -> list[tuple[Lamp, int]]:
    if not lamps:
        return []
    metres = distances_from_m(spot.lon, spot.lat, np.array([(lamp.lon, lamp.lat) for lamp in lamps]))
    return sorted(((lamp, round(float(m))) for lamp, m in zip(lamps, metres, strict=True)), key=lambda pair: pair[1])


def _conditions(district_ids: Collection[int], filters: Filters) -> list[ColumnElement[bool]]:
    mine = [_in_districts(district_ids)] if district_ids else []
    if filters.number:
        return [DarkSpot.id == filters.number, *mine]
    found = [_in_state(filters.state), *mine]
    found += [_in_districts({filters.district_id})] if filters.district_id else []
    if filters.band:
        found.append(DarkSpot.band == filters.band)
    if filters.owner_id:
        found.append(_of_owner(filters.owner_id))
    if filters.overdue_on:
        found.append(_overdue(filters.overdue_on))
    if filters.quiet_ids is not None:
        found.append(DarkSpot.district_id.in_(filters.quiet_ids))
    if filters.category:
        found.append(func.coalesce(DarkSpot.category_counts[filters.category].as_integer(), 0) > 0)
    return [*found, _called(filters.text, found)] if filters.text else found


def _called(text: str, among: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition that a spot has these words in its name. SQLite knows capitals of English letters only."""
    words = text.casefold().split()
    likely = [DarkSpot.name.ilike(f"%{re.sub('[^a-z0-9]', '_', word)}%") for word in words]
    asked = select(DarkSpot.id, DarkSpot.name).where(*among, *likely)
    rows = db.session.execute(asked.order_by(DarkSpot.score.desc(), DarkSpot.id).limit(CALLED_MOST))
    return DarkSpot.id.in_([row.id for row in rows if all(word in row.name.casefold() for word in words)])


def _of_owner(owner_id: int) -> ColumnElement[bool]:
    owned = (DarkSpot.owner_land_id, DarkSpot.owner_light_id, DarkSpot.owner_vegetation_id)
    answers = select(Measure.dark_spot_id).where(Measure.responsible_id == owner_id, Measure.state.in_(OPEN_MEASURES))
    return or_(*(column == owner_id for column in owned), DarkSpot.id.in_(answers))


def _overdue(today: date) -> ColumnElement[bool]:
    measures = select(Measure.dark_spot_id).where(late_measures(today))
    tickets = select(Ticket.dark_spot_id).where(late_tickets(today))
    return or_(DarkSpot.id.in_(measures), DarkSpot.id.in_(tickets))


def _in_state(state: str) -> ColumnElement[bool]:
    return DarkSpot.state == state if state else DarkSpot.state.in_(SHOWN_STATES)


def _in_districts(district_ids: Collection[int]) -> ColumnElement[bool]:
    """A spot is listed in its own district and wherever a fifth of its reports lie."""
    listed = select(DarkSpotDistrict.dark_spot_id).where(DarkSpotDistrict.district_id.in_(district_ids))
    return or_(DarkSpot.id.in_(listed), DarkSpot.district_id.in_(district_ids))
