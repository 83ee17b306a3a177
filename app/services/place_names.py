"""The municipality's own facts and names, as pages ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select

from app.domain.basemap import ADDRESS
from app.models import areas
from app.models.base import db
from app.models.districts import District, Municipality, NamedPlace

NAMES_ON_PHONE_MAX: Final = 6000


def timezone_name() -> str:
    """Return the municipality's time zone; Stockholm's before it is set up."""
    row = areas.municipality()
    return row.timezone if row else "Europe/Stockholm"


def municipality() -> Municipality | None:
    """Return the municipality of this installation."""
    return areas.municipality()


def districts() -> Sequence[District]:
    """Return today's districts by name."""
    return areas.districts()


def search(words: str, most: int = 12) -> Sequence[NamedPlace]:
    """Return named places that contain these words, those that begin with them first."""
    wanted = words.strip().lower()
    if not wanted:
        return []
    contains = func.lower(NamedPlace.name).contains(wanted, autoescape=True)
    begins = func.lower(NamedPlace.name).startswith(wanted, autoescape=True)
    found = select(NamedPlace).where(contains).order_by(begins.desc(), NamedPlace.name).limit(most)
    return db.session.scalars(found).all()


def bundle() -> dict[str, Any]:
    """Return the names that a phone keeps to search among: [name, longitude, latitude, row of `districts` or −1].

    Addresses are left out where there are too many for a phone on a weak line; the server searches among all.
    """
    known = {d.id: (row, d.name) for row, d in enumerate(districts())}
    wanted = select(NamedPlace.name, NamedPlace.lon, NamedPlace.lat, NamedPlace.district_id).order_by(NamedPlace.name)
    found = db.session.execute(wanted.limit(NAMES_ON_PHONE_MAX + 1)).all()
    if len(found) > NAMES_ON_PHONE_MAX:
        found = db.session.execute(wanted.where(NamedPlace.kind != ADDRESS).limit(NAMES_ON_PHONE_MAX)).all()
    rows = [[n, round(lon, 5), round(lat, 5), known.get(d or 0, (-1, ""))[0]] for n, lon, lat, d in found]
    return {"districts": [name for _, name in known.values()], "names": rows}


def named_places(district_id: int | None = None) -> Sequence[NamedPlace]:
    """Return the named places of a district, or all of them, by name."""
    found = select(NamedPlace).where(NamedPlace.is_place()).order_by(NamedPlace.name)
    if district_id is not None:
        found = found.where(NamedPlace.district_id == district_id)
    return db.session.scalars(found).all()


def named_place(place_id: int) -> NamedPlace | None:
    """Return one named place."""
    return db.session.get(NamedPlace, place_id)


def places_by_district() -> list[tuple[str, list[NamedPlace]]]:
    """Return the named places under the name of their district, for the list route of the report page."""
    names = {d.id: d.name for d in districts()}
    grouped: dict[str, list[NamedPlace]] = {}
    for place in named_places():
        grouped.setdefault(names.get(place.district_id or 0, ""), []).append(place)
    return sorted(grouped.items())
