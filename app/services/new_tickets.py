"""Tickets that nobody reported: by hand, from a spot, from a patrol; and reports that follow the ticket of their lamp."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.people import TECHNICIAN, THE_SYSTEM, Actor
from app.domain.reports import is_position
from app.domain.states import OPEN_DARK_SPOTS
from app.domain.tickets import DANGEROUS, FAULTS, fault_for
from app.domain.words import between
from app.models.base import db, expect_version
from app.models.dark_spots import DarkSpot
from app.models.lamps import Lamp
from app.models.reports import Report
from app.models.tickets import Ticket
from app.services.desk_steps import Unclear
from app.services.report_steps import is_outside
from app.services.ticket_steps import Fault, ticket_at_lamp, ticket_for
from app.services.transitions import remark

FAULTY = frozenset({"lamp_out", "flickering", "damage"})
LAMPS_MAX = 500


@dataclass(frozen=True)
class Wish:
    """A ticket as somebody writes it: a pole's number or id, or a position, or a spot; `source` is hand, spot or patrol.

    `from_afar`: it was written without coverage, where no number could be looked up. A number that the register does not
    have is then no reason to send it back when the position is known: the ticket opens there, and says the number.
    """

    fault: str
    source: str = "hand"
    pole: str = ""
    lamp_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    spot_id: int | None = None
    lamps_affected: int = 1
    environment: str = ""
    directions: str = ""
    called_whom: str = ""
    from_afar: bool = False


def open_by_hand(
    wish: Wish, *, actor: Actor, now: datetime, today: date, unread: Collection[str] = ()
) -> tuple[Ticket, str]:
    """Open a ticket without a report, or join the one that its lamp has; return it and how it came.

    Danger is a phone call first: without the name of whoever was called, nothing is opened. `unread` names the degrees
    that somebody wrote and nobody can read.

    Raises:
        Unclear: with the code beside each field.

    """
    lamp, spot = _lamp(wish), _spot(wish)
    if wish.from_afar and wish.pole and lamp is None and wish.lon is not None:
        said = f"Stolpe {wish.pole}, som inte finns i registret. {wish.directions}".strip()[:300]
        wish = replace(wish, pole="", directions=said)
    lon, lat = (lamp.lon, lamp.lat) if lamp else (wish.lon, wish.lat)
    if lon is None and spot is not None:
        lon, lat = spot.lon, spot.lat
    codes = _wrong(wish, lamp, lon, lat) | dict.fromkeys(unread, "degrees_not_readable")
    if unread and codes.get("pole") == "position_missing":
        del codes["pole"]
    if codes or lon is None or lat is None:
        raise Unclear(codes)
    fault = Fault(
        wish.fault, lon, lat, wish.lamps_affected, lamp, wish.directions,
        wish.environment or (spot.environment if spot else "") or None, spot.id if spot else None,
        spot.band if spot else None, None, actor.staff_id if actor.role == TECHNICIAN else None,
        "spot" if spot and wish.source == "hand" else wish.source, wish.called_whom,
    )  # fmt: skip
    found = ticket_for(fault, [], actor=actor, report_actor=actor, now=now, today=today)
    db.session.commit()
    return found


def note_call(ticket: Ticket, version: int | None, *, whom: str, actor: Actor, now: datetime) -> None:
    """Write down that somebody was called about a danger, and who."""
    expect_version(ticket, version)
    if not whom:
        raise Unclear(called_whom="required")
    ticket.called_at, ticket.called_whom = now, whom
    remark(ticket, actor=actor, now=now, reason=f"Ringt: {whom}")
    db.session.commit()


def follow_lamp(payload: Mapping[str, Any], now: datetime) -> str:
    """Let a report of a lamp that has an open ticket, or had one within two weeks, follow it: `joined`, `reopened` or ``.

    Run by a job after the receipt. A held report waits for its coordinator, and a report never closes anything.
    """
    found = select(Report).where(Report.id == int(payload["report_id"])).options(selectinload(Report.lamp))
    report = db.session.scalars(found).first()
    if report is None or report.state != "received" or report.lamp is None or not FAULTY & set(report.categories):
        db.session.rollback()
        return ""
    if ticket_at_lamp(report.lamp, now) is None:
        db.session.rollback()
        return ""
    fault = Fault(fault_for(report.categories), report.lon, report.lat, lamp=report.lamp)
    _, how = ticket_for(fault, [report], actor=THE_SYSTEM, report_actor=THE_SYSTEM, now=now, today=now.date())
    db.session.commit()
    return how


def beginning(lamp_id: int | None, spot_id: int | None) -> Wish:
    """Return what a form begins with for a lamp or a spot."""
    lamp = db.session.get(Lamp, lamp_id) if lamp_id else None
    spot = db.session.get(DarkSpot, spot_id) if spot_id else None
    if lamp:
        return Wish(
            "B01",
            pole=lamp.pole_number or lamp.asset_id,
            lamp_id=lamp.id,
            lon=lamp.lon,
            lat=lamp.lat,
            environment=lamp.environment,
        )
    if spot:
        return Wish(
            "B01",
            "spot",
            lon=spot.lon,
            lat=spot.lat,
            spot_id=spot.id,
            environment=spot.environment,
            directions=spot.name[:300],
        )
    return Wish("B01")


def _lamp(wish: Wish) -> Lamp | None:
    if wish.lamp_id:
        return db.session.get(Lamp, wish.lamp_id)
    if not wish.pole:
        return None
    named = select(Lamp).where((Lamp.pole_number == wish.pole) | (Lamp.asset_id == wish.pole))
    return db.session.scalars(named.order_by(Lamp.id).limit(1)).first()


def _spot(wish: Wish) -> DarkSpot | None:
    spot = db.session.get(DarkSpot, wish.spot_id) if wish.spot_id else None
    return spot if spot is not None and spot.state in OPEN_DARK_SPOTS else None


def _wrong(wish: Wish, lamp: Lamp | None, lon: float | None, lat: float | None) -> dict[str, str]:
    codes: dict[str, str] = {}
    if wish.fault not in FAULTS:
        codes["fault_code"] = "choice_unknown"
    if (wish.pole or wish.lamp_id) and lamp is None:
        codes["pole"] = "pole_unknown"
    elif lon is None or lat is None or not is_position(lon, lat):
        codes["pole"] = "position_missing"
    elif lamp is None and is_outside(lon, lat):  # a lamp of the register is ours wherever it stands
        codes["lat"] = "outside"
    if not 1 <= wish.lamps_affected <= LAMPS_MAX:
        codes["lamps_affected"] = between(1, LAMPS_MAX)
    if wish.fault in DANGEROUS and not wish.called_whom:
        codes["called_whom"] = "call_first"
    return codes
