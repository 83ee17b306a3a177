"""Between degrees and metres: the only place where the two meet."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]
SWEREF99_TM = 3006
_SWEDEN = (10.5, 55.0, 24.3, 69.2)


def to_metres(lonlat: Floats, epsg: int = SWEREF99_TM) -> Floats:
    """Return (n, 2) metres east and north in the system `epsg` for (n, 2) WGS84 degrees, longitude first."""
    return _project(_transformer(4326, epsg), lonlat)


def to_lonlat(xy_m: Floats, epsg: int = SWEREF99_TM) -> Floats:
    """Return (n, 2) WGS84 degrees, longitude first, for (n, 2) metres in the system `epsg`."""
    return _project(_transformer(epsg, 4326), xy_m)


def epsg_for(lon: float, lat: float) -> int:
    """Return a metric system that suits a WGS84 position: SWEREF 99 TM in Sweden, else its UTM zone."""
    west, south, east, north = _SWEDEN
    if west <= lon <= east and south <= lat <= north:
        return SWEREF99_TM
    zone = min(int((lon + 180) // 6) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


@lru_cache(maxsize=8)
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _project(transformer: Transformer, points: Floats) -> Floats:
    array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if array.size == 0:
        return array.copy()
    first, second = transformer.transform(array[:, 0], array[:, 1])
    return np.column_stack((first, second))
