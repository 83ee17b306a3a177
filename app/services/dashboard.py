"""What needs somebody today, and every district at a glance: read, never written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import joinedload

from app.domain.inbox import UNREAD_STATES
from app.domain.notices import PROTOCOL_WITHIN
from app.domain.plan_reviews import overdue_review
from app.domain.walks import STILL_AHEAD
from app.models import areas
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.history import History
from app.models.measures import Measure, Plan
from app.models.reports import Report
from app.models.rules import rule_on
from app.models.staff import Organisation
from app.models.tickets import Ticket
from app.models.walks import Walk
from app.services.desk_steps import of_district
from app.services.district_steps import DistrictLine, lines, of_mine
from app.services.late_steps import MEASURE_DUE, late_measures, late_tickets

LATE_SHOWN = 10
WALKS_SHOWN = 5
WALKS_PER_DISTRICT = 1
REVIEWED_PLANS = ("decided", "ongoing", "followed_up")
MONTHS_SHOWN = 24
WARN_FROM_MONTH = 9
"""From September a district whose yearly walk is neither held nor planned is said to need one (Medborgarlöften 2019)."""


@dataclass(frozen=True)
class OwnerLine:
    """What one owner is behind with; `oldest_on` is the first promised day that has passed."""

    name: str
    tickets: int
    measures: int
    oldest_on: date


@dataclass(frozen=True)
class Overview:
    """What needs somebody today. Late things come with their count and the first few, the latest first.

    `months` counts reports by (year, month), oldest first, months without any among them.
    """

    by_state: Mapping[str, int]
    oldest_unread_at: datetime | None
    unconfirmed: int
    late_protocols: Sequence[Walk]
    due_reviews: Sequence[tuple[Plan, date]]
    lines: Sequence[DistrictLine]
    late_tickets: Sequence[Ticket]
    late_ticket_count: int
    late_measures: Sequence[Measure]
    late_measure_count: int
    owners: Sequence[OwnerLine]
    walks: Sequence[Walk]
    months: Sequence[tuple[int, int, int]]
    quota: int
    today: date

    @property
    def without_walk(self) -> list[DistrictLine]:
        """The districts whose walk of the year should be planned now."""
        if self.today.month < WARN_FROM_MONTH:
            return []
        return [line for line in self.lines if line.walks_held + line.walks_planned < self.quota]


def overview(district_ids: Collection[int], *, now: datetime, today: date) -> Overview:
    """Return the whole desk in the same number of queries, whatever there is of anything."""
    by_state, oldest = _unread(district_ids)
    late_tickets, late_measures = _late_tickets(district_ids, today), _late_measures(district_ids, today)
    rule = rule_on("walk_quota", today) or {}
    return Overview(
        by_state, oldest, _unconfirmed(district_ids), _late_protocols(district_ids, now), _due_reviews(district_ids, today),
        of_mine(lines(now=now, today=today), district_ids), *_first_tickets(late_tickets), *_first_measures(late_measures),
        _owners(late_tickets, late_measures), _next_walks(district_ids, now), _months(district_ids, today),
        int(rule.get("per_district", WALKS_PER_DISTRICT)), today,
    )  # fmt: skip


def _unread(district_ids: Collection[int]) -> tuple[dict[str, int], datetime | None]:
    asked = [Report.state.in_(UNREAD_STATES), *_scope(of_district(Report.district_id, district_ids))]
    found = select(Report.state, func.count(), func.min(Report.received_at)).where(*asked).group_by(Report.state)
    rows = db.session.execute(found).all()
    counts = dict.fromkeys(UNREAD_STATES, 0) | {row[0]: row[1] for row in rows}
    return counts, min((row[2] for row in rows), default=None)


def _unconfirmed(district_ids: Collection[int]) -> int:
    """Count the spots of band A that nobody has decided about."""
    asked = [
        DarkSpot.state == "proposed",
        DarkSpot.band == "A",
        *_scope(of_district(DarkSpot.district_id, district_ids)),
    ]
    return db.session.scalar(select(func.count()).select_from(DarkSpot).where(*asked)) or 0


def _late_protocols(district_ids: Collection[int], now: datetime) -> Sequence[Walk]:
    late = [Walk.state.in_(("walked", "protocol_draft")), Walk.starts_at < now - PROTOCOL_WITHIN]
    late += [Walk.district_id.in_(district_ids)] if district_ids else []
    return db.session.scalars(select(Walk).where(*late).order_by(Walk.starts_at, Walk.id).limit(LATE_SHOWN)).all()


def _due_reviews(district_ids: Collection[int], today: date) -> list[tuple[Plan, date]]:
    """Return the plans whose day of being looked at again has come, with that day, the longest waiting first."""
    followed_up = and_(
        History.thing == "plan", History.thing_id == Plan.id, History.to_state == "followed_up", History.from_state != History.to_state
    )  # fmt: skip
    asked = [
        Plan.state.in_(REVIEWED_PLANS),
        Plan.review_on <= today,
        *_scope(of_district(Plan.district_id, district_ids)),
    ]
    found = select(Plan, func.max(History.at)).outerjoin(History, followed_up).where(*asked).group_by(Plan.id)
    waiting = []
    for plan, at in db.session.execute(found):
        day = overdue_review(plan.reviews, at.astimezone(areas.zone()).date() if at else None, today)
        waiting += [(plan, day)] if day else []
    return sorted(waiting, key=lambda found: (found[1], found[0].id))[:LATE_SHOWN]


def _late_tickets(district_ids: Collection[int], today: date) -> list[ColumnElement[bool]]:
    return [late_tickets(today), *_scope(of_district(Ticket.district_id, district_ids))]


def _late_measures(district_ids: Collection[int], today: date) -> list[ColumnElement[bool]]:
    return [late_measures(today), *_scope(of_district(Measure.district_id, district_ids))]


def _first_tickets(late: Sequence[ColumnElement[bool]]) -> tuple[Sequence[Ticket], int]:
    found = select(Ticket).where(*late).options(joinedload(Ticket.district), joinedload(Ticket.lamp))
    shown = db.session.scalars(found.order_by(Ticket.due_on, Ticket.id).limit(LATE_SHOWN)).all()
    return shown, db.session.scalar(select(func.count()).select_from(Ticket).where(*late)) or 0


def _first_measures(late: Sequence[ColumnElement[bool]]) -> tuple[Sequence[Measure], int]:
    found = select(Measure).where(*late).options(joinedload(Measure.dark_spot), joinedload(Measure.responsible))
    shown = db.session.scalars(found.order_by(MEASURE_DUE, Measure.id).limit(LATE_SHOWN)).all()
    return shown, db.session.scalar(select(func.count()).select_from(Measure).where(*late)) or 0


def _owners(tickets: Sequence[ColumnElement[bool]], measures: Sequence[ColumnElement[bool]]) -> list[OwnerLine]:
    """Return who is behind with what, the most first; what has no owner stands under the empty name."""
    late = (
        select(Organisation.name, func.count(), func.min(Ticket.due_on))
        .select_from(Ticket).outerjoin(Organisation, Organisation.id == Ticket.owner_id).where(*tickets),
        select(Organisation.name, func.count(), func.min(MEASURE_DUE))
        .select_from(Measure).outerjoin(Organisation, Organisation.id == Measure.responsible_id).where(*measures),
    )  # fmt: skip
    counts: dict[str, list[int]] = {}
    oldest: dict[str, date] = {}
    for column, found in enumerate(late):
        for name, count, first in db.session.execute(found.group_by(Organisation.name)):
            counts.setdefault(name or "", [0, 0])[column] = count
            oldest[name or ""] = min(oldest.get(name or "", date.max), _day(first))
    owners = [OwnerLine(name, behind[0], behind[1], oldest[name]) for name, behind in counts.items()]
    return sorted(owners, key=lambda o: (-(o.tickets + o.measures), o.name))


def _day(value: date | str) -> date:
    """SQLite forgets that the first of several dates is a date."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _next_walks(district_ids: Collection[int], now: datetime) -> Sequence[Walk]:
    coming = [Walk.state.in_(STILL_AHEAD), Walk.starts_at > now - timedelta(hours=6)]
    coming += [Walk.district_id.in_(district_ids)] if district_ids else []
    found = select(Walk).where(*coming).options(joinedload(Walk.district), joinedload(Walk.leader))
    return db.session.scalars(found.order_by(Walk.starts_at, Walk.id).limit(WALKS_SHOWN)).all()


def _months(district_ids: Collection[int], today: date) -> list[tuple[int, int, int]]:
    """Count the reports of each of the last 24 months (UTC), this one included."""
    last = today.year * 12 + today.month - 1
    shown = [divmod(last - back, 12) for back in range(MONTHS_SHOWN - 1, -1, -1)]
    scope = _scope(of_district(Report.district_id, district_ids))
    counts = [
        _in_month(number, *divmod(last - back, 12), scope)
        for number, back in enumerate(range(MONTHS_SHOWN - 1, -1, -1))
    ]
    found = {row[0]: row[1] for row in db.session.execute(union_all(*counts))}
    return [(y, m + 1, found.get(number, 0)) for number, (y, m) in enumerate(shown)]


def _in_month(number: int, year: int, month: int, scope: Sequence[ColumnElement[bool]]) -> Select[int, int]:
    """Count one month by the index on the time of arrival; grouping by month would look at every row."""
    begin, end = (
        datetime(year, month + 1, 1, tzinfo=UTC),
        datetime(year + (month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=UTC),
    )
    asked = Report.received_at >= begin, Report.received_at < end, *scope
    return select(literal(number), func.count()).select_from(Report).where(*asked)


def _scope(condition: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    return [] if condition is None else [condition]
