"""Walking distances for what plans a walk: on the imported network where it reaches, else by the detour factor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from sqlalchemy import select

from app.models import areas
from app.models.base import db
from app.models.places import METRES_PER_DEGREE_LAT, METRES_PER_DEGREE_LON, shape_of
from app.models.walk_network import Walkway
from geo.projection import SWEREF99_TM, to_metres
from geo.walk_network import Network, Ways, build, straight, ways

MARGIN_M = 400.0
"""How far outside the places a way between them may go."""


def between(places: Sequence[tuple[float, float]], *, wheels: bool = False) -> Ways:
    """Return the walking distances between WGS84 positions: on the network where it reaches, else by the detour factor."""
    lonlat = np.array(places, dtype=np.float64).reshape(-1, 2)
    row = areas.municipality()
    epsg = row.epsg if row else SWEREF99_TM
    xy = to_metres(lonlat, epsg)
    network = _around(lonlat, epsg) if len(lonlat) else None
    return straight(xy, lonlat) if network is None else ways(network, xy, lonlat, wheels=wheels)


def _around(lonlat: np.ndarray, epsg: int) -> Network | None:
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    up = MARGIN_M / METRES_PER_DEGREE_LAT
    out = MARGIN_M / (METRES_PER_DEGREE_LON * max(np.cos(np.radians((south + north) / 2)), 0.01))
    inside = (
        Walkway.south <= north + up, Walkway.north >= south - up, Walkway.west <= east + out, Walkway.east >= west - out
    )  # fmt: skip
    rows = db.session.execute(select(Walkway.line, Walkway.steps).where(*inside).order_by(Walkway.id)).all()
    if not rows:
        return None
    shapes = [shape_of(line) for line, _ in rows]
    corners, of_way = shapely.get_coordinates(shapes, return_index=True)
    metres = to_metres(corners, epsg)
    cuts = np.flatnonzero(np.diff(of_way)) + 1
    return build(np.split(corners, cuts), np.split(metres, cuts), [steps for _, steps in rows])
