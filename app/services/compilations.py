"""The compilation of one district, or of the whole municipality: dark spots, what is done, and who has not been heard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.domain.states import OPEN_DARK_SPOTS, OPEN_MEASURES, OPEN_TICKETS
from app.domain.walks import PERSPECTIVES
from app.models.areas import districts_with_area
from app.models.base import db
from app.models.dark_spots import DarkSpot, DarkSpotDistrict
from app.models.districts import District
from app.models.measures import Measure
from app.models.places import shape_of
from app.models.tickets import Ticket
from app.models.walks import Walk
from app.services.desk_steps import of_district
from app.services.district_steps import DistrictLine, lines, of_mine

HEARD_WITHIN = timedelta(days=730)
ON_PAPER_MOST = 120
"""So many spots a compilation shows on a page or on paper; the files for spreadsheets and maps have them all."""


@dataclass(frozen=True)
class Entry:
    """One dark spot in a compilation: what is under way and the next day that somebody has promised."""

    spot: DarkSpot
    measures: Sequence[Measure]
    tickets: Sequence[Ticket]
    next_on: date | None


@dataclass(frozen=True)
class Compilation:
    """Everything about one district on one page. `total` counts all its open spots, `entries` shows the first of them."""

    district: District
    line: DistrictLine
    entries: Sequence[Entry]
    total: int
    walks: Sequence[Walk]
    missing_perspectives: Sequence[str]


@dataclass(frozen=True)
class WholeCompilation:
    """The municipality on one page: a line for each district, and the open spots with the highest scores."""

    lines: Sequence[DistrictLine]
    entries: Sequence[Entry]
    total: int


def compile_district(slug: str, *, now: datetime, today: date) -> Compilation | None:
    """Return the compilation of a district, or None when there is no such district; the same queries whatever its size."""
    line = next((x for x in lines(now=now, today=today) if x.district.slug == slug), None)
    if line is None:
        return None
    district_id = line.district.id
    walks = db.session.scalars(
        select(Walk).where(Walk.district_id == district_id).order_by(Walk.starts_at.desc(), Walk.id.desc()).limit(20)
    ).all()
    since = now - HEARD_WITHIN
    heard = {w.perspective for w in walks if w.starts_at and since < w.starts_at <= now and w.state != "cancelled"}
    missing = [p for p in PERSPECTIVES if p not in heard]
    here = _listed_in(district_id)
    return Compilation(line.district, line, _entries(here, most=ON_PAPER_MOST), _count(here), walks, missing)


def compile_municipality(district_ids: Collection[int], *, now: datetime, today: date) -> WholeCompilation:
    """Return the compilation of all districts that are this coordinator's, those without a single report among them."""
    mine = of_mine(lines(now=now, today=today), district_ids)
    here = of_district(DarkSpot.district_id, district_ids)
    return WholeCompilation(mine, _entries(here, most=ON_PAPER_MOST), _count(here))


def all_of_district(district_id: int) -> list[tuple[Entry, BaseGeometry | None]]:
    """Return every open spot of a district with its shape in WGS84 degrees, for a file."""
    return [(e, shape_of(e.spot.shape)) for e in _entries(_listed_in(district_id), shapes=True)]


def all_of_municipality(district_ids: Collection[int]) -> list[tuple[Entry, BaseGeometry | None]]:
    """Return every open spot of these districts (or all) with its shape in WGS84 degrees, for a file."""
    return [(e, shape_of(e.spot.shape)) for e in _entries(of_district(DarkSpot.district_id, district_ids), shapes=True)]


def areas_of(chosen: Collection[DistrictLine]) -> list[tuple[DistrictLine, BaseGeometry | None]]:
    """Return districts with their areas in WGS84 degrees, for a map file."""
    areas = {d.id: shape_of(d.area) for d in districts_with_area()}
    return [(line, areas.get(line.district.id)) for line in chosen]


def _listed_in(district_id: int) -> ColumnElement[bool]:
    """A spot is listed in its own district, and where a fifth of its reports lie."""
    listed = select(DarkSpotDistrict.dark_spot_id).where(DarkSpotDistrict.district_id == district_id)
    return or_(DarkSpot.district_id == district_id, DarkSpot.id.in_(listed))


def _count(here: ColumnElement[bool] | None) -> int:
    counted = select(func.count()).select_from(DarkSpot).where(DarkSpot.state.in_(OPEN_DARK_SPOTS))
    return db.session.scalar(counted if here is None else counted.where(here)) or 0


def _entries(here: ColumnElement[bool] | None, *, most: int | None = None, shapes: bool = False) -> list[Entry]:
    found: Select[DarkSpot] = select(DarkSpot).where(DarkSpot.state.in_(OPEN_DARK_SPOTS))
    found = found if here is None else found.where(here)
    shown = [
        joinedload(DarkSpot.district), joinedload(DarkSpot.owner_light),
        selectinload(DarkSpot.measures).joinedload(Measure.responsible), selectinload(DarkSpot.tickets),
    ]  # fmt: skip
    shown += [undefer(DarkSpot.shape)] if shapes else []
    ordered = found.options(*shown).order_by(DarkSpot.score.desc(), DarkSpot.id).limit(most)
    return [_entry(spot) for spot in db.session.scalars(ordered)]


def _entry(spot: DarkSpot) -> Entry:
    measures = [m for m in spot.measures if m.state in OPEN_MEASURES]
    tickets = [t for t in spot.tickets if t.state in OPEN_TICKETS]
    promised = [m.next_on or m.deadline for m in measures] + [t.next_on or t.due_on for t in tickets]
    return Entry(spot, measures, tickets, min((day for day in promised if day), default=None))
