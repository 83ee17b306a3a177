"""When it is dark: civil dusk, and the hours that people are awake in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from astral import Observer
from astral.sun import dawn, dusk, elevation
from numpy.typing import ArrayLike, NDArray

DEPRESSION_DEG = 6.0
AWAKE_FROM, AWAKE_TO = time(6), time(23)
LATEST_START = time(21, 30)


@dataclass(frozen=True)
class Where:
    """A place under the sun: WGS84 degrees and an IANA time zone."""

    lon: float
    lat: float
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.timezone)


def civil_dusk(day: date, where: Where) -> datetime | None:
    """Return when the sun sinks below −6° in the evening, in local time; None when it never does."""
    try:
        return dusk(Observer(where.lat, where.lon), day, DEPRESSION_DEG, where.zone)
    except ValueError:
        return None


def is_dark(moment: datetime, where: Where) -> bool:
    """Say whether the sun is below −6° at a moment (with its zone): after civil dusk and before civil dawn."""
    return elevation(Observer(where.lat, where.lon), moment, with_refraction=False) < -DEPRESSION_DEG


def walk_start(day: date, where: Where, minutes_after_dusk: int) -> datetime | None:
    """Return when a dark walk may begin on a day, or None when it is dark too late (summer)."""
    dark = civil_dusk(day, where)
    if dark is None or dark.date() != day:
        return None
    start = dark + timedelta(minutes=minutes_after_dusk)
    start = start.replace(second=0, microsecond=0) + timedelta(minutes=-start.minute % 5)
    return start if start.date() == day and start.time() <= LATEST_START else None


def walk_refusal(day: date, where: Where, minutes_after_dusk: int) -> str:
    """Return why a dark walk cannot begin on a day: "never_dark", "too_late" (summer), or "" when it can."""
    if walk_start(day, where, minutes_after_dusk) is not None:
        return ""
    dark = civil_dusk(day, where)
    return "too_late" if dark is not None else "never_dark"


def next_dark_day(day: date, where: Where, minutes_after_dusk: int) -> date | None:
    """Return the first day from `day` on when a dark walk can begin in time, within a year; None where none is."""
    year = _days(day, day + timedelta(days=366))
    return next((d for d in year if walk_start(d, where, minutes_after_dusk) is not None), None)


def decay(age: ArrayLike, half_life: float) -> NDArray[np.float64]:
    """Return 0.5 ** (age / half_life), at most 1: how much a report still weighs. Both in the same unit.

    Raises:
        ValueError: a half-life that is not positive.

    """
    if not half_life > 0:
        raise ValueError("half_life must be positive")
    return np.asarray(0.5 ** (np.maximum(np.asarray(age, dtype=np.float64), 0.0) / half_life))


@lru_cache(maxsize=20_000)
def dark_hours_on(day: date, where: Where) -> float:
    """Return the hours between 06 and 23 local time in which the sun is below −6° on a day."""
    begin, end = (datetime.combine(day, t, where.zone) for t in (AWAKE_FROM, AWAKE_TO))
    observer = Observer(where.lat, where.lon)
    try:
        light_from, light_to = (f(observer, day, DEPRESSION_DEG, where.zone) for f in (dawn, dusk))
    except ValueError:
        noon = datetime.combine(day, time(12), where.zone)
        always_light = elevation(observer, noon) > -DEPRESSION_DEG
        return 0.0 if always_light else (end - begin).total_seconds() / 3600
    if light_to < light_from:  # the dusk found belongs to the small hours: it is light all evening
        light_to = end
    awake_light = max(timedelta(), min(end, light_to) - max(begin, light_from))
    return ((end - begin) - awake_light).total_seconds() / 3600


def dark_hours_until(first: date, last: date, where: Where) -> NDArray[np.float64]:
    """Return (days + 1,) the dark hours from the beginning of each day of `first`…`last` until the end of `last`."""
    daily = np.array([dark_hours_on(day, where) for day in _days(first, last)])
    hours: NDArray[np.float64] = np.r_[np.cumsum(daily[::-1])[::-1], 0.0]
    return hours


def dark_hours_ahead(day: date, days: int, where: Where) -> float:
    """Return the dark hours in the `days` days from `day` on."""
    return float(sum(dark_hours_on(d, where) for d in _days(day, day + timedelta(days=days - 1))))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=i) for i in range((last - first).days + 1))
