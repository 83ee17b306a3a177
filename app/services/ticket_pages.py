"""What the pages of tickets show: lists nearest first, the history of a pole, lamps around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.domain.people import Actor
from app.domain.states import OPEN_TICKETS, UNMENDED_TICKETS
from app.models.base import db
from app.models.lamps import Lamp
from app.models.places import near
from app.models.tickets import Ticket
from app.services.late_steps import late_tickets
from app.services.ticket_steps import theirs
from geo.nearest import compass_from, distances_from_m

PAGE = 25
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Line:
    """One ticket of a list, with distance in metres and compass point when the position is known."""

    ticket: Ticket
    distance_m: float | None
    compass: str
    overdue: bool


def round_list(actor: Actor, here: tuple[float, float] | None, *, today: date, page: int) -> tuple[list[Line], int]:
    """Return one page of open tickets for somebody in a van, and how many there are: P1 first, then nearest, else by due day."""
    condition = (Ticket.state.in_(UNMENDED_TICKETS), *theirs(actor))
    rows = db.session.execute(
        select(Ticket.id, Ticket.lon, Ticket.lat, Ticket.priority, Ticket.due_on).where(*condition)
    ).all()
    if here is not None and rows:
        away = distances_from_m(*here, np.array([(r.lon, r.lat) for r in rows]))
        order = sorted(range(len(rows)), key=lambda i: (rows[i].priority != "P1", float(away[i]), rows[i].id))
    else:
        order = sorted(range(len(rows)), key=lambda i: (rows[i].priority, rows[i].due_on, rows[i].id))
    chosen = [rows[i].id for i in order[(page - 1) * PAGE : page * PAGE]]
    return [line_of(t, here, today) for t in _in_order(chosen)], len(rows)


def repaired_list(actor: Actor, here: tuple[float, float] | None, *, today: date) -> list[Line]:
    """Return what is mended and has not been seen at night, whoever mended it, nearest first, for the evening round."""
    mine = theirs(actor, every_team=True)
    found = select(Ticket.id).where(Ticket.state == "repaired", *mine).order_by(Ticket.repaired_at).limit(100)
    lines = [line_of(t, here, today) for t in _in_order(list(db.session.scalars(found)))]
    return sorted(lines, key=lambda line: (line.distance_m or 0.0, line.ticket.id))


def desk_list(actor: Actor, state: str, *, overdue: bool, today: date, page: int) -> tuple[list[Line], int]:
    """Return one page of tickets for the coordinator, the longest overdue first, and how many there are."""
    condition = [Ticket.state == state if state else Ticket.state.in_(OPEN_TICKETS), *theirs(actor)]
    if overdue:
        condition.append(late_tickets(today))
    total = db.session.scalar(select(func.count()).select_from(Ticket).where(*condition)) or 0
    ids = db.session.scalars(
        select(Ticket.id).where(*condition).order_by(Ticket.due_on, Ticket.id).limit(PAGE).offset((page - 1) * PAGE)
    )
    return [line_of(t, None, today) for t in _in_order(list(ids))], total


def after(ticket_id: int, actor: Actor, states: Sequence[str], *, mine: bool) -> Sequence[Ticket]:
    """Return the next page of tickets by number, for the API (keyset paging)."""
    condition = [Ticket.id > ticket_id, *theirs(actor)]
    if states:
        condition.append(Ticket.state.in_(states))
    if mine:
        condition.append(Ticket.assignee_id == actor.staff_id)
    found = select(Ticket).where(*condition).order_by(Ticket.id).limit(PAGE + 1)
    return db.session.scalars(
        found.options(joinedload(Ticket.lamp), joinedload(Ticket.district), selectinload(Ticket.reports))
    ).all()


def times_at_pole(ticket: Ticket, *, now: datetime) -> int:
    """Return how many tickets this lamp has had in twelve months, this one included."""
    if ticket.lamp_id is None:
        return 1
    same = (
        select(func.count()).select_from(Ticket).where(Ticket.lamp_id == ticket.lamp_id, Ticket.created_at > now - YEAR)
    )
    return db.session.scalar(same) or 1


def lamps_around(ticket: Ticket, radius_m: float = 120.0) -> list[tuple[Lamp, float]]:
    """Return lamps near a ticket with their distance in metres, nearest first."""
    found = db.session.scalars(select(Lamp).where(near(Lamp, ticket.lon, ticket.lat, radius_m)).limit(60)).all()
    if not found:
        return []
    away = distances_from_m(ticket.lon, ticket.lat, np.array([(lamp.lon, lamp.lat) for lamp in found]))
    return sorted(zip(found, map(float, away), strict=True), key=lambda pair: (pair[1], pair[0].id))[:12]


def _in_order(ids: list[int]) -> list[Ticket]:
    shown = (
        joinedload(Ticket.lamp),
        joinedload(Ticket.district),
        joinedload(Ticket.assignee),
        selectinload(Ticket.reports),
    )
    found = {t.id: t for t in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)).options(*shown))}
    return [found[i] for i in ids]


def is_late(ticket: Ticket, today: date) -> bool:
    """Say of one ticket what late_steps.late_tickets asks of all."""
    return ticket.due_on < today and ticket.state in UNMENDED_TICKETS


def line_of(ticket: Ticket, here: tuple[float, float] | None, today: date) -> Line:
    """Return a ticket as a list shows it, seen from `here` (WGS84 longitude, latitude) when that is known."""
    overdue = is_late(ticket, today)
    if here is None:
        return Line(ticket, None, "", overdue)
    away = float(distances_from_m(*here, np.array([(ticket.lon, ticket.lat)]))[0])
    return Line(ticket, away, compass_from(*here, ticket.lon, ticket.lat), overdue)
