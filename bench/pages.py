"""The most used pages with 100,000 reports, 5,000 spots and 30,000 lamps: milliseconds and queries, on both databases.

`python -m bench.pages [--database spatialite|postgis|both] [--times N] [--share 0.1]`. The queries of a page are counted with
ten rows and with the full size; they must be the same. The target is 300 ms at the 95th percentile.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event, func, select, text

from app.factory import create_app, settle
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.measures import Measure
from app.models.reports import Report
from app.services import demo_town, staff
from bench.desk_data import LARGE, NOW, SMALL, fill, part
from config import Settings
from tools import throwaway_postgres

SECRET = "a key for a bench that nobody else will ever use"  # noqa: S105
PASSWORD = "correct horse battery"  # noqa: S105
TARGET_MS = 300.0


def main() -> None:
    """Print one table for each database; end with 1 when a page misses its target."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--database", choices=("spatialite", "postgis", "both"), default="both")
    asked.add_argument("--times", type=int, default=20)
    asked.add_argument("--share", type=float, default=1.0, help="0.1 is a tenth of every number")
    chosen = asked.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        if chosen.database != "postgis":
            missed += measure(f"sqlite:///{folder}/bench.db", Path(folder), times=chosen.times, share=chosen.share)
        if chosen.database != "spatialite":
            with throwaway_postgres.cluster() as cluster:
                missed += measure(
                    cluster.create_database("bench"), Path(folder), times=chosen.times, share=chosen.share
                )
    sys.exit(min(missed, 1))


def measure(url: str, folder: Path, *, times: int, share: float) -> int:
    """Fill a database twice, ask every page, and return how many missed a target."""
    settings = Settings(
        instance=folder, secret_key=SECRET, database_url=url, photo_store_url=f"file://{folder}/photos", jobs_url="memory:",
        mail_url=f"file://{folder}/outbox", standing_now=NOW, testing=True, rate_limits=False,
    )  # fmt: skip
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        upgrade()
        demo_town.build(Random(1), now=NOW)
        for role in ("coordinator", "technician"):
            staff.create(f"{role}@bench.example", role, PASSWORD, role.title(), now=NOW)
        receipt = fill(SMALL, SECRET, 1)
        few = {name: queries_of(app, role, path) for name, role, path in pages(receipt)}
        begun = time.perf_counter()
        receipt = fill(part(LARGE, share), SECRET, 2)
        _settle()
        settle()  # as a server does when it starts
        print(f"\n{db.engine.dialect.name}: filled in {time.perf_counter() - begun:.0f} s")
        return table(app, receipt, few, times)


def table(app: Flask, receipt: str, few: dict[str, int], times: int) -> int:
    """Print the page's median and 95th percentile in milliseconds, its size and its queries with few and with many rows."""
    missed = 0
    print(f"{'page':34} {'median':>8} {'p95':>8} {'kB':>6} {'queries':>8} {'with ten':>9}")
    for name, role, path in pages(receipt):
        client = signed_in(app, role)
        client.get(path)
        taken, size = [], 0
        for _ in range(times):
            begun = time.perf_counter()
            answer = client.get(path)
            taken.append((time.perf_counter() - begun) * 1000)
            size = len(answer.data)
        p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
        many = queries_of(app, role, path)
        wrong = p95 > TARGET_MS or many != few[name]
        missed += wrong
        note = "  <- too slow or more queries" if wrong else ""
        print(f"{name:34} {statistics.median(taken):8.0f} {p95:8.0f} {size / 1000:6.0f} {many:8} {few[name]:9}{note}")
    return missed


def pages(receipt: str) -> Iterator[tuple[str, str, str]]:
    """Return name, role and address of each page."""
    report = db.session.scalar(select(func.max(Report.id)).where(Report.state == "received"))
    spot = db.session.scalar(
        select(DarkSpot.id).where(DarkSpot.state == "proposed").order_by(DarkSpot.score.desc()).limit(1)
    )
    work = db.session.scalar(select(func.max(Measure.id)))
    db.session.rollback()
    yield "overview", "coordinator", "/coordinator/"
    yield "inbox", "coordinator", "/coordinator/inbox"
    yield "one report", "coordinator", f"/coordinator/reports/{report}"
    yield "dark spots, list", "coordinator", "/coordinator/dark-spots"
    yield "dark spots, by cause", "coordinator", "/coordinator/dark-spots?category=obscured&page=3"
    yield "dark spots, map", "coordinator", "/coordinator/dark-spots/map-frame"
    yield "one dark spot", "coordinator", f"/coordinator/dark-spots/{spot}"
    yield "a district's compilation", "coordinator", "/coordinator/districts/norrliden"
    yield "the municipality's compilation", "coordinator", "/coordinator/municipality"
    yield "walks", "coordinator", "/coordinator/walks"
    yield "measures, board", "coordinator", "/coordinator/plans"
    yield "one measure", "coordinator", f"/coordinator/measures/{work}"
    yield "lighting, desk", "coordinator", "/coordinator/tickets"
    yield "lighting, van", "technician", "/technician/?lat=56.66&lon=16.35"
    yield "report form", "", "/report"
    yield "receipt", "", f"/r/{receipt}"
    yield "public places", "", "/places"
    yield "public district", "", "/districts/norrliden"


def signed_in(app: Flask, role: str) -> FlaskClient:
    """Return a browser, signed in when the page is of somebody who works here."""
    client = app.test_client()
    if role:
        client.post("/login", data={"email": f"{role}@bench.example", "password": PASSWORD})
    return client


def queries_of(app: Flask, role: str, path: str) -> int:
    """Count the statements of one page, once what is kept between requests is there."""
    client = signed_in(app, role)
    client.get(path)
    with counted() as count:
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")
    return count()


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """Count what is asked of the database meanwhile."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield lambda: len(seen)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _settle() -> None:
    """Let the database know how much there is now, as its own upkeep does within minutes in service."""
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


if __name__ == "__main__":
    main()
