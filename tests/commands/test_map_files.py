"""Promises of `districts import` and `lamps import`: all of a file or nothing of it, and every problem by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import Result
from flask import Flask
from shapely.geometry import Point, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from app.models.base import db
from app.models.districts import District, Municipality
from app.models.lamps import Lamp
from app.models.places import near, shape_of
from app.models.reports import Report
from config import ROOT
from geo.projection import to_metres
from tests.builders import Scene

WEST, EAST = box(16.30, 56.65, 16.34, 56.70), box(16.34, 56.65, 16.40, 56.70)
BOW_TIE = Polygon([(16.30, 56.65), (16.34, 56.70), (16.34, 56.65), (16.30, 56.70)])


def run(app: Flask, *words: object) -> Result:
    result = app.test_cli_runner().invoke(args=[str(w) for w in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def geojson(folder: Path, *features: tuple[BaseGeometry | None, dict[str, Any]], **more: Any) -> Path:
    path = folder / "file.geojson"
    rows = [{"type": "Feature", "geometry": g and mapping(g), "properties": p} for g, p in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows, **more}), encoding="utf-8")
    return path


def map_file(path: Path, shapes: Sequence[BaseGeometry], names: Sequence[str], kind: str, crs: str) -> Path:
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes, dtype=object)), [np.array(names, dtype=object)], ["NAMN"],
        geometry_type=kind, crs=crs,
    )  # fmt: skip
    return path


def names() -> list[str]:
    return list(db.session.scalars(select(District.name).where(District.valid_to.is_(None)).order_by(District.id)))


def test_the_first_districts_make_the_municipality_and_its_measure(app: Flask, tmp_path: Path):
    path = geojson(tmp_path, (WEST, {"namn": "Östra Åby", "kod": "1"}), (EAST, {"namn": "Ostra Aby", "kod": "2"}))
    result = run(app, "districts", "import", path, "--municipality", "Kalmar")
    assert result.exit_code == 0, result.output
    assert "2 new districts, 0 changed, 0 unchanged" in result.output
    assert list(db.session.scalars(select(District.slug).order_by(District.id))) == ["ostra-aby", "ostra-aby-2"]
    town = db.session.scalars(select(Municipality)).one()
    assert (town.name, town.epsg, town.timezone) == ("Kalmar", 3006, "Europe/Stockholm")


def test_districts_on_the_other_side_of_the_world_get_their_own_metres(app: Flask, tmp_path: Path):
    run(app, "districts", "import", geojson(tmp_path, (box(-71.1, 42.3, -71.0, 42.4), {"name": "Harbour"})))
    assert db.session.scalars(select(Municipality.epsg)).one() == 32619


def test_importing_again_keeps_each_number_and_takes_the_new_area(app: Flask, tmp_path: Path):
    run(
        app,
        "districts",
        "import",
        geojson(tmp_path, (WEST, {"name": "A", "code": "1"}), (EAST, {"name": "B", "code": "2"})),
    )
    before = list(db.session.scalars(select(District.id).order_by(District.id)))
    path = geojson(
        tmp_path, (WEST, {"name": "A", "code": "1"}), (box(16.34, 56.65, 16.41, 56.70), {"name": "Bb", "code": "2"})
    )
    result = run(app, "districts", "import", path)
    db.session.expire_all()
    assert "0 new districts, 1 changed, 1 unchanged" in result.output
    assert list(db.session.scalars(select(District.id).order_by(District.id))) == before
    assert names() == ["A", "Bb"]


@pytest.mark.parametrize(("ending", "crs"), [("gpkg", "EPSG:3006"), ("shp", "EPSG:3006"), ("gpkg", "EPSG:3857")])
def test_map_files_in_metres_land_on_the_same_degrees(app: Flask, tmp_path: Path, ending: str, crs: str):
    epsg = int(crs.split(":")[1])
    metric = shapely.transform(WEST, lambda xy: to_metres(xy, epsg))
    result = run(app, "districts", "import", map_file(tmp_path / f"d.{ending}", [metric], ["Åsa"], "Polygon", crs))
    assert result.exit_code == 0, result.output
    kept = db.session.scalars(select(District).options(undefer(District.area))).one()
    area = shape_of(kept.area)
    assert kept.name == "Åsa"
    assert area is not None
    assert area.symmetric_difference(WEST).area < 1e-7


def test_a_crossed_polygon_is_repaired_and_said_by_name(app: Flask, tmp_path: Path):
    result = run(app, "districts", "import", geojson(tmp_path, (BOW_TIE, {"name": "Flugan"})))
    assert result.exit_code == 0
    assert "Feature 1 (Flugan) was repaired (self-intersection)" in result.output


def test_names_are_found_in_a_column_that_nobody_could_have_guessed(app: Flask, tmp_path: Path):
    path = geojson(
        tmp_path,
        (WEST, {"typ": "stadsdel", "BENAMNING": "Väst", "nr": "7"}),
        (EAST, {"typ": "stadsdel", "BENAMNING": "Öst", "nr": "8"}),
    )
    assert "names from BENAMNING, no codes" in run(app, "districts", "import", path).output
    assert names() == ["Väst", "Öst"]


def test_one_bad_feature_refuses_the_file_and_every_problem_is_listed(app: Flask, tmp_path: Path):
    path = geojson(
        tmp_path, (WEST, {"name": "Bra"}), (Point(16.3, 56.6), {"name": "Punkt"}), (None, {"name": "Tom"}),
        (EAST, {"name": ""}),
    )  # fmt: skip
    result = run(app, "districts", "import", path)
    assert result.exit_code != 0
    for problem in ("Feature 2 (Punkt) is a Point", "Feature 3 (Tom) has no geometry", "Feature 4 has no name"):
        assert problem in result.output
    assert names() == []


def test_districts_of_another_municipality_are_refused_by_name(app: Flask, scene: Scene, tmp_path: Path):
    result = run(app, "districts", "import", geojson(tmp_path, (box(18.1, 59.2, 18.3, 59.4), {"name": "Nacka"})))
    assert result.exit_code != 0
    assert "Feature 1 (Nacka) lies more than 100 km from this municipality" in result.output


def test_latitude_before_longitude_is_noticed_not_kept(app: Flask, tmp_path: Path):
    result = run(app, "districts", "import", geojson(tmp_path, (box(56.65, 16.30, 56.70, 16.34), {"name": "Vänd"})))
    assert result.exit_code != 0
    assert "Feature 1 (Vänd) has latitude before longitude" in result.output


def test_metres_without_a_word_about_their_system_are_refused(app: Flask, tmp_path: Path):
    path = geojson(tmp_path, (box(580_000, 6_280_000, 581_000, 6_281_000), {"name": "Meter"}))
    assert "--crs" in run(app, "districts", "import", path).output
    assert run(app, "districts", "import", path, "--crs", "EPSG:3006").exit_code == 0


def test_districts_that_overlap_are_reported_with_the_area_they_share(app: Flask, tmp_path: Path):
    path = geojson(tmp_path, (WEST, {"name": "A"}), (box(16.33, 56.65, 16.40, 56.70), {"name": "B"}))
    assert "A and B overlap by" in run(app, "districts", "import", path).output


def test_reports_move_to_the_district_that_they_now_lie_in(app: Flask, scene: Scene, tmp_path: Path):
    report = scene.report(lon=16.335, lat=56.676)
    path = geojson(
        tmp_path,
        (box(16.30, 56.65, 16.33, 56.70), {"name": scene.oxhagen.name}),
        (box(16.33, 56.65, 16.34, 56.70), {"name": "Ny"}),
    )
    assert "1 reports got another district" in run(app, "districts", "import", path).output
    db.session.expire_all()
    ours = db.session.scalars(select(Report.district_id).where(Report.id == report.id)).one()
    assert db.session.scalars(select(District.id).where(District.name == "Ny")).one() == ours


@pytest.mark.parametrize(
    "content",
    ['{"type": {}}', "[]", "{", '{"type": "FeatureCollection"}', '{"type":"FeatureCollection","features":[7, {"type":"Feature"}]}',
     '{"type":"Polygon","coordinates":[[[1,"2"],[3,4]]]}', '{"type":"Polygon","coordinates":[1.0, 2.0]}', "\x00\x01"],
)  # fmt: skip
def test_broken_files_end_in_a_sentence_never_in_a_traceback(app: Flask, tmp_path: Path, content: str):
    path = tmp_path / "broken.geojson"
    path.write_text(content, encoding="utf-8")
    for thing in ("districts", "lamps", "reports"):
        result = run(app, thing, "import", path)
        assert result.exit_code != 0
        assert result.output.splitlines()[-1].strip()


@pytest.mark.parametrize("ending", ["gpkg", "shp", "csv", "xyz"])
def test_a_file_of_noise_is_refused_in_words(app: Flask, tmp_path: Path, ending: str):
    path = tmp_path / f"noise.{ending}"
    path.write_bytes(bytes(range(256)) * 20)
    assert run(app, "districts", "import", path).exit_code != 0
    assert run(app, "lamps", "import", tmp_path / "missing.csv").exit_code != 0


def lamp_table(folder: Path, *rows: str, header: str = "stolpnummer;latitude;longitude;ägare;effekt;färg") -> Path:
    path = folder / "lamps.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8-sig")
    return path


def test_lamps_are_known_by_their_id_and_say_what_changed(app: Flask, tmp_path: Path):
    first = ("K1;56,6761;16,3351;Kommunen;35,5;grön", "K2;56.6762;16.3352;;;")
    assert "2 new lamps, 0 changed, 0 unchanged" in run(app, "lamps", "import", lamp_table(tmp_path, *first)).output
    assert "0 new lamps, 0 changed, 2 unchanged" in run(app, "lamps", "import", lamp_table(tmp_path, *first)).output
    moved = lamp_table(tmp_path, first[0], "K2;56.6763;16.3352;;;", "K3;56.6764;16.3353;Kommunen;;")
    assert "1 new lamps, 1 changed, 1 unchanged" in run(app, "lamps", "import", moved).output
    db.session.expire_all()
    lamp = db.session.scalars(select(Lamp).where(Lamp.asset_id == "K1")).one()
    assert (lamp.pole_number, lamp.lat, lamp.power_w, lamp.properties) == ("K1", 56.6761, 35.5, {"färg": "grön"})
    assert db.session.scalar(select(Lamp.lat).where(Lamp.asset_id == "K2")) == 56.6763


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_register_that_says_its_system_after_its_lamps_lands_in_its_place(app: Flask, tmp_path: Path, mark: bytes):
    x, y = to_metres(np.array([(16.3351, 56.6761)]), 3006)[0]
    rows = [{"type": "Feature", "properties": {"id": f"Å{n}"}, "geometry": {"type": "Point", "coordinates": [x, y + n, 9]}} for n in range(1500)]  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
    path = tmp_path / "sorted.geojson"
    path.write_bytes(mark + json.dumps({"features": rows, "type": "FeatureCollection", "crs": crs}).encode())
    assert "1500 new lamps" in run(app, "lamps", "import", path).output
    kept = db.session.execute(select(Lamp.lon, Lamp.lat).where(Lamp.asset_id == "Å0")).one()
    assert kept == pytest.approx((16.3351, 56.6761), abs=1e-7)
    path.write_bytes(
        mark + json.dumps({"features": [*rows, rows[0]], "type": "FeatureCollection", "crs": crs}).encode()
    )
    assert "Row 1501 (Å0): the same id as row 1" in run(app, "lamps", "import", path).output


def test_one_lamp_without_a_place_refuses_the_whole_register(app: Flask, tmp_path: Path):
    path = lamp_table(tmp_path, "K1;56.6;16.3;;;", "K2;;16.3;;;", "K1;56.7;16.3;;;", "K4;0;0;;;", "K5;16.3;56.6;;;")
    result = run(app, "lamps", "import", path)
    assert result.exit_code != 0
    for problem in (
        "Row 2 (K2): no position",
        "Row 3 (K1): the same id as row 1",
        "Row 4 (K4): the position is 0,0",
        "Row 5 (K5): latitude and longitude",
    ):
        assert problem in result.output
    assert db.session.scalar(select(func.count()).select_from(Lamp)) == 0


def test_a_lamp_from_the_register_is_found_around_its_place(app: Flask, tmp_path: Path):
    run(app, "lamps", "import", geojson(tmp_path, (Point(16.3351, 56.6761), {"POLEID": "SGQ0036"})))
    assert db.session.scalars(select(Lamp.pole_number).where(near(Lamp, 16.3351, 56.6762, 20))).all() == ["SGQ0036"]
    assert db.session.scalars(select(Lamp.pole_number).where(near(Lamp, 16.3351, 56.6772, 20))).all() == []


def test_a_table_of_lamps_in_sweref_is_told_that_its_coordinate_system_must_be_said(scene: Scene, tmp_path: Path):
    path = tmp_path / "lampor.csv"
    path.write_text("id;x;y\nL1;582000;6282000\n", encoding="utf-8")
    said = run(scene.app, "lamps", "import", path)
    why = "the position is not on Earth; its coordinate system must be said with --crs"
    assert (said.exit_code, f"Row 1 (L1): {why}." in said.output) == (1, True), said.output
    assert run(scene.app, "lamps", "import", path, "--crs", "EPSG:3006").exit_code == 0
    assert db.session.scalars(select(Lamp.asset_id)).all() == ["L1"]


@pytest.mark.parametrize("group", ["districts", "lamps", "reports", "network", "neighbours"])
def test_every_import_that_takes_a_coordinate_system_says_so_in_the_list_of_commands(app: Flask, group: str):
    assert "--crs" in run(app, group, "import", "--help").output
    papers = (ROOT / "docs/operations.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in papers if line.startswith(f"| `{group} import ") and "[--crs S]" in line]
