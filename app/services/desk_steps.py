"""What the pages of the coordinator's desk share: whose things they list, what happened, who can be responsible."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.people import Actor
from app.models.base import db
from app.models.districts import NamedPlace
from app.models.history import History
from app.models.places import METRES_PER_DEGREE_LAT, METRES_PER_DEGREE_LON, Placed
from app.models.staff import Organisation


class Unclear(ValueError):
    """It cannot be kept as it was sent: the code of what is wrong beside each field's name."""

    def __init__(self, codes: Mapping[str, str] | None = None, **more: str) -> None:
        self.codes: Mapping[str, str] = {**(codes or {}), **more}
        super().__init__(str(self.codes))


class Unknown(LookupError):
    """There is no such thing, or it is not this person's."""


@dataclass(frozen=True)
class Desk:
    """Who decides, when, and about which version of the thing."""

    actor: Actor
    now: datetime
    version: int | None = None


def of_district(column: InstrumentedAttribute[int | None], district_ids: Collection[int]) -> ColumnElement[bool] | None:
    """Return the condition “in one of my districts or in none”, or None for someone who has the whole municipality."""
    return or_(column.in_(district_ids), column.is_(None)) if district_ids else None


def history_of(thing: str, thing_id: int) -> Sequence[History]:
    """Return what happened to a thing, oldest first."""
    found = select(History).where(History.thing == thing, History.thing_id == thing_id).order_by(History.at, History.id)
    return db.session.scalars(found).all()


def organisations() -> Sequence[Organisation]:
    """Return those who own, are responsible or can be sent a report, by name; one without a name is no choice."""
    named = func.trim(Organisation.name) != ""
    return db.session.scalars(select(Organisation).where(named).order_by(Organisation.name)).all()


def around(
    model: type[Placed | NamedPlace], places: Collection[tuple[float, float]], radius_m: float
) -> ColumnElement[bool]:
    """Return the condition “in a square of this radius around any of these WGS84 positions”.

    Coarse on purpose, by the plain numbers: one query serves a whole page of rows, whatever the page's size.
    """
    d_lat = radius_m / METRES_PER_DEGREE_LAT
    d_lon = radius_m / (METRES_PER_DEGREE_LON * 0.4)  # up to 66° north
    boxes = [
        and_(model.lat.between(lat - d_lat, lat + d_lat), model.lon.between(lon - d_lon, lon + d_lon))
        for lon, lat in places
    ]
    return or_(*boxes)


def undo() -> None:
    """Forget what a decision that could not be made had begun, so that the page can be shown again as it is kept."""
    db.session.rollback()
    db.session.expire_all()
