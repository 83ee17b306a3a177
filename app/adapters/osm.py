"""An OpenStreetMap extract (XML or PBF), read as a stream by pyosmium: what is drawn, and what can be searched for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry import box, mapping, shape
from shapely.geometry.base import BaseGeometry

from app.adapters.geofiles import Unreadable
from app.domain.basemap import ADDRESS, STREET, TOWN, Drawn, address, drawn_area, drawn_point, drawn_way, searched_kind

DECIMALS: Final = 6
CELL_DEG: Final = 0.005
BUILT_PER_CELL: Final = 6
Step = Callable[[int], None]


@dataclass
class Name:
    """A name with its place in WGS84 degrees; a long street has several, one for each kilometre or so."""

    name: str
    kind: str
    lon: float
    lat: float


@dataclass
class Extract:
    """What one file gave: features per layer as (how drawn, geometry), and names."""

    features: list[tuple[Drawn, BaseGeometry]] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    broken: int = 0

    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north of all that is drawn."""
        west, south, east, north = shapely.total_bounds([geometry for _, geometry in self.features])
        return float(west), float(south), float(east), float(north)


def read(path: Path, step: Step = lambda _: None) -> Extract:
    """Read an extract; raise Unreadable when it is none. `step` is called for each thousand things read."""
    import osmium  # noqa: PLC0415  (a large library, needed once a year)

    if not path.is_file():
        raise Unreadable(f"There is no file {path}.")
    made = Extract()
    try:
        # Two passes: where the points of ways lie, and which ways make an area.
        things = osmium.FileProcessor(str(path)).with_locations().with_areas()
        shapes = osmium.geom.GeoJSONFactory()
        for number, thing in enumerate(things, 1):
            if thing.tags:
                try:
                    _take(thing, shapes, made)
                except (osmium.InvalidLocationError, RuntimeError, ValueError):
                    made.broken += 1  # points that lie outside of the extract, an area that does not close
            if number % 1000 == 0:
                step(1000)
    except (RuntimeError, OSError, ValueError) as error:
        raise Unreadable(f"{path.name} is no OpenStreetMap extract that can be read: {error}.") from error
    if not made.features:
        raise Unreadable(f"{path.name} has no streets, water or buildings.")
    made.names = _together(made.names)
    return made


def _take(thing: Any, shapes: Any, made: Extract) -> None:
    tags = {tag.k: tag.v for tag in thing.tags}
    if thing.is_node():
        _keep(made, tags, drawn_point(tags), lambda: shapes.create_point(thing))
    elif thing.is_way():
        if not thing.is_closed() or drawn_area(tags) is None:
            _keep(made, tags, drawn_way(tags), lambda: shapes.create_linestring(thing))
    elif thing.is_area():
        _keep(made, tags, drawn_area(tags), lambda: shapes.create_multipolygon(thing))


def _keep(made: Extract, tags: dict[str, str], drawn: Drawn | None, geometry: Callable[[], str]) -> None:
    named, lived_at = searched_kind(tags), address(tags)
    if drawn is None and named is None and not lived_at:
        return
    form = shape(json.loads(geometry()))
    if form.is_empty:
        raise ValueError("empty")
    if drawn is not None:
        made.features.append((drawn, form))
    middle = form.interpolate(0.5, normalized=True) if form.geom_type == "LineString" else form.representative_point()
    if named is not None:
        made.names.append(Name(tags["name"].strip()[:200], named, middle.x, middle.y))
    if lived_at:
        made.names.append(Name(lived_at[:200], ADDRESS, middle.x, middle.y))


def _together(names: list[Name]) -> list[Name]:
    """Keep one of a name in each square kilometre or so: streets come in pieces, stops in pairs."""
    kept: dict[tuple[str, str, int, int], Name] = {}
    for name in names:
        cell = 0.005 if name.kind == ADDRESS else 0.02
        kind = STREET if name.kind == STREET else ""
        kept.setdefault((name.name, kind, round(name.lon / cell), round(name.lat / cell / 0.55)), name)
    return sorted(kept.values(), key=lambda n: (n.kind, n.name, n.lon, n.lat))


def built_up(extract: Extract) -> list[BaseGeometry]:
    """Return the squares (about 300 × 550 m) where people live: land that is built on, or several buildings."""
    counted: dict[tuple[int, int], int] = {}
    for drawn, form in extract.features:
        if drawn.layer == "buildings":
            spot = form.representative_point()
            cell = (int(spot.x // CELL_DEG), int(spot.y // CELL_DEG))
            counted[cell] = counted.get(cell, 0) + 1
        elif drawn.kind == TOWN:
            west, south, east, north = (int(edge // CELL_DEG) for edge in form.bounds)
            for cell in ((x, y) for x in range(west, east + 1) for y in range(south, north + 1)):
                counted[cell] = BUILT_PER_CELL
    return [
        box(x * CELL_DEG, y * CELL_DEG, (x + 1) * CELL_DEG, (y + 1) * CELL_DEG)
        for (x, y), count in sorted(counted.items())
        if count >= BUILT_PER_CELL
    ]


def within(extract: Extract, squares: list[BaseGeometry], *, buildings: bool) -> Extract:
    """Return what of the extract touches the squares, with or without the buildings."""
    tree = shapely.STRtree(squares)
    forms = [form for _, form in extract.features]
    touching = set(tree.query(forms, predicate="intersects")[0].tolist()) if squares else set()
    kept = [
        pair
        for number, pair in enumerate(extract.features)
        if number in touching and (buildings or pair[0].layer != "buildings")
    ]
    return Extract(kept)


def as_layers(extract: Extract) -> Iterator[tuple[str, str]]:
    """Yield (layer, one line of GeoJSON) for the tile maker, with the zoom from which each thing is shown."""
    for drawn, form in extract.features:
        properties = {"kind": drawn.kind} | ({"name": drawn.name} if drawn.name else {})
        geometry = mapping(shapely.set_precision(form, 10**-DECIMALS, mode="pointwise"))
        feature = {
            "type": "Feature",
            "tippecanoe": {"minzoom": drawn.from_zoom},
            "properties": properties,
            "geometry": geometry,
        }
        yield drawn.layer, json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
