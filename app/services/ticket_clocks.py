"""What a ticket's page says of time: its clock with the pauses, its whole age, what was promised first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.ticket_clock import Clock, clock, days_away, due_by_clock
from app.domain.tickets import SOURCES, first_due
from app.models.tickets import Ticket
from app.services.place_names import timezone_name
from app.services.ticket_steps import is_working_day, response_times


@dataclass(frozen=True)
class Times:
    """The clock, when somebody was to have done something first, the day by the contract's clock, and the source's word."""

    clock: Clock
    first_due: datetime | date | None
    clock_due: date
    source: str


def times_of(ticket: Ticket, *, now: datetime) -> Times:
    """Return what a page shows of a ticket's times."""
    zone, rules = ZoneInfo(timezone_name()), response_times(ticket.opened_on)
    ended = ticket.repaired_at or ticket.closed_at
    away = days_away(ticket.pauses or [], now, lambda at: at.astimezone(zone).date())
    counts = is_working_day if ticket.priority in rules.working or ticket.fault_code in rules.fault_days else None
    return Times(
        clock(ticket.created_at, ended, ticket.pauses or [], ticket.state, now),
        first_due(ticket.created_at, ticket.opened_on, ticket.priority, rules, is_working_day),
        due_by_clock(ticket.opened_on, ticket.due_on, away, counts), SOURCES.get(ticket.source, ticket.source),
    )  # fmt: skip
