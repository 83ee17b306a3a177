"""The light at a dark spot: which lamps stand there, where none does, how much light there is, and what a new lamp would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString
from shapely.ops import linemerge
from sqlalchemy import select

from app.domain import lamp_light as rule
from app.domain.states import UNMENDED_TICKETS
from app.models.areas import municipality
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.lamps import Lamp
from app.models.places import METRES_PER_DEGREE_LAT, METRES_PER_DEGREE_LON, shape_of, within_box
from app.models.tickets import Ticket, ticket_lamp
from app.models.walk_network import Walkway
from app.models.walks import WalkEntry, WalkStop
from app.services.scoring_steps import light_of
from geo import lighting
from geo.projection import to_metres

Floats = NDArray[np.float64]
Known = tuple[Lamp, str, rule.Source, list[tuple[int, str]] | None]
REACH_M = 75.0
WAY_WITHIN_M = 25.0
WAY_AT_LEAST_M = 60.0
LAMPS_MAX = 400
LONGEST_M = 2000.0


@dataclass(frozen=True)
class LampSeen:
    """A lamp along the path: metres from its beginning and beside it, state, and its open ticket."""

    at_m: float
    beside_m: float
    state: str
    pole: str
    assumed: bool
    ticket_id: int | None = None


@dataclass(frozen=True)
class Reading:
    """Light that was measured on a walk, beside the estimate: metres from the path's beginning, lx, instrument, day."""

    at_m: float
    lux: float
    instrument: str
    day: date


@dataclass(frozen=True)
class Proposal:
    """A lamp that does not exist: metres from the path's beginning, height, lumens of its luminaire."""

    at_m: float
    height_m: float = rule.PATH_HEIGHT_M
    lumen: float = rule.USUAL_LUMEN


@dataclass(frozen=True)
class SpotLight:
    """`now` as it is, `whole` with everything in order, `proposed` as it is and a new lamp; `gaps` where none stands.

    `path` says where the line comes from: `stretch` (the spot's own), `way` (the walking network) or `row` (the lamps);
    `heads` where it leads: `east` or `north`.
    """

    path: str
    heads: str
    length_m: float
    lamps: Sequence[LampSeen]
    gaps: Sequence[lighting.Gap]
    now: lighting.Light
    whole: lighting.Light
    proposed: lighting.Light | None
    proposal: Proposal | None
    readings: Sequence[Reading]
    doubt: tuple[str, int]
    """Where what is held true of the place's light is not what its lamps say: as domain.lamp_light.doubt."""


def picture(spot: DarkSpot, proposal: Proposal | None = None) -> SpotLight:
    """Return the light along a spot's path. `spot.shape` is loaded (deferred otherwise)."""
    town = municipality()
    epsg = town.epsg if town else 3006
    centre = to_metres(np.array([(spot.lon, spot.lat)]), epsg)[0]
    rows = _lamps(spot)
    xy = to_metres(np.array([(r.lon, r.lat) for r in rows]).reshape(-1, 2), epsg) if rows else np.empty((0, 2))
    kind, line = _path(spot, centre, xy, epsg)
    line, heads = _as_on_a_map(line)
    faults = _faults([r.id for r in rows])
    sources = [rule.source(r.lumen, r.power_w, r.light_source, r.height_m, r.road_type) for r in rows]
    states = [rule.lamp_state(r.status, [code for _, code in faults.get(r.id, ())]) for r in rows]
    height, flux = np.array([s.height_m for s in sources]), np.array([s.lumen for s in sources])
    there = np.array([state != rule.PLANNED for state in states], dtype=bool)
    now = flux * np.array([rule.share(state) for state in states])
    seen = _along(line, xy, list(zip(rows, states, sources, [faults.get(r.id) for r in rows], strict=True)))
    return SpotLight(
        path=kind,
        heads=heads,
        length_m=line.length,
        lamps=seen,
        gaps=lighting.gaps_along(line, xy[there]),
        now=lighting.light_along(line, xy, height, now),
        whole=lighting.light_along(line, xy, height, np.where(there, flux, 0.0)),
        proposed=_with(line, xy, height, now, proposal) if proposal else None,
        proposal=proposal,
        readings=_readings(spot, line, epsg),
        doubt=rule.doubt(light_of(spot), [lamp.state for lamp in seen]),
    )


def _lamps(spot: DarkSpot) -> Sequence[Lamp]:
    """Return the lamps whose light can reach the spot's path."""
    shape = shape_of(spot.shape)
    west, south, east, north = shape.bounds if shape is not None else (spot.lon, spot.lat, spot.lon, spot.lat)
    up = (REACH_M * 2) / METRES_PER_DEGREE_LAT
    out = up * METRES_PER_DEGREE_LAT / (METRES_PER_DEGREE_LON * max(float(np.cos(np.radians(spot.lat))), 0.01))
    box = within_box(Lamp, west - out, south - up, east + out, north + up)
    return db.session.scalars(select(Lamp).where(box).order_by(Lamp.id).limit(LAMPS_MAX)).all()


