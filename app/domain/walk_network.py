"""Which ways of a map people may walk, and which of them wheels cannot take (OpenStreetMap's own words for ways)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WALKED: Final = frozenset(
    {
        "footway", "path", "pedestrian", "steps", "cycleway", "living_street", "residential", "service", "track",
        "unclassified", "tertiary", "tertiary_link", "secondary", "secondary_link", "road", "bridleway", "corridor",
    }
)  # fmt: skip
WITH_PAVEMENT_ONLY: Final = frozenset({"primary", "primary_link", "trunk", "trunk_link"})
_NO: Final = frozenset({"no", "private", "none"})
_YES: Final = frozenset({"yes", "designated", "permissive", "official"})
_LOOSE: Final = frozenset({"sand", "mud", "grass", "ground", "earth", "dirt", "woodchips"})

NO_WAY, NOT_WALKED, FORBIDDEN = "is no way", "is not for walking", "is private or closed to people on foot"


def refusal(tags: Mapping[str, str]) -> str:
    """Return why people do not walk here, or nothing when they do."""
    kind = tags.get("highway", "")
    if not kind:
        return NO_WAY
    on_foot = tags.get("foot", "")
    if on_foot in _NO or (tags.get("access", "") in _NO and on_foot not in _YES):
        return FORBIDDEN
    if kind in WALKED or on_foot in _YES:
        return ""
    if kind in WITH_PAVEMENT_ONLY and tags.get("sidewalk", "no") not in _NO:
        return ""
    return NOT_WALKED


def hinders_wheels(tags: Mapping[str, str]) -> bool:
    """Say whether a wheelchair, a walker or a pram cannot take this way."""
    if tags.get("wheelchair", "") in _YES or tags.get("ramp:wheelchair", "") in _YES:
        return False
    return (
        tags.get("highway") == "steps"
        or tags.get("wheelchair", "") == "no"
        or tags.get("surface", "") in _LOOSE
        or tags.get("smoothness", "") in {"very_bad", "horrible", "very_horrible", "impassable"}
    )


def is_lit(tags: Mapping[str, str]) -> bool | None:
    """Say whether the map calls the way lit; None when it does not say."""
    said = tags.get("lit", "")
    return None if said in {"", "unknown"} else said not in _NO and said != "disused"
