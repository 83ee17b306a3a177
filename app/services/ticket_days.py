"""A day in the van: today's tickets in the order of driving, with all that is needed where there is no coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.domain.people import Actor
from app.domain.states import UNMENDED_TICKETS
from app.domain.ticket_days import Candidate, choose_day, urgency
from app.models.areas import municipality
from app.models.base import db
from app.models.lamps import Lamp
from app.models.photos import Photo
from app.models.reports import Report
from app.models.ticket_visits import TicketClaim, TicketVisit
from app.models.tickets import Ticket
from app.services.desk_steps import around
from app.services.ticket_lamp_steps import mended_lamps
from app.services.ticket_steps import theirs
from geo.nearest import distances_from_m
from geo.projection import to_metres
from geo.rounds import drive_order

AROUND_M = 150.0
LAMPS_AROUND = 8
NIGHT_MAX = 100
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Stop:
    """One ticket of the day: how often this pole in a year, the lamps around with metres, who is on the way, earlier visits;
    `mended` are those of the ticket's own lamps that are done.
    """

    ticket: Ticket
    group: str
    times: int
    lamps: Sequence[tuple[Lamp, float]]
    claim: TicketClaim | None
    visits: Sequence[TicketVisit]
    mended: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Day:
    """`stops` in the order of driving; `night` what is mended and nobody has seen lit, in the order of driving too."""

    stops: Sequence[Stop]
    night: Sequence[Ticket]
    open_in_all: int


def day(actor: Actor, here: tuple[float, float] | None, *, now: datetime) -> Day:
    """Return one technician's day; `here` is where the van stands, as WGS84 longitude and latitude."""
    candidates, total = _candidates(actor)
    chosen = choose_day(candidates)
    tickets = _tickets([c.id for c in chosen])
    groups = {c.id: c.group for c in chosen}
    order = _driven(tickets, [groups[t.id] for t in tickets], [urgency(t.priority) for t in tickets], here)
    return Day(_stops([tickets[k] for k in order], groups, now), _night(actor, here), total)


def _candidates(actor: Actor) -> tuple[list[Candidate], int]:
    asked = (
        select(
            Ticket.id, Ticket.priority, Ticket.due_on, Ticket.assignee_id, Ticket.district_id, Lamp.cabinet,
        )
        .outerjoin(Lamp, Lamp.id == Ticket.lamp_id)
        .where(Ticket.state.in_(UNMENDED_TICKETS), *theirs(actor))
    )  # fmt: skip
    found = [
        Candidate(
            r.id, r.priority, r.due_on, r.assignee_id == actor.staff_id and actor.staff_id is not None,
            r.cabinet or f"district {r.district_id}",
        )
        for r in db.session.execute(asked)
    ]  # fmt: skip
    return found, len(found)


def _tickets(ids: Sequence[int]) -> list[Ticket]:
    shown = (
        joinedload(Ticket.lamp).joinedload(Lamp.owner), joinedload(Ticket.district), joinedload(Ticket.assignee),
        selectinload(Ticket.photos), selectinload(Ticket.lamps).joinedload(Lamp.owner),
        selectinload(Ticket.reports).selectinload(Report.photos.and_(Photo.state != "hidden")),
    )  # fmt: skip
    found = {t.id: t for t in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)).options(*shown))}
    return [found[i] for i in ids if i in found]


def _driven(
    tickets: Sequence[Ticket], groups: Sequence[str], levels: Sequence[int], here: tuple[float, float] | None
) -> list[int]:
    if not tickets:
        return []
    town = municipality()
    epsg = town.epsg if town else 3006
    start = to_metres(np.array([here]), epsg)[0] if here is not None else None
    return drive_order(to_metres(np.array([(t.lon, t.lat) for t in tickets]), epsg), groups, levels, start)


def _stops(tickets: Sequence[Ticket], groups: Mapping[int, str], now: datetime) -> list[Stop]:
    if not tickets:
        return []
    ids = [t.id for t in tickets]
    times, lamps, claims, visits = _times(tickets, now), _lamps(tickets), _claims(ids, now), _visits(ids)
    return [
        Stop(
            t, groups[t.id], times.get(t.lamp_id or 0, 1), lamps[t.id], claims.get(t.id), visits.get(t.id, ()),
            mended_lamps(t, visits.get(t.id, ())),
        )
        for t in tickets
    ]  # fmt: skip


def _times(tickets: Sequence[Ticket], now: datetime) -> dict[int, int]:
    numbers = {t.lamp_id for t in tickets if t.lamp_id is not None}
    same = select(Ticket.lamp_id, func.count()).where(Ticket.lamp_id.in_(numbers), Ticket.created_at > now - YEAR)
    return {lamp_id: count for lamp_id, count in db.session.execute(same.group_by(Ticket.lamp_id)) if lamp_id}


def _lamps(tickets: Sequence[Ticket]) -> dict[int, list[tuple[Lamp, float]]]:
    near: ColumnElement[bool] = around(Lamp, [(t.lon, t.lat) for t in tickets], AROUND_M)
    found = db.session.scalars(select(Lamp).where(near)).all()
    if not found:
        return {t.id: [] for t in tickets}
    places = np.array([(lamp.lon, lamp.lat) for lamp in found])
    nearest = {}
    for ticket in tickets:
        away = distances_from_m(ticket.lon, ticket.lat, places)
        rows = [int(k) for k in np.argsort(away, kind="stable")[:LAMPS_AROUND] if away[k] <= AROUND_M]
        nearest[ticket.id] = [(found[k], float(away[k])) for k in rows]
    return nearest


def _claims(ids: Sequence[int], now: datetime) -> dict[int, TicketClaim]:
    found = select(TicketClaim).where(TicketClaim.ticket_id.in_(ids), TicketClaim.until > now)
    return {c.ticket_id: c for c in db.session.scalars(found.options(joinedload(TicketClaim.staff)))}


def _visits(ids: Sequence[int]) -> dict[int, list[TicketVisit]]:
    found = select(TicketVisit).where(TicketVisit.ticket_id.in_(ids)).options(joinedload(TicketVisit.staff))
    kept: dict[int, list[TicketVisit]] = {}
    for visit in db.session.scalars(found.order_by(TicketVisit.ended_at, TicketVisit.id)):
        kept.setdefault(visit.ticket_id, []).append(visit)
    return kept


def _night(actor: Actor, here: tuple[float, float] | None) -> list[Ticket]:
    """Whoever drives the evening round sees everything that is mended in their districts, not only what they mended."""
    mine = theirs(actor, every_team=True)
    found = select(Ticket.id).where(Ticket.state == "repaired", *mine).order_by(Ticket.repaired_at).limit(NIGHT_MAX)
    tickets = _tickets(list(db.session.scalars(found)))
    groups = [t.lamp.cabinet if t.lamp else "" for t in tickets]
    return [tickets[k] for k in _driven(tickets, groups, [1] * len(tickets), here)]
