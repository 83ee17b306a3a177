"""Where reports gather, by month and by hour of the day: cells of about a hundred metres, for the desk's eyes only.

Never shown in public (domain brief, 4.6): a cell may hold one single report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select

from app.models import areas
from app.models.base import db
from app.models.reports import Report
from app.services.desk_steps import of_district

MONTHS_BACK: Final = 24
CELL_LAT_DEG, CELL_LON_DEG = 0.001, 0.0018
CELLS_MOST: Final = 3000


@dataclass(frozen=True)
class Months:
    """A span that ends `back` months before this one and is `span` months long."""

    back: int
    span: int

    @classmethod
    def of(cls, back: int, span: int) -> Months:
        """Return the nearest span that there is."""
        return cls(min(max(back, 0), MONTHS_BACK - 1), min(max(span, 1), MONTHS_BACK))

    def bounds(self, today: date) -> tuple[date, date]:
        """Return its first day and the day after its last."""
        this = today.year * 12 + today.month - 1
        first, after = this - self.back - self.span + 1, this - self.back + 1
        return date(first // 12, first % 12 + 1, 1), date(after // 12, after % 12 + 1, 1)


@dataclass(frozen=True)
class Heat:
    """Cells as (latitude, longitude, reports), the fullest first, and how many reports there are in all."""

    cells: Sequence[tuple[float, float, int]]
    reports: int


def cells(district_ids: Collection[int], months: Months, hours: tuple[int, int], *, today: date) -> Heat:
    """Count reports by cell. `hours` is a span of local hours, `to` not included; from 22 to 6 goes over midnight."""
    zone = areas.zone()
    first, after = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in months.bounds(today))
    asked = [Report.received_at >= first, Report.received_at < after, Report.state.not_in(("rejected", "withdrawn"))]
    mine = of_district(Report.district_id, district_ids)
    found = select(Report.lon, Report.lat, Report.received_at).where(*asked, *([] if mine is None else [mine]))
    offsets: dict[date, timedelta] = {}
    counted: Counter[tuple[int, int]] = Counter()
    for lon, lat, at in db.session.execute(found):
        day = at.date()
        if day not in offsets:
            offsets[day] = at.astimezone(zone).utcoffset() or timedelta()
        if _within((at + offsets[day]).hour, hours):
            counted[int(lat // CELL_LAT_DEG), int(lon // CELL_LON_DEG)] += 1
    shown = [
        (round((y + 0.5) * CELL_LAT_DEG, 5), round((x + 0.5) * CELL_LON_DEG, 5), n)
        for (y, x), n in counted.most_common(CELLS_MOST)
    ]
    return Heat(shown, sum(counted.values()))


def _within(hour: int, hours: tuple[int, int]) -> bool:
    begin, end = hours
    if begin == end or (begin, end) == (0, 24):
        return True
    return begin <= hour < end if begin < end else hour >= begin or hour < end
