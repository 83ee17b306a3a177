"""What a regrouping looks at: everything, or what a change can touch, seen whole. Reads and decides; never writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from app.services import spot_report_steps
from app.services.scoring_steps import Town
from app.services.spot_report_steps import BESIDE_PINNED_M, Floats, Ground, Nearby, in_metres
from app.services.spot_row_steps import SpotRow, kept_rows
from geo.dark_spots import Part, Spot, Together, drawn, hanging_together, parts_of, spots_of
from geo.neighbourhoods import ASKED_M, WINDOW_M, Box, boxes_around, covers, joined, likely_boxes, touched, wider
from geo.points import distinct

FEW_PLACES = 4
"""Beyond so many, spots further off are not asked for beforehand: the boxes of many places grow together into one."""
PLACES_MAX = 300
REPORTS_MAX = 20_000
"""Beyond so many places or reports looking at everything is quicker than looking around each."""


@dataclass(frozen=True)
class Scene:
    """What was gathered: the reports to be grouped anew, those that move into a pinned spot, and the pinned spots touched."""

    free: Ground
    homes: Mapping[int, int]
    fixed: Collection[int]
    groups: Sequence[Spot]
    spots: Mapping[int, SpotRow] | None
    """The spots that the reports had, and any other that is to be looked at; None for all, which are not read yet."""


@dataclass
class _Look:
    """How far a regrouping has looked: the places that changed, the boxes that are known, the spots touched and marked.

    `near` are the spots known by their outlines, all of them within `windows`.
    """

    at: np.ndarray[Any, Any]
    boxes: list[Box]
    spots: set[int]
    marked: frozenset[int]
    near: Nearby
    windows: list[Box]


def everything(epsg: int) -> tuple[Scene, int]:
    """Return all reports, grouped anew, and how many there are."""
    ground, fixed = spot_report_steps.all_ground(epsg), spot_report_steps.all_pinned(epsg)
    homes = spot_report_steps.homes_beside(ground, fixed)
    free = ground.only(_free(ground, fixed, homes))
    together = hanging_together(free.xy, free.who)
    groups = spots_of(free.xy, free.who, together)
    late = _going_home(free, together, fixed)
    by_report = _by_report(ground, homes) | _by_report(free, late)
    if late:
        rows = _without(np.arange(len(free.ids)), late)
        free, groups = free.only(rows), _renumbered(groups, rows)
    return Scene(free, by_report, set(fixed), groups, None), len(ground.ids)


def around(marks: Mapping[str, Any], now: datetime) -> tuple[Town, Scene | None]:
    """Return where we are, and what the marks can touch, seen whole and grouped anew; None when that is too much."""
    here, places, spots = spot_report_steps.here_and_places([int(n) for n in marks.get("reports", ())], now)
    return here, _seen_whole(_first_look(marks, places, spots, here.epsg), here.epsg)


def _seen_whole(look: _Look, epsg: int) -> Scene | None:
    while len(look.at) <= PLACES_MAX:
        ground, silent = spot_report_steps.ground_within(look.boxes, epsg)
        if len(ground.ids) > REPORTS_MAX:
            return None
        fixed = _pinned(look, ground, epsg)
        homes = spot_report_steps.homes_beside(ground, fixed)
        free = ground.only(_free(ground, fixed, homes))
        together = hanging_together(free.xy, free.who)
        at = np.vstack([look.at, ground.xy[sorted(homes)]])
        near = touched(free.xy, together, at, look.boxes)
        mine = free.only(near.rows)
        late = _going_home(free, together, fixed, near.rows)
        look.spots |= {int(s) for s in mine.spot if s} | set(homes.values()) | set(late.values())
        spots = {} if near.beyond else kept_rows(look.spots)
        seen = silent + Counter(mine.spot.tolist())
        unseen = [n for n, row in spots.items() if n not in fixed and row.members != seen[n]]
        beyond = near.beyond or _elsewhere(look, unseen, mine, epsg)
        if not beyond:
            parts = parts_of(free.xy, free.who, together, near.groups)
            by_report = _by_report(ground, homes) | _by_report(free, late)
            moved = look.marked | set(by_report.values())
            same = _unchanged(parts, mine, free.spot) - moved
            rows = _without(near.rows[~np.isin(mine.spot, sorted(same))], late)
            changed = drawn(free.xy, [part for part in parts if int(free.spot[part.rows[0]]) not in same])
            moving = {n: SpotRow.of(row) for n, row in spots.items() if n not in same}
            touched_pins = set(fixed) & moving.keys()
            return Scene(free.only(rows), by_report, touched_pins, _renumbered(changed, rows), moving)
        look.boxes = joined([*look.boxes, *beyond])
    return None


def _first_look(marks: Mapping[str, Any], places: Floats, spots: set[int], epsg: int) -> _Look:
    named = {int(n) for n in marks.get("spots", ())}
    gone = in_metres(marks.get("places", ()), epsg)
    members = spot_report_steps.members_at(named, epsg).xy if named else gone[:0]
    at = distinct(np.vstack([places, gone, members]))[0]
    windows = boxes_around(at, ASKED_M if len(at) <= FEW_PLACES else WINDOW_M)
    near = spot_report_steps.spots_near(windows, epsg, named)
    kept = [near.pinned[n].buffer(BESIDE_PINNED_M).bounds for n in sorted(named & near.pinned.keys())]
    boxes = joined([*likely_boxes(at, near.as_array()), *kept])
    return _Look(at, boxes, spots | named, frozenset(spots | named), near, windows)


def _pinned(look: _Look, ground: Ground, epsg: int) -> dict[int, BaseGeometry]:
    """Return the outlines that people keep together, of all spots in these boxes; what no look has seen is asked for."""
    unseen = [box for box in (wider(b, BESIDE_PINNED_M) for b in look.boxes) if not _is_seen(box, look.windows)]
    unknown = ({int(s) for s in ground.spot if s} | look.spots) - look.near.extents.keys()
    if unseen or unknown:
        more = spot_report_steps.spots_near(unseen, epsg, unknown)
        look.near = Nearby(look.near.extents | more.extents, look.near.pinned | more.pinned)
        look.windows += unseen
    return dict(sorted(look.near.pinned.items()))


def _is_seen(box: Box, windows: Sequence[Box]) -> bool:
    return any(covers(window, box) for window in windows)


def _elsewhere(look: _Look, unseen: Collection[int], mine: Ground, epsg: int) -> list[Box]:
    """Return where spots that were not seen whole have reports that were not seen to be touched; these places change as well."""
    if not unseen:
        return []
    members = spot_report_steps.members_at(unseen, epsg)
    places = members.xy[~np.isin(members.ids, mine.ids)]
    new = [p for p in distinct(places)[0].tolist() if p not in look.at.tolist()]
    if not new:
        return []
    look.at = np.vstack([look.at, new])
    return boxes_around(np.array(new), WINDOW_M)


def _free(ground: Ground, fixed: Collection[int], homes: Mapping[int, int]) -> np.ndarray[Any, Any]:
    """Say of each report whether grouping decides about it."""
    free = ~np.isin(ground.spot, sorted(fixed))
    free[sorted(homes)] = False
    return np.asarray(free)


def _going_home(
    free: Ground, together: Together, fixed: Mapping[int, BaseGeometry], among: np.ndarray[Any, Any] | None = None
) -> dict[int, int]:
    """Return by row the pinned spot of each report that loses its spot, with nobody around it, and lies in a pinned one."""
    if not fixed:
        return {}
    alone = np.flatnonzero((together.label < 0) & (free.spot > 0))
    return spot_report_steps.homes_beside(free, fixed, alone if among is None else np.intersect1d(alone, among))


def _without(rows: np.ndarray[Any, Any], some: Collection[int]) -> np.ndarray[Any, Any]:
    return rows[~np.isin(rows, sorted(some))] if some else rows


def _by_report(ground: Ground, homes: Mapping[int, int]) -> dict[int, int]:
    return {int(ground.ids[row]): spot for row, spot in homes.items()}


def _renumbered(groups: Sequence[Spot], rows: np.ndarray[Any, Any]) -> list[Spot]:
    """Return groups whose members are row numbers among these rows alone."""
    return [
        replace(g, members=np.searchsorted(rows, g.members), centre=int(np.searchsorted(rows, g.centre)))
        for g in groups
    ]


def _unchanged(parts: Sequence[Part], mine: Ground, spot: np.ndarray[Any, Any]) -> set[int]:
    """Return each spot that is near but has the very reports that it had: it need not be drawn again."""
    had, same = np.bincount(mine.spot), set()
    for part in parts:
        first = int(spot[part.rows[0]])
        if first and had[first] == len(part.rows) and bool((spot[part.rows] == first).all()):
            same.add(first)
    return same
