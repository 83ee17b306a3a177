"""What everybody may see: approved places and work done. Never a report, a score, a number of voices or a rank."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from app.models.base import db
from app.models.dark_spots import DarkSpot
from tests.builders import Scene

PUBLIC = ("/", "/places", "/map", "/places.geojson", "/map/base.geojson", "/districts/oxhagen", "/about")


@pytest.fixture
def approved(scene: Scene) -> DarkSpot:
    spot = scene.spot(*scene.reports_at(3, text="Kanariefågel i texten", contact="kanarie@exempel.se"))
    spot.public, spot.public_text = True, "Tre lampor är släckta. Beräknas lagat 3 december."
    db.session.commit()
    return spot


def test_an_approved_place_says_what_is_wrong_and_what_happens_next(client: FlaskClient, approved: DarkSpot) -> None:
    page = client.get("/places").text
    assert approved.name in page
    assert approved.public_text in page


def test_a_place_that_nobody_approved_is_nowhere_to_be_seen(scene: Scene, client: FlaskClient) -> None:
    scene.spot(*scene.reports_at(3), name="Hemlig gångväg")
    for address in PUBLIC:
        assert "Hemlig gångväg" not in client.get(address).text


@pytest.mark.parametrize("address", PUBLIC)
def test_no_public_page_tells_who_reported_what_they_wrote_or_how_many_they_are(
    scene: Scene, client: FlaskClient, approved: DarkSpot, address: str
) -> None:
    shown = client.get(address).text
    assert "anariefågel" not in shown
    assert "kanarie@" not in shown
    assert str(approved.score).replace(".", ",") not in shown
    for report in ("reporter", "report_count", "score", "band"):
        assert report not in json.dumps(client.get("/places.geojson").json)


def test_the_public_map_gives_the_places_own_outline_and_no_reports_position(
    client: FlaskClient, approved: DarkSpot
) -> None:
    collection = client.get("/places.geojson").json
    (feature,) = collection["features"]
    assert set(feature["properties"]) == {"name", "text", "district"}
    assert feature["geometry"]["type"] in {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize("state", ["closed", "dismissed", "merged"])
def test_a_place_leaves_the_public_map_when_it_is_closed(client: FlaskClient, approved: DarkSpot, state: str) -> None:
    approved.state = state
    db.session.commit()
    assert approved.name not in client.get("/places").text
    assert client.get("/places.geojson").json["features"] == []


def test_a_district_page_tells_of_work_done_and_an_unknown_district_is_not_found(
    scene: Scene, client: FlaskClient
) -> None:
    scene.ticket(scene.report(), state="repaired")
    assert "Oxhagen" in client.get("/districts/oxhagen").text
    assert client.get("/districts/finns-inte").status_code == 404


def test_the_public_pages_say_what_trygghet_is_and_that_this_is_no_map_of_crime(
    scene: Scene, client: FlaskClient
) -> None:
    assert "Utsattheten för brott är låg i hela kommunen." in client.get("/places").text
    assert "Tryggare Sverige" in client.get("/about").text
