"""The score of a dark spot: 0–100 points, each with a sentence (domain brief, section 5.2, version 1).

The score orders attention; a human decides. Unknown facts get a middle value and widen the range.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from app.domain.words import N_

VERSION: Final = "1 (2026-11-24)"

NOT_GROUPED: Final = ("rejected", "withdrawn", "forwarded")
"""Reports in these states belong to no dark spot's count: turned down, taken back, or somebody else's place."""

VOICES_MAX = 30.0
SATURATION = 3.2
LIGHTING_HALF_LIFE_DARK_HOURS = 600.0
OTHER_HALF_LIFE_DAYS = 120.0
SEVERITY_WEIGHT: Final[Mapping[int, float]] = {1: 0.8, 2: 1.0, 3: 1.2}
HELD_VOICES_MAX = 3.0
CORRECTION_RANGE = (0.7, 1.4)
SMOOTHING_REPORTERS = 20.0
BAND_A_FROM, BAND_B_FROM = 60.0, 40.0

FLOW: Final[Mapping[str, float]] = {"low": 3, "medium": 6, "high": 9, "main": 12}
FLOW_UNKNOWN = (6.0, 3.0, 12.0)
LIGHT: Final[Mapping[str, float]] = {
    "section_out": 14, "below_1_lux": 12, "no_lighting": 10, "1_to_2_lux": 9,
    "lamp_out": 8, "obscured": 7, "deliberately_off": 6, "fine": 0,
}  # fmt: skip
LIGHT_UNKNOWN = (5.0, 0.0, 14.0)
EXPOSED: Final[Mapping[str, float]] = {"school": 6, "care": 4, "bus_stop": 4, "only_way": 4}
CONTEXT_WORDS: Final[Mapping[str, str]] = {
    "school": N_("skola eller skolväg nära"),
    "care": N_("äldreboende eller vårdcentral nära"),
    "bus_stop": N_("hållplats nära"),
    "only_way": N_("tunnel, trappa eller enda vägen"),
}
LIGHT_WORDS: Final[Mapping[str, str]] = {
    "section_out": N_("Hela sektionen är släckt"),
    "below_1_lux": N_("Uppmätt under 1 lux"),
    "no_lighting": N_("Ingen belysning finns"),
    "1_to_2_lux": N_("Uppmätt 1–2 lux"),
    "lamp_out": N_("En lampa är släckt"),
    "obscured": N_("Ljuset skyms"),
    "deliberately_off": N_("Släckt med flit"),
    "fine": N_("Lamporna fungerar"),
    "unknown": N_("Ljuset är okänt"),
}
FLOW_WORDS: Final[Mapping[str, str]] = {
    "low": N_("Få går här"),
    "medium": N_("En del går här"),
    "high": N_("Många går här"),
    "main": N_("Huvudstråk"),
    "unknown": N_("Hur många som går här är okänt"),
}


@dataclass(frozen=True)
class Voice:
    """One reporter's strongest report. `dark_hours` and `days` since it came; `held` while a burst is looked at."""

    severity: int | None
    lighting: bool
    dark_hours: float
    days: float
    uncertain: bool = False
    held: bool = False

    @cached_property
    def weight(self) -> float:
        """Age × severity × certainty."""
        passed, half_life = (
            (self.dark_hours, LIGHTING_HALF_LIFE_DARK_HOURS) if self.lighting else (self.days, OTHER_HALF_LIFE_DAYS)
        )
        age = math.pow(0.5, max(passed, 0.0) / half_life)
        return age * SEVERITY_WEIGHT.get(self.severity or 2, 1.0) * (0.5 if self.uncertain else 1.0)


@dataclass(frozen=True)
class SpotFacts:
    """All that the score needs. `correction` is k of the district, `dark_hours_ahead` in the next 30 days."""

    voices: Sequence[Voice]
    correction: float
    context: Sequence[str]
    flow: str
    light: str
    lighting_spot: bool
    dark_hours_ahead: float
    confirmed: bool
    perspectives: int
    waiting_days: float


@dataclass(frozen=True)
class Part:
    """One addend: its key, points with range, and a sentence with its facts."""

    key: str
    points: float
    low: float
    high: float
    text: str
    facts: Mapping[str, str | float]


