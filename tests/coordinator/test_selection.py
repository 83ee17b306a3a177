"""The year's selection as a page: in which order, why, and which districts are quiet."""

from __future__ import annotations

from datetime import date

from bs4 import BeautifulSoup

from app.models.base import db
from app.models.dark_spots import DarkSpot
from tests.builders import Scene


def test_the_selection_says_why_each_place_is_in_it_and_names_the_decision(scene: Scene) -> None:
    loud = [scene.spot(name=f"Plats {n}", state="confirmed") for n in range(3)]
    quiet = scene.spot(name="Tunneln", state="confirmed")
    for rank, spot in enumerate(loud):
        spot.score, spot.confirmed_at = 90.0 - rank, scene.now
    quiet.score, quiet.confirmed_at, quiet.district_id = 45.0, scene.now, scene.skalby.id
    scene.oxhagen.priority_from, scene.oxhagen.priority_decision = date(2026, 1, 1), "KS 2026/114"
    db.session.commit()
    client = scene.signed_in("coordinator")
    page = BeautifulSoup(client.get("/coordinator/dark-spots/selection?places=3").text, "html5lib")
    rows = [row.text for row in page.select("tbody tr")]
    assert [("Plats 0" in rows[0]), ("Tunneln" in rows[1]), ("Plats 1" in rows[2])] == [True] * 3
    assert "Bäst i sitt område" in rows[1]
    assert "beslut KS 2026/114" in rows[2]


def test_a_district_that_nobody_reports_from_is_named_as_quiet(scene: Scene) -> None:
    scene.reports_at(4)
    page = scene.signed_in("coordinator").get("/coordinator/dark-spots/selection?places=x").text
    said = BeautifulSoup(page, "html5lib").select_one("h2 ~ ul.plain-list").text
    assert "Skälby" in said
    assert "Oxhagen" not in said


def test_a_spot_that_is_held_or_asleep_is_not_chosen(scene: Scene) -> None:
    held, asleep = scene.spot(name="Hållen"), scene.spot(name="Sover", state="dormant")
    held.held = True
    db.session.commit()
    page = scene.signed_in("coordinator").get("/coordinator/dark-spots/selection").text
    assert "Inga öppna platser just nu." in page
    assert db.session.get_one(DarkSpot, asleep.id).state == "dormant"
