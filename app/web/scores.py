"""A dark spot's score as sentences that a coordinator can read aloud to a resident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.domain.dark_spots import CONTEXT_WORDS
from app.web.languages import tr

HIDDEN_KEY = "without_correction"


@dataclass(frozen=True)
class Line:
    """One addend of the score: its points, the range when a fact is unknown, and its sentence."""

    key: str
    points: float
    low: float
    high: float
    sentence: str

    @property
    def unknown(self) -> bool:
        """True when a missing fact makes these points a guess."""
        return self.low != self.high


def lines(parts: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return the score's addends in order, each as a sentence in this request's language."""
    return [
        Line(str(p["key"]), float(p["points"]), float(p["low"]), float(p["high"]), _sentence(p))
        for p in parts
        if p.get("key") != HIDDEN_KEY
    ]


def in_one_sentence(parts: Sequence[Mapping[str, Any]]) -> str:
    """Return the addends that give points, joined: “4 personer har rapporterat (24), skola nära (6)”."""
    said = ", ".join(f"{_small(line.sentence)} ({round(line.points)})" for line in lines(parts) if round(line.points))
    return said[:1].upper() + said[1:]


def light_said(parts: Sequence[Mapping[str, Any]]) -> str:
    """Return what the reports say of the light, where nobody has written down a fact; nothing when they do not say."""
    found = [line for line in lines(parts) if line.key == "light" and not line.unknown]
    return gettext("%(light)s enligt rapporterna", light=found[0].sentence) if found else ""


def without_correction(parts: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the points that the spot would have without the correction for how much its district reports."""
    found = [float(p["points"]) for p in parts if p.get("key") == HIDDEN_KEY]
    return found[0] if found else None


def correction(parts: Sequence[Mapping[str, Any]]) -> float | None:
    """Return k, by which the voices of the district are multiplied."""
    found = [p.get("facts", {}).get("correction") for p in parts if p.get("key") == "voices"]
    return float(found[0]) if found and found[0] is not None else None


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _sentence(part: Mapping[str, Any]) -> str:
    facts = dict(part.get("facts") or {})
    if part.get("key") == "exposed" and facts.get("places"):
        facts["places"] = ", ".join(tr(CONTEXT_WORDS.get(code, code)) for code in str(facts["places"]).split(","))
    return tr(str(part["text"]), **facts)
