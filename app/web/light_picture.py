"""The light along a path as a drawing of our own: it needs no script and no colour to be read, and it prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.lamp_light import LAMP_STATES, LIT, OFF, OUT
from app.domain.words import N_
from app.services.spot_light import SpotLight
from app.web.languages import tr
from geo.lighting import Light

WIDTH: Final = 720
LEFT: Final = 44
RIGHT: Final = 14
STRIP: Final = 92
"""How far down the path itself lies, with room above for lamps and their poles."""
TOP: Final = 168
BOTTOM: Final = 330
HEIGHT: Final = 372
TICKS_LX: Final = (0, 1, 2, 5, 10, 20, 50, 100)
LEVELS: Final = ((1.0, "dark"), (2.0, "dim"), (5.0, "fair"), (10.0, "good"))
NEEDED_LX: Final = 2.0
"""What field studies of how safe people feel point to as the least (domain brief, section 3.6)."""
NAMES_UP_TO: Final = 9
ENDS: Final = {"east": (N_("väster"), N_("öster")), "north": (N_("söder"), N_("norr"))}


@dataclass(frozen=True)
class Lamp:
    """A lamp on the drawing: where, its state's key and word, its pole, and whether the pole is written beside it."""

    x: float
    y: float
    state: str
    word: str
    pole: str
    named: bool


@dataclass(frozen=True)
class Picture:
    """All that the template prints; lines are SVG points, `cells` the path's parts as (x, width, level)."""

    width: int
    height: int
    left: int
    right: int
    strip: int
    top: int
    bottom: int
    cells: Sequence[tuple[float, float, str]]
    lamps: Sequence[Lamp]
    gaps: Sequence[tuple[float, float, int]]
    now: str
    whole: str
    proposed: str
    proposal_x: float | None
    ticks: Sequence[tuple[float, int]]
    needed_y: float
    metres: Sequence[tuple[float, int]]
    readings: Sequence[tuple[float, float, float]]
    ends: tuple[str, str]


def draw(light: SpotLight) -> Picture:
    """Return the drawing of the light along a spot's path."""
    scale = (WIDTH - LEFT - RIGHT) / light.length_m
    most = max([float(light.now.lux.max()), float(light.whole.lux.max()), *(r.lux for r in light.readings), 10.0])
    if light.proposed is not None:
        most = max(most, float(light.proposed.lux.max()))

    def x(at_m: float) -> float:
        return round(LEFT + at_m * scale, 1)

    def y(lux: float) -> float:
        """The root of lux, so that the dark parts, which matter most, are not squeezed together."""
        return round(BOTTOM - math.sqrt(max(lux, 0.0) / most) * (BOTTOM - TOP), 1)

    def points(line: Light | None) -> str:
        if line is None:
            return ""
        return " ".join(f"{x(float(a))},{y(float(v))}" for a, v in zip(line.at_m, line.lux, strict=True))

    step = light.length_m / len(light.now.at_m)
    few = len(light.lamps) <= NAMES_UP_TO
    return Picture(
        WIDTH, HEIGHT, LEFT, RIGHT, STRIP, TOP, BOTTOM,
        cells=[(x(float(a) - step / 2), round(step * scale + 0.3, 1), _level(float(v))) for a, v in zip(light.now.at_m, light.now.lux, strict=True)],
        lamps=[
            Lamp(x(lamp.at_m), STRIP - 24, lamp.state, tr(LAMP_STATES[lamp.state]), lamp.pole, few or lamp.state != LIT)
            for lamp in light.lamps
        ],
        gaps=[(x(g.begin_m), x(g.end_m), round(g.length_m)) for g in light.gaps],
        now=points(light.now), whole=points(light.whole) if _differs(light) else "", proposed=points(light.proposed),
        proposal_x=x(light.proposal.at_m) if light.proposal else None,
        ticks=[(y(t), t) for t in TICKS_LX if t <= most], needed_y=y(NEEDED_LX),
        metres=[(x(m), m) for m in range(0, int(light.length_m) + 1, _every(light.length_m))],
        readings=[(x(r.at_m), y(r.lux), r.lux) for r in light.readings],
        ends=(tr(ENDS[light.heads][0]), tr(ENDS[light.heads][1])),
    )  # fmt: skip


def verdict(light: SpotLight) -> str:
    """Return what kind of darkness this is, as a key: `out`, `gap`, `both`, `off`, `weak` or `fine`."""
    dark = any(lamp.state == OUT for lamp in light.lamps)
    if dark and light.gaps:
        return "both"
    if dark:
        return "out"
    if light.gaps:
        return "gap"
    if any(lamp.state == OFF for lamp in light.lamps):
        return "off"
    return "fine" if light.now.least >= NEEDED_LX else "weak"


def _differs(light: SpotLight) -> bool:
    return bool(abs(light.whole.lux - light.now.lux).max() > 0.01)


def _level(lux: float) -> str:
    return next((name for most, name in LEVELS if lux < most), "bright")


def _every(length_m: float) -> int:
    return next(step for step in (10, 20, 50, 100, 200, 500) if length_m / step <= 9)
