"""The reports that grouping looks at: all of them, or those around a change. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, bindparam, case, literal, select, true

from app.domain.dark_spots import NOT_GROUPED
from app.models.among import among, none_of, numbers
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.places import extent_of, shape_of, within_box
from app.models.reports import Membership, Report
from app.services.scoring_steps import HERE, MEMBER_COLUMNS, Member, Town, latest_basis, member_of, town_of
from geo.neighbourhoods import Box
from geo.projection import to_lonlat, to_metres

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BESIDE_PINNED_M = 25.0
REPORT = Report.__table__.c
COUNTS = none_of(REPORT.state, NOT_GROUPED)
HOME = Membership.__table__.c
BELONGS = HOME.report_id == REPORT.id
COLUMNS = (REPORT.id, REPORT.lon, REPORT.lat, HOME.dark_spot_id, REPORT.district_id, *MEMBER_COLUMNS)
STANDING = select(*COLUMNS).select_from(Report.__table__.outerjoin(Membership.__table__, BELONGS))
COUNTED = STANDING.where(COUNTS)
SPOT_OF, STATE = 3, 10
"""Where two of the columns stand."""
SPOT = DarkSpot.__table__.c
STANDS = SPOT.state != "merged"
SIDES = ("west", "south", "east", "north")


class Facts(NamedTuple):
    """What spots need to know of one report: where it stands, its district, and what it says."""

    lon: float
    lat: float
    district_id: int | None
    member: Member


@dataclass(frozen=True)
class Ground:
    """Reports by ascending number: `ids`, `xy` in metres, `who` a whole number for each reporter, `spot` 0 for none.

    `rows` are what was read of them (COLUMNS).
    """

    ids: Ints
    xy: Floats
    who: Ints
    spot: Ints
    rows: Sequence[Any]

    def only(self, rows: NDArray[Any]) -> Ground:
        """Return some of the rows, by number or mask."""
        kept = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return Ground(
            self.ids[kept], self.xy[kept], self.who[kept], self.spot[kept], [self.rows[k] for k in kept.tolist()]
        )

    def facts(self) -> dict[int, Facts]:
        """Return what spots need to know of each report."""
        return {row[0]: Facts(row[1], row[2], row[4], member_of(*row[5:])) for row in self.rows}

    def known(self) -> dict[int, list[int]]:
        """Return the reports of each spot."""
        found: dict[int, list[int]] = defaultdict(list)
        for report, spot in zip(self.ids.tolist(), self.spot.tolist(), strict=True):
            if spot:
                found[spot].append(report)
        return found


class Nearby(NamedTuple):
    """Spots around somewhere, by number: how far their outlines reach, in metres; the outline of those that are pinned."""

    extents: dict[int, Box]
    pinned: dict[int, BaseGeometry]

    def as_array(self) -> Floats:
        """Return the extents as (m, 4)."""
        return np.array(list(self.extents.values()), np.float64).reshape(-1, 4)


def all_ground(epsg: int) -> Ground:
    """Return every report that counts."""
    return _ground(db.session.connection().execute(COUNTED.order_by(REPORT.id)).all(), epsg)


def ground_within(boxes: Iterable[Box], epsg: int) -> tuple[Ground, Counter[int]]:
    """Return the reports that count within these boxes of metres, which do not overlap, and how many of each spot do not."""
    rows: dict[int, Any] = {}
    inside_box = _standing_within(db.engine.dialect.name)
    for box in boxes:
        found = db.session.connection().execute(inside_box, _sides(_degrees(box, epsg))).all()
        rows |= {row[0]: row for row in found}
    standing = [rows[number] for number in sorted(rows)]
    silent = Counter(row[SPOT_OF] for row in standing if row[STATE] in NOT_GROUPED)
    ground = _ground([row for row in standing if row[STATE] not in NOT_GROUPED], epsg)
    inside = np.zeros(len(ground.ids), np.bool_)
    for west, south, east, north in boxes:
        x, y = ground.xy[:, 0], ground.xy[:, 1]
        inside |= (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return ground.only(inside), silent


def members_at(spot_ids: Collection[int], epsg: int) -> Ground:
    """Return the reports that count in these spots."""
    asked = COUNTED.where(among(HOME.dark_spot_id, "spots", db.engine.dialect.name)).order_by(REPORT.id)
    return _ground(db.session.connection().execute(asked, {"spots": numbers(spot_ids)}).all(), epsg)


def here_and_places(report_ids: Sequence[int], now: datetime) -> tuple[Town, Floats, set[int]]:
    """Return the municipality, where these reports stand (in metres, whatever their state), and the spots that have them."""
    asked = _some(db.engine.dialect.name), {"reports": numbers(report_ids), "latest": latest_basis(now)}
    rows = db.session.connection().execute(*asked).all()
    here = town_of([row for row in rows if row.timezone is not None], now)
    found = {row.id: row for row in rows if row.id is not None}.values()
    return here, in_metres([(r.report_lon, r.report_lat) for r in found], here.epsg), {r.spot for r in found if r.spot}


def in_metres(lonlat: Any, epsg: int) -> Floats:
    """Return (k, 2) metres for [lon, lat] pairs, of which there may be none."""
    return to_metres(np.array(list(lonlat), dtype=np.float64).reshape(-1, 2), epsg)


def all_pinned(epsg: int) -> dict[int, BaseGeometry]:
    """Return the outline in metres of each spot that people keep together."""
    rows = db.session.connection().execute(select(SPOT.id, SPOT.shape).where(SPOT.pinned.is_(True), STANDS))
    return {n: _shape_in_metres(element, epsg) for n, element in sorted(rows.all())}


def spots_near(boxes: Iterable[Box], epsg: int, also: Collection[int] = ()) -> Nearby:
    """Return the spots whose outlines meet these boxes of metres, and those named as well."""
    dialect = db.engine.dialect.name
    found: dict[int, Any] = {}
    for box in boxes:
        asked = _near(dialect, by="place"), _sides(_degrees(box, epsg))
        found |= {row[0]: row for row in db.session.connection().execute(*asked).all()}
    if also:
        asked = _near(dialect, by="number"), {"spots": numbers(also)}
        found |= {row[0]: row for row in db.session.connection().execute(*asked).all()}
    return _nearby(list(found.values()), epsg)


def _nearby(rows: Sequence[Any], epsg: int) -> Nearby:
    if not rows:
        return Nearby({}, {})
    ids, west, south, east, north, pinned = zip(*rows, strict=True)
    corners = np.array([west, south, west, north, east, south, east, north], np.float64).T.reshape(-1, 2)
    xy = to_metres(corners, epsg).reshape(-1, 4, 2)
    extents = np.hstack([xy.min(axis=1), xy.max(axis=1)]).tolist()
    shapes = {n: _shape_in_metres(element, epsg) for n, element in zip(ids, pinned, strict=True) if element is not None}
    return Nearby({n: (w, s, e, top) for n, (w, s, e, top) in zip(ids, extents, strict=True)}, shapes)


@lru_cache(maxsize=2)
def _some(dialect: str) -> Select[Any]:
    """Return the question for these reports beside each row of HERE: whichever is missing, the other is answered."""
    here, one = HERE.subquery("here"), select(literal(1)).subquery("one")
    where = REPORT.lon.label("report_lon"), REPORT.lat.label("report_lat")
    asked = select(here, REPORT.id, *where, HOME.dark_spot_id.label("spot"))
    beside = one.outerjoin(here, true()).outerjoin(Report.__table__, among(REPORT.id, "reports", dialect))
    return asked.select_from(beside.outerjoin(Membership.__table__, BELONGS))


@lru_cache(maxsize=4)
def _standing_within(_dialect: str) -> Select[Any]:
    """Return the question for the reports of a box, built once for each kind of database."""
    return STANDING.where(within_box(Report, *(bindparam(side) for side in SIDES)))


@lru_cache(maxsize=4)
def _near(dialect: str, *, by: str) -> Select[Any]:
    """Return the question for spots by their outlines' place or by number: extent in degrees, and the outline if pinned."""
    extent, source = extent_of(DarkSpot, "shape", dialect)
    asked = select(SPOT.id, *extent, case((SPOT.pinned.is_(True), SPOT.shape))).select_from(source).where(STANDS)
    if by == "number":
        return asked.where(among(SPOT.id, "spots", dialect))
    return asked.where(within_box(DarkSpot, *(bindparam(side) for side in SIDES), of="shape"))


