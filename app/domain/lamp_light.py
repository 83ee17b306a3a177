"""What a lamp gives: its state from the register and its open tickets, and fair figures where the register is silent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from app.domain.words import N_

LIT: Final = "lit"
OUT: Final = "out"
WEAK: Final = "weak"
OFF: Final = "deliberately_off"
PLANNED: Final = "planned"
LAMP_STATES: Final = {
    LIT: N_("lyser"),
    OUT: N_("släckt"),
    WEAK: N_("lyser svagt"),
    OFF: N_("medvetet släckt"),
    PLANNED: N_("finns inte än"),
}
DARK_FAULTS: Final = frozenset({"B01", "B02", "B03", "B10", "B12", "B13", "B14"})
WEAK_FAULTS: Final = frozenset({"B05", "B09"})
WEAK_SHARE: Final = 0.5

LUMEN_PER_WATT: Final = (
    ("led", 120.0), ("hps", 80.0), ("högtryck", 80.0), ("natrium", 80.0), ("metallhalogen", 70.0), ("kvicksilver", 40.0),
)  # fmt: skip
"""Of whole luminaires, rounded: what a maker's sheet says of each kind, less what the optics keep."""
OTHER_LUMEN_PER_WATT: Final = 70.0
USUAL_LUMEN: Final = 3000.0
PATH_HEIGHT_M: Final = 5.0
ROAD_HEIGHT_M: Final = 8.0
_PATHS: Final = ("gc", "gång", "cykel", "park", "path", "foot", "trapp", "tunnel")


@dataclass(frozen=True)
class Source:
    """A lamp as a source of light: lumens of its luminaire when it shines wholly, height, and whether either is assumed."""

    lumen: float
    height_m: float
    assumed: bool


def source(
    lumen: float | None, power_w: float | None, light_source: str, height_m: float | None, road_type: str
) -> Source:
    """Return the figures of the register, and fair ones in place of those that it does not have."""
    flux = lumen if lumen and lumen > 0 else _lumen_of(power_w, light_source)
    on_path = not road_type or any(word in road_type.lower() for word in _PATHS)
    height = height_m if height_m and height_m > 0 else PATH_HEIGHT_M if on_path else ROAD_HEIGHT_M
    return Source(flux, height, assumed=not (lumen and lumen > 0 and height_m and height_m > 0))


DOUBTS: Final = {
    "lamps_there": N_("Platsen räknas som utan belysning, men registret har lampor längs vägen: %(n)s. Rätta uppgiften om platsen, eller registret."),
    "some_out": N_("Lamporna räknas som hela, men för några är ett ärende öppet: %(n)s. Rätta uppgiften om platsen när de är lagade."),
    "none_out": N_("Platsen räknas som släckt, men för lamporna längs vägen (%(n)s) är inget ärende öppet. Skapa ett ärende, eller rätta uppgiften om platsen."),
}  # fmt: skip
"""What to say when a place's light is held to be other than its lamps; `n` lamps are meant."""


def doubt(fact: str, states: Collection[str]) -> tuple[str, int]:
    """Return a key of DOUBTS and how many lamps are meant, or nothing, for a light fact beside the states of a place's lamps."""
    standing = [state for state in states if state != PLANNED]
    out = [state for state in standing if state == OUT]
    if fact == "no_lighting" and standing:
        return "lamps_there", len(standing)
    if fact == "fine" and out:
        return "some_out", len(out)
    if fact in {"lamp_out", "section_out"} and standing and not out:
        return "none_out", len(standing)
    return "", 0


def lamp_state(status: str, faults: Collection[str]) -> str:
    """Return a key of LAMP_STATES: the register's word first, then what open tickets say."""
    if status in {"planned", "being_removed"}:
        return PLANNED
    if status != "in_service":
        return OFF
    if DARK_FAULTS.intersection(faults):
        return OUT
    return WEAK if WEAK_FAULTS.intersection(faults) else LIT


def share(state: str) -> float:
    """Return how much of its light a lamp in this state gives."""
    return {LIT: 1.0, WEAK: WEAK_SHARE}.get(state, 0.0)


def _lumen_of(power_w: float | None, light_source: str) -> float:
    if not power_w or power_w <= 0:
        return USUAL_LUMEN
    kind = light_source.lower()
    return power_w * next((each for word, each in LUMEN_PER_WATT if word in kind), OTHER_LUMEN_PER_WATT)
