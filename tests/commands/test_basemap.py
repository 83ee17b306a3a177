"""`flask basemap build`: a map of our own out of an extract, served in slices, never from another host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pmtiles.reader import MmapSource, Reader
from sqlalchemy import select

from app.models.base import db
from app.models.districts import NamedPlace
from app.services.basemap import TOWN, WHOLE
from tests.builders import Scene

WAYS = """
  <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="Storgatan"/></way>
  <way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="footway"/><tag k="tunnel" v="yes"/><tag k="name" v="Lergöken"/></way>
  <way id="3"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="landuse" v="residential"/></way>
  <way id="4"><nd ref="4"/><nd ref="5"/><nd ref="6"/><nd ref="4"/><tag k="leisure" v="park"/><tag k="name" v="Parken"/></way>
  <way id="5"><nd ref="1"/><nd ref="99"/><tag k="highway" v="path"/></way>
"""


def extract(folder: Path, ways: str = WAYS) -> Path:
    """Write a small extract: a street, a tunnel, a park, homes, an address, and a way that leaves the file."""
    places = [(16.33, 56.67), (16.332, 56.671), (16.334, 56.67), (16.336, 56.672), (16.337, 56.673), (16.338, 56.672)]
    nodes = "".join(f'<node id="{i}" lon="{x}" lat="{y}"/>' for i, (x, y) in enumerate(places, 1))
    lived = '<node id="20" lon="16.331" lat="56.6705"><tag k="addr:street" v="Storgatan"/><tag k="addr:housenumber" v="5"/></node>'
    file = folder / "town.osm"
    file.write_text(f'<osm version="0.6">{nodes}{lived}{ways}</osm>', encoding="utf-8")
    return file


@pytest.fixture
def built(scene: Scene, tmp_path: Path) -> Iterator[str]:
    done = scene.app.test_cli_runner().invoke(args=["basemap", "build", str(extract(tmp_path))])
    assert done.exit_code == 0, done.output
    yield done.output
    folder = instance(scene.app)
    for name in (WHOLE, TOWN):
        (folder / name).unlink(missing_ok=True)


def instance(app: Flask) -> Path:
    return Path(app.extensions["ljuspunkt"].settings.instance)


def test_an_extract_becomes_a_map_with_its_layers_and_says_so_in_figures(built: str, app: Flask) -> None:
    with (instance(app) / WHOLE).open("rb") as file:
        told = Reader(MmapSource(file)).metadata()
    assert {layer["id"] for layer in told["vector_layers"]} == {"roads", "land"}
    assert "4 things drawn" in built
    assert "1 things left out" in built


def test_streets_tunnels_and_addresses_can_be_searched_for_afterwards(built: str, scene: Scene) -> None:
    kinds = {p.name: p.kind for p in db.session.scalars(select(NamedPlace))}
    assert kinds == {"Storgatan": "street", "Lergöken": "underpass", "Parken": "park", "Storgatan 5": "address"}
    assert {p.district_id for p in db.session.scalars(select(NamedPlace))} == {scene.oxhagen.id}


def test_building_again_leaves_each_name_once(built: str, scene: Scene, tmp_path: Path) -> None:
    scene.app.test_cli_runner().invoke(args=["basemap", "build", str(extract(tmp_path))])
    names = db.session.scalars(select(NamedPlace.name)).all()
    assert sorted(names) == sorted(set(names))


def test_the_map_is_sent_in_slices(built: str, client: FlaskClient) -> None:
    answer = client.get("/map/base.pmtiles", headers={"Range": "bytes=0-126"}, buffered=True)
    assert answer.status_code == 206
    assert answer.data.startswith(b"PMTiles\x03")
    assert len(answer.data) == 127


def test_the_part_where_people_live_is_sent_whole_for_the_phone_to_keep(built: str, client: FlaskClient) -> None:
    answer = client.get("/map/town.pmtiles", buffered=True)
    assert answer.status_code == 200
    assert answer.data.startswith(b"PMTiles\x03")
    assert "max-age=86400" in answer.headers["Cache-Control"]


def test_the_report_page_draws_on_the_map_that_was_built_and_names_its_source(built: str, client: FlaskClient) -> None:
    page = client.get("/report").text
    assert 'data-vector="/map/base.pmtiles?v=' in page
    assert "© OpenStreetMap" in page


def test_without_a_built_map_the_municipalitys_own_shapes_are_the_ground(scene: Scene, client: FlaskClient) -> None:
    page = client.get("/report").text
    assert 'data-vector=""' in page
    assert "© OpenStreetMap" not in page
    assert client.get("/map/base.pmtiles").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"), [("<html>", "extract"), ("", "extract"), ('<osm version="0.6"></osm>', "no streets")]
)
def test_a_file_that_is_no_extract_is_refused_in_a_sentence(
    scene: Scene, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "wrong.osm"
    file.write_text(content, encoding="utf-8")
    done = scene.app.test_cli_runner().invoke(args=["basemap", "build", str(file)])
    assert done.exit_code != 0
    assert said in done.output
    assert not (instance(scene.app) / WHOLE).exists()


def test_a_file_that_is_not_there_is_named(scene: Scene, tmp_path: Path) -> None:
    done = scene.app.test_cli_runner().invoke(args=["basemap", "build", str(tmp_path / "nowhere.osm")])
    assert done.exit_code != 0
    assert "nowhere.osm" in done.output


def test_a_build_that_fails_leaves_the_old_map_serving(built: str, scene: Scene, tmp_path: Path) -> None:
    before = (instance(scene.app) / WHOLE).read_bytes()
    (tmp_path / "wrong.osm").write_text("<html>", encoding="utf-8")
    scene.app.test_cli_runner().invoke(args=["basemap", "build", str(tmp_path / "wrong.osm")])
    assert (instance(scene.app) / WHOLE).read_bytes() == before
    assert [p.name for p in instance(scene.app).iterdir() if p.name.startswith(".basemap-")] == []
