"""Somebody else's ways: an extract of OpenStreetMap (XML or PBF), or lines in GeoJSON and other map files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from app.adapters import geofiles
from app.adapters.geofiles import Unreadable
from app.domain import walk_network as rules

OSM_ENDINGS = (".osm", ".osm.pbf", ".pbf", ".osm.bz2", ".osm.gz")


@dataclass(frozen=True)
class Way:
    """One way that people walk: its line in WGS84 degrees."""

    source_id: str
    name: str
    kind: str
    line: LineString
    steps: bool
    lit: bool | None


@dataclass
class WayFile:
    """What a file holds: the ways, and how many others there were and why they were left."""

    ways: list[Way] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


def read(path: Path, crs: str = "") -> WayFile:
    """Read the ways of a file by what its name ends with.

    Raises:
        Unreadable: no such file, another format, or broken.

    """
    if not path.is_file():
        raise Unreadable(f"There is no file {path}.")
    found = WayFile()
    tagged = _of_openstreetmap(path) if path.name.lower().endswith(OSM_ENDINGS) else _of_lines(path, crs)
    for source_id, tags, shape in tagged:
        _take(found, source_id, tags, shape)
    return found


def _take(found: WayFile, source_id: str, tags: Mapping[str, str], shape: BaseGeometry | None) -> None:
    why = rules.refusal(tags)
    lines = list(shape.geoms) if isinstance(shape, MultiLineString) else [shape]
    if why:
        found.left[why] += 1
    elif not all(_is_line(line) for line in lines):
        found.left["has no line that can be read"] += 1
    else:
        found.ways.extend(
            Way(source_id[:60], tags.get("name", "")[:200], tags.get("highway", "")[:40], line,
                rules.hinders_wheels(tags), rules.is_lit(tags))
            for line in lines if isinstance(line, LineString)
        )  # fmt: skip


def _is_line(line: BaseGeometry | None) -> bool:
    if not isinstance(line, LineString) or line.is_empty or line.length == 0:
        return False
    corners = shapely.get_coordinates(line)
    return bool(np.isfinite(corners).all() and (np.abs(corners) <= (180.0, 90.0)).all())


def _of_openstreetmap(path: Path) -> Iterator[tuple[str, Mapping[str, str], BaseGeometry | None]]:
    import osmium  # noqa: PLC0415 - heavy, and only walks need it
    from osmium.filter import KeyFilter  # noqa: PLC0415 - heavy, and only walks need it

    only_ways = KeyFilter("highway")
    only_ways.enable_for(osmium.osm.WAY)
    try:
        stream = osmium.FileProcessor(str(path), osmium.osm.WAY | osmium.osm.NODE).with_locations()
        for way in stream.with_filter(only_ways):
            if isinstance(way, osmium.osm.Way):
                corners = [(n.location.lon, n.location.lat) for n in way.nodes if n.location.valid()]
                line = LineString(corners) if len(corners) > 1 else None
                yield str(way.id), {tag.k: tag.v for tag in way.tags}, line
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise Unreadable(f"{path.name} is no extract of OpenStreetMap that can be read: {error}.") from error


def _of_lines(path: Path, crs: str) -> Iterator[tuple[str, Mapping[str, str], BaseGeometry | None]]:
    for feature in geofiles.read(path, crs).features:
        tags = {str(k): str(v) for k, v in feature.values.items() if v is not None}
        ids = (tags[key] for key in ("osm_way", "osm_id", "id", "fid") if tags.get(key))
        # A file of lines that says nothing of kinds was drawn for walking.
        yield next(ids, str(feature.number)), {"highway": "path", **tags}, feature.geometry
