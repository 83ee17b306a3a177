"""How far a place lies from an area, for the question “is this ours?”."""

from __future__ import annotations

import math

from shapely import affinity
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_195.0


def distance_to_area_m(lon: float, lat: float, area: BaseGeometry) -> float:
    """Return the distance in metres from a WGS84 position to an area (0 inside).

    The area's degrees are scaled to metres around the position (equirectangular), which is exact enough to tell
    500 m from 600 m at Swedish latitudes: the error is under 0.5 % within 50 km.
    """
    squeeze = math.cos(math.radians(lat))
    flat = affinity.scale(area, xfact=squeeze, yfact=1.0, origin=(0.0, 0.0))
    return float(flat.distance(Point(lon * squeeze, lat)) * METRES_PER_DEGREE)
