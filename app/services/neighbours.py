"""The municipalities around ours, so that a place outside is answered with a name and a way there.

They are dated data of ours (a rule), not districts: nobody works in them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import shapely
from shapely.geometry import Point, mapping, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete

from app.adapters.geofeatures import Feature, GeoFile
from app.domain.imports import Refused, field_named, name_column
from app.models.base import db
from app.models.districts import Rule
from app.models.rules import rule_on

KIND: Final = "neighbours"
SIMPLER_DEG: Final = 0.0003
ADDRESS_FIELDS: Final = ("url", "website", "webb", "hemsida")


@dataclass(frozen=True)
class Neighbour:
    """A municipality beside ours; `address` is its own page, or nothing."""

    name: str
    address: str


def import_neighbours(file: GeoFile, *, name_field: str, url_field: str, now: datetime, today: date) -> int:
    """Keep the neighbours of a file, all or none; those kept before end. Return how many there are.

    Raises:
        Refused: with a sentence for each row that cannot be kept.

    """
    names = name_column(name_field, file.columns, [f.values for f in file.features])
    urls = field_named(url_field, file.columns, ADDRESS_FIELDS)
    problems = [p for f in file.features if (p := _problem(f, names, urls))]
    if problems or not file.features:
        raise Refused(problems or ["the file has no rows"])
    value = {"neighbours": [_kept(f, names, urls) for f in file.features]}
    db.session.execute(delete(Rule).where(Rule.kind == KIND, Rule.valid_from == today))
    db.session.add(Rule(kind=KIND, valid_from=today, value=value, decision="", created_at=now, updated_at=now))
    db.session.commit()
    return len(file.features)


def neighbour_at(lon: float, lat: float, today: date) -> Neighbour | None:
    """Return the neighbour that a WGS84 position lies in, as far as we know them."""
    value: Mapping[str, Any] = rule_on(KIND, today) or {}
    here = Point(lon, lat)
    for row in value.get("neighbours", ()):
        if shape(row["area"]).intersects(here):
            return Neighbour(row["name"], row["address"])
    return None


def _problem(row: Feature, names: str, urls: str) -> str:
    if row.problem:
        return f"row {row.number} {row.problem}"
    if not str(row.values.get(names) or "").strip():
        return f"row {row.number} has no name"
    if row.geometry is None or row.geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        return f"row {row.number} is no area"
    address = str(row.values.get(urls) or "").strip() if urls else ""
    if address and not (urlsplit(address).scheme == "https" and urlsplit(address).hostname):
        return f"row {row.number} has an address that is not https: {address[:80]}"
    return ""


def _kept(row: Feature, names: str, urls: str) -> dict[str, Any]:
    area: BaseGeometry = shapely.make_valid(shapely.simplify(row.geometry or Point(), SIMPLER_DEG))
    rounded: BaseGeometry = shapely.set_precision(area, 1e-5, mode="pointwise")
    return {
        "name": str(row.values[names]).strip()[:200],
        "address": str(row.values.get(urls) or "").strip() if urls else "",
        "area": mapping(rounded),
    }
