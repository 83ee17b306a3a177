"""Points for the benches: a city that looks like one, and the nasty case where a third of all stand in one square."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
KALMAR = (580_000.0, 6_283_000.0)


def city(n: int, seed: int = 1) -> Floats:
    """Return (n, 2) metres: six in ten at places of about 30 m, four in ten anywhere; the city grows with its reports."""
    chance = np.random.default_rng(seed)
    side = 20_000 * (n / 100_000) ** 0.5
    places = chance.uniform(0, side, (max(1, n // 200), 2))
    at_places = places[chance.integers(0, len(places), int(n * 0.6))]
    points = np.vstack(
        [at_places + chance.normal(0, 30, at_places.shape), chance.uniform(0, side, (n - len(at_places), 2))]
    )
    return chance.permutation(points + KALMAR)


def nasty(n: int, seed: int = 1) -> Floats:
    """Return the same with three in ten of all points within one square of 50 m."""
    points = city(n, seed)
    chance = np.random.default_rng(seed)
    crowd = chance.random(n) < 0.3
    points[crowd] = chance.uniform(0, 50, (int(crowd.sum()), 2)) + points.mean(axis=0)
    return points
