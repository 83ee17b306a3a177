"""Promises of `reports import`: each row once, each refusal with its reason, whatever the columns are called."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload, undefer

from app.models.base import db
from app.models.districts import District, Municipality
from app.models.history import History
from app.models.places import shape_of
from app.models.reports import Report
from tests.builders import Scene

HEADER = "case_enquiry_id,open_dt,closed_dt,case_status,closure_reason,type,location,latitude,longitude"
OPEN = "1,01/30/2015 12:18:52 PM,,Open,,Street Light Outages,1 Elm St,42.3141,-71.0919"
CLOSED = "2,02/03/2015 04:19:16 PM,02/10/2015 10:39:10 AM,Closed,Bulb replaced,Graffiti Removal,,42.3674,-71.0349"


def run(app: Flask, *words: object) -> Result:
    result = app.test_cli_runner().invoke(args=[str(w) for w in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    db.session.expire_all()
    return result


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "cases.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def number_of_reports() -> int:
    return db.session.scalar(select(func.count()).select_from(Report)) or 0


def test_columns_are_guessed_and_times_keep_their_zone(app: Flask, tmp_path: Path):
    result = run(app, "reports", "import", table(tmp_path, OPEN, CLOSED), "--timezone", "America/New_York")
    assert result.exit_code == 0, result.output
    assert "2 rows: 2 imported, 0 duplicates, 0 refused" in result.output
    first = db.session.scalars(select(Report).where(Report.source_id == "1")).one()
    assert (first.kind, first.categories, first.state, first.directions) == (
        "fault",
        ["lamp_out"],
        "received",
        "1 Elm St",
    )
    assert first.received_at == datetime(2015, 1, 30, 17, 18, 52, tzinfo=UTC)


def test_what_somebody_else_has_closed_arrives_answered_with_its_reason(app: Flask, tmp_path: Path):
    duplicate = CLOSED.replace("2,", "3,", 1).replace("Bulb replaced", "Duplicate of 1")
    run(app, "reports", "import", table(tmp_path, CLOSED, duplicate), "--timezone", "America/New_York")
    report = db.session.scalars(
        select(Report).where(Report.source_id == "2").options(selectinload(Report.notices))
    ).one()
    lines = db.session.scalars(
        select(History).where(History.thing == "report", History.thing_id == report.id).order_by(History.id)
    ).all()
    assert [(h.to_state, h.reason) for h in lines] == [("reviewed", ""), ("answered", "Bulb replaced")]
    assert lines[1].at == datetime(2015, 2, 10, 15, 39, 10, tzinfo=UTC)
    assert db.session.scalar(select(Report.state).where(Report.source_id == "3")) == "duplicate"


def test_the_same_file_twice_gives_only_duplicates(app: Flask, tmp_path: Path):
    nameless = (row.replace(f"{n},", ",", 1) for n, row in ((1, OPEN), (2, CLOSED)))
    path = table(tmp_path, OPEN, CLOSED, OPEN, *nameless)
    assert "5 rows: 4 imported, 1 duplicates, 0 refused" in run(app, "reports", "import", path).output
    again = run(app, "reports", "import", path)
    assert again.exit_code == 0
    assert "5 rows: 0 imported, 5 duplicates, 0 refused" in again.output
    assert number_of_reports() == 4


def test_every_refused_row_is_counted_under_its_reason(app: Flask, tmp_path: Path):
    rows = (
        OPEN, OPEN.replace("1,", "5,", 1).replace("42.3141", ""), OPEN.replace("1,", "6,", 1).replace("01/30/2015", "soon"),
        OPEN.replace("1,", "7,", 1).replace("42.3141,-71.0919", "0,0"), OPEN.replace("1,", "8,", 1).replace("2015", "2035"),
        OPEN.replace("1,", "9,", 1).replace("42.3141", "12.5"), CLOSED,
        CLOSED.replace("2,", "10,", 1).replace("Graffiti Removal", "Abandoned Vehicles"),
    )  # fmt: skip
    result = run(app, "reports", "import", table(tmp_path, *rows), "--category", "abandoned vehicles=skip")
    assert "8 rows: 2 imported, 0 duplicates, 6 refused" in result.output
    for reason in ("no position", "the time cannot be read", "the position is 0,0", "the time lies ahead",
                   "more than 100 km from the others (first in row 6)", "left out as asked (Abandoned Vehicles)"):  # fmt: skip
        assert f"refused 1: {reason}" in result.output


def test_without_districts_the_municipality_is_one_district_around_its_reports(app: Flask, tmp_path: Path):
    run(app, "reports", "import", table(tmp_path, OPEN, CLOSED), "--municipality", "Boston")
    town = db.session.scalars(select(Municipality)).one()
    district = db.session.scalars(select(District).options(undefer(District.area))).one()
    assert (town.name, town.epsg, town.timezone, district.name) == ("Boston", 32619, "Etc/GMT+5", "Boston")
    area = shape_of(district.area)
    assert area is not None
    assert area.geom_type == "MultiPolygon"
    assert set(db.session.scalars(select(Report.district_id))) == {district.id}


def test_real_districts_replace_the_outline_and_take_its_reports(app: Flask, tmp_path: Path):
    run(app, "reports", "import", table(tmp_path, OPEN, CLOSED), "--municipality", "Boston")
    path = tmp_path / "d.geojson"
    ring = [[-71.2, 42.2], [-71.0, 42.2], [-71.0, 42.5], [-71.2, 42.5], [-71.2, 42.2]]
    path.write_text(
        json.dumps(
            {
                "type": "Feature",
                "properties": {"name": "Roxbury"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    )
    assert "2 reports got another district" in run(app, "districts", "import", path).output
    assert db.session.scalars(select(District.name).where(District.valid_to.is_(None))).all() == ["Roxbury"]


def test_rows_outside_of_a_known_municipality_are_refused(app: Flask, scene: Scene, tmp_path: Path):
    rows = ("a;2026-10-01T21:00;mörkt;56.676;16.335", "b;2026-10-01T21:00;mörkt;59.3;18.1")
    result = run(app, "reports", "import", table(tmp_path, *rows, header="id;datum;beskrivning;lat;lon"))
    assert "1 imported, 0 duplicates, 1 refused" in result.output
    assert "outside of the municipality (first in row 2)" in result.output
    kept = db.session.scalars(select(Report)).one()
    assert (kept.district_id, kept.text, kept.received_at.hour) == (scene.oxhagen.id, "mörkt", 19)


def test_many_rows_on_one_point_are_told_and_marked_as_uncertain(app: Flask, tmp_path: Path):
    rows = [f"{n},2015-03-{n % 28 + 1:02},,Open,,Pothole,,42.3594,-71.0587" for n in range(25)]
    result = run(
        app,
        "reports",
        "import",
        table(tmp_path, *rows, OPEN.replace("1,", "99,", 1).replace("01/30/2015 12:18:52 PM", "2015-01-30")),
    )
    assert "25 reports share the position 42.3594, -71.0587" in result.output
    assert "Pothole (25)" in result.output
    assert db.session.scalar(select(func.count()).where(Report.trust == "uncertain_place")) == 25


def test_columns_with_names_of_their_own_are_mapped_by_hand(app: Flask, tmp_path: Path):
    path = table(tmp_path, "x1,20/11/2026 21:30,Lampan är släckt,580000,6281000", header="ref,när,vad,east,north")
    refused = run(app, "reports", "import", path)
    assert refused.exit_code != 0
    assert "No column for lat, lon, opened" in refused.output
    words = (
        "--map",
        "id=ref",
        "--map",
        "opened=när",
        "--map",
        "text=vad",
        "--map",
        "lon=east",
        "--map",
        "lat=north",
        "--crs",
        "EPSG:3006",
    )
    result = run(app, "reports", "import", path, *words)
    assert result.exit_code == 0, result.output
    kept = db.session.scalars(select(Report)).one()
    assert (round(kept.lon, 1), round(kept.lat, 1), kept.categories) == (16.3, 56.7, ["lamp_out"])
    assert kept.received_at == datetime(2026, 11, 20, 20, 30, tzinfo=UTC)


def test_mistaken_words_on_the_command_line_end_in_a_sentence(app: Flask, tmp_path: Path):
    path = table(tmp_path, OPEN)
    for words, answer in (
        (("--map", "lat"), "should be written as"), (("--map", "colour=type"), "There is no field 'colour'"),
        (("--map", "lat=nowhere"), "There is no column 'nowhere'"), (("--category", "a=b"), "'a' is to become 'b'"),
        (("--timezone", "Mars/North"), "There is no time zone 'Mars/North'"),
    ):  # fmt: skip
        result = run(app, "reports", "import", path, *words)
        assert result.exit_code != 0
        assert answer in result.output
    assert number_of_reports() == 0


def test_geojson_points_bring_their_own_place(app: Flask, tmp_path: Path):
    path = tmp_path / "cases.geojson"
    rows = [
        {"type": "Feature", "id": n, "properties": {"requested_datetime": "2026-11-01T18:00:00Z", "service_name": "Klotter"},
         "geometry": {"type": "Point", "coordinates": [16.33, 56.67]} if n else None} for n in range(2)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    assert "2 rows: 1 imported, 0 duplicates, 1 refused" in run(app, "reports", "import", path).output
    assert db.session.scalars(select(Report.categories)).one() == ["graffiti"]