@dataclass(frozen=True)
class Score:
    """The sum, its range, its band, and its parts in order."""

    points: float
    low: float
    high: float
    band: str
    parts: tuple[Part, ...]
    without_correction: float


def correction(municipal_rate: float, district_reporters: float, inhabitants: float | None) -> float:
    """Return k = clamp(√(R_municipality / R_district), 0.7, 1.4), rates in distinct reporters per inhabitant and year.

    The district's rate is smoothed by twenty reporters at the municipal rate; without inhabitants there is no correction.
    """
    if not inhabitants or municipal_rate <= 0:
        return 1.0
    smoothed = (district_reporters + SMOOTHING_REPORTERS) / (inhabitants + SMOOTHING_REPORTERS / municipal_rate)
    low, high = CORRECTION_RANGE
    return min(max(math.sqrt(municipal_rate / smoothed), low), high)


def voices_sum(voices: Sequence[Voice]) -> float:
    """Return D: the sum of weights, where a held burst counts as three reporters together at the most."""
    held = sum(v.weight for v in voices if v.held)
    return sum(v.weight for v in voices if not v.held) + min(held, HELD_VOICES_MAX)


def score(facts: SpotFacts) -> Score:
    """Return the score of one dark spot with its sentences."""
    parts = (
        _voices(facts),
        _exposed(facts),
        _known("flow", facts.flow, FLOW, FLOW_UNKNOWN, FLOW_WORDS),
        _known("light", facts.light, LIGHT, LIGHT_UNKNOWN, LIGHT_WORDS),
        _darkness(facts),
        _confirmation(facts),
        _waiting(facts),
    )
    points = sum(p.points for p in parts)
    uncorrected = points - parts[0].points + _voice_points(voices_sum(facts.voices))
    return Score(
        round(points, 1), round(sum(p.low for p in parts), 1), round(sum(p.high for p in parts), 1),
        band(points), parts, round(uncorrected, 1),
    )  # fmt: skip


def band(points: float) -> str:
    """Return A from 60 points, B from 40, else C."""
    if points >= BAND_A_FROM:
        return "A"
    return "B" if points >= BAND_B_FROM else "C"


def _voice_points(weighted: float) -> float:
    return VOICES_MAX * (1 - math.exp(-weighted / SATURATION))


def _exact(key: str, points: float, text: str, **facts: str | float) -> Part:
    return Part(key, points, points, points, text, facts)


def _voices(facts: SpotFacts) -> Part:
    points = _voice_points(voices_sum(facts.voices) * facts.correction)
    count = len(facts.voices)
    text = N_("1 person har rapporterat") if count == 1 else N_("%(count)s personer har rapporterat")
    return _exact("voices", points, text, count=count, correction=round(facts.correction, 2))


def _exposed(facts: SpotFacts) -> Part:
    near = [c for c in EXPOSED if c in facts.context]
    text = N_("Utsatta: %(places)s") if near else N_("Inget känt om skola, vård eller hållplats nära")
    return _exact("exposed", sum(EXPOSED[c] for c in near), text, places=",".join(near))


def _known(
    key: str, value: str, points: Mapping[str, float], unknown: tuple[float, float, float], words: Mapping[str, str]
) -> Part:
    if value in points:
        return _exact(key, float(points[value]), words[value])
    return Part(key, *unknown, words["unknown"], {})


def _darkness(facts: SpotFacts) -> Part:
    points = 6 * min(1.0, facts.dark_hours_ahead / 240) if facts.lighting_spot else 0.0
    text = N_("%(hours)s mörka timmar de närmaste 30 dagarna") if facts.lighting_spot else N_("Gäller inte ljuset")
    return _exact("darkness", points, text, hours=round(facts.dark_hours_ahead))


def _confirmation(facts: SpotFacts) -> Part:
    points = (6.0 if facts.confirmed else 0.0) + (4.0 if facts.perspectives >= 2 else 0.0)
    text = N_("Bekräftad på plats") if facts.confirmed else N_("Inte bekräftad på plats")
    return _exact("confirmation", points, text, perspectives=facts.perspectives)


def _waiting(facts: SpotFacts) -> Part:
    points = min(10.0, math.floor(max(facts.waiting_days, 0.0) / 30))
    return _exact("waiting", points, N_("Väntat %(days)s dagar på beslut"), days=round(facts.waiting_days))
