"""Looking back at a measure: when, what is compared, and what may be said of it (domain brief, 2.1, 2.4, 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from app.domain.words import N_

AFTER_DAYS: Final = (30, 90, 365)
WINDOW_DAYS: Final = 90
"""Reports are counted over so many days before the measure was done and before the look back."""
EFFECTS: Final[Mapping[str, str]] = {
    "better": N_("Bättre"),
    "same": N_("Ingen skillnad"),
    "worse": N_("Sämre"),
    "unclear": N_("Går inte att säga"),
}
MEASURED: Final[Mapping[str, str]] = {
    "reporters": N_("Personer som rapporterat, 90 dagar"),
    "score": N_("Betyg på vandring, känsla"),
    "light": N_("Betyg på vandring, ljus"),
    "answered_better": N_("Svarade att det är bättre"),
    "answered_not": N_("Svarade att det inte är bättre"),
    "lux": N_("Lägsta uppmätta ljus, lux"),
}
LESS_IS_BETTER: Final = frozenset({"reporters", "answered_not"})


@dataclass(frozen=True)
class Line:
    """One comparison: what, before, after, and whether it points to better (1), worse (-1) or neither (0)."""

    word: str
    before: float | None
    after: float | None
    direction: int


def due_days(done_on: date) -> list[tuple[int, date]]:
    """Return when to look back at something done on a day."""
    return [(days, done_on + timedelta(days=days)) for days in AFTER_DAYS]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """Return what was measured before and after, side by side; what nobody measured is left empty, never guessed."""
    lines = []
    for key, word in MEASURED.items():
        a, b = before.get(key), after.get(key)
        if a is None and b is None:
            continue
        sign = 0 if a is None or b is None or a == b else (1 if b > a else -1)
        lines.append(Line(word, a, b, -sign if key in LESS_IS_BETTER else sign))
    return lines
