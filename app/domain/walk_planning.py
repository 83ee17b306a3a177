"""How a walk is proposed: what a place is worth, and why one was left out (domain brief, 2.2 and 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.words import N_

CANDIDATES_MAX = 200
SAFE_PLACES_MAX = 25
SAFE_PLACE_WORTH = 1.0
"""A safe place is taken along for what it shows, not for its score: any real spot outweighs a second one."""
CLEAR_OF_SPOTS_M = 75.0
"""A named place nearer than this to an open spot is not proposed as one that feels safe."""

NETWORK, DETOUR = "network", "detour"

LEFT_OUT: Final[Mapping[str, str]] = {
    "excluded": N_("Du har valt bort den."),
    "too_far": N_("För långt bort: dit och tillbaka är %(metres)s m."),
    "no_room": N_("Med den blir slingan %(metres)s m."),
    "full": N_("Vandringen har redan %(count)s stopp som ger mer."),
    "unreachable": N_("Det går ingen gångväg dit."),
}


@dataclass(frozen=True)
class Why:
    """Why a place was left out: a code of LEFT_OUT and its facts."""

    code: str
    facts: Mapping[str, Any]


def why_left_out(
    *, excluded: bool, there_and_back_m: float, loop_m: float, extra_m: float, length_max_m: float, stops: int
) -> Why:
    """Return why a place is not on the proposed walk, in the words of LEFT_OUT."""
    if excluded:
        return Why("excluded", {})
    if there_and_back_m == float("inf"):
        return Why("unreachable", {})
    if there_and_back_m > length_max_m:
        return Why("too_far", {"metres": round(there_and_back_m)})
    if loop_m + extra_m > length_max_m:
        return Why("no_room", {"metres": round(loop_m + extra_m)})
    return Why("full", {"count": stops})


def length_wanted(asked: int | None) -> int:
    """Return a length that may be planned, in metres: what was asked for within reason, else two kilometres."""
    return min(max(asked or 2000, 400), 4000)


def stops_wanted(asked: int | None) -> int:
    """Return a number of stops that may be planned: what was asked for within reason, else eight."""
    return min(max(asked or 8, 2), 10)
