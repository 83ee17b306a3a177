"""The walking network comes in from a map file, and walks are measured along it."""

from __future__ import annotations

import json
from pathlib import Path

import osmium
import pytest
from flask import Flask
from sqlalchemy import select

from app.models.base import db
from app.models.walk_network import Walkway
from app.services import walk_network_steps as network
from tests.builders import CENTRE, Scene

OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
 <node id="1" lat="56.6760" lon="16.3350"/><node id="2" lat="56.6760" lon="16.3400"/>
 <node id="3" lat="56.6790" lon="16.3400"/><node id="4" lat="56.6800" lon="16.3400"/>
 <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/><tag k="lit" v="yes"/></way>
 <way id="11"><nd ref="2"/><nd ref="3"/><tag k="highway" v="steps"/></way>
 <way id="12"><nd ref="3"/><nd ref="4"/><tag k="highway" v="motorway"/></way>
 <way id="13"><nd ref="3"/><nd ref="4"/><tag k="building" v="yes"/></way>
 <way id="14"><nd ref="1"/><nd ref="4"/><tag k="highway" v="service"/><tag k="access" v="private"/></way>
</osm>
"""


def take_in(app: Flask, file: Path, *more: str):
    return app.test_cli_runner().invoke(args=["network", "import", str(file), *more])


def lines(*corners: list[list[float]]) -> str:
    features = [
        {"type": "Feature", "properties": {"name": f"Väg {i}"}, "geometry": {"type": "LineString", "coordinates": line}}
        for i, line in enumerate(corners)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_an_extract_of_openstreetmap_gives_the_ways_that_people_walk_and_says_what_was_left(
    scene: Scene, tmp_path: Path
) -> None:
    file = tmp_path / "town.osm"
    file.write_text(OSM, encoding="utf-8")
    done = take_in(scene.app, file)
    assert done.exit_code == 0, done.output
    assert "2 ways, 0.6 km" in done.output
    assert "1 that wheels cannot take, 1 that the map calls lit" in done.output
    assert "left out 1: is not for walking" in done.output
    assert "left out 1: is private or closed to people on foot" in done.output
    assert sorted(db.session.scalars(select(Walkway.source_id))) == ["10", "11"]


def test_the_same_extract_packed_as_pbf_gives_the_same_ways(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "town.osm").write_text(OSM, encoding="utf-8")
    with osmium.SimpleWriter(str(tmp_path / "town.osm.pbf")) as packed:
        for thing in osmium.FileProcessor(str(tmp_path / "town.osm")):
            packed.add(thing)
    assert (tmp_path / "town.osm.pbf").read_bytes()[4:20].find(b"OSMHeader") >= 0
    done = take_in(scene.app, tmp_path / "town.osm.pbf")
    assert done.exit_code == 0, done.output
    assert "2 ways, 0.6 km" in done.output
    assert "left out 1: is private or closed to people on foot" in done.output
    assert sorted(db.session.scalars(select(Walkway.source_id))) == ["10", "11"]


def test_a_walk_is_measured_along_the_ways_and_wheels_go_another_way_or_none(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "town.osm").write_text(OSM, encoding="utf-8")
    assert take_in(scene.app, tmp_path / "town.osm").exit_code == 0
    places = [CENTRE, (16.3400, 56.6790)]
    on_foot, on_wheels = network.between(places), network.between(places, wheels=True)
    assert on_foot.distance_m[0, 1] == pytest.approx(306 + 334, rel=0.02)
    assert on_wheels.distance_m[0, 1] == float("inf")
    assert len(on_foot.line([0, 1])) > 3


def test_lines_in_geojson_take_the_place_of_the_network_before_them(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "lines.geojson"
    for corners in ([[16.33, 56.67], [16.34, 56.67]], [[16.33, 56.67], [16.34, 56.68]]):
        file.write_text(lines(corners), encoding="utf-8")
        done = take_in(scene.app, file)
        assert done.exit_code == 0, done.output
    assert "in place of 1 before" in done.output
    assert [round(w, 2) for w in db.session.scalars(select(Walkway.north))] == [56.68]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.osm", "<osm><way id=", "no extract of OpenStreetMap"),
        ("empty.geojson", lines(), "no way that people walk"),
        ("points.geojson", '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [16, 56]}}', "no way"),
        ("notes.txt", "a;b\n1;2\n", "no way that people walk"),
    ],
)  # fmt: skip
def test_a_file_without_ways_is_refused_with_a_sentence_and_the_network_stays(
    scene: Scene, tmp_path: Path, name: str, content: str, said: str
) -> None:
    good = tmp_path / "good.geojson"
    good.write_text(lines([[16.33, 56.67], [16.34, 56.67]]), encoding="utf-8")
    assert take_in(scene.app, good).exit_code == 0
    (tmp_path / name).write_text(content, encoding="utf-8")
    refused = take_in(scene.app, tmp_path / name)
    assert refused.exit_code != 0
    assert said in refused.output
    assert "Traceback" not in refused.output
    assert len(db.session.scalars(select(Walkway.id)).all()) == 1
