"""“Lyser lampan nu?”: whoever reported a lamp can close it or open it again from their receipt."""

from __future__ import annotations

import pytest

from app.models.base import db
from app.models.reports import Report
from app.models.tickets import Ticket
from tests.builders import Scene


def kept(number: int) -> Ticket:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Ticket, number)


def mended(scene: Scene, state: str = "repaired") -> tuple[int, str]:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp(), state=state)
    return ticket.id, scene.last_receipt


def test_yes_from_somebody_who_reported_it_is_as_good_as_a_night_check(scene: Scene) -> None:
    number, receipt = mended(scene)
    browser = scene.app.test_client()
    assert "Lyser lampan nu?" in browser.get(f"/r/{receipt}").text
    page = browser.post(f"/r/{receipt}/lit", data={"answer": "yes"}, follow_redirects=True).text
    assert "Nu vet vi att den lyser" in page
    assert "Lyser lampan nu?" not in page
    assert (kept(number).state, kept(number).verified_how) == ("verified", "resident")
    assert db.session.get_one(Report, 1).state == "answered"


def test_no_opens_the_ticket_again_for_the_same_team(scene: Scene) -> None:
    number, receipt = mended(scene)
    page = scene.app.test_client().post(f"/r/{receipt}/lit", data={"answer": "no"}, follow_redirects=True).text
    assert "Vi öppnar ärendet igen" in page
    assert (kept(number).state, kept(number).reopened_count) == ("reopened", 1)


def test_the_second_of_two_neighbours_is_thanked_and_changes_nothing(scene: Scene) -> None:
    number, receipt = mended(scene)
    browser = scene.app.test_client()
    browser.post(f"/r/{receipt}/lit", data={"answer": "yes"})
    page = browser.post(f"/r/{receipt}/lit", data={"answer": "no"}, follow_redirects=True).text
    assert "Någon hann svara före dig" in page
    assert kept(number).state == "verified"


@pytest.mark.parametrize("state", ["new", "on_site", "verified"])
def test_nobody_is_asked_before_it_is_mended_or_after_it_was_seen(scene: Scene, state: str) -> None:
    number, receipt = mended(scene, state)
    browser = scene.app.test_client()
    assert "Lyser lampan nu?" not in browser.get(f"/r/{receipt}").text
    browser.post(f"/r/{receipt}/lit", data={"answer": "yes"})
    assert kept(number).state == state


def test_a_receipt_that_is_none_and_an_answer_that_is_none_open_nothing(scene: Scene) -> None:
    _, receipt = mended(scene)
    browser = scene.app.test_client()
    assert browser.post("/r/guess/lit", data={"answer": "yes"}).status_code == 404
    assert browser.post(f"/r/{receipt}/lit", data={"answer": "maybe"}).status_code == 400
