"""Which things of an OpenStreetMap extract are drawn on the resident's map, and which names can be searched for.

The map answers one question, “where on this path am I?”, so it shows ways, water, green and buildings, and no shops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

STREET: Final = "street"
ADDRESS: Final = "address"
TOWN: Final = "built"

_ROADS: Final[Mapping[str, tuple[str, int]]] = {
    "motorway": ("major", 8), "trunk": ("major", 8), "primary": ("major", 9), "secondary": ("major", 10),
    "tertiary": ("street", 11), "unclassified": ("street", 12), "residential": ("street", 12),
    "living_street": ("street", 12), "pedestrian": ("street", 12), "road": ("street", 12), "service": ("lane", 13),
    "track": ("lane", 13), "cycleway": ("path", 12), "footway": ("path", 13), "path": ("path", 13),
    "bridleway": ("path", 13), "steps": ("steps", 13),
}  # fmt: skip
_GREEN: Final = frozenset(
    {
        ("leisure", "park"), ("leisure", "garden"), ("leisure", "pitch"), ("leisure", "playground"), ("leisure", "nature_reserve"),
        ("landuse", "forest"), ("landuse", "grass"), ("landuse", "meadow"), ("landuse", "recreation_ground"),
        ("landuse", "cemetery"), ("landuse", "allotments"), ("natural", "wood"), ("natural", "scrub"), ("natural", "heath"),
    }
)  # fmt: skip
_BUILT: Final = frozenset({"residential", "commercial", "retail", "industrial", "education", "garages", "construction"})
_WATER: Final = frozenset({("natural", "water"), ("natural", "bay"), ("landuse", "reservoir"), ("landuse", "basin")})
_STREAMS: Final = frozenset({"river", "stream", "canal"})
_PLACES: Final[Mapping[str, int]] = {
    "city": 8, "town": 9, "village": 10, "suburb": 11, "quarter": 12, "neighbourhood": 13, "hamlet": 12,
    "isolated_dwelling": 14, "locality": 14, "square": 14, "island": 11,
}  # fmt: skip
_NAMED: Final[Mapping[tuple[str, str], str]] = {
    ("leisure", "park"): "park", ("leisure", "playground"): "park", ("place", "square"): "square",
    ("highway", "bus_stop"): "bus_stop", ("public_transport", "station"): "station", ("railway", "station"): "station",
    ("railway", "halt"): "station", ("amenity", "library"): "place", ("amenity", "bus_station"): "station",
    ("leisure", "sports_centre"): "place", ("tunnel", "yes"): "underpass", ("natural", "beach"): "park",
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A thing on the map: its layer, its kind there, the zoom from which it is shown, and what is written beside it."""

    layer: str
    kind: str
    from_zoom: int
    name: str = ""


def drawn_way(tags: Mapping[str, str]) -> Drawn | None:
    """Return how a line is drawn, or None for one that is not on the map."""
    if tags.get("area") == "yes":
        return None
    name = tags.get("name", "")
    road = _ROADS.get(tags.get("highway", ""))
    if road is not None:
        kind, zoom = road
        return Drawn("roads", "tunnel" if _is_tunnel(tags) else kind, zoom, name)
    if tags.get("railway") in {"rail", "light_rail", "tram"}:
        return Drawn("roads", "rail", 11)
    if tags.get("waterway") in _STREAMS:
        return Drawn("water", "stream", 11 if tags["waterway"] == "river" else 13)
    return None


def drawn_area(tags: Mapping[str, str]) -> Drawn | None:
    """Return how an area is drawn, or None for one that is not on the map."""
    pairs = set(tags.items())
    if pairs & _WATER or tags.get("waterway") == "riverbank":
        return Drawn("water", "water", 8)
    if "building" in tags and tags["building"] != "no":
        return Drawn("buildings", "building", 14)
    if pairs & _GREEN:
        return Drawn("land", "green", 11)
    if tags.get("landuse") in _BUILT:
        return Drawn("land", TOWN, 10)
    if tags.get("highway") in {"pedestrian", "footway"} or tags.get("place") == "square":
        return Drawn("land", "square", 13)
    return None


def drawn_point(tags: Mapping[str, str]) -> Drawn | None:
    """Return a name that stands on the map, or None."""
    name, zoom = tags.get("name", ""), _PLACES.get(tags.get("place", ""))
    return Drawn("names", tags["place"], zoom, name) if name and zoom is not None else None


def searched_kind(tags: Mapping[str, str]) -> str | None:
    """Return what kind of place a thing is when somebody types its name; None when nobody would report by it."""
    if not tags.get("name"):
        return None
    for pair, kind in _NAMED.items():
        if tags.get(pair[0]) == pair[1]:
            return kind
    if tags.get("place") in _PLACES:
        return "centre"
    return STREET if tags.get("highway") in _ROADS else None


def address(tags: Mapping[str, str]) -> str:
    """Return “Storgatan 5”, or nothing."""
    street, number = tags.get("addr:street", "").strip(), tags.get("addr:housenumber", "").strip()
    return f"{street} {number}" if street and number else ""


def _is_tunnel(tags: Mapping[str, str]) -> bool:
    return tags.get("tunnel", "no") not in {"no", "culvert"}
