"""The reports that grouping looks at: all of them, or those around a change. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, bindparam, select

from app.models.among import among, numbers
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.places import shape_of, within_box
from app.models.reports import Report
from app.services.scoring_steps import NOT_GROUPED
from geo.neighbourhoods import Box
from geo.projection import to_lonlat, to_metres

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BESIDE_PINNED_M = 25.0
REPORT = Report.__table__.c
COUNTS = REPORT.state.not_in(NOT_GROUPED)
COLUMNS = (REPORT.id, REPORT.lon, REPORT.lat, REPORT.reporter_key, REPORT.dark_spot_id)
COUNTED = select(*COLUMNS).where(COUNTS)
SPOT = DarkSpot.__table__.c
SIDES = ("west", "south", "east", "north")
NOWHERE = (1e3, 1e3, 1e3, 1e3)


@dataclass(frozen=True)
class Ground:
    """Reports by ascending number: `ids`, `xy` in metres, `who` a whole number for each reporter, `spot` 0 for none."""

    ids: Ints
    xy: Floats
    who: Ints
    spot: Ints

    def only(self, rows: NDArray[Any]) -> Ground:
        """Return some of the rows, by number or mask."""
        return Ground(self.ids[rows], self.xy[rows], self.who[rows], self.spot[rows])

    def known(self) -> dict[int, list[int]]:
        """Return the reports of each spot."""
        found: dict[int, list[int]] = defaultdict(list)
        for report, spot in zip(self.ids.tolist(), self.spot.tolist(), strict=True):
            if spot:
                found[spot].append(report)
        return found


def all_ground(epsg: int) -> Ground:
    """Return every report that counts."""
    return _ground(db.session.connection().execute(COUNTED.order_by(REPORT.id)).all(), epsg)


def ground_within(boxes: Iterable[Box], epsg: int) -> Ground:
    """Return the reports that count within these boxes of metres, which do not overlap."""
    rows: dict[int, Any] = {}
    inside_box = _counted_within(db.engine.dialect.name)
    for box in boxes:
        found = db.session.connection().execute(inside_box, _sides(_degrees(box, epsg))).all()
        rows |= {row[0]: row for row in found}
    ground = _ground([rows[number] for number in sorted(rows)], epsg)
    inside = np.zeros(len(ground.ids), np.bool_)
    for west, south, east, north in boxes:
        x, y = ground.xy[:, 0], ground.xy[:, 1]
        inside |= (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return ground.only(inside)


def members_at(spot_ids: Collection[int], epsg: int) -> Ground:
    """Return the reports that count in these spots."""
    asked = COUNTED.where(among(REPORT.dark_spot_id, "spots", db.engine.dialect.name)).order_by(REPORT.id)
    return _ground(db.session.connection().execute(asked, {"spots": numbers(spot_ids)}).all(), epsg)


def numbers_in(spot_ids: Collection[int]) -> list[int]:
    """Return the numbers of the reports that count in these spots."""
    asked = _members(db.engine.dialect.name), {"spots": numbers(spot_ids)}
    return list(db.session.connection().scalars(*asked).all())


def places_of(report_ids: Sequence[int], epsg: int) -> tuple[Floats, set[int]]:
    """Return where these reports stand, in metres, whatever their state, and the spots that have them."""
    asked = _some(db.engine.dialect.name), {"reports": numbers(report_ids)}
    ground = _ground(db.session.connection().execute(*asked).all(), epsg)
    return ground.xy, {int(s) for s in ground.spot if s}


def in_metres(lonlat: Any, epsg: int) -> Floats:
    """Return (k, 2) metres for [lon, lat] pairs, of which there may be none."""
    return to_metres(np.array(list(lonlat), dtype=np.float64).reshape(-1, 2), epsg)


def pinned_shapes(epsg: int, boxes: Iterable[Box] | None = None, also: Collection[int] = ()) -> dict[int, BaseGeometry]:
    """Return the shape in metres of each spot that people keep together: of all, or of those beside boxes or named."""
    asked = _pinned(db.engine.dialect.name, everywhere=boxes is None)
    look: list[dict[str, Any]] = [{}] if boxes is None else [{"named": list(also), **_sides(NOWHERE)}] if also else []
    for west, south, east, north in boxes or ():
        wider = (west - BESIDE_PINNED_M, south - BESIDE_PINNED_M, east + BESIDE_PINNED_M, north + BESIDE_PINNED_M)
        look.append({"named": [], **_sides(_degrees(wider, epsg))})
    if len(look) == 2:  # one question instead of two, where one box is looked at
        look = [{**look[1], "named": list(also)}]
    found: dict[int, Any] = {}
    for where in look:
        found |= {row.id: row.shape for row in db.session.connection().execute(asked, where)}
    return {n: _shape_in_metres(shape_of(element) or shapely.Point(), epsg) for n, element in sorted(found.items())}


@lru_cache(maxsize=2)
def _some(dialect: str) -> Select[Any]:
    return select(*COLUMNS).where(among(REPORT.id, "reports", dialect))


@lru_cache(maxsize=2)
def _members(dialect: str) -> Select[Any]:
    return select(REPORT.id).where(among(REPORT.dark_spot_id, "spots", dialect), COUNTS)


@lru_cache(maxsize=4)
def _counted_within(_dialect: str) -> Select[Any]:
    """Return the question for the reports of a box, built once for each kind of database."""
    return COUNTED.where(within_box(Report, *(bindparam(side) for side in SIDES)))


@lru_cache(maxsize=4)
def _pinned(_dialect: str, *, everywhere: bool) -> Select[Any]:
    asked = select(SPOT.id, SPOT.shape).where(SPOT.pinned.is_(True), SPOT.state != "merged")
    if everywhere:
        return asked
    beside = within_box(DarkSpot, *(bindparam(side) for side in SIDES), of="shape")
    return asked.where(SPOT.id.in_(bindparam("named", expanding=True)) | beside)


def _sides(box: Box) -> dict[str, float]:
    return dict(zip(SIDES, box, strict=True))


def homes_beside(ground: Ground, fixed: Mapping[int, BaseGeometry]) -> dict[int, int]:
    """Return by row the pinned spot of each report without a spot that lies in one, or just beside it.

    A place that people put together stays one place: what comes in there later must not make a second one.
    """
    homeless = np.flatnonzero(ground.spot == 0)
    if not len(homeless) or not fixed:
        return {}
    points = shapely.points(ground.xy[homeless])
    homes: dict[int, int] = {}
    for number, shape in fixed.items():
        for at in np.flatnonzero(shapely.dwithin(shape, points, BESIDE_PINNED_M)):
            homes.setdefault(int(homeless[at]), number)
    return homes


def _ground(rows: Sequence[Any], epsg: int) -> Ground:
    if not rows:
        return Ground(np.empty(0, np.int64), np.empty((0, 2)), np.empty(0, np.int64), np.empty(0, np.int64))
    ids, lon, lat, keys, spots = zip(*rows, strict=True)
    codes = {key: code for code, key in enumerate(dict.fromkeys(keys))}
    return Ground(
        np.array(ids, np.int64), to_metres(np.array((lon, lat), np.float64).T, epsg),
        np.array([codes[key] for key in keys], np.int64), np.array([spot or 0 for spot in spots], np.int64),
    )  # fmt: skip


def _degrees(box: Box, epsg: int) -> Box:
    """Return the WGS84 box around a box in metres, a hair wider: north is not up everywhere in a metric system."""
    west, south, east, north = box
    middle = (west + east) / 2, (south + north) / 2
    edge = [(west, south), (west, north), (east, south), (east, north), (west, middle[1]), (east, middle[1])]
    lonlat = to_lonlat(np.array([*edge, (middle[0], south), (middle[0], north)]), epsg)
    (w, s), (e, n) = lonlat.min(axis=0).tolist(), lonlat.max(axis=0).tolist()
    return w - 1e-5, s - 1e-5, e + 1e-5, n + 1e-5


def _shape_in_metres(shape: BaseGeometry, epsg: int) -> BaseGeometry:
    moved: BaseGeometry = shapely.transform(shape, lambda lonlat: to_metres(lonlat, epsg))
    return moved
