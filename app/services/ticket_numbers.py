"""Numbers of the light: gathered in one query, whatever the page shows of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from app.domain.repair_times import Numbers, Repair, numbers
from app.domain.ticket_clock import days_away, due_by_clock
from app.domain.tickets import ResponseTimes
from app.models.base import db
from app.models.districts import District
from app.models.lamps import Lamp
from app.models.staff import Organisation
from app.models.tickets import Ticket
from app.services.place_names import timezone_name
from app.services.ticket_steps import is_working_day, response_times

NOT_A_FAULT = ("duplicate", "deliberately_off", "forwarded", "became_measure", "no_fault")
YEAR = timedelta(days=365)


def of_period(begins: date, ends: date, district_ids: Collection[int], *, now: datetime, today: date) -> Numbers:
    """Return the numbers of the tickets opened in a period (both days included); what was no fault does not count."""
    where: list[ColumnElement[bool]] = [Ticket.opened_on.between(begins, ends), Ticket.state.not_in(NOT_A_FAULT)]
    if district_ids:
        where.append(Ticket.district_id.is_(None) | Ticket.district_id.in_(district_ids))
    owner = aliased(Organisation)
    wanted = (
        select(
            Ticket.fault_code, Ticket.priority, owner.name.label("owner"), District.name.label("district"), Ticket.opened_on,
            Ticket.due_on, Ticket.repaired_at, Ticket.closed_at, Ticket.pauses, Lamp.pole_number, Lamp.asset_id, Lamp.cabinet,
        )
        .outerjoin(owner, owner.id == Ticket.owner_id)
        .outerjoin(District, District.id == Ticket.district_id)
        .outerjoin(Lamp, Lamp.id == Ticket.lamp_id)
        .where(*where)
    )  # fmt: skip
    zone, times = ZoneInfo(timezone_name()), response_times(today)
    rows = [
        Repair(
            r.fault_code, r.owner or "", r.district or "", r.opened_on, r.due_on, _clock_due(r, times, zone, now),
            _mended(r.repaired_at or r.closed_at, zone), r.pole_number or r.asset_id or "", r.cabinet or "", r.priority,
        )
        for r in db.session.execute(wanted)
    ]  # fmt: skip
    return numbers(rows, today)


def of_the_public(*, now: datetime, today: date) -> Numbers:
    """Return what everybody may read: the last year of the whole municipality."""
    return of_period(today - YEAR, today, (), now=now, today=today)


def _mended(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at else None


def _clock_due(row: Any, times: ResponseTimes, zone: ZoneInfo, now: datetime) -> date:
    mended = _mended(row.repaired_at or row.closed_at, zone)
    if not row.pauses or (mended is not None and mended <= row.due_on):
        return date.fromisoformat(str(row.due_on))
    away = days_away(row.pauses, now, lambda at: at.astimezone(zone).date())
    counts = row.priority in times.working or row.fault_code in times.fault_days
    opened_on: date = row.opened_on
    return due_by_clock(opened_on, row.due_on, away, is_working_day if counts else None)
