"""Opening a lighting ticket: the step that the inbox, a measure and a technician's own find share. It never commits."""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import selectinload

from app.domain import tickets as rules
from app.domain.people import TECHNICIAN, THE_SYSTEM, Actor
from app.domain.publication import may_tell_of_ticket
from app.domain.states import OPEN_TICKETS, UNMENDED_TICKETS
from app.domain.words import N_
from app.models.areas import district_at
from app.models.base import db
from app.models.lamps import Lamp
from app.models.reports import Report
from app.models.rules import rule_on
from app.models.tickets import Ticket, ticket_lamp
from app.services.contractor_steps import dispatch
from app.services.transitions import begin, move, move_if_possible, remark

AGAIN = N_("Samma lampa är anmäld igen inom två veckor.")
JOINED = N_("En till har anmält samma lampa.")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: `lon`, `lat` in WGS84 degrees; `lamp` when the light point is known."""

    code: str
    lon: float
    lat: float
    lamps_affected: int = 1
    lamp: Lamp | None = None
    directions: str = ""
    environment: str | None = None
    dark_spot_id: int | None = None
    band: str | None = None
    measure_id: int | None = None
    assignee_id: int | None = None
    source: str = ""
    called_whom: str = ""


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """True for Monday to Friday when it is no Swedish public holiday, nor the eve of midsummer, Christmas or New Year."""
    return day.weekday() < 5 and day not in _swedish_holidays()


@cache
def _swedish_holidays() -> Container[date]:
    import holidays  # noqa: PLC0415  (it loads every country's calendar, for which a start need not wait)

    return holidays.country_holidays("SE", include_sundays=False, categories=("public", "de_facto"))


def response_times(day: date) -> rules.ResponseTimes:
    """Return the municipality's response times in force on a day, else the default ones."""
    value = rule_on("response_times", day)
    if value is None:
        return rules.DEFAULT_RESPONSE_TIMES
    usual, patrols = rules.DEFAULT_RESPONSE_TIMES, sorted(date.fromisoformat(on) for on in value.get("patrols", ()))
    patrol = value.get("next_patrol_on")
    return rules.ResponseTimes(
        value["repair_days"], tuple(value.get("working", ())), value.get("read_days", {}),
        date.fromisoformat(patrol) if patrol else next((on for on in patrols if on >= day), None),
        value.get("first_hours", usual.first_hours), value.get("first_days", usual.first_days),
        value.get("fault_days", usual.fault_days), tuple(value.get("by_patrol", ())), tuple(patrols),
    )  # fmt: skip


def priority_matrix(day: date) -> Sequence[rules.PriorityRow]:
    """Return the municipality's priority matrix in force on a day, else the default one."""
    value = rule_on("priority_matrix", day)
    return rules.DEFAULT_MATRIX if value is None else [rules.PriorityRow(**row) for row in value["rows"]]


def judge(ticket: Ticket, environment: str | None, band: str | None, *, today: date) -> None:
    """Give a ticket its priority with the reason, and the promised day counted from its opening; a promise is not put off."""
    found = rules.priority(ticket.fault_code, ticket.lamps_affected, environment, band, priority_matrix(today))
    due = rules.due_on(ticket.opened_on, found.code, response_times(today), is_working_day, ticket.fault_code)
    ticket.priority, ticket.priority_reason = found.code, found.reason
    ticket.due_on = min(ticket.due_on, due) if ticket.due_on else due


def open_ticket(
    fault: Fault, reports: Sequence[Report], *, actor: Actor, report_actor: Actor, now: datetime, today: date
) -> Ticket:
    """Open a ticket for one fault and move its reports to `ticketed`, telling their senders the promised day.

    Args:
        fault: what and where. reports: those that led to it (may be empty). actor: who opens the ticket. report_actor:
        who moves the reports (the same person, or THE_SYSTEM when a measure opens the ticket). today: the local date.

    """
    lamp, district = fault.lamp, district_at(fault.lon, fault.lat)
    ticket = Ticket(
        fault_code=fault.code, lamps_affected=fault.lamps_affected, lamp_id=lamp.id if lamp else None,
        owner_id=lamp.owner_id if lamp else None, directions=fault.directions, district_id=district.id if district else None,
        dark_spot_id=fault.dark_spot_id, measure_id=fault.measure_id, assignee_id=fault.assignee_id, opened_on=today,
        source=fault.source or ("report" if reports else "measure" if fault.measure_id else "hand"), called_whom=fault.called_whom,
        called_at=now if fault.called_whom else None, needs_road_plan=rules.asks_for_road_plan(fault.code),
        created_at=now, updated_at=now,
    )  # fmt: skip
    judge(ticket, fault.environment or (lamp.environment if lamp else None) or None, fault.band, today=today)
    ticket.place_at(fault.lon, fault.lat)
    begin(ticket, actor=actor, now=now)
    attach_reports(ticket, reports, actor=report_actor, now=now)
    return ticket


