"""Notes from the walk: a code instead of an account, and nothing that anybody wrote is lost."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.walk_notes import as_code, read
from app.models.base import db
from app.models.history import History
from app.models.photos import Photo
from app.models.walks import Walk, WalkEntry, WalkGroup
from app.services import walk_notes
from tests.builders import Scene, jpeg
from tests.coordinator.test_walks import a_walk, act, newest, state, stops


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    """The coordinator's browser."""
    return scene.signed_in("coordinator")


@pytest.fixture
def walk(scene: Scene, desk: FlaskClient) -> Walk:
    """A planned walk with two groups."""
    made = a_walk(scene, desk)
    assert act(desk, made, "/plan").status_code == 303
    assert act(desk, made, "/groups", groups="2").status_code == 303
    return newest(Walk)


def codes(walk: Walk) -> list[str]:
    return [
        g.code for g in db.session.scalars(select(WalkGroup).where(WalkGroup.walk_id == walk.id).order_by(WalkGroup.id))
    ]


def a_note(stop: Any, revision: int = 1, **values: Any) -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "stop_id": stop.id, "revision": revision, "scores": {"light": 1}, **values}


def send(scene: Scene, code: str, *notes: dict[str, Any]) -> Any:
    return scene.app.test_client().post(f"/walk/{code}/entries", json={"entries": list(notes)})


def kept() -> list[WalkEntry]:
    db.session.expire_all()
    return list(db.session.scalars(select(WalkEntry).order_by(WalkEntry.id)))


def test_each_group_has_a_code_of_its_own_that_opens_the_walk_without_an_account(scene: Scene, walk: Walk) -> None:
    first, second = codes(walk)
    assert first != second
    page = scene.app.test_client().get(f"/walk/{first}")
    assert "Grupp A" in page.text
    typed = scene.app.test_client().get(f"/walk/?code={first[:4].lower()}-{first[4:]}")
    assert typed.headers["Location"].endswith(f"/walk/{first}")
    assert scene.app.test_client().get("/walk/PAHITTAD").status_code == 404
    assert "Den koden gäller inte" in scene.app.test_client().get("/walk/?code=PAHITTAD").text


def test_more_groups_leave_the_codes_that_were_handed_out_as_they_are(
    scene: Scene, desk: FlaskClient, walk: Walk
) -> None:
    before = codes(walk)
    assert act(desk, walk, "/groups", groups="3").status_code == 303
    assert codes(walk)[:2] == before
    assert act(desk, walk, "/groups", groups="40").status_code == 422