def _sides(box: Box) -> dict[str, float]:
    return dict(zip(SIDES, box, strict=True))


def homes_beside(ground: Ground, fixed: Mapping[int, BaseGeometry], rows: Ints | None = None) -> dict[int, int]:
    """Return by row the pinned spot of each report without a spot (or of these rows) that lies in one, or just beside it.

    A place that people put together stays one place: what comes in there later must not make a second one.
    """
    homeless = np.flatnonzero(ground.spot == 0) if rows is None else rows
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
        return Ground(np.empty(0, np.int64), np.empty((0, 2)), np.empty(0, np.int64), np.empty(0, np.int64), [])
    ids, lon, lat, spots, _, keys, *_ = zip(*rows, strict=True)
    codes = {key: code for code, key in enumerate(dict.fromkeys(keys))}
    return Ground(
        np.array(ids, np.int64), to_metres(np.array((lon, lat), np.float64).T, epsg),
        np.array([codes[key] for key in keys], np.int64), np.array([spot or 0 for spot in spots], np.int64), rows,
    )  # fmt: skip


def _degrees(box: Box, epsg: int) -> Box:
    """Return the WGS84 box around a box in metres, a hair wider: north is not up everywhere in a metric system."""
    west, south, east, north = box
    middle = (west + east) / 2, (south + north) / 2
    edge = [(west, south), (west, north), (east, south), (east, north), (west, middle[1]), (east, middle[1])]
    lonlat = to_lonlat(np.array([*edge, (middle[0], south), (middle[0], north)]), epsg)
    (w, s), (e, n) = lonlat.min(axis=0).tolist(), lonlat.max(axis=0).tolist()
    return w - 1e-5, s - 1e-5, e + 1e-5, n + 1e-5


def _shape_in_metres(element: Any, epsg: int) -> BaseGeometry:
    shape = shape_of(element) or shapely.Point()
    moved: BaseGeometry = shapely.transform(shape, lambda lonlat: to_metres(lonlat, epsg))
    return moved
