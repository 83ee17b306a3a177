"""A municipality of N reports in a database of its own, for the benches that write: SpatiaLite in a file, or PostGIS."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from flask import Flask
from flask_migrate import upgrade
from shapely.geometry import box
from sqlalchemy import select, text

from app.factory import create_app
from app.models.base import db
from app.models.districts import District, Municipality
from app.models.places import shape_of, to_multipolygon
from app.models.reports import Report
from bench.geo_points import KALMAR, city
from config import Settings
from geo.districts import assign
from geo.projection import to_lonlat
from tools import throwaway_postgres

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
CATEGORIES = (["lamp_out"], ["no_lamp"], ["litter"], ["lamp_out", "obscured"], ["desolate"])
AT_ONCE = 5_000


@contextmanager
def town(kind: str, reports: int) -> Iterator[Flask]:
    """Give an app inside its context, with the newest schema and so many reports, none of them grouped."""
    with tempfile.TemporaryDirectory(prefix="ljuspunkt-bench-") as folder:
        if kind == "spatialite":
            with _app(f"sqlite:///{folder}/bench.db", Path(folder), reports) as app:
                yield app
            return
        with (
            throwaway_postgres.cluster(throwaway_postgres.IN_SERVICE) as cluster,
            _app(cluster.create_database("bench"), Path(folder), reports) as app,
        ):
            yield app


@contextmanager
def _app(url: str, folder: Path, reports: int) -> Iterator[Flask]:
    app = create_app(
        Settings(
            instance=folder, secret_key="for a bench, and long enough for one", database_url=url,  # noqa: S106
            photo_store_url=f"file://{folder / 'photos'}", jobs_url="memory:", mail_url=f"file://{folder / 'outbox'}",
            standing_now=NOW, testing=True, rate_limits=False,
        )
    )  # fmt: skip
    with app.app_context():
        upgrade()
        found(reports)
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["ljuspunkt"].cleaner.close()


def found(reports: int) -> None:
    """Write a municipality of sixty districts and its reports."""
    xy = city(reports)
    lonlat = to_lonlat(xy)
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    stamp = {"created_at": NOW, "updated_at": NOW}
    db.session.add(
        Municipality(
            name="Kalmar", slug="kalmar", epsg=3006, lon=float((west + east) / 2), lat=float((south + north) / 2),
            area=to_multipolygon(box(west, south, east, north)), **stamp,
        )
    )  # fmt: skip
    columns, rows = np.linspace(west, east, 11), np.linspace(south, north, 7)
    areas = [box(columns[i], rows[j], columns[i + 1], rows[j + 1]) for j in range(6) for i in range(10)]
    made = [
        District(slug=f"d{k}", name=f"Område {k}", area=to_multipolygon(a), population=1000 + 60 * k, **stamp)
        for k, a in enumerate(areas)
    ]
    db.session.add_all(made)
    db.session.flush()
    district_ids = [d.id for d in made]
    _write(lonlat, [district_ids[k] for k in assign(lonlat, areas)])
    db.session.commit()


def districts_of(lonlat: np.ndarray) -> list[int]:
    """Return the number of each position's district."""
    areas = db.session.execute(select(District.id, District.area).order_by(District.id)).all()
    return [areas[k].id for k in assign(lonlat, [shape_of(a.area) for a in areas])]


def analyse() -> None:
    """Let the database count what its tables hold, and PostgreSQL tidy them, as it does by itself in service."""
    tidy = "VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "ANALYZE"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(tidy))


def row(
    number: int, at: tuple[float, float], district_id: int, chance: np.random.Generator, reporters: int
) -> dict[str, object]:
    """Return one report as the table has it, at (lon, lat), by one of so many reporters."""
    lon, lat = at
    name, received = uuid.UUID(int=number).hex, NOW - timedelta(minutes=int(chance.integers(1, 700 * 1440)))
    return {
        "reference": f"N{number}", "receipt_hash": name * 2, "client_id": str(uuid.UUID(int=number)), "fingerprint": name * 2,
        "state": "received", "kind": "fault", "trust": "normal", "categories": CATEGORIES[int(chance.integers(5))],
        "severity": int(chance.integers(1, 4)), "when_felt": "evening", "text": "", "text_masked": False, "directions": "",
        "method": "pin", "pole_number": "", "lang": "sv", "source": "app",
        "reporter_key": f"{int(chance.integers(reporters)):064x}", "received_at": received, "created_at": received,
        "updated_at": received, "version": 1, "district_id": district_id, "lon": lon, "lat": lat,
        "position": f"SRID=4326;POINT({lon!r} {lat!r})",
    }  # fmt: skip


def _write(lonlat: np.ndarray, districts: list[int]) -> None:
    chance, many = np.random.default_rng(2), len(lonlat)
    for begin in range(0, many, AT_ONCE):
        part = range(begin, min(begin + AT_ONCE, many))
        rows = [
            row(i + 1, (float(lonlat[i, 0]), float(lonlat[i, 1])), districts[i], chance, max(2, many // 2))
            for i in part
        ]
        db.session.execute(Report.__table__.insert(), rows)


__all__ = ["KALMAR", "NOW", "analyse", "row", "town"]
