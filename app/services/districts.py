"""Importing the municipality's districts: all of a file or nothing of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from shapely.validation import explain_validity
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.adapters.geofeatures import Feature, GeoFile
from app.domain.imports import CODE_FIELDS, SAY_CRS, Refused, field_named, free_slug, looks_swapped, name_column
from app.models.base import db
from app.models.districts import District
from app.models.jobs import enqueue
from app.models.places import shape_of, to_multipolygon
from app.services.municipality_steps import (
    assign_districts,
    automatic_district,
    ensure_municipality,
    home,
    outline_from_districts,
)
from geo.areas import distance_to_area_m
from geo.projection import to_metres

GRID_DEGREES = 1e-7
OVERLAP_M2 = 1000.0
AWAY_M = 100_000.0


@dataclass
class Imported:
    """What an import of districts did, in figures, and what the operator should know."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    reports_moved: int = 0
    columns: str = ""
    municipality: str = ""
    municipality_is_new: bool = False
    epsg: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass
class _Draft:
    label: str
    name: str
    code: str
    area: BaseGeometry


def import_districts(file: GeoFile, *, name_field: str, code_field: str, municipality: str, now: datetime) -> Imported:
    """Keep the districts of a file; known ones (same code, else same name) keep their number and get the new area.

    Args:
        file: read by adapters.geofiles. name_field, code_field: columns, "" to guess. municipality: its name, used when
            there is none yet. now: the moment.

    Raises:
        Refused: with every problem of every feature; nothing is kept. BadMapping: no such column.

    """
    done = Imported()
    drafts = _drafts(file, name_field, code_field, done)
    area = unary_union([d.area for d in drafts])
    row, done.municipality_is_new = ensure_municipality(municipality or drafts[0].name, area, now=now)
    done.municipality, done.epsg = row.name, row.epsg
    known = db.session.scalars(
        select(District).where(District.valid_to.is_(None)).options(undefer(District.area)).order_by(District.id)
    ).all()
    _retire_automatic(done, now)
    kept = _keep(drafts, known, done, now)
    db.session.flush()
    outline_from_districts(row, now=now)
    done.notes += _overlaps(drafts, [d for d in known if d.id not in kept and d.valid_to is None], row.epsg)
    done.reports_moved = assign_districts()
    enqueue("regroup", "regroup", now=now)
    db.session.commit()
    return done


def _drafts(file: GeoFile, name_field: str, code_field: str, done: Imported) -> list[_Draft]:
    names = name_column(name_field, file.columns, [f.values for f in file.features])
    codes = field_named(code_field, file.columns, CODE_FIELDS)
    done.columns = f"names from {names}, " + (f"codes from {codes}" if codes else "no codes")
    problems: list[str] = [] if file.features else ["The file holds no features."]
    if file.features and not names:
        problems.append(
            f"No column for the names. Say which with --name-field: {', '.join(file.columns) or 'there are none'}."
        )
    place, drafts = home(), []
    for feature in file.features:
        name, code = (str(feature.values.get(c) or "").strip() if c else "" for c in (names, codes))
        label = f"Feature {feature.number}" + (f" ({name})" if name else "")
        area, problem, note = _area(feature, place)
        if not problem and names and not name:
            problem = f"has no name in {names!r}"
        if problem or area is None:
            problems.append(f"{label} {problem}.")
            continue
        if note:
            done.notes.append(f"{label} {note}.")
        drafts.append(_Draft(label, name[:200], code[:60], area))
    drafts = _joined(drafts, problems, done)
    if problems:
        raise Refused(problems)
    return drafts


def _area(feature: Feature, place: tuple[float, float] | None) -> tuple[BaseGeometry | None, str, str]:
    """Return the area of a feature, or why it has none, and what was mended."""
    shape = feature.geometry
    if shape is None or shape.is_empty:
        return None, feature.problem or "has no geometry", ""
    if shape.geom_type not in {"Polygon", "MultiPolygon", "GeometryCollection"}:
        return None, f"is a {shape.geom_type}, not an area", ""
    misplaced = _misplaced(shape, place)
    if misplaced:
        return None, misplaced, ""
    fault = "" if shape.is_valid else explain_validity(shape).split("[", maxsplit=1)[0].strip().lower()
    mended = _polygons(shapely.set_precision(shape if shape.is_valid else shapely.make_valid(shape), GRID_DEGREES))
    if mended.is_empty:
        return None, f"has no area left after repair ({fault or 'no polygon'})", ""
    note = (
        f"was repaired ({fault}); its area is now {_percent(mended.area, shape.area)} of what it was drawn as"
        if fault
        else ""
    )
    return mended, "", note


