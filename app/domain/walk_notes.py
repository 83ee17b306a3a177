"""Notes from a walk as phones send them: read, checked, and merged so that nothing anybody wrote is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.walks import OBSERVATIONS, PARAMETERS

CODE_SIGNS: Final = "23456789ABCDEFGHJKMNPRSTUVWXYZ"
CODE_LENGTH: Final = 8
OPEN_DAYS: Final = 7
"""A group's code opens the walk until so many days after it."""
ENTRIES_AT_ONCE: Final = 60
TEXT_MAX: Final = 1000
LUX_MAX: Final = 200_000.0
PHOTOS_MAX: Final = 3
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


NEW_SAFE_PLACE: Final = 0
"""The stop of a note about a place that feels safe and that nobody had planned."""


@dataclass(frozen=True)
class SafePlace:
    """A place that feels safe, found on the walk: its name, and where the phone was (degrees), when it knew."""

    name: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Note:
    """What one phone notes at one stop. `revision` counts that phone's changes; the highest is what it means."""

    client_id: str
    stop_id: int
    revision: int
    scores: Mapping[str, int]
    observations: tuple[str, ...]
    note: str
    proposal: str
    dissent: str
    lux: float | None
    lux_instrument: str
    place: SafePlace | None = None


class Unreadable(ValueError):
    """The note is not one; the code says why."""


def code(numbers: list[int]) -> str:
    """Return a group's code from random whole numbers: eight signs that are not mistaken for each other."""
    return "".join(CODE_SIGNS[n % len(CODE_SIGNS)] for n in numbers[:CODE_LENGTH])


def as_code(typed: str) -> str:
    """Return a code as it is kept, from what somebody typed: without spaces and hyphens, in capitals."""
    return re.sub(r"[\s-]", "", typed).upper()[:20]


def is_id(value: object) -> bool:
    """Say whether something is the id of a note or of a photo (a UUID in small letters)."""
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def read(sent: Any) -> Note:
    """Return a note from JSON; raise Unreadable for what cannot be one. What is unknown in it is left out."""
    if not isinstance(sent, dict) or not is_id(sent.get("client_id")):
        raise Unreadable("client_id")
    stop_id, revision = sent.get("stop_id", -1), sent.get("revision", -1)
    if not _whole(stop_id, 2**31 - 1) or not _whole(revision, 10**9):
        raise Unreadable("stop_id")
    scores, seen = sent.get("scores", {}), sent.get("observations", [])
    if not isinstance(scores, dict) or not isinstance(seen, list):
        raise Unreadable("scores")
    return Note(
        client_id=str(sent["client_id"]), stop_id=int(stop_id), revision=int(revision),
        scores={k: int(v) for k, v in scores.items() if k in PARAMETERS and _whole(v, 3)},
        observations=tuple(code for code in OBSERVATIONS if code in seen), note=_text(sent.get("note")),
        proposal=_text(sent.get("proposal")), dissent=_text(sent.get("dissent")), lux=_lux(sent.get("lux")),
        lux_instrument=_text(sent.get("lux_instrument"))[:120], place=_place(sent) if stop_id == NEW_SAFE_PLACE else None,
    )  # fmt: skip


def newer(revision: int, kept_revision: int | None) -> bool:
    """Say whether a phone's note replaces what was kept of it; a note that comes twice, or late, changes nothing."""
    return kept_revision is None or revision > kept_revision


def _place(sent: Mapping[str, Any]) -> SafePlace:
    lon, lat = _degrees(sent.get("place_lon"), 180), _degrees(sent.get("place_lat"), 90)
    name = _text(sent.get("place_name"))[:200]
    return SafePlace(name, *((lon, lat) if lon is not None and lat is not None else (None, None)))


def _degrees(value: object, most: float) -> float | None:
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if -most <= found <= most else None


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value if c == "\n" or c.isprintable()).strip()[:TEXT_MAX]


def _lux(value: object) -> float | None:
    if isinstance(value, str):
        value = value.replace(",", ".").strip()
    try:
        lux = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return lux if 0 <= lux <= LUX_MAX else None
