"""Spots, districts and walks: what a full rebuild spends in geometry. `python bench/geo_spots.py`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from bench.geo_points import city
from bench.machine import machine
from geo.dark_spots import find
from geo.districts import assign
from geo.walk_choice import choose


def main() -> None:
    """Print seconds of each step."""
    print(f"{machine()}\n\n| step | seconds |\n|---|---:|")
    chance = np.random.default_rng(1)
    for n in (1_000, 10_000, 100_000):
        xy, reporter = city(n), chance.integers(0, n // 2, n)
        timed(f"{n:,} reports to spots", lambda xy=xy, reporter=reporter: find(xy, reporter))
    seeds = shapely.MultiPoint(chance.uniform(0, 20_000, (60, 2)))
    borders = [shapely.segmentize(area, 20) for area in shapely.voronoi_polygons(seeds).geoms]
    reports = chance.uniform(0, 20_000, (1_000_000, 2))
    timed("a million reports to 60 districts of 72,000 corners", lambda: assign(reports, borders))
    for n in (11, 60, 200):
        stops, score = chance.uniform(0, 2_500, (n, 2)), chance.uniform(20, 80, n)
        timed(f"a walk chosen from {n} spots", lambda stops=stops, score=score: choose(stops, score))


def timed(what: str, step: Callable[[], Any]) -> Any:
    """Run a step twice, print the seconds of the second run, and return what it found."""
    step()
    begun = time.perf_counter()
    found = step()
    print(f"| {what} | {time.perf_counter() - begun:.3f} |", flush=True)
    return found


if __name__ == "__main__":
    main()
