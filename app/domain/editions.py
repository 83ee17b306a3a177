"""The situation report (lägesbild): its sources, its period, and what of its figures may be said in public.

The six sources are those of the 2019 decision (KS 2018/1249); what residents report here is a seventh, and self-selected.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from app.domain.words import N_

SOURCES: Final[Mapping[str, str]] = {
    "police_survey": N_("Polisens trygghetsundersökning"),
    "dialogues": N_("Medborgardialoger"),
    "staff_dialogues": N_("Medarbetardialoger"),
    "walks": N_("Trygghetsvandringar"),
    "youth_survey": N_("CAN:s skolundersökning"),
    "crime_statistics": N_("Lokal brottsstatistik"),
    "reports": N_("Rapporter i Ljuspunkt"),
}
SELF_SELECTED: Final = "reports"
FRAMING: Final = N_("Rapporterna beskriver trygghet på platser. De säger inget om hur många brott som begås.")
FEW: Final = 5
EVERY_DAYS: Final = 92
"""An edition a quarter; a day longer than the longest quarter, so that one issued on time is never called late."""


def quarter_before(today: date) -> tuple[date, date]:
    """Return the first and the last day of the quarter that ended last."""
    begin = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    end = begin - timedelta(days=1)
    return date(end.year, (end.month - 1) // 3 * 3 + 1, 1), end


def due(last_issued_on: date | None, today: date) -> bool:
    """Say whether a district should get its next edition now."""
    return last_issued_on is None or (today - last_issued_on).days > EVERY_DAYS


def said_in_public(count: int) -> int | None:
    """Return a number of people as it may be published: exactly from five on, None (“några”) for one to four."""
    return None if 0 < count < FEW else count
