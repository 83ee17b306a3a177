"""What cannot be kept is said beside its field, in an open section, and what was typed stays."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from app.models.base import db
from app.models.reports import Report
from tests.builders import Scene
from tests.coordinator.test_walks import a_walk, act, stops


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    """The coordinator's browser."""
    return scene.signed_in("coordinator")


def section_of(page: str, field_id: str) -> Tag:
    """Return the folded section that a field stands in."""
    found = BeautifulSoup(page, "html5lib").find(id=field_id)
    section = found.find_parent("details") if found else None
    assert section is not None, field_id
    return section


@pytest.mark.parametrize("minutes", ["lång", "900"])
def test_a_stops_words_stay_and_the_wrong_minutes_are_said_beside_them(
    scene: Scene, desk: FlaskClient, minutes: str
) -> None:
    walk = a_walk(scene, desk)
    answer = act(desk, walk, f"/stops/{stops(walk)[1].id}", stop_title="Porten", question="Ser du ut?", minutes=minutes)
    section = section_of(answer.text, "minutes")
    assert answer.status_code == 422
    assert section.has_attr("open")
    field, title = section.find(id="minutes"), section.find(id="stop_title")
    assert (field["value"], field["aria-invalid"], field["aria-describedby"]) == (minutes, "true", "minutes-error")
    assert section.find(id="minutes-error").text == "Skriv 1–60."
    assert (title["value"], section.find(id="question")["value"]) == ("Porten", "Ser du ut?")
    assert len(section.select(".stop-words .error")) == 1


@pytest.mark.parametrize(
    ("path", "field"), [("", "purpose"), ("/cancel", "reason"), ("/trial", "trial_done_on"), ("/stops/{}", "question")]
)
def test_the_section_used_of_a_walk_is_open_when_somebody_else_was_first(
    scene: Scene, desk: FlaskClient, path: str, field: str
) -> None:
    walk = a_walk(scene, desk)
    sent = {"title": "Ny", "on": "2026-12-10", "participants_max": "20", "stop_title": "Porten", "minutes": "5"}
    sent |= {"trial_done_on": "2026-11-01", field: "2026-11-02", "version": "99"}
    if path != "":
        sent = {
            k: v
            for k, v in sent.items()
            if k in ("version", field, *(("stop_title", "minutes") if "{}" in path else ()))
        }
    answer = desk.post(f"/coordinator/walks/{walk.id}{path.format(stops(walk)[0].id)}", data=sent)
    section = section_of(answer.text, field)
    assert (answer.status_code, section.has_attr("open")) == (409, True)
    assert "2026-11-02" in str(section.find(id=field))


def test_the_answer_to_a_resident_is_open_when_somebody_else_was_first(scene: Scene, desk: FlaskClient) -> None:
    report = scene.report()
    sent = {"version": "99", "answer_text": "Vi har röjt vid bänken."}
    answer = desk.post(f"/coordinator/reports/{report.id}/answer", data=sent)
    section = section_of(answer.text, "answer_text")
    assert (answer.status_code, section.has_attr("open")) == (409, True)
    assert section.find(id="answer_text").text == "Vi har röjt vid bänken."


def test_a_dismissal_is_open_with_its_reason_when_somebody_else_was_first(scene: Scene, desk: FlaskClient) -> None:
    spot = scene.spot(scene.report())
    sent = {"version": "99", "reason": "Platsen är ombyggd."}
    answer = desk.post(f"/coordinator/dark-spots/{spot.id}/dismiss", data=sent)
    section = section_of(answer.text, "reason")
    assert (answer.status_code, section.has_attr("open"), section.find(id="reason").text) == (
        409,
        True,
        "Platsen är ombyggd.",
    )


def test_an_empty_answer_asks_for_the_answer_and_not_for_a_reason(scene: Scene, desk: FlaskClient) -> None:
    report = scene.report()
    sent = {"version": db.session.get_one(Report, report.id).version, "answer_text": " "}
    answer = desk.post(f"/coordinator/reports/{report.id}/answer", data=sent)
    assert section_of(answer.text, "answer_text").find(id="answer_text-error").text == "Skriv svaret."


def test_a_walk_without_a_meeting_place_says_which_field_and_opens_its_section(scene: Scene, desk: FlaskClient) -> None:
    answer = act(desk, a_walk(scene, desk, meeting_place=""), "/plan")
    section = section_of(answer.text, "meeting_place")
    assert (answer.status_code, section.has_attr("open")) == (422, True)
    assert BeautifulSoup(answer.text, "html5lib").select_one("#errors a").text.startswith("Skriv en mötesplats")


def test_after_a_decision_the_queue_names_the_row_that_the_keys_go_on_at(scene: Scene, desk: FlaskClient) -> None:
    first, second = scene.report(16.31, 56.66), scene.report(16.36, 56.66)
    row = BeautifulSoup(desk.get("/coordinator/inbox").text, "html5lib").select_one(f"li:has(#report-{first.id})")
    following = row.select_one("input[name=next]")["value"]
    sent = {"version": first.version, "next": following}
    answer = desk.post(f"/coordinator/reports/{first.id}/review", data=sent)
    assert answer.location == f"/coordinator/inbox#report-{second.id}"
