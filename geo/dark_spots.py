"""From reports to spots that a neighbour would name: places at most 150 m across, stretches at most 800 m along.

Density first (geo.dbscan), one voice for each reporter near any point. A group that is small is a place. A larger one
that lies along a line is a stretch, cut into equal lengths where it is too long. Anything else is halved, and its halves
again, until none is larger than a place may be (two means from the principal direction; Steinbach, Karypis & Kumar, KDD
Workshop on Text Mining 2000, Boley 1998): no two reports of a place lie further apart than that, and one more report moves few
others. Points are put in order of their coordinates before anything is computed from them, so the order of the reports
changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from geo import dbscan_compiled
from geo.crowds import crowds
from geo.dbscan import dbscan
from geo.identity import match
from geo.points import apart, distinct
from geo.stretches import STRETCH_HALF_WIDTH_M, cut, line_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

RADIUS_M: Final = 45.0
REPORTERS_MIN: Final = 2.0
PLACE_ACROSS_M: Final = 150.0
FALLBACK_REPORTERS: Final = 50
"""So many people never stand on the same millimetre: a geocoder put them there (the middle of a town, a street's end)."""
MARGIN_M: Final = 15.0
_MEDOID_MAX: Final = 2000


@dataclass(frozen=True)
class Spot:
    """One group. `members` are row numbers, ascending; `centre` is the member in the middle (medoid); `shape` in metres.

    `held` marks a geocoder's fallback point: many people on the very same coordinate. `length_m` is its extent. `parts`
    is how many spots the reports that hang together were divided into.
    """

    members: Ints
    kind: str
    shape: BaseGeometry
    centre: int
    length_m: float
    held: bool
    parts: int = 1


@dataclass(frozen=True)
class Part:
    """Rows of a spot to be, ordered by coordinates; its line if it is a stretch. `held` and `parts` as in Spot."""

    rows: Ints
    line: LineString | None = None
    held: bool = False
    parts: int = 1


@dataclass(frozen=True)
class Together:
    """`label` (n,): which reports hang together, −1 for none; `held` (n,): whether they stand on a fallback point."""

    label: Ints
    held: Bools


def find(xy_m: ArrayLike, reporter: ArrayLike, weight: ArrayLike | None = None) -> list[Spot]:
    """Return the spots among reports, ordered by their first member.

    Reports in no spot are those with fewer than two voices around them, or left with one when a large group is divided.
    Where fifty people or more stand on the very same coordinate, these reports make a held spot of their own and lend
    their neighbours no voice.

    Args:
        xy_m: (n, 2) metres. reporter: (n,) a whole number for each distinct reporter, who counts once a neighbourhood.
        weight: (n,) how much each report counts, 1 each when left out; the heaviest of a reporter near a point counts.

    Raises:
        ValueError: positions or weights that are not finite, or shapes that do not fit.

    """
    xy = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    who = np.asarray(reporter).reshape(-1)
    return spots_of(xy, who, hanging_together(xy, who, weight))


def hanging_together(xy: Floats, who: Ints, weight: ArrayLike | None = None) -> Together:
    """Return which reports hang together, by density or on one fallback point, before large groups are divided.

    What one report can change lies within two radii of it: it changes who is heard within one, and who follows whom
    within another (geo.neighbourhoods).
    """
    weights = None if weight is None else np.asarray(weight, dtype=np.float64)
    fallback = _fallbacks(xy, who)
    held = fallback >= 0
    free = np.flatnonzero(~held)
    label = np.full(len(xy), -1, np.int64)
    heard = weights[free] if weights is not None else None
    label[free] = dbscan(xy[free], RADIUS_M, REPORTERS_MIN, heard, who[free]).label
    label[held] = fallback[held] + 1 + label.max(initial=-1)
    return Together(label, held)


def spots_of(xy: Floats, who: Ints, together: Together) -> list[Spot]:
    """Return the spots that groups are divided into, ordered by first member."""
    return drawn(xy, parts_of(xy, who, together))


def parts_of(xy: Floats, who: Ints, together: Together, only: Collection[int] | None = None) -> list[Part]:
    """Return which reports each spot has, not drawn yet; of these groups alone when `only` is given.

    A group's parts depend on nothing but its own reports, so a part of the groups gives that part of the answer.
    """
    parts: list[Part] = []
    for rows in _groups(xy, together.label, only):
        parts += [Part(rows, held=True)] if together.held[rows[0]] else _divided(xy, who, rows)
    return parts


def drawn(xy: Floats, parts: Sequence[Part]) -> list[Spot]:
    """Return the spots that these parts are, with shape, centre and extent, ordered by first member."""
    return sorted(_spots(xy, parts), key=lambda spot: int(spot.members[0]))


def load_loops() -> None:
    """Load the compiled loops into this process, a second or two (a minute the first time ever), and go through each once.

    And what tells which of several spots a group is: else the first report that divides a spot waits a tenth of a second.
    """
    dbscan_compiled.compiled()
    match({1: [1, 2], 2: [3, 4]}, [[1, 3], [2, 4]])
    bend = [(20.0 * k, 15.0 * max(0, k - 6)) for k in range(12)]
    find(np.array([*bend, (60.0, 100.0), (60.0, 130.0), (60.0, 160.0)]), np.arange(15))


def outline_around(xy_m: ArrayLike) -> Spot:
    """Return the spot that these reports make when a person says that they are one, however far apart they lie.

    Args:
        xy_m: (k, 2) metres, at least one. They are a stretch where a line runs along them all, else a place.

    """
    xy = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    rows = np.lexsort((xy[:, 1], xy[:, 0]))
    points = xy[rows]
    line = None if _diameter_at_most(points, PLACE_ACROSS_M) else line_of(points)
    return next(_spots(xy, [Part(rows, line)]))


def _fallbacks(xy: Floats, who: Ints) -> Ints:
    """Return for each report the number of the fallback point that it stands on, −1 for none."""
    if np.unique(xy[:, 0], return_counts=True)[1].max(initial=0) < FALLBACK_REPORTERS:
        return np.full(len(xy), -1, np.int64)
    _, place, copies = distinct(xy)
    many = np.flatnonzero((copies >= FALLBACK_REPORTERS)[place])
    people = np.unique(np.column_stack([place[many], who[many]]), axis=0)[:, 0]
    crowded = np.bincount(people, minlength=len(copies)) >= FALLBACK_REPORTERS
    return np.where(crowded[place], place, -1)


def _groups(xy: Floats, label: Ints, only: Collection[int] | None) -> Iterator[Ints]:
    """Yield the rows of each group, or of each that is asked for, ordered by coordinates."""
    wanted = np.flatnonzero(label >= 0 if only is None else np.isin(label, list(only)))
    by_place = wanted[np.lexsort((xy[wanted, 1], xy[wanted, 0]))]
    for rows in apart(label[by_place]):
        yield by_place[rows]


def _divided(xy: Floats, who: Ints, rows: Ints) -> list[Part]:
    """Return a group as one place, as stretches along one line, or as the places that it falls into when it is halved."""
    points = xy[rows]
    if _diameter_at_most(points, PLACE_ACROSS_M):
        return [Part(rows)]
    line = line_of(points)
    divided: list[tuple[Ints, LineString | None]]
    if line is not None:
        divided = [(rows[at], piece) for at, piece in cut(points, line)]
    else:
        divided = [(rows[at], None) for at in crowds(points, who[rows], PLACE_ACROSS_M, RADIUS_M)]
    heard = [(part, piece) for part, piece in divided if len(np.unique(who[part])) >= REPORTERS_MIN]
    return [Part(part, piece, parts=len(heard)) for part, piece in heard]


def _diameter_at_most(points: Floats, limit_m: float) -> bool:
    from scipy.spatial.distance import pdist  # noqa: PLC0415 - heavy, and only grouping needs it

    if np.hypot(*np.ptp(points, axis=0)) <= limit_m:
        return True
    if np.ptp(points, axis=0).max() > limit_m:
        return False
    hull = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(points)))
    return float(pdist(hull).max()) <= limit_m


