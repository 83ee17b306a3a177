"""Where the demo's places lie: what its town and its reports share."""

from __future__ import annotations

import numpy as np

from app.domain import demo_texts as texts
from geo.projection import to_lonlat, to_metres


def position(place: texts.Place, along_m: float = 0.0, across_m: float = 0.0) -> tuple[float, float]:
    """Return the WGS84 position of a demo place, `along_m` along its path (which runs west to east, a little north)."""
    lon, lat, _ = texts.CENTRES[place.district]
    centre = to_metres(np.array([[lon, lat]]))[0]
    x = centre[0] + place.east_m + along_m * 0.96 - across_m * 0.28
    y = centre[1] + place.north_m + along_m * 0.28 + across_m * 0.96
    found = to_lonlat(np.array([[x, y]]))[0]
    return round(float(found[0]), 6), round(float(found[1]), 6)
