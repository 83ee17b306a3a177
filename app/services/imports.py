"""Importing citizen reports that somebody else has collected: each row once, however often the file comes."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from statistics import median
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import shapely
from shapely.geometry import MultiPoint
from sqlalchemy import select

from app.adapters.geofeatures import GeoFile
from app.adapters.geofiles import to_wgs84
from app.domain import receipts
from app.domain.imported_reports import Imported, Raw, Terms, day_first_in, judge, raw, source_id
from app.domain.imports import BadMapping, fallback_points, free_slug, number, report_columns, zone_name_near
from app.domain.people import THE_SYSTEM
from app.domain.reports import kind_of
from app.models.areas import municipal_area, municipality
from app.models.base import db
from app.models.districts import District
from app.models.jobs import enqueue
from app.models.lamps import Lamp
from app.models.places import to_multipolygon
from app.models.reports import Report
from app.services.municipality_steps import AUTOMATIC, districts_of, ensure_municipality, home, outline_from_districts
from app.services.transitions import begin, move
from geo.areas import distance_to_area_m
from geo.nearest import distances_from_m
from geo.projection import epsg_for, to_lonlat, to_metres

SOURCE = "import"
MARGIN_M = 500.0
STRAY_M = 100_000.0
NAMES = uuid.UUID("6f4b0f0c-3d0e-5c7e-9a39-7d4b8a2f1c55")
"""Ours alone, so that an imported id never gives the `client_id` of anything else."""


@dataclass(frozen=True)
class Wishes:
    """What the operator said: columns, categories, coordinate system, and how a new municipality is called."""

    columns: Mapping[str, str]
    categories: Mapping[str, str]
    crs: str = ""
    municipality: str = ""
    timezone: str = ""
    language: str = "sv"


@dataclass
class Outcome:
    """What an import of reports did, in figures, and what the operator should know."""

    rows: int = 0
    imported: int = 0
    duplicates: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    first_refused: dict[str, int] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    unknown_categories: Counter[str] = field(default_factory=Counter)
    fallbacks: dict[tuple[float, float], int] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    made: str = ""


def import_reports(
    file: GeoFile,
    wishes: Wishes,
    *,
    key: str,
    draw: Callable[[int], Sequence[int]],
    now: datetime,
    step: Callable[[int], None],
) -> Outcome:
    """Keep the rows of a file that can be kept; rows known by their id are duplicates, the others say why not.

    Args:
        file: read by adapters.geofiles; a table needs columns for latitude and longitude. wishes: the operator's. key:
            the server's, for receipts. draw: gives so many random whole numbers. now: the moment. step: rows done.

    Raises:
        BadMapping: a column or time zone that is not there. Unreadable: an unknown coordinate system.

    """
    done = Outcome(rows=len(file.features))
    rows = _raw_rows(file, wishes, done)
    zone = _zone(rows, wishes)
    terms = Terms(zone, now, day_first_in(rows), wishes.categories, home())
    kept = _without_strays(list(_judged(rows, terms, done)), done)
    if kept:
        _found_municipality(kept, wishes, done, now)
        done.fallbacks = fallback_points([(r.lon, r.lat) for r in kept])
        _keep(kept, wishes, done, key=key, draw=draw, step=step)
        enqueue("regroup", "regroup", now=now)
    db.session.commit()
    return done


def _raw_rows(file: GeoFile, wishes: Wishes, done: Outcome) -> list[Raw]:
    placed = file.features.placed
    columns = done.columns = report_columns(file.columns, wishes.columns, placed=placed)
    if placed:
        return [raw(f.number, f.values, columns, _point(f.geometry, f.problem)) for f in file.features]
    places = [(number(f.values.get(columns["lon"])), number(f.values.get(columns["lat"]))) for f in file.features]
    if wishes.crs:
        known = [(x, y) for x, y in places if x is not None and y is not None]
        turned = iter(to_wgs84(known, wishes.crs))
        places = [next(turned) if x is not None and y is not None else (None, None) for x, y in places]
    return [raw(f.number, f.values, columns, (*place, "")) for f, place in zip(file.features, places, strict=True)]


def _point(shape: object, problem: str) -> tuple[float | None, float | None, str]:
    if isinstance(shape, shapely.Point) and not shape.is_empty:
        return shape.x, shape.y, ""
    return None, None, problem or "no position"


def _zone(rows: Sequence[Raw], wishes: Wishes) -> tzinfo:
    here = municipality()
    name = wishes.timezone or (here.timezone if here else "")
    if not name:
        lons = [r.lon for r in rows if r.lon is not None and r.lon]
        lats = [r.lat for r in rows if r.lat is not None and r.lat]
        name = zone_name_near(median(lons), median(lats)) if lons and lats else "Europe/Stockholm"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadMapping(f"There is no time zone {name!r}. Give it as for example Europe/Stockholm.") from error


def _judged(rows: Sequence[Raw], terms: Terms, done: Outcome) -> Iterator[Imported]:
    """Hand on the rows that can be kept and are new; count the others."""
    known = set(db.session.scalars(select(Report.source_id).where(Report.source == SOURCE)))
    for row in rows:
        if source_id(row) in known:
            done.duplicates += 1
            continue
        judged = judge(row, terms)
        if isinstance(judged, str):
            _refuse(done, judged, row.number)
            continue
        known.add(judged.source_id)
        yield judged


def _refuse(done: Outcome, why: str, row: int) -> None:
    done.refused[why] += 1
    done.first_refused.setdefault(why, row)


def _without_strays(rows: list[Imported], done: Outcome) -> list[Imported]:
    """Leave out what lies outside of the municipality, or, before there is one, far from the middle of the others."""
    if not rows:
        return rows
    area = municipal_area()
    points = np.array([(r.lon, r.lat) for r in rows])
    if area is None:
        far = distances_from_m(float(np.median(points[:, 0])), float(np.median(points[:, 1])), points) > STRAY_M
        why = f"more than {STRAY_M / 1000:.0f} km from the others"
    else:
        far = ~shapely.intersects_xy(area, points[:, 0], points[:, 1])
        far[far] = [distance_to_area_m(lon, lat, area) > MARGIN_M for lon, lat in points[far]]
        why = "outside of the municipality"
    for row in np.flatnonzero(far):
        _refuse(done, why, rows[int(row)].number)
    return [r for r, out in zip(rows, far, strict=True) if not out]


def _found_municipality(rows: Sequence[Imported], wishes: Wishes, done: Outcome, now: datetime) -> None:
    """Where no districts were imported, the whole municipality is one: the outline of its reports."""
    if db.session.scalars(select(District.id).limit(1)).first() is not None:
        return
    cloud = MultiPoint([(r.lon, r.lat) for r in rows])
    epsg = epsg_for(cloud.centroid.x, cloud.centroid.y)
    metric = shapely.transform(cloud, lambda xy: to_metres(xy, epsg)).convex_hull.buffer(MARGIN_M, quad_segs=4)
    outline = shapely.set_precision(shapely.transform(metric, lambda xy: to_lonlat(xy, epsg)), 1e-6)
    row, is_new = ensure_municipality(wishes.municipality, outline, now=now, timezone=wishes.timezone)
    slug = free_slug(row.name, ())
    db.session.add(
        District(
            name=row.name, slug=slug, area=to_multipolygon(outline), note=AUTOMATIC, created_at=now, updated_at=now
        )
    )
    db.session.flush()
    outline_from_districts(row, now=now)
    done.made = f"{row.name}, one district around its reports, EPSG:{row.epsg}, {row.timezone}" if is_new else row.name


def _keep(
    rows: Sequence[Imported],
    wishes: Wishes,
    done: Outcome,
    *,
    key: str,
    draw: Callable[[int], Sequence[int]],
    step: Callable[[int], None],
) -> None:
    districts = districts_of([(r.lon, r.lat) for r in rows])
    lamps = _lamps({r.pole_number for r in rows} - {""})
    here = municipality()
    hours = here.reading_hours if here else ""
    with db.session.no_autoflush:
        references = _references(len(rows), draw)
        for row, district, reference in zip(rows, districts, references, strict=True):
            unsure = (row.lon, row.lat) in done.fallbacks
            report = _report(row, wishes, reference, key)
            report.trust, report.district_id, report.lamp_id = (
                "uncertain_place" if unsure else "normal",
                district,
                lamps.get(row.pole_number),
            )
            _arrive(report, row, hours)
            done.imported += 1
            done.states.update([row.state])
            if row.category == "other_physical" and row.their_category:
                done.unknown_categories[row.their_category] += 1
            step(1)


def _arrive(report: Report, row: Imported, hours: str) -> None:
    """Give the report the state it comes with; what somebody else has closed was read first, so history says both."""
    if row.state == "received":
        begin(report, actor=THE_SYSTEM, now=row.received_at, facts={"reading_hours": hours})
        return
    begin(report, actor=THE_SYSTEM, now=row.received_at, state="reviewed")
    move(report, row.state, actor=THE_SYSTEM, now=row.moved_at, reason=row.reason)


def _report(row: Imported, wishes: Wishes, reference: str, key: str) -> Report:
    client_id = str(uuid.uuid5(NAMES, row.source_id))
    report = Report(
        reference=reference, client_id=client_id, receipt_hash=receipts.secret_hash(receipts.secret(client_id, key)),
        fingerprint=receipts.fingerprint([row.source_id.encode()]), kind=kind_of([row.category]), categories=[row.category],
        text=row.text, directions=row.directions, pole_number=row.pole_number, method="address" if row.directions else "pin",
        lang=wishes.language, source=SOURCE, source_id=row.source_id,
        reporter_key=hashlib.sha256(f"{SOURCE}:{row.source_id}".encode()).hexdigest(),
        received_at=row.received_at, created_at=row.received_at, updated_at=row.moved_at,
    )  # fmt: skip
    report.place_at(row.lon, row.lat)
    return report


def _references(count: int, draw: Callable[[int], Sequence[int]]) -> list[str]:
    """Return so many speakable references that nobody has."""
    taken = set(db.session.scalars(select(Report.reference)))
    chosen: list[str] = []
    while len(chosen) < count:
        candidate = receipts.reference(draw(5))
        if candidate not in taken:
            taken.add(candidate)
            chosen.append(candidate)
    return chosen


def _lamps(poles: set[str]) -> dict[str, int]:
    if not poles:
        return {}
    found = db.session.execute(select(Lamp.pole_number, Lamp.id).where(Lamp.pole_number != "").order_by(Lamp.id.desc()))
    return {pole: lamp for pole, lamp in found if pole in poles}