def _spots(xy: Floats, parts: Sequence[Part]) -> Iterator[Spot]:
    places = [k for k, part in enumerate(parts) if part.line is None]
    shapes = dict(zip(places, _hulls([xy[parts[k].rows] for k in places]), strict=True))
    for k, part in enumerate(parts):
        points = xy[part.rows]
        medoid, extent = _middle_and_extent(points)
        centre = int(part.rows[medoid])
        if part.line is None:
            kind, length, shape = "place", extent, shapes[k]
        else:
            kind, length, shape = "stretch", part.line.length, _band(points, part.line)
        yield Spot(np.sort(part.rows), kind, shape, centre, float(length), part.held, part.parts)


def _hulls(groups: Sequence[Floats]) -> list[BaseGeometry]:
    """Return a concave hull with a margin for each place (Park & Oh 2012, as GEOS keeps it)."""
    if not groups:
        return []
    owner = np.repeat(np.arange(len(groups)), [len(points) for points in groups])
    clouds = shapely.multipoints(np.vstack(groups), indices=owner)
    hulls = np.asarray(shapely.buffer(shapely.concave_hull(clouds, ratio=0.6), MARGIN_M, quad_segs=4), dtype=object)
    broken = ~shapely.is_valid(hulls)
    hulls[broken] = shapely.make_valid(hulls[broken])
    return list(hulls)


def _band(points: Floats, line: LineString) -> BaseGeometry:
    """Return the line as wide as its reports lie beside it."""
    beside = float(shapely.distance(line, shapely.points(points)).max())
    half_width = max(MARGIN_M, min(beside, STRETCH_HALF_WIDTH_M))
    return shapely.make_valid(line.buffer(half_width, quad_segs=4))


def _middle_and_extent(points: Floats) -> tuple[int, float]:
    """Return the row of the medoid, and the greatest distance between two points in metres.

    The medoid has the least total distance to the others, the most western of equals; for thousands of points it is the
    one nearest to their median.
    """
    if len(points) <= 2:
        return 0, float(np.hypot(*np.ptp(points, axis=0)))
    if len(points) > _MEDOID_MAX:
        total, extent = np.hypot(*(points - np.median(points, axis=0)).T), _extent_m(points)
    else:
        x, y = points[:, 0], points[:, 1]
        dx, dy = x[:, None] - x, y[:, None] - y
        distance = np.sqrt(
            dx * dx + dy * dy
        )  # four times as fast as np.hypot, which guards against numbers beyond any town
        total, extent = distance.sum(axis=1), float(distance.max())
    return int(np.lexsort((points[:, 1], points[:, 0], np.round(total, 6)))[0]), extent


def _extent_m(points: Floats) -> float:
    """Return the greatest distance between two of thousands of points, in metres."""
    from scipy.spatial.distance import pdist  # noqa: PLC0415 - heavy, and only grouping needs it

    return float(pdist(shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(points)))).max())
