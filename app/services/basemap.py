"""A map of our own out of an OpenStreetMap extract: the whole of it for the line, the built-up part for the phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from sqlalchemy import delete, insert, select

from app.adapters import osm, tiles
from app.domain.basemap import ADDRESS, STREET
from app.models.areas import municipal_area
from app.models.base import db
from app.models.districts import NamedPlace
from app.services.municipality_steps import districts_of

WHOLE: Final = "basemap.pmtiles"
TOWN: Final = "basemap-town.pmtiles"
ZOOM_MIN: Final = 8
TOWN_ZOOM_MIN: Final = 11
TOWN_BYTES_MAX: Final = 4 * 1024 * 1024
EDGE_DEG: Final = 0.005
SAME_PLACE_DEG: Final = 0.003
CHUNK: Final = 500


@dataclass(frozen=True)
class Built:
    """What was made: sizes in bytes, how many things and names, and what was left out of the phone's copy."""

    features: int
    whole_bytes: int
    town_bytes: int
    town_without_buildings: bool
    names: int
    addresses: int
    broken: int


def build(file: Path, folder: Path, *, now: datetime, step: Callable[[int], None]) -> Built:
    """Make both maps in `folder` and keep the names; the old ones serve until the new ones are whole.

    Raises:
        geofiles.Unreadable: the file is no extract. tiles.NotMade: the tile maker stopped.

    """
    extract = osm.read(file, step)
    whole = tiles.make(osm.as_layers(extract), folder / WHOLE, zoom_min=ZOOM_MIN, title="Ljuspunkt")
    town, without = _town(extract, folder / TOWN)
    names, addresses = _keep_names(extract.names, now=now)
    db.session.commit()
    return Built(len(extract.features), whole, town, without, names, addresses, extract.broken)


def _town(extract: osm.Extract, target: Path) -> tuple[int, bool]:
    """Make the phone's copy; without buildings when it would be more than a phone should carry."""
    squares, size = osm.built_up(extract), 0
    for buildings in (True, False):
        part = osm.within(extract, squares, buildings=buildings)
        if not part.features:
            target.unlink(missing_ok=True)
            return 0, False
        size = tiles.make(osm.as_layers(part), target, zoom_min=TOWN_ZOOM_MIN, title="Ljuspunkt")
        if size <= TOWN_BYTES_MAX:
            return size, not buildings
    target.unlink()  # a county in one file: the phone keeps the municipality's own shapes instead
    return 0, True


def _keep_names(names: Sequence[osm.Name], *, now: datetime) -> tuple[int, int]:
    """Keep the names inside the municipality: streets and addresses anew, places that are not there yet."""
    inside = _inside(names)
    db.session.execute(delete(NamedPlace).where(NamedPlace.kind.in_((STREET, ADDRESS))))
    known = {
        (name.lower(), round(lon / SAME_PLACE_DEG), round(lat / SAME_PLACE_DEG))
        for name, lon, lat in db.session.execute(select(NamedPlace.name, NamedPlace.lon, NamedPlace.lat))
    }
    new = [n for n in inside if n.kind in {STREET, ADDRESS} or not _is_known(n, known)]
    districts = districts_of([(n.lon, n.lat) for n in new])
    rows: list[dict[str, Any]] = [
        {
            "name": n.name, "kind": n.kind, "environment": n.kind if n.kind in {"park", "square", "bus_stop", "station", "underpass"} else "",
            "lon": n.lon, "lat": n.lat, "district_id": district, "created_at": now, "updated_at": now,
        }
        for n, district in zip(new, districts, strict=True)
    ]  # fmt: skip
    for start in range(0, len(rows), CHUNK):
        db.session.execute(insert(NamedPlace), rows[start : start + CHUNK])
    addresses = sum(n.kind == ADDRESS for n in new)
    return len(new) - addresses, addresses


def _is_known(name: osm.Name, known: set[tuple[str, int, int]]) -> bool:
    x, y = round(name.lon / SAME_PLACE_DEG), round(name.lat / SAME_PLACE_DEG)
    return any((name.name.lower(), x + dx, y + dy) in known for dx in (-1, 0, 1) for dy in (-1, 0, 1))


def _inside(names: Sequence[osm.Name]) -> Sequence[osm.Name]:
    area = municipal_area()
    if area is None or not names:
        return names
    around = area.buffer(EDGE_DEG)
    covered = shapely.contains_xy(around, np.array([(n.lon, n.lat) for n in names]))
    return [name for name, is_in in zip(names, covered, strict=True) if is_in]
