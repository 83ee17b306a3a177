"""One line of figures for each district, also for those that nobody has reported from: read by the desk's first page,
by the compilations and by the lägesbild. Grouped questions only, so their number does not depend on what there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import Select, case, func, select

from app.domain.districts import quiet, voice_ratio
from app.domain.inbox import UNREAD_STATES
from app.domain.states import OPEN_DARK_SPOTS, OPEN_MEASURES, OPEN_TICKETS
from app.domain.walks import HELD, PLANNED
from app.models import areas
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import District
from app.models.measures import Measure
from app.models.reports import Report
from app.models.tickets import Ticket
from app.models.walks import Walk
from app.services.late_steps import late_measures, late_tickets

BANDS = ("A", "B", "C")
YEAR = timedelta(days=365)


@dataclass
class DistrictLine:
    """One district's figures: open spots by band, voices of twelve months, walks of the year, work and how fast it goes.

    `ratio` is its reporters per inhabitant against the municipality's (1 = the same), None when it cannot be said;
    `median_days` is from report of the fault to light again, over the last twelve months.
    """

    district: District
    bands: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BANDS, 0))
    reports: int = 0
    reporters: int = 0
    ratio: float | None = None
    waiting: int = 0
    walks_held: int = 0
    walks_planned: int = 0
    tickets_open: int = 0
    tickets_late: int = 0
    measures_open: int = 0
    measures_late: int = 0
    repaired: int = 0
    median_days: float | None = None

    @property
    def spots(self) -> int:
        """All open spots."""
        return sum(self.bands.values())

    @property
    def quiet(self) -> bool:
        """True when so few report that silence may hide need (domain brief, 5.3)."""
        return quiet(self.reporters, self.ratio)


def lines(*, now: datetime, today: date) -> list[DistrictLine]:
    """Return one line for each of today's districts, by name."""
    found = {d.id: DistrictLine(d) for d in areas.districts()}
    _count_spots(found)
    _count_voices(found, now)
    _count_walks(found, today.year)
    _count_work(found, today)
    _count_repairs(found, now)
    return list(found.values())


def quiet_ids(*, now: datetime, today: date) -> list[int]:
    """Return the districts that so few report from that silence may hide need."""
    return [line.district.id for line in lines(now=now, today=today) if line.quiet]


def of_mine(found: Collection[DistrictLine], district_ids: Collection[int]) -> list[DistrictLine]:
    """Return the lines of a coordinator's own districts, or all of them for someone who has the whole municipality."""
    return [line for line in found if not district_ids or line.district.id in district_ids]


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """Return when a calendar year begins and ends in the municipality."""
    zone = areas.zone()
    return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


def _count_spots(found: dict[int, DistrictLine]) -> None:
    bands = select(DarkSpot.district_id, DarkSpot.band, func.count()).where(DarkSpot.state.in_(OPEN_DARK_SPOTS))
    for district_id, band, count in db.session.execute(bands.group_by(DarkSpot.district_id, DarkSpot.band)):
        if district_id in found and band in found[district_id].bands:
            found[district_id].bands[band] = count


def _count_voices(found: dict[int, DistrictLine], now: datetime) -> None:
    heard = Report.received_at > now - YEAR, Report.state.not_in(("rejected", "withdrawn"))
    each = select(Report.district_id.label("district"), func.count().label("reports")).where(*heard)
    each_person = each.group_by(
        Report.district_id, Report.reporter_key
    ).subquery()  # in the order of an index: nothing to sort
    counted = select(each_person.c.district, func.sum(each_person.c.reports), func.count()).group_by(
        each_person.c.district
    )
    for district_id, count, reporters in db.session.execute(counted):
        if district_id in found:
            found[district_id].reports, found[district_id].reporters = int(count), reporters
    unread = select(Report.district_id, func.count()).where(Report.state.in_(UNREAD_STATES))
    for district_id, count in db.session.execute(unread.group_by(Report.district_id)):
        if district_id in found:
            found[district_id].waiting = count
    known = [line for line in found.values() if line.district.population]
    people, voices = sum(line.district.population or 0 for line in known), sum(line.reporters for line in known)
    for line in known:
        line.ratio = voice_ratio(line.reporters, line.district.population, voices, people)


def _count_walks(found: dict[int, DistrictLine], year: int) -> None:
    for district_id, state, count in db.session.execute(_walks_of(year)):
        line = found.get(district_id)
        if line is not None and state in HELD:
            line.walks_held += count
        elif line is not None and state in PLANNED:
            line.walks_planned += count


def _walks_of(year: int) -> Select[int, str, int]:
    begin, end = year_bounds(year)
    this_year = Walk.starts_at >= begin, Walk.starts_at < end
    return select(Walk.district_id, Walk.state, func.count()).where(*this_year).group_by(Walk.district_id, Walk.state)


def _count_work(found: dict[int, DistrictLine], today: date) -> None:
    late = case((late_tickets(today), 1), else_=0)
    tickets = select(Ticket.district_id, func.count(), func.sum(late)).where(Ticket.state.in_(OPEN_TICKETS))
    for district_id, count, behind in db.session.execute(tickets.group_by(Ticket.district_id)):
        if district_id in found:
            found[district_id].tickets_open, found[district_id].tickets_late = count, int(behind or 0)
    overdue = case((late_measures(today), 1), else_=0)
    measures = select(Measure.district_id, func.count(), func.sum(overdue)).where(Measure.state.in_(OPEN_MEASURES))
    for district_id, count, behind in db.session.execute(measures.group_by(Measure.district_id)):
        if district_id in found:
            found[district_id].measures_open, found[district_id].measures_late = count, int(behind or 0)


def _count_repairs(found: dict[int, DistrictLine], now: datetime) -> None:
    repaired = select(Ticket.district_id, Ticket.opened_on, Ticket.repaired_at).where(Ticket.repaired_at > now - YEAR)
    days: dict[int | None, list[int]] = defaultdict(list)
    for district_id, opened_on, repaired_at in db.session.execute(repaired):
        if repaired_at is not None:
            days[district_id].append(max((repaired_at.date() - opened_on).days, 0))
    for district_id, line in found.items():
        line.repaired = len(days[district_id])
        line.median_days = float(median(days[district_id])) if days[district_id] else None
