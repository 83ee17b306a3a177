"""The register with 200,000 lamps and 50,000 tickets, on both databases: import, list, nearest lamp, ticket page, numbers.

`python -m bench.lamps [--lamps N] [--tickets N] [--only spatialite|postgis]`. The import runs as an operator runs it, in a
process of its own, so that its memory is its own; the pages are asked through the whole service, signed in.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from geoalchemy2 import WKTElement
from sqlalchemy import insert, text

from app.factory import create_app
from app.models.base import db
from app.models.tickets import Ticket
from app.services import lamp_pages, staff
from config import ROOT, Settings
from tools import throwaway_postgres

BOX = (16.20, 56.60, 16.50, 56.75)
PASSWORD = "a bench needs no secret"  # noqa: S105  (its database lives as long as the bench)
STATES = (
    "new",
    "assigned",
    "on_site",
    "waiting_material",
    "repaired",
    "verified",
    "closed",
    "closed",
    "closed",
    "closed",
)


def lamps_file(path: Path, count: int, chance: random.Random) -> None:
    """Write a register as GeoJSON: streets of 25 lamps, 30 m apart, eight sections to a cabinet."""
    features = []
    for n in range(count):
        street, step = divmod(n, 25)
        here = random.Random(street)
        lon, lat = here.uniform(BOX[0], BOX[2]) + step * 0.0005, here.uniform(BOX[1], BOX[3])
        values = {
            "asset_id": f"A{n}", "stolpnummer": f"SK-{n}", "agare": "Kommunen", "belysningscentral": f"C{street // 8}",
            "sektion": f"S{street % 8}", "effekt": chance.choice([18, 27, 50]), "hojd": 5, "installerad": "2014-05-01", "status": "i drift",
        }  # fmt: skip
        features.append(
            {
                "type": "Feature",
                "properties": values,
                "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
            }
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def run(url: str, folder: Path, *words: str) -> tuple[float, float, float]:
    """Run one command as an operator does; return its seconds, those of the processor, and its most memory in MB."""
    env = {**os.environ, "DATABASE_URL": url, "INSTANCE_PATH": str(folder)}
    child = (
        "import resource, subprocess, sys; p = subprocess.run(sys.argv[1:], check=False);"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(u.ru_utime + u.ru_stime, u.ru_maxrss, file=sys.stderr); sys.exit(p.returncode)"
    )
    begun = perf_counter()
    done = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", child, sys.executable, "-m", "flask", "--app", "wsgi", *words], env=env, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    worked, memory = done.stderr.split()[-2:]
    return perf_counter() - begun, float(worked), int(memory) / 1024


def tickets(count: int, lamps: int, chance: random.Random) -> None:
    """Write tickets straight into the table: three years, most of them closed, with the odd pause."""
    now, places = datetime.now(UTC), db.session.execute(text("SELECT id, lon, lat FROM lamp")).all()
    for start in range(0, count, 1000):
        rows = []
        for _ in range(min(1000, count - start)):
            lamp = chance.choice(places)
            opened = now - timedelta(days=chance.randrange(1, 1000))
            state = chance.choice(STATES)
            mended = (
                opened + timedelta(days=chance.randrange(1, 40))
                if state in {"repaired", "verified", "closed"}
                else None
            )
            pauses = (
                [[opened.isoformat(), (opened + timedelta(days=9)).isoformat(), "waiting_material"]]
                if chance.random() < 0.1
                else []
            )
            rows.append(
                {
                    "state": state, "lamp_id": lamp.id, "fault_code": chance.choice(["B01", "B02", "B04"]), "priority": chance.choice(["P2", "P3", "P4"]),
                    "opened_on": opened.date(), "due_on": (opened + timedelta(days=30)).date(), "repaired_at": mended, "pauses": pauses,
                    "lon": lamp.lon, "lat": lamp.lat, "position": WKTElement(f"POINT({lamp.lon} {lamp.lat})", 4326),
                    "created_at": opened, "updated_at": opened, "version": 1,
                }
            )  # fmt: skip
        db.session.execute(insert(Ticket), rows)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    del lamps


def timed(name: str, what: Callable[[], object], times: int) -> None:
    """Print the median and the 99th percentile of something in milliseconds."""
    what()
    spent = []
    for _ in range(times):
        begun = perf_counter()
        what()
        spent.append((perf_counter() - begun) * 1000)
    spent.sort()
    print(
        f"  {name}: median {statistics.median(spent):.1f} ms, p99 {spent[min(len(spent) - 1, int(len(spent) * 0.99))]:.1f} ms"
    )


def measure(url: str, folder: Path, file: Path, lamps: int, count: int) -> None:
    """Print every figure for one database."""
    chance = random.Random(7)
    run(url, folder, "db", "upgrade")
    for name in ("import into an empty register", "the same file again"):
        seconds, worked, memory = run(url, folder, "lamps", "import", str(file))
        print(
            f"  {name}: {lamps / seconds:,.0f} rows/s in {seconds:.0f} s with the start of the program, "
            f"{lamps / worked:,.0f} rows for each second of the processor, at most {memory:.0f} MB"
        )
    app = create_app(
        Settings(
            instance=folder,
            secret_key="x" * 40,
            database_url=url,
            photo_store_url=f"file://{folder}/p",
            jobs_url="memory:",
            mail_url=f"file://{folder}/m",
            rate_limits=False,
            testing=True,
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        begun = perf_counter()
        tickets(count, lamps, chance)
        print(f"  {count:,} tickets written in {perf_counter() - begun:.0f} s")
        staff.create("bench@example.org", "coordinator", PASSWORD, "Bench", now=datetime.now(UTC))
        db.session.remove()
        browser = app.test_client()
        browser.post("/login", data={"email": "bench@example.org", "password": PASSWORD})

        def get(address: str) -> None:
            answer = browser.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address} answers {answer.status_code}")

        def nearest() -> None:
            lamp_pages.nearest(chance.uniform(BOX[0], BOX[2]), chance.uniform(BOX[1], BOX[3]))
            db.session.rollback()

        timed("nearest lamp anywhere in the municipality", nearest, 500)
        timed("list of tickets, page", lambda: get("/coordinator/tickets"), 30)
        timed("ticket, page", lambda: get(f"/coordinator/tickets/{chance.randrange(1, count)}"), 60)
        timed("register by cabinet, page", lambda: get(f"/coordinator/lamps?cabinet=C{chance.randrange(900)}"), 30)
        timed("lamp, page", lambda: get(f"/coordinator/lamps/{chance.randrange(1, lamps)}"), 60)
        timed(
            "map of a box, 1 km",
            lambda: get("/coordinator/lamps/map.geojson?west=16.33&south=56.67&east=16.346&north=56.679"),
            30,
        )
        timed("one cause?, page", lambda: get("/coordinator/tickets/causes"), 5)
        timed("figures of a year, page", lambda: get("/coordinator/tickets/numbers"), 5)
        timed("public repair times, page", lambda: get("/repairs"), 5)
        db.session.remove()
        db.engine.dispose()
    app.extensions["ljuspunkt"].cleaner.close()


@contextmanager
def databases(only: str, folder: Path) -> Iterator[dict[str, str]]:
    """Hold the databases that are asked for."""
    if only == "spatialite":
        yield {"SpatiaLite": f"sqlite:///{folder / 'bench.db'}"}
        return
    with throwaway_postgres.cluster() as cluster:
        found = {} if only == "postgis" else {"SpatiaLite": f"sqlite:///{folder / 'bench.db'}"}
        yield {**found, "PostGIS": cluster.create_database("bench")}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lamps", type=int, default=200_000)
    parser.add_argument("--tickets", type=int, default=50_000)
    parser.add_argument("--only", choices=("spatialite", "postgis"), default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, databases(asked.only, Path(name)) as found:
        folder = Path(name)
        file = folder / "lamps.geojson"
        lamps_file(file, asked.lamps, random.Random(1))
        for title, url in found.items():
            print(f"{title}, {asked.lamps:,} lamps and {asked.tickets:,} tickets")
            measure(url, folder, file, asked.lamps, asked.tickets)
    print(f"this process had at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