def _misplaced(shape: BaseGeometry, place: tuple[float, float] | None) -> str:
    """Return why an area cannot lie where its numbers say, or ""."""
    west, south, east, north = shape.bounds
    if looks_swapped((west + east) / 2, (south + north) / 2, place):
        return "has latitude before longitude (it belongs the other way round)"
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        return f"lies outside of the world; {SAY_CRS}"
    if place is not None and distance_to_area_m(*place, shape) > AWAY_M:
        return (
            f"lies more than {AWAY_M / 1000:.0f} km from this municipality; each municipality has its own installation"
        )
    return ""


def _polygons(shape: BaseGeometry) -> MultiPolygon:
    """Return the areas of a geometry, without the lines and points that a repair may leave."""
    flat = shapely.get_parts(shapely.get_parts(shapely.get_parts(shape)))  # a collection may hold multipolygons
    joined = unary_union([part for part in flat if part.geom_type == "Polygon" and part.area > 0])
    return (
        joined
        if isinstance(joined, MultiPolygon)
        else MultiPolygon([joined] if isinstance(joined, Polygon) and not joined.is_empty else [])
    )


def _percent(now: float, before: float) -> str:
    return f"{100 * now / before:.1f} %" if before > 0 else "more"


def _joined(drafts: Sequence[_Draft], problems: list[str], done: Imported) -> list[_Draft]:
    """Put parts of one district together (same name and code); refuse one code for two names."""
    together: dict[tuple[str, str], list[_Draft]] = defaultdict(list)
    for draft in drafts:
        together[draft.name, draft.code].append(draft)
    by_code: dict[str, list[str]] = defaultdict(list)
    for name, code in together:
        if code:
            by_code[code].append(name)
    problems += [
        f"The code {c} stands for several: {', '.join(names)}." for c, names in by_code.items() if len(names) > 1
    ]
    for parts in together.values():
        if len(parts) > 1:
            done.notes.append(f"{parts[0].label} was put together from {len(parts)} features.")
    return [_Draft(p[0].label, p[0].name, p[0].code, unary_union([x.area for x in p])) for p in together.values()]


def _keep(drafts: Sequence[_Draft], known: Sequence[District], done: Imported, now: datetime) -> set[int]:
    by_code = {d.code: d for d in known if d.code}
    by_name = {d.name.casefold(): d for d in known}
    slugs = set(db.session.scalars(select(District.slug)))
    kept: set[int] = set()
    for draft in drafts:
        row = (by_code.get(draft.code) if draft.code else None) or by_name.get(draft.name.casefold())
        if row is None or row.id in kept:
            chosen = free_slug(draft.name, slugs)
            slugs.add(chosen)
            area = to_multipolygon(draft.area)
            db.session.add(
                District(name=draft.name, slug=chosen, code=draft.code, area=area, created_at=now, updated_at=now)
            )
            done.new += 1
            continue
        kept.add(row.id)
        before = shape_of(row.area)
        if (
            before is not None
            and before.equals(draft.area)
            and (row.name, row.code) == (draft.name, draft.code or row.code)
        ):
            done.unchanged += 1
            continue
        row.area, row.name, row.code, row.updated_at = (
            to_multipolygon(draft.area),
            draft.name,
            draft.code or row.code,
            now,
        )
        done.changed += 1
    left = [d.name for d in known if d.id not in kept and d.valid_to is None]
    if left:
        done.notes.append(
            f"{len(left)} known districts are not in the file and stay as they are: {', '.join(left[:8])}."
        )
    return kept


def _retire_automatic(done: Imported, now: datetime) -> None:
    outline = automatic_district()
    if outline is not None:
        outline.valid_to, outline.updated_at = now.date(), now
        done.notes.append(
            f"{outline.name} was only an outline of reports; from today the imported districts hold instead."
        )


def _overlaps(drafts: Sequence[_Draft], others: Sequence[District], epsg: int) -> list[str]:
    """Return a sentence for each pair of districts that share more than a sliver (1,000 m²)."""
    named = [(d.name, d.area) for d in drafts] + [(d.name, s) for d in others if (s := shape_of(d.area)) is not None]
    shapes = [shapely.transform(shape, lambda xy: to_metres(xy, epsg)) for _, shape in named]
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    notes = []
    for i, j in zip(first, second, strict=True):
        if i < j and i < len(drafts):
            shared = shapes[i].buffer(0).intersection(shapes[j].buffer(0)).area
            if shared > OVERLAP_M2:
                notes.append(f"{named[i][0]} and {named[j][0]} overlap by {shared / 10_000:.1f} hectares.")
    return notes
