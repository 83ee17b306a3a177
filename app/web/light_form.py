"""The lamp that somebody tries out on a spot's page: three numbers in its address, which change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.domain.lamp_light import PATH_HEIGHT_M, USUAL_LUMEN
from app.domain.words import between
from app.services.spot_light import LONGEST_M, Proposal
from app.web.words import field_errors

RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "new_at": (0.0, LONGEST_M),
    "new_height": (2.0, 20.0),
    "new_lumen": (100.0, 60_000.0),
}
USUAL: Final[Mapping[str, str]] = {"new_at": "", "new_height": f"{PATH_HEIGHT_M:g}", "new_lumen": f"{USUAL_LUMEN:g}"}


@dataclass(frozen=True)
class Tried:
    """What was asked: the lamp, if all of it could be read; a sentence beside each wrong field; what stands in the fields."""

    proposal: Proposal | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=lambda: dict(USUAL))


def read(asked: Mapping[str, str]) -> Tried:
    """Read the lamp of an address; without a place on the path nobody has asked for one."""
    if not asked.get("new_at", "").strip():
        return Tried()
    values = {name: asked.get(name, "").strip()[:12] or USUAL[name] for name in RANGES}
    numbers = {name: _number(text) for name, text in values.items()}
    wrong = {
        name: between(least, most)
        for name, (least, most) in RANGES.items()
        if not least <= (numbers[name] if numbers[name] is not None else -1.0) <= most  # type: ignore[operator]
    }
    if wrong:
        return Tried(None, field_errors(wrong), values)
    at, height, lumen = (numbers[name] or 0.0 for name in RANGES)
    return Tried(Proposal(at, height, lumen), {}, values)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(" ", "").replace(",", "."))
    except ValueError:
        return None
