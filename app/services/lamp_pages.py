"""What the pages of the register show: lists, one lamp with its history, lamps in a box of the map, the nearest lamp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from app.domain.states import OPEN_TICKETS
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.history import History
from app.models.lamps import Lamp, LampCorrection
from app.models.places import nearest_rows, within_box
from app.models.reports import Membership, Report
from app.models.tickets import Ticket, ticket_lamp
from app.services.desk_steps import history_of
from geo.nearest import distances_from_m

PAGE = 50
MAP_MAX = 2000
WITHIN_M = 10_000.0


@dataclass(frozen=True)
class Wanted:
    """What a list of lamps is narrowed to; empty means any."""

    words: str = ""
    cabinet: str = ""
    status: str = ""
    owner_id: int | None = None


@dataclass(frozen=True)
class Dossier:
    """One lamp with everything that is known about it."""

    lamp: Lamp
    tickets: Sequence[Ticket]
    reports: Sequence[Report]
    corrections: Sequence[LampCorrection]
    spots: Sequence[DarkSpot]
    history: Sequence[History]


def listing(wanted: Wanted, page: int) -> tuple[Sequence[Lamp], int]:
    """Return one page of lamps by cabinet, section and pole, and how many there are."""
    condition = _condition(wanted)
    total = db.session.scalar(select(func.count()).select_from(Lamp).where(*condition)) or 0
    found = select(Lamp).where(*condition).options(joinedload(Lamp.owner), joinedload(Lamp.operator))
    ordered = found.order_by(Lamp.cabinet, Lamp.id).limit(PAGE).offset((page - 1) * PAGE)
    return db.session.scalars(ordered).all(), total


def dossier(lamp_id: int) -> Dossier | None:
    """Return one lamp with its tickets, reports and corrections, newest first; None when there is none."""
    found = select(Lamp).where(Lamp.id == lamp_id).options(joinedload(Lamp.owner), joinedload(Lamp.operator))
    lamp = db.session.scalars(found).first()
    if lamp is None:
        return None
    several = select(ticket_lamp.c.ticket_id).where(ticket_lamp.c.lamp_id == lamp_id)
    tickets = select(Ticket).where((Ticket.lamp_id == lamp_id) | Ticket.id.in_(several)).order_by(Ticket.id.desc())
    reports = select(Report).where(Report.lamp_id == lamp_id).order_by(Report.id.desc()).limit(20)
    corrections = select(LampCorrection).where(LampCorrection.lamp_id == lamp_id).order_by(LampCorrection.id.desc())
    return Dossier(
        lamp, db.session.scalars(tickets.limit(50)).all(), db.session.scalars(reports).all(),
        db.session.scalars(corrections.limit(20)).all(), _spots(lamp_id), history_of("lamp", lamp_id),
    )  # fmt: skip


def nearest(lon: float, lat: float, count: int = 10, *, only: str = "") -> list[tuple[Lamp, float]]:
    """Return the lamps nearest to a WGS84 position with their distance in metres, found by the spatial index.

    Args:
        lon, lat: degrees. count: how many. only: a status, "" for any. Nothing beyond ten kilometres is found.

    """
    condition = [Lamp.status == only] if only else []
    rows = nearest_rows(Lamp, lon, lat, count, *condition, within_m=WITHIN_M)
    if not rows:
        return []
    away = distances_from_m(lon, lat, np.array([(r.lon, r.lat) for r in rows]))
    chosen = sorted((float(m), r.id) for m, r in zip(away, rows, strict=True) if m <= WITHIN_M)[:count]
    lamps = {x.id: x for x in db.session.scalars(select(Lamp).where(Lamp.id.in_([number for _, number in chosen])))}
    return [(lamps[number], metres) for metres, number in chosen]


def in_box(west: float, south: float, east: float, north: float) -> list[tuple[Lamp, bool]]:
    """Return at most MAP_MAX lamps of a box of degrees, each with whether it has an open ticket."""
    lamps = db.session.scalars(select(Lamp).where(within_box(Lamp, west, south, east, north)).limit(MAP_MAX)).all()
    boxed = within_box(Ticket, west, south, east, north)
    known = set(db.session.scalars(select(Ticket.lamp_id).where(Ticket.state.in_(OPEN_TICKETS), boxed)))
    several = select(ticket_lamp.c.lamp_id).join(Ticket, Ticket.id == ticket_lamp.c.ticket_id)
    known |= set(db.session.scalars(several.where(Ticket.state.in_(OPEN_TICKETS), boxed)))
    return [(lamp, lamp.id in known) for lamp in lamps]


def _spots(lamp_id: int) -> Sequence[DarkSpot]:
    """The dark spots that a lamp is part of: through its reports and through its tickets."""
    by_report = select(Membership.dark_spot_id).join(Report, Report.id == Membership.report_id)
    by_ticket = select(Ticket.dark_spot_id).where(Ticket.lamp_id == lamp_id, Ticket.dark_spot_id.is_not(None))
    found = select(DarkSpot).where(
        DarkSpot.id.in_(by_report.where(Report.lamp_id == lamp_id)) | DarkSpot.id.in_(by_ticket)
    )
    return db.session.scalars(found.order_by(DarkSpot.id).limit(20)).all()


def drafts() -> Sequence[LampCorrection]:
    """Return the corrections that wait for the desk, oldest first."""
    found = select(LampCorrection).where(LampCorrection.status == "draft").options(joinedload(LampCorrection.lamp))
    return db.session.scalars(found.order_by(LampCorrection.id).limit(200)).all()


def find(lamp_id: int) -> Lamp | None:
    """Return one lamp with its owner."""
    found = select(Lamp).where(Lamp.id == lamp_id).options(joinedload(Lamp.owner))
    return db.session.scalars(found).first()


def _condition(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.words:
        found.append(Lamp.pole_number.startswith(wanted.words, autoescape=True) | (Lamp.asset_id == wanted.words))
    if wanted.cabinet:
        found.append(Lamp.cabinet == wanted.cabinet)
    if wanted.status:
        found.append(Lamp.status == wanted.status)
    if wanted.owner_id:
        found.append(Lamp.owner_id == wanted.owner_id)
    return found
