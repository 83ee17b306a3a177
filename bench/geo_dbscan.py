"""Grouping against its peers on the same points in one run: `python bench/geo_dbscan.py [--most N] [--postgis]`.

The yardstick is np.argsort of as many float64 keys. scikit-learn and the PyPI package `dbscan` (Wang, Gu & Shun 2020) take
part where they are installed and the case is not too large for them; PostGIS with `--postgis`.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from bench.geo_points import city, nasty
from bench.machine import machine
from geo import dbscan_arrays
from geo.dbscan import _columns_and_rows, dbscan
from tools import throwaway_postgres

Floats = NDArray[np.float64]
Run = Callable[[Floats], Any]
Taken = dict[str, dict[int, float]]

EPS_M, LEAST = 45.0, 4
CASES = {"city": city, "nasty": nasty}
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
MOST = {  # beyond this a peer needs minutes or tens of gigabytes
    "ours": {"city": 10_000_000, "nasty": 10_000_000},
    "ours, NumPy alone": {"city": 100_000, "nasty": 100_000},
    "scikit-learn": {"city": 100_000, "nasty": 10_000},
    "PyPI dbscan": {"city": 1_000_000, "nasty": 1_000_000},
    "PostGIS": {"city": 1_000_000, "nasty": 10_000},
    "np.argsort": {"city": 10_000_000, "nasty": 10_000_000},
}


def main() -> None:
    """Print one table for each case, and the memory at a million."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--postgis", action="store_true")
    parser.add_argument("--memory", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.memory:
        print(megabytes_for(asked.memory))
        return
    print(machine())
    begun = time.perf_counter()
    dbscan(np.zeros((30_000, 2)), EPS_M, LEAST)
    print(
        f"radius {EPS_M:.0f} m, {LEAST} points, median of five runs (one where a run takes more than three seconds);",
        end=" ",
    )
    print(f"loading the compiled loops took {time.perf_counter() - begun:.2f} s, more the first time ever")
    with postgis(wanted=asked.postgis) as server:
        taken = measured([size for size in SIZES if size <= asked.most], server)
    for case, found in taken.items():
        table(case, found)
    memory(min(asked.most, 1_000_000))


def measured(sizes: list[int], server: PostGis | None) -> dict[str, Taken]:
    """Return the seconds of each case, contestant and size: one contestant after the other.

    The PyPI package comes last, since its threads go on asking for work after it has answered and take a core from others.
    """
    runs: dict[str, Run] = {"ours": ours, "np.argsort": sort, "ours, NumPy alone": arrays_alone, **peers()}
    if server:
        runs["PostGIS"] = server.group
    taken: dict[str, Taken] = {case: {name: {} for name in runs} for case in CASES}
    for name in sorted(runs, key="PyPI dbscan".__eq__):
        for case, points in CASES.items():
            for n in (size for size in sizes if size <= MOST[name][case]):
                xy = points(n)
                if server and name == "PostGIS":
                    server.load(xy)
                taken[case][name][n] = seconds(runs[name], xy)
    return taken


def table(case: str, taken: Taken) -> None:
    """Print seconds and nanoseconds per point of ours, how many sorts that is, and the others as multiples of ours."""
    others = list(taken)[2:]
    print(f"\n| {case} | ours s | ns a point | ours / np.argsort | {' | '.join(f'{name} / ours' for name in others)} |")
    print(f"|---:|---:|---:|---:|{'---:|' * len(others)}")
    for n, mine in taken["ours"].items():
        beside = [f"{taken[name][n] / mine:.1f}" if n in taken[name] else "" for name in others]
        sorts = mine / taken["np.argsort"][n]
        print(f"| {n:,} | {mine:.4f} | {mine / n * 1e9:.0f} | {sorts:.1f} | {' | '.join(beside)} |", flush=True)


def seconds(run: Run, xy: Floats) -> float:
    """Return the median of five runs; of one where one takes longer than three seconds."""
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        run(xy)
        taken.append(time.perf_counter() - begun)
        if taken[0] > 3:
            break
    return statistics.median(taken)


def ours(xy: Floats) -> Any:
    """Group as the service does."""
    return dbscan(xy, EPS_M, LEAST)


def arrays_alone(xy: Floats) -> Any:
    """Group as a process without the compiled loops does."""
    return dbscan_arrays.group(dbscan_arrays.Task(xy, *_columns_and_rows(xy, EPS_M), EPS_M**2, LEAST, None, None))


def sort(xy: Floats) -> Any:
    """Sort as many keys as there are points."""
    return np.argsort(xy[:, 0].copy())


def peers() -> dict[str, Run]:
    """Return the other libraries that are installed."""
    found: dict[str, Run] = {}
    for name, module, run in (
        ("scikit-learn", "sklearn.cluster", lambda m, xy: m.DBSCAN(eps=EPS_M, min_samples=LEAST).fit(xy)),
        ("PyPI dbscan", "dbscan", lambda m, xy: m.DBSCAN(xy, eps=EPS_M, min_samples=LEAST)),
    ):
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            print(f"not installed: {name}")
            continue
        # loaded in its turn: one of them begins its threads at once
        found[name] = lambda xy, module=module, run=run: run(importlib.import_module(module), xy)
    return found


class PostGis:
    """A throw-away PostGIS; points are loaded before the clock starts, so that only the grouping counts."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def load(self, xy: Floats) -> None:
        """Write the points to a table."""
        self.connection.execute("drop table if exists p; create table p (g geometry(point))")
        with self.connection.cursor().copy("copy p from stdin") as copy:
            for x, y in xy.tolist():
                copy.write_row([f"POINT({x} {y})"])

    def group(self, _: Floats) -> Any:
        """Let PostGIS group them."""
        query = "select count(c) from (select ST_ClusterDBSCAN(g, %s, %s) over () as c from p) as found"
        return self.connection.execute(query, (EPS_M, LEAST)).fetchone()


@contextmanager
def postgis(*, wanted: bool) -> Iterator[PostGis | None]:
    """Start PostGIS if it is asked for."""
    if not wanted:
        yield None
        return
    with throwaway_postgres.cluster() as cluster:
        address = cluster.create_database("bench").replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(address, autocommit=True) as connection:
            yield PostGis(connection)


def memory(n: int) -> None:
    """Print how much a process grows while it groups."""
    command = [sys.executable, __file__, "--memory", str(n)]
    found = subprocess.run(  # noqa: S603 - ourselves
        command, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": "."}
    )
    print(f"\nmemory above the input at {n:,} points: {found.stdout.strip()} MB")


def megabytes_for(n: int) -> int:
    """Return by how many megabytes this process grows at most while it groups n points."""
    dbscan(np.zeros((30_000, 2)), EPS_M, LEAST)
    xy = city(n)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forgets the peak so far
    before = _kilobytes("VmRSS")
    dbscan(xy, EPS_M, LEAST)
    return round((_kilobytes("VmHWM") - before) / 1024)


def _kilobytes(what: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what))


if __name__ == "__main__":
    main()
