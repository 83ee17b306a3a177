"""After the walk: findings become measures, the feedback is recorded, the paper can be read, and next time is compared."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models.base import db
from app.models.measures import Measure
from app.models.walks import Walk, WalkEntry
from tests.adapters.test_pdf import insides
from tests.builders import Scene
from tests.coordinator.test_walks import a_held_walk, a_walk, act, newest, state, stops


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    """The coordinator's browser."""
    return scene.signed_in("coordinator")


def note(desk: FlaskClient, walk: Walk, stop: Any, **sent: Any) -> None:
    answer = act(desk, walk, f"/stops/{stop.id}/entry", group_name="A", **sent)
    assert answer.status_code == 303, answer.text


def test_two_who_write_new_notes_from_the_same_page_are_both_kept(scene: Scene, desk: FlaskClient):
    walk = a_held_walk(scene, desk)
    stop, old = stops(walk)[0], walk.version
    for text in ("Mörkt vid bänken", "Hål i asfalten"):
        sent = {"version": old, "entry_id": "", "note": text}
        assert desk.post(f"/coordinator/walks/{walk.id}/stops/{stop.id}/entry", data=sent).status_code == 303
    assert set(db.session.scalars(select(WalkEntry.note))) == {"Mörkt vid bänken", "Hål i asfalten"}


def test_a_note_that_somebody_changed_meanwhile_comes_back_with_both_texts(scene: Scene, desk: FlaskClient):
    walk = a_held_walk(scene, desk)
    stop = stops(walk)[0]
    note(desk, walk, stop, note="Först")
    entry = newest(WalkEntry)
    address = f"/coordinator/walks/{walk.id}/stops/{stop.id}/entry"
    seen = re.findall(r'name="seen" value="(\w+)"', desk.get(f"{address}?entry={entry.id}").text)[0]
    sent = {"seen": seen, "entry_id": entry.id, "note": "Deras ord", "score_light": "1"}
    assert desk.post(address, data=sent).status_code == 303
    answer = desk.post(address, data=sent | {"note": "Mina ord", "score_light": "3"})
    assert answer.status_code == 409
    for shown in ("Deras ord", "Mina ord", 'name="score_light" value="3" checked', "/coordinator/"):
        assert shown in answer.text
    assert newest(WalkEntry).note == "Deras ord"


def a_published_walk(scene: Scene, desk: FlaskClient) -> Walk:
    walk = a_held_walk(scene, desk)
    first, second = stops(walk)[:2]
    note(
        desk,
        walk,
        first,
        score_light="0",
        score_feeling="1",
        observations=["lamp_out", "brush"],
        proposal="Laga och röj",
    )
    note(desk, walk, first, score_light="1", observations=["lamp_out"])
    note(desk, walk, second, score_light="3", observations=["works_well"])
    assert act(desk, walk, "/protocol", summary="Mörkt vid tunneln.", residents="9").status_code == 303
    assert act(desk, walk, "/publish").status_code == 303
    return walk


def test_one_click_turns_every_finding_into_a_measure_once_for_each_place(scene: Scene, desk: FlaskClient) -> None:
    walk = a_published_walk(scene, desk)
    for _ in range(2):
        assert act(desk, walk, "/measures").status_code == 303
    kinds = sorted(db.session.scalars(select(Measure.kind)))
    assert kinds == ["brush_clearing", "lighting_repair"]


def test_the_feedback_is_recorded_before_the_promise_counts_as_kept(scene: Scene, desk: FlaskClient) -> None:
    walk = a_published_walk(scene, desk)
    assert act(desk, walk, "/move", to="feedback_given").status_code == 422
    assert act(desk, walk, "/feedback", held_on="2027-01-01", people="5", said="Nästa år").status_code == 422
    assert act(desk, walk, "/feedback", held_on="2026-11-24", people="5").status_code == 422
    assert (
        act(desk, walk, "/feedback", held_on="2026-11-24", people="5", said="Lampan lagas i veckan.").status_code == 303
    )
    assert state(walk) == "feedback_given"
    page = scene.app.test_client().get(f"/walks/{walk.id}").text
    assert "Lampan lagas i veckan." in page
    assert "5 personer" in page


def test_the_protocol_is_a_tagged_document_that_anybody_may_take_once_it_is_published(
    scene: Scene, desk: FlaskClient
) -> None:
    anybody = scene.app.test_client()
    walk = a_held_walk(scene, desk)
    assert anybody.get(f"/walks/{walk.id}.pdf").status_code == 404
    note(desk, walk, stops(walk)[0], score_light="1")
    act(desk, walk, "/protocol", summary="Mörkt.", residents="9")
    act(desk, walk, "/publish")
    answer = anybody.get(f"/walks/{walk.id}.pdf")
    assert answer.mimetype == "application/pdf"
    assert re.search(rb"/Marked\s+true", insides(answer.data))


def test_a_walk_over_the_same_stops_shows_each_score_the_last_time_and_now(scene: Scene, desk: FlaskClient) -> None:
    earlier = a_published_walk(scene, desk)
    assert act(desk, earlier, "/again", rewalk_date="2027-06-20").status_code == 422  # light in June
    assert act(desk, earlier, "/again", rewalk_date="2026-12-15").status_code == 303
    again = newest(Walk)
    assert [s.title for s in stops(again)] == [s.title for s in stops(earlier)]
    act(desk, again, "/plan")
    act(desk, again, "/hold", residents=7, held_early="1")
    note(desk, again, stops(again)[0], score_light="3", score_feeling="2")
    page = desk.get(f"/coordinator/walks/{again.id}/protocol").text
    table = page.split("Förra gången och nu")[1]
    assert re.search(r"Ljus</th><td class=\"num\">0–1</td><td class=\"num\">3", table)
    assert re.search(r"Känsla</th><td class=\"num\">1</td><td class=\"num\">2 <span class=\"tag done\">bättre", table)


def test_a_walk_whose_protocol_is_not_published_is_not_gone_over_again(scene: Scene, desk: FlaskClient) -> None:
    walk = a_held_walk(scene, desk)
    answer = act(desk, walk, "/again", rewalk_date="2026-12-15")
    assert answer.status_code == 422
    assert "Publicera protokollet först" in answer.text


def test_no_heading_of_a_protocol_that_is_not_written_yet_stands_over_nothing(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    main = BeautifulSoup(desk.get(f"/coordinator/walks/{walk.id}/protocol").text, "html5lib").main
    assert main is not None
    empty = [h.text for h in main.find_all(["h2", "h3"]) if h.find_next_sibling() is None]
    assert empty == []
