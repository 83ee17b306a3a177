"""What everybody sees: approved places, work done, no single report, no count under five, no time finer than a month."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # our own feed
from datetime import timedelta

from flask.testing import FlaskClient

from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.walks import Walk, WalkStop
from tests.builders import Scene

ATOM = "{http://www.w3.org/2005/Atom}"


def public_spot(scene: Scene, name: str = "GC-tunneln vid Oxhagen") -> DarkSpot:
    spot = scene.spot(*scene.reports_at(3), name=name)
    spot.public, spot.public_text = True, "Vi röjer i december."
    db.session.commit()
    return spot


def published_walk(scene: Scene) -> Walk:
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    walk = Walk(
        title="Vandring i Oxhagen", district_id=scene.oxhagen.id, state="protocol_published",
        starts_at=scene.now - timedelta(days=20), published_at=scene.now - timedelta(days=9), **stamp,
    )  # fmt: skip
    db.session.add(walk)
    db.session.flush()
    for ordinal, (title, safe) in enumerate([("Bibliotekets torg", True), ("Tunneln", False)], 1):
        stop = WalkStop(walk_id=walk.id, ordinal=ordinal, title=title, safe_place=safe, lon=16.335, lat=56.676, **stamp)
        db.session.add(stop)
    db.session.commit()
    return walk


def entries(client: FlaskClient, address: str) -> list[ET.Element]:
    answer = client.get(address)
    assert answer.mimetype == "application/atom+xml"
    return ET.fromstring(answer.data).findall(f"{ATOM}entry")  # noqa: S314


def test_the_list_offers_me_too_without_a_script(scene: Scene, client: FlaskClient) -> None:
    spot = public_spot(scene)
    page = client.get("/places").text
    assert f'action="/near/spot/{spot.id}/me-too"' in page
    assert client.post(f"/near/spot/{spot.id}/me-too").status_code == 303


def test_the_list_speaks_residents_words_and_not_the_desks(scene: Scene, client: FlaskClient) -> None:
    spot = public_spot(scene)
    spot.public_text = ""
    db.session.commit()
    page = client.get("/places").text
    assert "Vi ser över platsen." in page
    assert "Föreslagen" not in page


def test_the_feed_names_a_place_with_its_month_and_no_finer(scene: Scene, client: FlaskClient) -> None:
    public_spot(scene)
    [entry] = entries(client, "/places.atom")
    assert entry.findtext(f"{ATOM}title") == "GC-tunneln vid Oxhagen"
    assert str(entry.findtext(f"{ATOM}updated")).startswith("2026-11-01T00:00:00")


def test_a_place_that_leaves_the_list_leaves_the_feed(scene: Scene, client: FlaskClient) -> None:
    spot = public_spot(scene)
    spot.public = False
    db.session.commit()
    assert entries(client, "/places.atom") == []


def test_a_districts_feed_holds_its_own_walks_and_no_others(scene: Scene, client: FlaskClient) -> None:
    walk = published_walk(scene)
    [entry] = entries(client, "/districts/oxhagen.atom")
    assert str(entry.find(f"{ATOM}link").attrib["href"]).endswith(f"/walks/{walk.id}")
    assert entries(client, "/districts/skalby.atom") == []
    assert client.get("/districts/nowhere.atom").status_code == 404


def test_markup_in_a_name_stays_text_in_the_feed(scene: Scene, client: FlaskClient) -> None:
    public_spot(scene, name="<script>alert(1)</script> & co")
    [entry] = entries(client, "/places.atom")
    assert entry.findtext(f"{ATOM}title") == "<script>alert(1)</script> & co"


def test_a_district_shows_what_works_well_there(scene: Scene, client: FlaskClient) -> None:
    published_walk(scene)
    page = client.get("/districts/oxhagen").text
    assert "Platser som fungerar bra" in page
    assert "Bibliotekets torg" in page


def test_fewer_than_five_repairs_are_some_and_have_no_median(scene: Scene, client: FlaskClient) -> None:
    scene.ticket(state="repaired")
    page = client.get("/districts/oxhagen").text
    assert "Några lampor eller sträckor är lagade" in page
    assert "Hälften lagades" not in page
