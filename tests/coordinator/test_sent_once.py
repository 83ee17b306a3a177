"""A form of the desk that is pressed twice counts once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Response
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.models.base import db
from app.models.measures import Funding, Measure, Plan
from tests.builders import Scene

MONEY = {"name": "Trygghetspaketet", "kind": "safety_package", "year": "2026", "amount_sek": "25000"}


def count(kind: type[Plan | Measure | Funding]) -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def number_on(desk: FlaskClient, page: str, action: str) -> str:
    """The number that the page put into its form for `action`."""
    shown = desk.get(page).text
    form = next(f for f in re.findall(r"<form\b.*?</form>", shown, re.DOTALL) if f'action="{action}"' in f)
    return re.search(r'name="once" value="(\w+)"', form)[1]


def test_a_second_press_makes_no_second_plan_and_leads_to_the_same_page(scene: Scene) -> None:
    desk = scene.signed_in("coordinator")
    sent = {"title": "Ljusare Oxhagen", "district": scene.oxhagen.id}
    sent["once"] = number_on(desk, "/coordinator/plans", "/coordinator/plans")
    first, second = (desk.post("/coordinator/plans", data=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert count(Plan) == 1
    assert desk.get(second.location).text.count("Planen är påbörjad.") == 1


def test_who_goes_back_and_changes_a_word_means_a_second_thing(scene: Scene) -> None:
    desk = scene.signed_in("coordinator")
    sent = {**MONEY, "once": number_on(desk, "/coordinator/funding", "/coordinator/funding")}
    for name in ("Trygghetspaketet", "Trygghetspaketet", "Gatubelysning 2026"):
        assert desk.post("/coordinator/funding", data={**sent, "name": name}).status_code == 303
    assert count(Funding) == 2


def test_a_form_that_was_refused_can_be_sent_again_with_the_same_number(scene: Scene) -> None:
    desk = scene.signed_in("coordinator")
    page = f"/coordinator/measures/new?district={scene.oxhagen.id}"
    sent = {"kind": "lighting_repair", "description": "Ny armatur", "responsible_id": scene.lighting_unit.id}
    sent |= {"district": scene.oxhagen.id, "once": number_on(desk, page, "/coordinator/measures/new")}
    assert desk.post("/coordinator/measures/new", data={**sent, "deadline": "aldrig"}).status_code == 422
    assert count(Measure) == 0
    made = [desk.post("/coordinator/measures/new", data={**sent, "deadline": "2027-03-31"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [303, 303]
    assert count(Measure) == 1


def test_a_second_press_on_a_move_does_not_say_that_somebody_was_faster(scene: Scene) -> None:
    desk = scene.signed_in("coordinator")
    plan_at = desk.post("/coordinator/plans", data={"title": "Plan", "district": scene.oxhagen.id}).location
    sent = {"version": "1", "to": "not_needed", "reason": "Allt är redan gjort.", "once": "0123456789abcdef"}
    answers = [desk.post(f"{plan_at}/move", data=sent) for _ in range(2)]
    assert [(a.status_code, a.location) for a in answers] == [(303, plan_at)] * 2


def test_pages_for_everybody_carry_no_number_since_they_may_be_kept(scene: Scene) -> None:
    assert 'name="once"' not in scene.signed_in("coordinator").get("/report").text


def test_two_presses_at_the_same_moment_make_one_thing(scene: Scene) -> None:
    desk = scene.signed_in("coordinator")
    sent = {"title": "Ljusare Oxhagen", "district": scene.oxhagen.id, "once": "0123456789abcdef"}
    db.session.rollback()  # the test itself holds nothing while the two wait for each other
    cookie = desk.get_cookie("session").value
    together = Barrier(2)

    def press() -> tuple[int, str]:
        browser = FlaskClient(scene.app, Response)
        browser.set_cookie("session", cookie)
        together.wait(10)
        answer = browser.post("/coordinator/plans", data=sent)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(2) as hands:
        first, second = [future.result(30) for future in [hands.submit(press) for _ in range(2)]]
    assert first == second
    assert first[0] == 303
    assert count(Plan) == 1
