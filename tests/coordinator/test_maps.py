"""The desk's map: the same spots as the list, nothing from outside, and no word that becomes markup."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup

from app.models.base import db
from tests.builders import Scene

FRAME = "/coordinator/dark-spots/map-frame"


def test_the_map_loads_nothing_from_any_other_host(scene: Scene) -> None:
    scene.spot(*scene.reports_at(3))
    scene.lamp(status="out")
    page = BeautifulSoup(scene.signed_in("coordinator").get(FRAME).text, "html5lib")
    addresses = [
        tag.get("src") or tag.get("href") for tag in page.select("script[src], link[href], img[src], iframe[src]")
    ]
    assert addresses
    assert all(address.startswith("/static/") for address in addresses)


def test_every_script_and_style_of_the_map_carries_the_nonce_of_its_answer(scene: Scene) -> None:
    answer = scene.signed_in("coordinator").get(FRAME)
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce is not None
    tags = BeautifulSoup(answer.text, "html5lib").select("script, style")
    assert len(tags) > 2
    assert {tag.get("nonce") for tag in tags} == {nonce.group(1)}
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_map_and_the_list_show_the_same_spots_for_the_same_filters(scene: Scene) -> None:
    spots = [scene.spot(name=f"Plats {i}") for i in range(3)]
    client = scene.signed_in("coordinator")
    for query in ("", "?band=A", "?band=C", f"?district={scene.skalby.id}"):
        listed = client.get(f"/coordinator/dark-spots{query}").text
        drawn = client.get(f"{FRAME}{query}").text
        for spot in spots:
            address = f'/coordinator/dark-spots/{spot.id}"'
            assert (address in listed) == (address in drawn)


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "`${alert(1)}`"]
)
def test_a_spots_name_can_never_become_part_of_the_maps_script(scene: Scene, name: str) -> None:
    scene.spot(name=name)
    text = scene.signed_in("coordinator").get(FRAME).text
    assert name not in text or "<" not in name
    assert "<script>alert" not in text
    assert "<img" not in text


@pytest.mark.parametrize(
    "name", ["{{ 123456789*3 }}", "{% Trappan", "{# bort #}", "{{{{123456789*3}}}}", "{{{% if", "}} %} #}"]
)
def test_a_name_with_braces_is_shown_as_it_stands_and_never_run_on_the_server(scene: Scene, name: str) -> None:
    scene.spot(name=name)
    scene.lamp(name, status="out")
    scene.oxhagen.name = name
    db.session.commit()
    answer = scene.signed_in("coordinator").get(FRAME)
    assert answer.status_code == 200
    assert "370370367" not in answer.text
    written = re.findall(r'"name":\s?("(?:[^"\\]|\\.)*")', answer.text)
    assert {json.loads(found) for found in written} >= {name}


def test_a_band_is_told_by_its_letter_and_a_word_and_not_by_colour_alone(scene: Scene) -> None:
    scene.spot(name="Tunneln")
    text = scene.signed_in("coordinator").get(FRAME).text
    assert '"label": "A"' in text
    assert "Grupp" in text


def test_the_map_draws_many_reports_as_one_layer_and_asks_the_database_the_same_number_of_times(
    scene: Scene, count_queries
) -> None:
    client, _spot = scene.signed_in("coordinator"), scene.spot()
    with count_queries() as few:
        client.get(FRAME)
    scene.reports_at(9)
    with count_queries() as more:
        text = client.get(FRAME).text
    assert more.count == few.count
    assert text.count("L.circleMarker(") <= 4


def test_the_map_opens_before_there_is_any_spot_or_report(scene: Scene) -> None:
    answer = scene.signed_in("coordinator").get(FRAME)
    assert answer.status_code == 200
    assert "fitBounds" in answer.text


def test_the_page_that_holds_the_map_names_it_and_offers_the_list_beside_it(scene: Scene) -> None:
    spot = scene.spot(name="Tunneln")
    page = BeautifulSoup(scene.signed_in("coordinator").get("/coordinator/dark-spots").text, "html5lib")
    frame = page.select_one("iframe")
    assert frame is not None
    assert "Samma fläckar står i listan" in frame["title"]
    assert page.select_one(f'[data-spot="{spot.id}"]') is not None


def test_a_spots_own_page_shows_a_map_of_that_spot_alone(scene: Scene) -> None:
    spot, other = scene.spot(name="Tunneln"), scene.spot(name="Parken", state="dismissed")
    client = scene.signed_in("coordinator")
    frame = BeautifulSoup(client.get(f"/coordinator/dark-spots/{other.id}").text, "html5lib").select_one("iframe")
    assert frame is not None
    drawn = client.get(frame["src"]).text
    assert f"/dark-spots/{other.id}" in drawn
    assert f"/dark-spots/{spot.id}" not in drawn


def test_from_near_the_map_asks_for_the_shapes_in_view_and_gets_no_others(scene: Scene, limit_coordinator) -> None:
    spot, client = scene.spot(name="Tunneln"), scene.signed_in("coordinator")
    address = "/coordinator/dark-spots/shapes.json"
    found = client.get(address, query_string={"box": "16.3,56.6,16.4,56.7"}).get_json()
    assert set(found) == {str(spot.id)}
    assert found[str(spot.id)]["type"] == "Polygon"
    assert client.get(address, query_string={"box": "17,56.6,18,56.7"}).get_json() == {}
    assert client.get(address, query_string={"box": "16.3,56.6,16.4,56.7", "band": "C"}).get_json() == {}
    assert client.get(address, query_string={"box": "west"}).get_json() == {}
    limit_coordinator(scene.skalby)
    assert client.get(address, query_string={"box": "16.3,56.6,16.4,56.7"}).get_json() == {}
