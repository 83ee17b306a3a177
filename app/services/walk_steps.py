"""What the planner and the protocol of a walk share: finding one, its way in metres, and who may change it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from geoalchemy2.shape import from_shape
from numpy.typing import NDArray
from shapely.geometry import LineString
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app.domain import walk_planning as planning
from app.domain import walks as rules
from app.domain.people import THE_SYSTEM, Actor
from app.domain.states import OPEN_DARK_SPOTS
from app.models import areas
from app.models.base import SRID_WGS84, db
from app.models.dark_spots import DarkSpot
from app.models.districts import NamedPlace
from app.models.walks import Walk, WalkEntry, WalkStop
from app.services import walk_network_steps as network
from app.services.transitions import move_if_possible
from geo import routes
from geo.darkness import Where
from geo.projection import SWEREF99_TM, to_metres
from geo.walk_network import Ways

OPEN_SPOT = DarkSpot.state.in_(OPEN_DARK_SPOTS)
STOCKHOLM = Where(18.07, 59.33, "Europe/Stockholm")


def where() -> Where:
    """Return where the municipality lies under the sun; Stockholm before it is set up."""
    row = areas.municipality()
    return Where(row.lon, row.lat, row.timezone) if row else STOCKHOLM


def own(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the condition for the walks that a coordinator may see."""
    return [Walk.district_id.in_(actor.district_ids)] if actor.district_ids else []


def walk_with_reports(walk_id: int, actor: Actor) -> Walk | None:
    """Return a walk with its stops, their spots and the reports whose senders are told, or None."""
    stops = selectinload(Walk.stops)
    found = select(Walk).where(Walk.id == walk_id, *own(actor))
    return db.session.scalars(
        found.options(joinedload(Walk.district), stops.joinedload(WalkStop.dark_spot).selectinload(DarkSpot.reports))
    ).first()


def walk_with_entries(walk_id: int, *conditions: ColumnElement[bool]) -> Walk | None:
    """Return a walk with its stops, their spots and all entries of its protocol, or None."""
    stops = selectinload(Walk.stops)
    entries = stops.selectinload(WalkStop.entries)
    found = select(Walk).where(Walk.id == walk_id, *conditions)
    return db.session.scalars(
        found.options(
            joinedload(Walk.district),
            joinedload(Walk.leader),
            stops.joinedload(WalkStop.dark_spot),
            entries.joinedload(WalkEntry.responsible_guess),
            entries.selectinload(WalkEntry.photos),
        )
    ).first()


