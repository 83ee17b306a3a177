"""Shared steps of the imports: the municipality's row, and who lies in which district. None of them commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from sqlalchemy import select, update

from app.domain.imports import slug, zone_name_near
from app.domain.tickets import DEFAULT_RESPONSE_TIMES
from app.models.areas import districts_with_area, municipality
from app.models.base import db
from app.models.districts import District, Municipality, NamedPlace, Rule
from app.models.places import shape_of, to_multipolygon
from app.models.reports import Report
from app.models.rules import rule_on
from geo.districts import NOWHERE, assign
from geo.projection import epsg_for

AUTOMATIC = "automatic: the outline of the imported reports"
CHUNK = 500


def home() -> tuple[float, float] | None:
    """Return longitude and latitude of the municipality, or None before there is one."""
    row = municipality()
    return (row.lon, row.lat) if row else None


def ensure_municipality(
    name: str, area: BaseGeometry, *, now: datetime, timezone: str = ""
) -> tuple[Municipality, bool]:
    """Return the municipality, made around `area` (WGS84 degrees) when there is none, and whether it is new."""
    row = municipality()
    if row is not None:
        return row, False
    middle = area.representative_point()
    row = Municipality(
        name=name, slug=slug(name), epsg=epsg_for(middle.x, middle.y), lon=middle.x, lat=middle.y,
        timezone=timezone or zone_name_near(middle.x, middle.y), created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(row)
    if rule_on("response_times", now.date()) is None:
        db.session.add(_standard_times(now))
    db.session.flush()
    return row, True


def _standard_times(now: datetime) -> Rule:
    """Return the table of response times that a new municipality begins with, as dated data of its own to change."""
    times = DEFAULT_RESPONSE_TIMES
    value = {"repair_days": dict(times.repair_days), "working": list(times.working)}
    return Rule(
        kind="response_times", valid_from=now.date(), value=value, decision="Standardtabell", created_at=now, updated_at=now
    )  # fmt: skip


def outline_from_districts(row: Municipality, *, now: datetime) -> None:
    """Let the municipality's outline be its districts', so that a page need not put them together each time."""
    shapes = [shape for d in districts_with_area() if (shape := shape_of(d.area)) is not None]
    if shapes:
        row.area, row.updated_at = to_multipolygon(unary_union(shapes)), now


def assign_districts() -> int:
    """Give every report and every named place the district that it lies in; return how many reports changed theirs."""
    _assign(NamedPlace)
    return _assign(Report)


def districts_of(points: Sequence[tuple[float, float]]) -> list[int | None]:
    """Return for each WGS84 position (longitude first) the number of the district that it lies in, or None."""
    if not points:
        return []
    districts = districts_with_area()
    areas = [shape_of(d.area) or MultiPolygon() for d in districts]
    return [None if row == NOWHERE else districts[int(row)].id for row in assign(np.array(points), areas)]


def _assign(model: type[Report | NamedPlace]) -> int:
    rows = db.session.execute(select(model.id, model.lon, model.lat, model.district_id).order_by(model.id)).all()
    moves: dict[int | None, list[int]] = defaultdict(list)
    for row, district in zip(rows, districts_of([(r.lon, r.lat) for r in rows]), strict=True):
        if district != row.district_id:
            moves[district].append(row.id)
    for district, ids in moves.items():
        for start in range(0, len(ids), CHUNK):
            statement = update(model).where(model.id.in_(ids[start : start + CHUNK])).values(district_id=district)
            db.session.execute(statement, execution_options={"synchronize_session": False})
    return sum(map(len, moves.values()))


def automatic_district() -> District | None:
    """Return the district that an import of reports made because there was none."""
    found = select(District).where(District.note == AUTOMATIC, District.valid_to.is_(None)).limit(1)
    return db.session.scalars(found).first()
