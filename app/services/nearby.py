"""What everybody may know of a place before they report it: lamps, lighting tickets and approved places near a pin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.domain.publication import NEAR_M
from app.domain.states import OPEN_DARK_SPOTS, OPEN_TICKETS
from app.models.areas import district_at
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import NamedPlace
from app.models.lamps import Lamp
from app.models.photos import Photo
from app.models.places import METRES_PER_DEGREE_LAT, near, shape_of, within_box
from app.models.reports import Membership
from app.models.tickets import Ticket, ticket_lamp
from app.services.report_steps import is_outside
from app.services.ticket_steps import may_tell
from geo.areas import distance_to_area_m
from geo.nearest import distances_from_m

NAMED_WITHIN_M: Final = 250.0
ITEMS_MAX: Final = 4
LOOKED_AT: Final = 40


@dataclass(frozen=True)
class KnownTicket:
    """A lighting ticket as everybody may read it; `metres` from the pin."""

    id: int
    pole: str
    fault: str
    state: str
    opened_on: date
    due_on: date
    next_on: date | None
    repaired_at: datetime | None
    metres: float = 0.0


@dataclass(frozen=True)
class KnownSpot:
    """An approved place; `photo` is an approved photo's public id, or nothing."""

    id: int
    name: str
    text: str
    state: str
    last_report_at: datetime | None
    photo: str
    metres: float


@dataclass(frozen=True)
class KnownLamp:
    """A lamp of the register, and the ticket or the decision that explains why it is dark."""

    pole: str
    lon: float
    lat: float
    off_reason: str
    off_decided_by: str
    is_off: bool
    known: KnownTicket | None


@dataclass(frozen=True)
class Around:
    """What lies around a pin. `place` and `district` are names or empty; `outside` when it is not ours."""

    outside: bool
    place: str
    district: str
    tickets: Sequence[KnownTicket]
    spots: Sequence[KnownSpot]

    @property
    def is_known(self) -> bool:
        """True when there is something that the report may be about already."""
        return bool(self.tickets or self.spots)


def around(lon: float, lat: float) -> Around:
    """Return what everybody may know of what lies around a WGS84 position."""
    if is_outside(lon, lat):
        return Around(True, "", "", (), ())
    district = district_at(lon, lat)
    return Around(False, _place_name(lon, lat), district.name if district else "", _tickets(lon, lat), _spots(lon, lat))


def lamps_in(edges: tuple[float, float, float, float], *, most: int) -> list[KnownLamp]:
    """Return the lamps in a box of WGS84 degrees (west, south, east, north), each with what is known of it."""
    west, south, east, north = edges
    found = select(Lamp).where(within_box(Lamp, west, south, east, north)).order_by(Lamp.id).limit(most)
    lamps = db.session.scalars(found).all()
    known = _tickets_of_lamps([lamp.id for lamp in lamps])
    return [
        KnownLamp(
            lamp.pole_number or lamp.asset_id, lamp.lon, lamp.lat, lamp.off_reason, lamp.off_decided_by, lamp.status == "deliberately_off",
            _as_known(known[lamp.id], lamp.pole_number) if lamp.id in known else None,
        )
        for lamp in lamps
    ]  # fmt: skip


def _tickets_of_lamps(lamps: Sequence[int]) -> dict[int, Ticket]:
    """Return for each lamp the open ticket that everybody may know of; a ticket may hold a row of lamps."""
    one = select(Ticket.lamp_id, Ticket).where(Ticket.lamp_id.in_(lamps))
    several = select(ticket_lamp.c.lamp_id, Ticket).join(Ticket, Ticket.id == ticket_lamp.c.ticket_id)
    pairs = [
        pair
        for statement in (one, several.where(ticket_lamp.c.lamp_id.in_(lamps)))
        for pair in db.session.execute(statement.where(Ticket.state.in_(OPEN_TICKETS)).order_by(Ticket.id))
    ]
    return {lamp_id: ticket for lamp_id, ticket in pairs if lamp_id is not None and may_tell(ticket)}


def _as_known(ticket: Ticket, pole: str, metres: float = 0.0) -> KnownTicket:
    return KnownTicket(
        ticket.id, pole, ticket.fault_code, ticket.state, ticket.opened_on, ticket.due_on, ticket.next_on, ticket.repaired_at, metres,
    )  # fmt: skip


def _tickets(lon: float, lat: float) -> list[KnownTicket]:
    found = (
        select(Ticket, Lamp.pole_number)
        .join(Lamp, Lamp.id == Ticket.lamp_id)
        .where(near(Ticket, lon, lat, NEAR_M), Ticket.state.in_(OPEN_TICKETS))
        .order_by(Ticket.id.desc())
        .limit(LOOKED_AT)
    )
    rows = [(ticket, pole) for ticket, pole in db.session.execute(found) if may_tell(ticket)]
    if not rows:
        return []
    metres = distances_from_m(lon, lat, np.array([(t.lon, t.lat) for t, _ in rows]))
    known = [_as_known(t, pole, float(m)) for (t, pole), m in zip(rows, metres, strict=True)]
    return sorted(known, key=lambda k: k.metres)[:ITEMS_MAX]


def _spots(lon: float, lat: float) -> list[KnownSpot]:
    public = DarkSpot.public.is_(True), DarkSpot.state.in_(OPEN_DARK_SPOTS)
    rows = db.session.scalars(select(DarkSpot).where(*public).options(undefer(DarkSpot.shape))).all()
    close = []
    for spot in rows:
        shape = shape_of(spot.shape)
        metres = distance_to_area_m(lon, lat, shape) if shape is not None else NEAR_M + 1
        if metres <= NEAR_M:
            close.append((metres, spot))
    close.sort(key=lambda pair: (pair[0], pair[1].id))
    photos = _approved_photos([spot.id for _, spot in close])
    return [
        KnownSpot(s.id, s.name, s.public_text, s.state, s.last_report_at, photos.get(s.id, ""), metres)
        for metres, s in close[:ITEMS_MAX]
    ]


def _approved_photos(spots: Sequence[int]) -> dict[int, str]:
    """Return for each spot one photo that somebody approved, the newest."""
    found = (
        select(Membership.dark_spot_id, Photo.public_id)
        .join(Photo, Photo.report_id == Membership.report_id)
        .where(Membership.dark_spot_id.in_(spots), Photo.state == "approved")
        .order_by(Photo.id)
    )
    return {row.dark_spot_id: row.public_id for row in db.session.execute(found)}


def _place_name(lon: float, lat: float) -> str:
    """Return the name of the nearest place, stop or street within sight."""
    d_lat = NAMED_WITHIN_M / METRES_PER_DEGREE_LAT
    d_lon = d_lat / max(float(np.cos(np.radians(lat))), 0.01)
    found = select(NamedPlace.name, NamedPlace.lon, NamedPlace.lat).where(
        NamedPlace.kind != "centre",
        NamedPlace.lon.between(lon - d_lon, lon + d_lon),
        NamedPlace.lat.between(lat - d_lat, lat + d_lat),
    )
    rows = db.session.execute(found.limit(500)).all()
    if not rows:
        return ""
    metres = distances_from_m(lon, lat, np.array([(r.lon, r.lat) for r in rows]))
    nearest = int(metres.argmin())
    return rows[nearest].name if metres[nearest] <= NAMED_WITHIN_M else ""