def test_the_history_of_a_walk_says_one_group_and_two_groups(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    act(desk, walk, "/plan")
    for count in ("1", "2"):
        assert act(desk, walk, "/groups", groups=count).status_code == 303
    said = db.session.scalars(select(History.reason).where(History.reason.like("%med kod")).order_by(History.id)).all()
    assert said == ["1 grupp med kod", "2 grupper med kod"]


def test_several_note_takers_at_one_stop_are_all_kept_side_by_side(scene: Scene, walk: Walk) -> None:
    stop, (first, second) = stops(walk)[0], codes(walk)
    notes = [a_note(stop, scores={"light": n % 4}, note=f"Anteckning {n}") for n in range(6)]
    for n, note in enumerate(notes):
        assert send(scene, first if n % 2 else second, note).status_code == 200
    assert sorted(e.note for e in kept()) == [f"Anteckning {n}" for n in range(6)]
    assert {e.group_name for e in kept()} == {"Grupp A", "Grupp B"}


def test_phones_that_get_coverage_at_the_same_moment_are_all_heard(scene: Scene, walk: Walk) -> None:
    """The same walk is told of each of them, and none has to come back for that."""
    stop, groups = stops(walk)[0], codes(walk)
    notes = [a_note(stop, note=f"Telefon {n}") for n in range(6)]
    statuses, start = {}, threading.Barrier(len(notes))
    db.session.remove()

    def send_at_once(n: int) -> None:
        with scene.app.app_context():
            start.wait(timeout=20)
            statuses[n] = send(scene, groups[n % 2], notes[n]).status_code

    phones = [threading.Thread(target=send_at_once, args=(n,)) for n in range(len(notes))]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join(timeout=60)
    db.engine.dispose()  # the connections of threads that are gone
    assert list(statuses.values()) == [200] * 6
    assert {e.note for e in kept()} == {f"Telefon {n}" for n in range(6)}


def test_what_is_sent_twice_or_late_changes_nothing_and_what_is_newer_replaces(scene: Scene, walk: Walk) -> None:
    note, (code, _other) = a_note(stops(walk)[0], revision=2, note="Andra"), codes(walk)
    send(scene, code, note)
    send(scene, code, note)
    late = send(scene, code, {**note, "revision": 1, "note": "Första"})
    assert late.json["saved"] == [{"client_id": note["client_id"], "revision": 1}]
    assert [e.note for e in kept()] == ["Andra"]
    send(scene, code, {**note, "revision": 3, "note": "Tredje", "scores": {"light": 0, "feeling": 2}})
    assert [(e.note, e.scores) for e in kept()] == [("Tredje", {"light": 0, "feeling": 2})]


def test_one_note_that_cannot_be_read_does_not_stop_the_others(scene: Scene, walk: Walk) -> None:
    good, (code, _other) = a_note(stops(walk)[0]), codes(walk)
    elsewhere = {**a_note(stops(walk)[0]), "stop_id": 999_999}
    answer = send(scene, code, {"client_id": "inte ett id"}, good, elsewhere, "skräp")
    assert [s["client_id"] for s in answer.json["saved"]] == [good["client_id"]]
    assert elsewhere["client_id"] in answer.json["refused"]
    assert len(kept()) == 1
    assert send(scene, code, *[good] * 61).status_code == 422
    assert scene.app.test_client().post(f"/walk/{code}/entries", data="inte json").status_code == 422


def test_what_is_unknown_in_a_note_is_left_out_and_what_is_known_is_kept() -> None:
    sent = {
        "client_id": str(uuid.uuid4()), "stop_id": 1, "revision": 1, "scores": {"light": 3, "people": 7, "smell": 1, "mix": True},
        "observations": ["brush", "dragons"], "lux": "0,8", "note": "Mörkt\x00\nhär",
    }  # fmt: skip
    note = read(sent)
    assert (note.scores, note.observations, note.lux, note.note) == ({"light": 3}, ("brush",), 0.8, "Mörkt\nhär")
    assert as_code(" k7m4-pq2x ") == "K7M4PQ2X"


def test_a_photo_is_cleaned_and_joined_to_its_note_once(scene: Scene, walk: Walk) -> None:
    note, (code, _other), photo = a_note(stops(walk)[0]), codes(walk), str(uuid.uuid4())
    browser = scene.app.test_client()
    address = f"/walk/{code}/entries/{note['client_id']}/photos/{photo}"
    assert browser.post(address, data=jpeg()).status_code == 404  # before its note
    send(scene, code, note)
    assert browser.post(address, data=jpeg()).status_code == 201
    assert browser.post(address, data=jpeg()).status_code == 200
    other = address.replace(photo, str(uuid.uuid4()))
    assert browser.post(other, data=b"inte ett foto").status_code == 422
    row = db.session.scalars(select(Photo)).one()
    assert (row.purpose, row.state, row.walk_entry_id) == ("walk", "staff_only", kept()[0].id)
    assert browser.get(f"/photos/{row.public_id}/small").status_code in {401, 403, 404, 302}


def test_a_held_walk_has_its_protocol_begun_by_the_first_note_and_a_published_one_takes_no_more(
    scene: Scene, desk: FlaskClient, walk: Walk
) -> None:
    (code, _other), stop = codes(walk), stops(walk)[0]
    send(scene, code, a_note(stop))
    assert state(walk) == "planned"
    act(desk, walk, "/hold", residents=9, held_early="1")
    send(scene, code, a_note(stop))
    assert state(walk) == "protocol_draft"
    assert "Grupp A" in desk.get(f"/coordinator/walks/{walk.id}/protocol").text
    act(desk, walk, "/protocol", summary="Klart.", residents="9")
    act(desk, walk, "/publish")
    assert send(scene, code, a_note(stop)).status_code == 410
    assert len(kept()) == 2


def test_who_leads_a_walk_can_say_that_it_was_held_though_notes_came_since_the_page_was_opened(
    scene: Scene, desk: FlaskClient, walk: Walk
) -> None:
    page_version = walk.version
    send(scene, codes(walk)[0], a_note(stops(walk)[0]))
    held = desk.post(
        f"/coordinator/walks/{walk.id}/hold", data={"residents": "8", "held_early": "yes", "version": page_version}
    )
    assert held.status_code == 303
    assert state(walk) == "walked"


def test_a_code_is_good_until_a_week_after_the_walk_and_not_longer(scene: Scene, walk: Walk) -> None:
    code = codes(walk)[0]
    assert walk.starts_at is not None
    assert walk_notes.by_code(code, walk.starts_at + timedelta(days=6)) is not None
    assert walk_notes.by_code(code, walk.starts_at + timedelta(days=8)) is None


def test_a_safe_place_found_on_the_walk_becomes_a_stop_once_however_often_its_note_comes(
    scene: Scene, walk: Walk
) -> None:
    code = codes(walk)[0]
    before = len(stops(walk))
    note = {
        **a_note(stops(walk)[0]),
        "stop_id": 0,
        "place_name": "Kiosken",
        "place_lon": "16.3351",
        "place_lat": 56.6761,
    }
    for revision, name in ((1, "Kiosken"), (2, "Kiosken vid torget"), (1, "Kiosken")):
        answer = send(scene, code, {**note, "revision": revision, "place_name": name})
        assert answer.get_json()["saved"] == [{"client_id": note["client_id"], "revision": revision}]
    db.session.expire_all()
    there = stops(walk)
    assert len(there) == before + 1
    assert (there[-1].title, there[-1].safe_place, there[-1].lon) == ("Kiosken vid torget", True, 16.3351)
    assert [e.stop_id for e in kept()] == [there[-1].id]
    far = {**note, "client_id": str(uuid.uuid4()), "place_lon": "2.35", "place_lat": "48.85", "place_name": ""}
    send(scene, code, far)
    db.session.expire_all()
    assert (stops(walk)[-1].title, round(stops(walk)[-1].lon)) == ("Trygg plats", 16)
    assert "En trygg plats till" in scene.app.test_client().get(f"/walk/{code}").text
