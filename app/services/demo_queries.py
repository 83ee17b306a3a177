"""What the demo's people look up before they act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select

from app.domain.reports import FAULT_CATEGORIES
from app.domain.states import OPEN_DARK_SPOTS, OPEN_TICKETS
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import District, NamedPlace
from app.models.lamps import Lamp
from app.models.measures import Funding, Measure
from app.models.places import near
from app.models.reports import Report
from app.models.staff import Organisation
from app.models.tickets import Ticket
from app.models.walks import Walk, WalkStop
from geo.nearest import distances_from_m

SOME_REPORTS = 220
NEAR_M = 60.0


def old_reports(*, before: datetime) -> Sequence[int]:
    """Return old reports that nobody has read, spread over their time."""
    found = (
        select(Report.id).where(Report.state.in_(("received", "held")), Report.received_at < before).order_by(Report.id)
    )
    ids = db.session.scalars(found).all()
    return ids[:: max(len(ids) // SOME_REPORTS, 1)]


def version_of_report(report_id: int) -> int:
    """Return the version that a page would show."""
    return int(db.session.scalar(select(Report.version).where(Report.id == report_id)) or 1)


def version_of_walk(walk_id: int | None) -> int | None:
    """Return the version that a page would show, None for a walk that is yet to be made."""
    return None if walk_id is None else db.session.scalar(select(Walk.version).where(Walk.id == walk_id))


def is_fault(report_id: int) -> bool:
    """Say whether a report tells of a lamp."""
    found = db.session.scalar(select(Report.categories).where(Report.id == report_id))
    return bool(FAULT_CATEGORIES & set(found or ()))


def nearest_lamp(report_id: int) -> str:
    """Return the number of the lamp nearest to a report, as the form sends it."""
    lon, lat = db.session.execute(select(Report.lon, Report.lat).where(Report.id == report_id)).one()
    lamps = db.session.execute(
        select(Lamp.id, Lamp.lon, Lamp.lat).where(near(Lamp, lon, lat, NEAR_M), Lamp.status == "in_service")
    ).all()
    if not lamps:
        return ""
    away = distances_from_m(lon, lat, np.array([(lamp.lon, lamp.lat) for lamp in lamps]))
    return str(lamps[int(away.argmin())].id)


def environment_near(lon: float, lat: float) -> str:
    """Return what kind of place the nearest named place is."""
    places = db.session.execute(
        select(NamedPlace.environment, NamedPlace.lon, NamedPlace.lat).where(NamedPlace.kind == "place")
    ).all()
    away = distances_from_m(lon, lat, np.array([(p.lon, p.lat) for p in places]))
    return str(places[int(away.argmin())].environment)


def organisation(name: str) -> int:
    """Return the number of an organisation of the demo."""
    return int(db.session.scalars(select(Organisation.id).where(Organisation.name == name)).one())


def districts_with_spots(most: int) -> Sequence[int]:
    """Return the districts with most open spots."""
    spots = select(DarkSpot.district_id).where(DarkSpot.state.in_(OPEN_DARK_SPOTS), DarkSpot.district_id.is_not(None))
    found = spots.group_by(DarkSpot.district_id).order_by(func.count().desc(), DarkSpot.district_id).limit(most)
    return [d for d in db.session.scalars(found) if d is not None]


def district_name(district_id: int) -> str:
    """Return what a district is called."""
    return str(db.session.scalars(select(District.name).where(District.id == district_id)).one())


def walks_ahead() -> Sequence[tuple[int, datetime]]:
    """Return the walks that are planned, with when they begin."""
    found = (
        select(Walk.id, Walk.starts_at).where(Walk.state == "planned", Walk.starts_at.is_not(None)).order_by(Walk.id)
    )
    return [(walk_id, at) for walk_id, at in db.session.execute(found) if at is not None]


def named_place(district_id: int) -> int | None:
    """Return the centre of a district."""
    return db.session.scalar(
        select(NamedPlace.id).where(NamedPlace.district_id == district_id, NamedPlace.kind == "centre")
    )


def stops_of(walk_id: int) -> Sequence[int]:
    """Return the stops of a walk in order."""
    return db.session.scalars(select(WalkStop.id).where(WalkStop.walk_id == walk_id).order_by(WalkStop.ordinal)).all()


def measures() -> Sequence[Any]:
    """Return what the demo needs to know of each measure."""
    return db.session.execute(
        select(Measure.id, Measure.kind, Measure.plan_id, DarkSpot.name.label("place"))
        .outerjoin(DarkSpot, DarkSpot.id == Measure.dark_spot_id)
        .order_by(Measure.id)
    ).all()


def funding(kind: str) -> int:
    """Return the source that fits a kind of measure."""
    wanted = "investment" if kind.startswith("lighting") else "operating"
    return int(db.session.scalars(select(Funding.id).where(Funding.kind == wanted).order_by(Funding.id)).first() or 0)


def open_tickets() -> Sequence[int]:
    """Return the tickets that wait."""
    return db.session.scalars(select(Ticket.id).where(Ticket.state.in_(OPEN_TICKETS)).order_by(Ticket.id)).all()


def opened_at(ticket_id: int) -> datetime:
    """Return when a ticket was opened."""
    return db.session.scalars(select(Ticket.created_at).where(Ticket.id == ticket_id)).one()


def may_repair(ticket_id: int) -> bool:
    """Say whether a ticket can be closed without a photo."""
    return db.session.scalar(select(Ticket.priority).where(Ticket.id == ticket_id)) not in {"P1", "P2"}
