"""When a place is reported: by month and by hour of the day, each as a chart and as the table that says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from app.web.charts import Chart, columns
from app.web.languages import language, timezone

DARK_MONTHS = frozenset({1, 2, 3, 10, 11, 12})
NIGHT = frozenset({*range(17, 24), *range(7)})
EVERY_HOURS = 3


class Received(Protocol):
    """A report, as far as its time goes."""

    received_at: datetime


@dataclass(frozen=True)
class Histogram:
    """A chart, and its rows of name and number."""

    chart: Chart
    rows: Sequence[tuple[str, int]]


def histograms(reports: Sequence[Received]) -> tuple[Histogram, Histogram] | None:
    """Return the reports by month of the year and by hour of the day (local time), or None when there are none."""
    if not reports:
        return None
    times = [r.received_at.astimezone(ZoneInfo(timezone())) for r in reports]
    months, hours = Counter(t.month for t in times), Counter(t.hour for t in times)
    short, wide = get_month_names("abbreviated", locale=language()), get_month_names("wide", locale=language())
    by_month = [
        (
            str(short[m]).rstrip("."),
            float(months[m]),
            "dark" if m in DARK_MONTHS else "light",
            f"{wide[m]}: {months[m]}",
        )
        for m in range(1, 13)
    ]
    by_hour = [
        (
            f"{h:02d}" if h % EVERY_HOURS == 0 else "",
            float(hours[h]),
            "dark" if h in NIGHT else "light",
            f"{h:02d}–{h + 1:02d}: {hours[h]}",
        )
        for h in range(24)
    ]
    return (
        Histogram(columns(by_month), [(str(wide[m]), months[m]) for m in range(1, 13) if months[m]]),
        Histogram(columns(by_hour), [(f"{h:02d}–{h + 1:02d}", hours[h]) for h in range(24) if hours[h]]),
    )
