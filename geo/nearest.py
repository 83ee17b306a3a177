"""Nearest first: distance and direction from where somebody stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EARTH_RADIUS_M = 6_371_008.8
POINTS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


def distances_from_m(lon: float, lat: float, lonlat: Floats) -> Floats:
    """Return (n,) great-circle distances in metres from a WGS84 position to (n, 2) others (haversine)."""
    others = np.radians(np.asarray(lonlat, dtype=np.float64).reshape(-1, 2))
    here = np.radians([lon, lat])
    half = np.sin((others - here) / 2) ** 2
    return np.asarray(
        2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half[:, 1] + np.cos(here[1]) * np.cos(others[:, 1]) * half[:, 0]))
    )


def compass_from(lon: float, lat: float, to_lon: float, to_lat: float) -> str:
    """Return the compass point (n, ne, e, …) in which a place lies."""
    here, there = np.radians([lon, lat]), np.radians([to_lon, to_lat])
    east = np.sin(there[0] - here[0]) * np.cos(there[1])
    north = np.cos(here[1]) * np.sin(there[1]) - np.sin(here[1]) * np.cos(there[1]) * np.cos(there[0] - here[0])
    return POINTS[round(float(np.degrees(np.arctan2(east, north))) % 360 / 45) % 8]


def nearest_first(lon: float, lat: float, lonlat: Floats) -> NDArray[np.int64]:
    """Return the rows of (n, 2) positions, the nearest to a WGS84 position first; equals by row."""
    return np.argsort(distances_from_m(lon, lat, lonlat), kind="stable")
