"""One arriving report, regrouped: `python bench/geo_arrival.py [--most N] [--arrivals K] [--database spatialite|postgis|both]`.

The clock runs from the job's beginning to its commit: reading what the report can touch, deciding, writing. What a worker
does before and between (loading compiled loops, carrying SQLite's log over) is not in it.
"""

from __future__ import annotations

import argparse
import os
import time

import numpy as np

from app.factory import settle
from app.models.base import db, write_back
from app.models.reports import Report
from app.services import grouping
from bench.geo_points import city
from bench.machine import machine
from bench.town import NOW, analyse, districts_of, row, town
from geo import dark_spots
from geo.projection import to_lonlat

SIZES = (1_000, 100_000, 1_000_000)


def main() -> None:
    """Print a row for each database and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--most", type=int, default=100_000, help="the largest town; 1000000 takes a quarter of an hour"
    )
    parser.add_argument("--arrivals", type=int, default=200)
    parser.add_argument("--database", choices=("spatialite", "postgis", "both"), default="both")
    asked = parser.parse_args()
    print(machine())
    print(
        "\n| database | reports | dark spots | first rebuild s | rebuild again s | arrival p50 ms | p99 ms | processor p50 ms |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for kind in ("spatialite", "postgis") if asked.database == "both" else (asked.database,):
        for n in (size for size in SIZES if size <= asked.most):
            with town(kind, n):
                line = measured(n, asked.arrivals)
                print(f"| {kind} | {n:,} | {line}", flush=True)


def measured(n: int, many: int) -> str:
    """Return a row's figures for a town of n reports."""
    dark_spots.load_loops()  # as a worker does when it starts
    first = grouping.rebuild(now=NOW)
    analyse()
    again = grouping.rebuild(now=NOW)
    settle()
    taken, worked = (np.array(column) * 1000 for column in zip(*arrivals(n, many), strict=True))
    p50, p99 = np.percentile(taken, (50, 99))
    rebuilds = f"{first.spots:,} | {first.seconds:.2f} | {again.seconds:.2f}"
    return f"{rebuilds} | {p50:.1f} | {p99:.1f} | {np.median(worked):.1f} |"


def arrivals(n: int, many: int) -> list[tuple[float, float]]:
    """Return the seconds of each arrival, and those of the processor: at places as the city's other reports are, the first ten not counted."""
    chance = np.random.default_rng(5)
    lonlat = to_lonlat(city(n)[chance.integers(0, n, many + 10)] + chance.normal(0, 15, (many + 10, 2)))
    districts = districts_of(lonlat)
    taken = []
    for k, (lon, lat) in enumerate(lonlat.tolist()):
        number = n + 1 + k
        one = row(number, (lon, lat), districts[k], chance, max(2, n // 2)) | {"id": number}
        db.session.execute(Report.__table__.insert(), [one])
        db.session.commit()
        begun, worked = time.perf_counter(), time.process_time()
        grouping.regroup({"reports": [number]}, now=NOW)
        taken.append((time.perf_counter() - begun, time.process_time() - worked))
        db.session.remove()
        write_back()  # as a worker does between two jobs
    return taken[10:]


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