def _path(spot: DarkSpot, centre: Floats, lamps_xy: Floats, epsg: int) -> tuple[str, LineString]:
    """Return the line that is looked along: the stretch itself, else the way past the place, else the row of lamps."""
    shape = shape_of(spot.shape)
    if spot.kind == "stretch" and isinstance(shape, LineString | MultiLineString):
        merged = linemerge(shape) if isinstance(shape, MultiLineString) else shape
        longest = max(merged.geoms, key=lambda part: part.length) if isinstance(merged, MultiLineString) else merged
        line = LineString(to_metres(shapely.get_coordinates(longest), epsg))
        if 1.0 < line.length <= LONGEST_M:
            return "stretch", line
    way = _way_past(spot, centre, epsg)
    return ("way", way) if way is not None else ("row", lighting.row_through(lamps_xy, centre, REACH_M))


def _as_on_a_map(line: LineString) -> tuple[LineString, str]:
    """Return the path from west to east, or from south to north when it runs more that way."""
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    heads, forward = ("east", x1 >= x0) if abs(x1 - x0) >= abs(y1 - y0) else ("north", y1 >= y0)
    return (line if forward else LineString(list(line.coords)[::-1])), heads


def _way_past(spot: DarkSpot, centre: Floats, epsg: int) -> LineString | None:
    """Return the part of the nearest walkway within reach of a place, if it is close and long enough to look along."""
    up = WAY_WITHIN_M / METRES_PER_DEGREE_LAT
    near = (Walkway.south <= spot.lat + up, Walkway.north >= spot.lat - up, Walkway.west <= spot.lon + 2 * up)
    rows = db.session.scalars(select(Walkway.line).where(*near, Walkway.east >= spot.lon - 2 * up).order_by(Walkway.id))
    here = shapely.Point(centre)
    found = [LineString(to_metres(shapely.get_coordinates(shape_of(row)), epsg)) for row in rows]
    found = [line for line in found if line.distance(here) <= WAY_WITHIN_M]
    if not found:
        return None
    line = min(found, key=lambda way: way.distance(here))
    at = line.project(here)
    part = shapely.ops.substring(line, max(at - REACH_M, 0.0), min(at + REACH_M, line.length))
    return part if isinstance(part, LineString) and part.length >= WAY_AT_LEAST_M else None


def _faults(lamp_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Return the open tickets of lamps, those that have several lamps too, as (ticket, fault) by lamp."""
    if not lamp_ids:
        return {}
    still = Ticket.state.in_(UNMENDED_TICKETS)
    one = select(Ticket.lamp_id, Ticket.id, Ticket.fault_code).where(Ticket.lamp_id.in_(lamp_ids), still)
    several = (
        select(ticket_lamp.c.lamp_id, Ticket.id, Ticket.fault_code)
        .join(Ticket, Ticket.id == ticket_lamp.c.ticket_id)
        .where(ticket_lamp.c.lamp_id.in_(lamp_ids), still)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for lamp_id, ticket_id, code in [*db.session.execute(one), *db.session.execute(several)]:
        found.setdefault(lamp_id, []).append((ticket_id, code))
    return found


def _along(line: LineString, xy: Floats, lamps: Sequence[Known]) -> list[LampSeen]:
    """Return the lamps that stand beside the path, in its order."""
    seen = []
    for place, (row, state, source, faults) in zip(xy, lamps, strict=True):
        point, ticket_id = shapely.Point(place), faults[0][0] if faults else None
        away = line.distance(point)
        if away > lighting.BESIDE_M:
            continue
        name = row.pole_number or row.asset_id
        seen.append(LampSeen(line.project(point), away, state, name, source.assumed, ticket_id))
    return sorted(seen, key=lambda lamp: (lamp.at_m, lamp.pole))


def _with(line: LineString, xy: Floats, height: Floats, flux: Floats, new: Proposal) -> lighting.Light:
    """Return the light as it is and a new lamp beside the path."""
    at = line.interpolate(min(max(new.at_m, 0.0), line.length))
    return lighting.light_along(
        line, np.vstack([xy, [(at.x, at.y)]]), np.append(height, new.height_m), np.append(flux, new.lumen)
    )


def _readings(spot: DarkSpot, line: LineString, epsg: int) -> list[Reading]:
    found = (
        select(WalkEntry.lux, WalkEntry.lux_instrument, WalkEntry.created_at, WalkStop.lon, WalkStop.lat)
        .join(WalkStop, WalkStop.id == WalkEntry.stop_id)
        .where(WalkStop.dark_spot_id == spot.id, WalkEntry.lux.is_not(None))
        .order_by(WalkEntry.id)
    )
    rows = db.session.execute(found).all()
    if not rows:
        return []
    xy = to_metres(np.array([(r.lon, r.lat) for r in rows]), epsg)
    return [
        Reading(line.project(shapely.Point(xy[k])), r.lux, r.lux_instrument, r.created_at.date())
        for k, r in enumerate(rows)
    ]
