"""What becomes of one row of somebody else's list of reports: a report of ours, or a reason why not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from app.domain.imports import (
    SKIP,
    category_of,
    day_comes_first,
    looks_swapped,
    moment,
    position_problem,
    state_of,
)
from app.domain.reports import TEXT_LENGTH_MAX, clean_text

REASON_LENGTH_MAX: Final = 1000
AHEAD: Final = timedelta(days=1)
"""A clock elsewhere may be a time zone off; more than a day ahead is a wrong date."""


@dataclass(frozen=True)
class Raw:
    """A row as it was read: `values` by our own field names, the position in WGS84 degrees or None."""

    number: int
    values: Mapping[str, str]
    lon: float | None
    lat: float | None
    problem: str = ""


@dataclass(frozen=True)
class Imported:
    """A row that may be kept. `state` is the one it arrives in; `moved_at` is when somebody else closed it."""

    number: int
    source_id: str
    lon: float
    lat: float
    category: str
    their_category: str
    text: str
    directions: str
    pole_number: str
    state: str
    reason: str
    received_at: datetime
    moved_at: datetime


@dataclass(frozen=True)
class Terms:
    """What holds for the whole file: the zone of its clock, who asks when, and the operator's own words."""

    zone: tzinfo
    now: datetime
    day_first: bool
    categories: Mapping[str, str]
    home: tuple[float, float] | None


def raw(
    number: int, row: Mapping[str, Any], columns: Mapping[str, str], place: tuple[float | None, float | None, str]
) -> Raw:
    """Return a row under our own field names."""
    values = {ours: _text(row.get(theirs)) if theirs else "" for ours, theirs in columns.items()}
    return Raw(number, values, *place)


def day_first_in(rows: Sequence[Raw]) -> bool:
    """True when the dates of this file have the day before the month."""
    return day_comes_first(value for row in rows for value in (row.values["opened"], row.values["closed"]))


def source_id(row: Raw) -> str:
    """Return what knows this row again: its own id, or a fingerprint of what it says."""
    own = row.values["id"]
    if own and len(own) <= 120:
        return own
    said = "\x1f".join(
        (
            f"{row.lon},{row.lat}",
            *(
                f"{k}={v}"
                for k, v in sorted(row.values.items())
                if k in {"opened", "text", "category", "address", "id"}
            ),
        )
    )
    return "sha256:" + hashlib.sha256(said.encode()).hexdigest()


def judge(row: Raw, terms: Terms) -> Imported | str:
    """Return the report that a row becomes, or why it becomes none."""
    problem = row.problem or position_problem(row.lon, row.lat)
    if problem or row.lon is None or row.lat is None:
        return problem or "no position"
    if looks_swapped(row.lon, row.lat, terms.home):
        return "latitude and longitude have changed places"
    opened = moment(row.values["opened"], terms.zone, day_first=terms.day_first)
    if opened is None:
        return "the time cannot be read" if row.values["opened"] else "no time"
    if opened > terms.now + AHEAD:
        return "the time lies ahead"
    theirs = row.values["category"]
    ours = category_of(theirs or row.values["text"], terms.categories)
    if ours == SKIP:
        return f"left out as asked ({theirs})"
    return _report(row, terms, opened, ours)


def _report(row: Raw, terms: Terms, opened: datetime, category: str) -> Imported:
    values = row.values
    closed = moment(values["closed"], terms.zone, day_first=terms.day_first) if values["closed"] else None
    reason = clean_text(values["reason"])[:REASON_LENGTH_MAX]
    state = state_of(values["status"], reason, closed=closed is not None and not values["status"])
    return Imported(
        number=row.number, source_id=source_id(row), lon=row.lon or 0.0, lat=row.lat or 0.0, category=category,
        their_category=values["category"], text=_short(clean_text(values["text"] or values["category"])),
        directions=clean_text(values["address"])[:200], pole_number=clean_text(values["pole"])[:40],
        state=state, reason=reason, received_at=opened, moved_at=max(opened, min(closed or opened, terms.now)),
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH_MAX else text[: TEXT_LENGTH_MAX - 1].rstrip() + "…"


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
