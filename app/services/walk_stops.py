"""The stops of a draft: which, in which order, and with which words. One function, one commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain import walks as rules
from app.domain.words import N_
from app.models.base import db, expect_version
from app.models.dark_spots import DarkSpot
from app.models.districts import NamedPlace
from app.models.walks import Walk, WalkStop
from app.services import walk_network_steps as network
from app.services import walk_steps as steps
from app.services.desk_steps import Desk, Unclear, Unknown
from app.services.transitions import remark


def choose(walk_id: int, spot_ids: Collection[int], *, desk: Desk) -> Walk:
    """Visit exactly these spots (and the safe places): those already there keep their place, new ones come last."""
    walk = _draft(walk_id, desk)
    walk.stops = [s for s in walk.stops if s.dark_spot_id is None or s.dark_spot_id in spot_ids]
    here = {s.dark_spot_id for s in walk.stops}
    new = select(DarkSpot).where(DarkSpot.id.in_(set(spot_ids) - here), steps.OPEN_SPOT).order_by(DarkSpot.score.desc())
    walk.stops.extend(steps.stop_at(spot, desk.now) for spot in db.session.scalars(new))
    return _stops_changed(walk, desk)


def shift(walk_id: int, stop_id: int, where_to: str, *, desk: Desk) -> Walk:
    """Move one stop up or down, or take it away."""
    walk = _draft(walk_id, desk)
    stops = list(walk.stops)
    at = next((i for i, s in enumerate(stops) if s.id == stop_id), None)
    if at is None:
        raise Unknown
    if where_to == "remove":
        walk.stops.remove(stops[at])
        return _stops_changed(walk, desk)
    other = at - 1 if where_to == "up" else at + 1
    if 0 <= other < len(stops):
        stops[at], stops[other] = stops[other], stops[at]
    walk.stops = stops
    return _stops_changed(walk, desk)


def shortest(walk_id: int, *, desk: Desk) -> Walk:
    """Put the stops in the order of the shortest loop."""
    walk = _draft(walk_id, desk)
    steps.take_shortest(walk)
    return _stops_changed(walk, desk)


def reorder(walk_id: int, stop_ids: Sequence[int], *, desk: Desk) -> Walk:
    """Put the stops in the order that somebody dragged them to; what the list does not name keeps its place at the end."""
    walk = _draft(walk_id, desk)
    here = {s.id: s for s in walk.stops}
    if not set(stop_ids) <= set(here):
        raise Unknown
    named = [here[i] for i in dict.fromkeys(stop_ids)]
    walk.stops = [*named, *(s for s in walk.stops if s not in named)]
    return _stops_changed(walk, desk)


def add_safe_place(walk_id: int, named_place_id: int | None, title: str, *, desk: Desk) -> Walk:
    """Add a stop at a place that feels safe, by a named place's position."""
    walk = _draft(walk_id, desk)
    place = db.session.get(NamedPlace, named_place_id) if named_place_id else None
    if place is None:
        raise Unclear(named_place_id="choice_unknown" if named_place_id else "required")
    stop = steps.safe_stop_at(place, desk.now, title)
    walk.stops.insert(_cheapest_place(walk, stop), stop)
    return _stops_changed(walk, desk)


def describe(
    walk_id: int, stop_id: int, title: str, question: str, minutes: int, *, accessible: bool, desk: Desk
) -> Walk:
    """Keep a stop's own words, minutes and whether everybody gets there."""
    walk = _draft(walk_id, desk)
    stop = next((s for s in walk.stops if s.id == stop_id), None)
    if stop is None:
        raise Unknown
    stop.title, stop.question, stop.minutes, stop.accessible, stop.updated_at = (
        title,
        question,
        minutes,
        accessible,
        desk.now,
    )
    return _stops_changed(walk, desk)


def _draft(walk_id: int, desk: Desk) -> Walk:
    entries = selectinload(Walk.stops).selectinload(WalkStop.entries)  # a stop that goes takes its entries with it
    found = select(Walk).where(Walk.id == walk_id, *steps.own(desk.actor)).options(entries)
    walk = db.session.scalars(found).first()
    if walk is None:
        raise Unknown
    expect_version(walk, desk.version)
    if walk.state not in rules.EDITABLE:
        raise Unclear(spots="stops_are_fixed")
    return walk


def _stops_changed(walk: Walk, desk: Desk) -> Walk:
    remark(walk, actor=desk.actor, now=desk.now, reason=N_("Stoppen ändrade"))
    steps.measure_route(walk, desk.now)
    db.session.commit()
    return walk


def _cheapest_place(walk: Walk, stop: WalkStop) -> int:
    """Where a new stop makes the loop longer by the least, the order of the others being somebody's choice."""
    corners = steps.corners(walk)
    ahead = len(corners) - len(walk.stops)
    distance = network.between([*corners, (stop.lon, stop.lat)]).distance_m
    last, rows = len(corners), range(len(corners))
    loops = [[*rows[: at + ahead], last, *rows[at + ahead :]] for at in range(len(walk.stops) + 1)]

    def length(at: int) -> float:
        loop = loops[at]
        return float(sum(distance[a, b] for a, b in zip(loop, [*loop[1:], loop[0]], strict=True)))

    return min(range(len(loops)), key=lambda at: (round(length(at), 6), -at))