def ticket_for(
    fault: Fault, reports: Sequence[Report], *, actor: Actor, report_actor: Actor, now: datetime, today: date
) -> tuple[Ticket, str]:
    """Return the ticket for a fault and how it came: `opened`, `joined` (one at the lamp is open) or `reopened`.

    The same lamp again within two weeks of being mended opens its ticket again, for the same team. Arguments as for
    `open_ticket`.
    """
    known = (
        ticket_at_lamp(fault.lamp, now, fault.code)
        if fault.lamp is not None and fault.code not in rules.DANGEROUS
        else None
    )
    if known is None:
        return open_ticket(fault, reports, actor=actor, report_actor=report_actor, now=now, today=today), "opened"
    how = "joined"
    if known.state in rules.REOPENABLE:
        how = "reopened"
        open_again(known, AGAIN, actor=actor, now=now)
    known.lamps_affected = max(known.lamps_affected, fault.lamps_affected)
    attach_reports(known, reports, actor=report_actor, now=now)
    remark(known, actor=actor, now=now, reason=AGAIN if how == "reopened" else JOINED)
    return known, how


def open_again(ticket: Ticket, reason: str, *, actor: Actor, now: datetime) -> None:
    """Open a ticket again for the same team; those who reported are told once. Its reports must be loaded."""
    ticket.verified_at, ticket.closed_at, ticket.repaired_at = None, None, None
    ticket.reopened_count += 1
    ticket.reopened_at = now
    move(ticket, "reopened", actor=actor, now=now, reason=reason)
    for report in ticket.reports:
        move_if_possible(report, "reopened", actor=THE_SYSTEM, now=now, reason=reason, tell=False)
    if ticket.contractor_id is not None:
        dispatch(ticket, "reopened", now=now)


def attach_reports(ticket: Ticket, reports: Collection[Report], *, actor: Actor, now: datetime) -> None:
    """Tie reports to a ticket; those that were already sent to lighting stay as they are."""
    for report in reports:
        report.ticket_id = ticket.id
        if report.state != "ticketed":
            move(report, "ticketed", actor=actor, now=now, facts={"due_on": ticket.due_on.isoformat()})


def may_tell(ticket: Ticket) -> bool:
    """Say whether everybody may read of this ticket (domain/publication.py)."""
    return may_tell_of_ticket(ticket.fault_code, ticket.priority, ticket.state, has_lamp=ticket.lamp_id is not None)


def public_ticket(ticket_id: int) -> Ticket | None:
    """Return a ticket to which a voice can be added: everybody may know of it, and it is not mended yet."""
    ticket = db.session.get(Ticket, ticket_id)
    if ticket is None or ticket.state not in OPEN_TICKETS or ticket.state == "repaired" or not may_tell(ticket):
        return None
    return ticket


def ticket_at_lamp(lamp: Lamp, now: datetime, fault: str = "") -> Ticket | None:
    """Return the open ticket at a lamp, else one that was mended there within two weeks, with its reports.

    A plate that is missing is not a lamp that is dark: the one never joins the other.
    """
    plate = Ticket.fault_code == rules.PLATE if fault == rules.PLATE else Ticket.fault_code != rules.PLATE
    several = select(ticket_lamp.c.ticket_id).where(ticket_lamp.c.lamp_id == lamp.id)
    here = (Ticket.lamp_id == lamp.id) | Ticket.id.in_(several)
    since = now - rules.REOPENED_WITHIN
    lately = Ticket.state.in_(rules.REOPENABLE) & ((Ticket.repaired_at >= since) | (Ticket.closed_at >= since))
    still = Ticket.state.in_(UNMENDED_TICKETS)
    found = select(Ticket).where(here, plate, still | lately).options(selectinload(Ticket.reports))
    return db.session.scalars(
        found.order_by(
            case((still, 0), else_=1), case((Ticket.fault_code == "B14", 1), else_=0), Ticket.id.desc()
        ).limit(1)
    ).first()


def theirs(actor: Actor, *, every_team: bool = False) -> list[ColumnElement[bool]]:
    """Return the conditions on the tickets that somebody sees: a technician's own and nobody's, in their districts.

    With `every_team` also those that others have, for the evening round.
    """
    found: list[ColumnElement[bool]] = []
    if actor.role == TECHNICIAN and not every_team:
        found.append(Ticket.assignee_id.is_(None) | (Ticket.assignee_id == actor.staff_id))
    if actor.district_ids:
        here = Ticket.district_id.is_(None) | Ticket.district_id.in_(actor.district_ids)
        found.append(here | (Ticket.assignee_id == actor.staff_id) if actor.role == TECHNICIAN else here)
    return found