def metres(places: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Return WGS84 positions as metres in the municipality's system."""
    row = areas.municipality()
    return to_metres(np.array(places, dtype=np.float64).reshape(-1, 2), row.epsg if row else SWEREF99_TM)


def corners(walk: Walk) -> list[tuple[float, float]]:
    """Return the loop's corners: the meeting place, then the stops in order."""
    stops = [(s.lon, s.lat) for s in walk.stops]
    if walk.meeting_lon is None or walk.meeting_lat is None:
        return stops
    return [(walk.meeting_lon, walk.meeting_lat), *stops]


def measure_route(walk: Walk, now: datetime) -> None:
    """Number the stops and set length, minutes and line after any change; the walk's version counts up."""
    for ordinal, stop in enumerate(walk.stops, start=1):
        stop.ordinal = ordinal
    places = corners(walk)
    ways = network.between(places)
    loop = [*range(len(places)), 0] if len(places) > 1 else []
    walk.length_m = _length_m(ways, loop)
    walk.minutes = rules.minutes(routes.walking_minutes(walk.length_m), [s.minutes for s in walk.stops])
    line = ways.line(loop)
    walk.route = from_shape(LineString(line), srid=SRID_WGS84) if len(line) > 1 else None
    walk.planning = {
        **(walk.planning or {}),
        "measured": planning.NETWORK if ways.network else planning.DETOUR,
        "variant": _accessible_variant(walk, places) if ways.network else None,
    }
    changed(walk, now)


def _length_m(ways: Ways, order: Sequence[int]) -> float:
    return float(sum(ways.distance_m[a, b] for a, b in itertools.pairwise(order)))


def _accessible_variant(walk: Walk, places: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Return the walk without steps: its length, its minutes, and the stops that it cannot reach."""
    ways = network.between(places, wheels=True)
    ahead = len(places) - len(walk.stops)
    can = [s.accessible and bool(np.isfinite(ways.distance_m[0, k + ahead])) for k, s in enumerate(walk.stops)]
    order = [0, *(k + ahead for k, reached in enumerate(can) if reached and k + ahead), 0]
    length = _length_m(ways, order)
    here = [s for s, reached in zip(walk.stops, can, strict=True) if reached]
    minutes = rules.minutes(routes.walking_minutes(length), [s.minutes for s in here])
    without = [s.title for s, reached in zip(walk.stops, can, strict=True) if not reached]
    return {"length_m": round(length), "minutes": minutes, "without": without}


def changed(walk: Walk, now: datetime) -> None:
    """Let the walk's version count up though only its stops or entries changed."""
    walk.updated_at = now
    flag_modified(walk, "updated_at")


def spots_of(walk: Walk) -> list[DarkSpot]:
    """Return the dark spots that the walk visits, each once, in order."""
    return list({s.dark_spot.id: s.dark_spot for s in walk.stops if s.dark_spot_id and s.dark_spot}.values())


def open_spots_of(walk: Walk) -> list[DarkSpot]:
    """Return those of them that nobody has closed or dismissed since."""
    return [spot for spot in spots_of(walk) if spot.state in OPEN_DARK_SPOTS]


def wrong_stops(walk: Walk) -> str | None:
    """Return the code of what stands in the way of planning: a stop at a place that is no longer open, or one place twice."""
    stops = [stop for stop in walk.stops if stop.dark_spot_id and stop.dark_spot]
    if len(spots_of(walk)) < len(stops):
        return "stop_twice"
    return None if len(open_spots_of(walk)) == len(stops) else "stop_closed"


def let_spots_follow(walk: Walk, to: str, now: datetime) -> None:
    """Move the walk's spots after it, where the table allows it."""
    for spot in spots_of(walk):
        move_if_possible(spot, to, actor=THE_SYSTEM, now=now, facts={"place": spot.name})


def let_spots_return(walk: Walk, now: datetime) -> None:
    """Take the spots off a walk that will not be: what was confirmed before is so again, and nobody is told twice."""
    for spot in spots_of(walk):
        if spot.state == "on_walk":
            move_if_possible(spot, "confirmed", actor=THE_SYSTEM, now=now, tell=False)


def stop_at(spot: DarkSpot, now: datetime) -> WalkStop:
    """Return a new stop at a dark spot, with the question that opens a conversation."""
    return WalkStop(
        ordinal=0, dark_spot_id=spot.id, lon=spot.lon, lat=spot.lat, title=spot.name or spot.reference,
        question=rules.QUESTIONS[1], minutes=rules.MINUTES_PER_STOP, created_at=now, updated_at=now,
    )  # fmt: skip


def safe_stop_at(place: NamedPlace, now: datetime, title: str = "") -> WalkStop:
    """Return a new stop at a place that feels safe, with the question of what works there."""
    return WalkStop(
        ordinal=0, lon=place.lon, lat=place.lat, title=title or place.name, question=rules.QUESTIONS[0],
        minutes=rules.MINUTES_PER_STOP, safe_place=True, accessible=True, created_at=now, updated_at=now,
    )  # fmt: skip


def take_shortest(walk: Walk) -> None:
    """Put the stops in the order of the shortest loop from the meeting place."""
    places = corners(walk)
    ahead = len(places) - len(walk.stops)  # 1 when the meeting place is a corner of its own
    distance = network.between(places).distance_m
    order = [i - ahead for i in routes.one_way_round(distance) if i >= ahead]
    stops: Sequence[WalkStop] = list(walk.stops)
    walk.stops = [stops[i] for i in order]
