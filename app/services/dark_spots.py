"""What a coordinator decides about a dark spot: each function is one decision and one commit.

The spot comes loaded by spot_pages.open_spot, with the reports whose senders are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from app.domain.basemap import ADDRESS
from app.domain.dark_spots import LIGHT_WORDS
from app.domain.people import Actor
from app.domain.publication import HOMES_WITHIN_M, may_be_public
from app.domain.words import N_
from app.models.areas import municipality
from app.models.base import db, expect_version
from app.models.dark_spots import DarkSpot
from app.models.districts import NamedPlace
from app.models.jobs import enqueue
from app.models.places import METRES_PER_DEGREE_LON, shape_of, to_element
from app.services.desk_steps import around
from app.services.scoring_steps import rescore
from app.services.transitions import move, remark
from geo.areas import distance_to_area_m
from geo.projection import to_metres

UNCOUNTED = frozenset({"rejected", "withdrawn", "held"})
ASLEEP = frozenset({"dismissed", "dormant", "merged"})


class NotPublishable(ValueError):
    """Too few people have reported the place, and nobody has been there (domain brief, 4.6)."""


@dataclass(frozen=True)
class Facts:
    """What people know of a spot that no report says."""

    environment: str
    light_fact: str
    flow: str
    context: list[str]
    owner_land_id: int | None
    owner_light_id: int | None
    owner_vegetation_id: int | None


def confirm(spot: DarkSpot, version: int, *, how: str, actor: Actor, now: datetime) -> None:
    """Say that the place is as the reports say; those who reported it are told."""
    expect_version(spot, version)
    spot.confirmed_at, spot.confirmed_how = now, how
    move(spot, "confirmed", actor=actor, now=now, facts={"place": spot.name})
    rescore(spot, now=now)
    db.session.commit()


def dismiss(spot: DarkSpot, version: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Say that nothing will be done about the place, and why. It leaves the public map at once."""
    expect_version(spot, version)
    spot.public = False
    move(spot, "dismissed", actor=actor, now=now, reason=reason, facts={"place": spot.name})
    db.session.commit()


def reopen(spot: DarkSpot, version: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Look at the place again."""
    expect_version(spot, version)
    to = "proposed" if spot.state in ASLEEP else "reopened"
    move(spot, to, actor=actor, now=now, reason=reason, facts={"place": spot.name})
    db.session.commit()


def set_facts(spot: DarkSpot, version: int, facts: Facts, *, actor: Actor, now: datetime) -> None:
    """Write down what is known of light, use and owners; the score follows in the same commit."""
    expect_version(spot, version)
    before = round(spot.score)
    spot.environment, spot.light_fact, spot.flow = facts.environment, facts.light_fact, facts.flow
    spot.context, spot.owner_land_id, spot.owner_light_id = facts.context, facts.owner_land_id, facts.owner_light_id
    spot.owner_vegetation_id = facts.owner_vegetation_id
    rescore(spot, now=now)
    reason = f"Fakta: {LIGHT_WORDS.get(facts.light_fact, '')}. Poäng {before} → {round(spot.score)}."
    remark(spot, actor=actor, now=now, reason=reason)
    db.session.commit()


def reshape(spot: DarkSpot, version: int, shape: BaseGeometry, *, actor: Actor, now: datetime) -> None:
    """Give the place the shape that a person drew, in WGS84 degrees; it is then kept together and keeps that shape."""
    expect_version(spot, version)
    remark(spot, actor=actor, now=now, reason=N_("Formen ritad för hand. Platsen hålls samman."))
    spot.shape, spot.pinned = to_element(shape), True
    middle = shape.representative_point()
    spot.place_at(middle.x, middle.y)
    spot.kind = "stretch" if isinstance(shape, LineString) else "place"
    spot.length_m = float(shapely.length(shapely.transform(shape, to_metres))) if isinstance(shape, LineString) else 0.0
    enqueue("regroup", "regroup", now=now)
    db.session.commit()


def publish(spot: DarkSpot, version: int, *, public: bool, text: str, actor: Actor, now: datetime) -> None:
    """Show the place in public, or take it away.

    Raises:
        NotPublishable: fewer than three reporters (five among few homes) or two days, and it was not confirmed on a walk.

    """
    expect_version(spot, version)
    if public and not _publishable(spot):
        raise NotPublishable
    remark(spot, actor=actor, now=now, reason=f"Visas offentligt: {text}" if public else N_("Visas inte offentligt."))
    spot.public, spot.public_text = public, text
    db.session.commit()


def _publishable(spot: DarkSpot) -> bool:
    here = municipality()
    zone = ZoneInfo(here.timezone if here else "Europe/Stockholm")
    heard = [r for r in spot.reports if r.state not in UNCOUNTED]
    days = {r.received_at.astimezone(zone).date() for r in heard}
    return may_be_public(
        len({r.reporter_key for r in heard}), len(days), on_walk=spot.confirmed_how == "walk", homes=_homes(spot)
    )


def _homes(spot: DarkSpot) -> int:
    """Return how many addresses lie within 50 m of a place, as far as addresses are known (`basemap build`)."""
    shape = shape_of(spot.shape)
    if shape is None:
        return 0
    here = shape.representative_point()
    reach = HOMES_WITHIN_M + shape.length * METRES_PER_DEGREE_LON
    found = select(NamedPlace.lon, NamedPlace.lat).where(
        NamedPlace.kind == ADDRESS, around(NamedPlace, [(here.x, here.y)], reach)
    )
    return sum(distance_to_area_m(lon, lat, shape) <= HOMES_WITHIN_M for lon, lat in db.session.execute(found))
