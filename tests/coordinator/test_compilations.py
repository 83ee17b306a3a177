"""The compilation of a district and of the whole municipality: on the page, on paper, in spreadsheets and on maps."""

from __future__ import annotations

import csv
import io

import pyogrio
import pytest
from bs4 import BeautifulSoup

from tests.builders import Scene

GEOPACKAGE = b"SQLite format 3"


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))


@pytest.mark.parametrize("place", ["districts/oxhagen", "municipality"])
def test_a_compilation_is_a_tagged_document_with_a_name_of_its_own(scene: Scene, place: str) -> None:
    scene.spot(*scene.reports_at(3))
    answer = scene.signed_in("coordinator").get(f"/coordinator/{place}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    name = {"districts/oxhagen": "oxhagen", "municipality": "kalmar"}[place]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}-2026-11-24.pdf"'


def test_the_municipality_has_a_row_for_each_district_also_the_silent_ones(scene: Scene) -> None:
    scene.spot(*scene.reports_at(3))
    client = scene.signed_in("coordinator")
    page = BeautifulSoup(client.get("/coordinator/municipality").text, "html5lib")
    names = [row.text.strip() for row in page.select(".figures-table tbody th")]
    assert names == ["Oxhagen", "Skälby"]
    assert "inga rapporter" in page.select(".figures-table tbody tr")[1].text
    table = rows_of(client.get("/coordinator/municipality.csv").text)
    assert [(row["område"], row["nummer"] != "") for row in table] == [("Oxhagen", True), ("Skälby", False)]


def test_a_map_program_gets_spots_and_districts_in_the_municipalitys_own_system(scene: Scene, tmp_path) -> None:
    spot = scene.spot(*scene.reports_at(3))
    answer = scene.signed_in("coordinator").get("/coordinator/municipality.gpkg")
    assert answer.data.startswith(GEOPACKAGE)
    path = tmp_path / "kalmar.gpkg"
    path.write_bytes(answer.data)
    assert {str(row[0]) for row in pyogrio.list_layers(path)} == {"morka_flackar", "omraden"}
    meta, _, _, fields = pyogrio.raw.read(path, layer="morka_flackar")
    columns = dict(zip(meta["fields"], fields, strict=True))
    assert meta["crs"] == "EPSG:3006"
    assert (columns["nummer"][0], columns["poäng"][0]) == (spot.reference, 62)
    west, south, _, _ = pyogrio.read_info(path, layer="morka_flackar")["total_bounds"]
    assert 500_000 < west < 700_000
    assert 6_200_000 < south < 6_400_000
    districts = pyogrio.raw.read(path, layer="omraden")
    assert len(districts[2]) == 2


def test_the_web_map_file_is_in_degrees_and_says_nothing_of_any_reporter(scene: Scene) -> None:
    members = scene.reports_at(3, text="Min granne Olle var där", contact="olle@example.com")
    scene.spot(*members)
    answer = scene.signed_in("coordinator").get("/coordinator/districts/oxhagen.geojson")
    (feature,) = answer.get_json(force=True)["features"]
    assert answer.mimetype == "application/geo+json"
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["geometry"]["coordinates"][0][0][0] == pytest.approx(16.335, abs=0.01)
    for secret in ("Olle", "olle@", members[0].reporter_key, members[0].reference):
        assert secret not in answer.text


def test_an_empty_municipality_gives_every_file_without_failing(scene: Scene) -> None:
    client = scene.signed_in("coordinator")
    for kind in ("pdf", "csv", "geojson", "gpkg"):
        assert client.get(f"/coordinator/municipality.{kind}").status_code == 200
        assert client.get(f"/coordinator/districts/skalby.{kind}").status_code == 200
    assert client.get("/coordinator/districts/skalby.exe").status_code == 404


def test_a_page_asks_as_often_for_one_spot_as_for_many(scene: Scene, count_queries) -> None:
    client = scene.signed_in("coordinator")
    counts = []
    for number in range(2):
        for extra in range(1 + 8 * number):
            scene.spot(name=f"Plats {number} {extra}")
        with count_queries() as found:
            client.get("/coordinator/municipality")
        counts.append(found.count)
    assert counts[0] == counts[1]
