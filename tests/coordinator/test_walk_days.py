"""A walk that does not go as planned: called off, or held on another day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.history import History
from app.models.notices import Notice
from app.models.walks import Walk
from app.services import walk_pages, walks
from app.services.desk_steps import Desk
from app.services.spot_steps import belong
from tests.builders import Scene
from tests.coordinator.test_walks import a_held_walk, a_spot, a_walk, act, newest, state


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    return scene.signed_in("coordinator")


def test_a_walk_that_is_called_off_tells_nobody_that_its_places_were_confirmed(scene: Scene, desk: FlaskClient) -> None:
    proposed = a_spot(scene, "Ny plats", state="proposed")
    confirmed = a_spot(scene, "Parken", 300)
    report = scene.report()
    belong(report, confirmed.id)
    db.session.commit()
    walk = a_walk(scene, desk, proposed, confirmed)
    act(desk, walk, "/plan")
    act(desk, walk, "/cancel", reason="Storm")
    assert (state(proposed), state(confirmed)) == ("proposed", "confirmed")
    told = db.session.scalars(select(Notice.kind).where(Notice.report_id == report.id).order_by(Notice.id)).all()
    assert told == ["report.received", "walk.planned", "walk.cancelled"]


def test_a_walk_held_before_its_day_is_told_by_the_day_on_which_people_walked(scene: Scene, desk: FlaskClient) -> None:
    walk = a_held_walk(scene, desk)
    assert newest(Walk).starts_at == scene.now
    assert (
        db.session.scalars(select(History.reason).where(History.to_state == "walked")).one()
        == "Hölls tidigare än planerat."
    )
    assert walk.state == "walked"


def test_a_walk_is_not_told_as_held_before_its_day_unless_somebody_says_that_it_was(
    scene: Scene, desk: FlaskClient
) -> None:
    walk = a_walk(scene, desk)
    act(desk, walk, "/plan")
    answer = act(desk, walk, "/hold", residents=9)
    page = BeautifulSoup(answer.text, "html5lib")
    assert (answer.status_code, state(walk)) == (422, "planned")
    assert "har inte varit än" in page.select_one("#held_early-error").text
    assert page.select_one("#residents")["value"] == "9"
    assert page.select_one("#held_early").find_parent("details").has_attr("open")


def test_an_evening_that_has_passed_is_no_day_for_a_new_walk(scene: Scene, desk: FlaskClient) -> None:
    sent = {"district": scene.oxhagen.id, "on": "2026-11-20", "spots": [a_spot(scene, "Tunneln").id]}
    answer = desk.post("/coordinator/walks/new", data=sent)
    assert (answer.status_code, newest(Walk)) == (422, None)
    assert BeautifulSoup(answer.text, "html5lib").select_one("#on-error").text == "Dagen har redan varit."


def test_of_a_walk_earlier_today_it_is_the_time_that_has_passed_and_not_the_day(
    scene: Scene, desk: FlaskClient
) -> None:
    walk = a_walk(scene, desk)
    db.session.get(Walk, walk.id).starts_at = scene.now - timedelta(minutes=20)
    db.session.commit()
    answer = act(desk, walk, "/plan")
    page = BeautifulSoup(answer.text, "html5lib")
    assert (answer.status_code, state(walk)) == (422, "draft")
    assert page.select_one("#start-error").text == "Den tiden har redan passerat i dag."
    assert page.select_one("#on-error") is None
    assert page.select_one("#start").find_parent("details").has_attr("open")


def test_no_walk_is_proposed_for_christmas_eve_or_new_years_eve(scene: Scene) -> None:
    del scene
    days = [evening.on for evening in walk_pages.evenings_ahead(date(2026, 11, 26))]
    assert date(2026, 12, 17) in days
    assert date(2027, 1, 7) in days
    assert not {date(2026, 12, 24), date(2026, 12, 31)} & set(days)


def test_somebody_elses_walk_in_the_past_is_no_entry_of_the_calendar(scene: Scene, desk: FlaskClient) -> None:
    sent = {"kind": "night", "title": "Nattvandrarna", "on": "2026-11-23", "start": "22.00"}
    answer = desk.post("/coordinator/calendar", data=sent)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html5lib").select_one("#on-error").text == "Dagen har redan varit."


def test_occasions_on_the_wrong_side_of_the_walk_are_said_beside_their_fields(scene: Scene, desk: FlaskClient) -> None:
    sent = {"title": "Höst", "on": "2026-12-10", "trial_on": "2026-12-11", "feedback_on": "2026-12-09"}
    page = BeautifulSoup(act(desk, a_walk(scene, desk), "", **sent).text, "html5lib")
    assert page.select_one("#trial_on-error").text == "Det ska vara senast vandringens dag."
    assert page.select_one("#feedback_on-error").text == "Det ska vara tidigast vandringens dag."
    assert page.select_one("#feedback_on")["value"] == "2026-12-09"


def test_the_planner_says_that_a_walk_with_children_falls_in_a_school_holiday(scene: Scene) -> None:
    client = scene.signed_in("coordinator")
    address = "/coordinator/calendar/school-holidays"
    wrong = client.post(address, data={"holidays": "Sportlov nästa vecka"})
    assert wrong.status_code == 422
    assert "Sportlov nästa vecka" in wrong.text
    assert client.post(address, data={"holidays": "Höstlov 2026-12-07 – 2026-12-11"}).status_code == 303
    assert "Höstlov" in client.get("/coordinator/calendar?month=2026-12").text
    page = client.get(f"/coordinator/walks/new?district={scene.oxhagen.id}&on=2026-12-09").text
    assert "Den dagen är det Höstlov." in page
    spots = [scene.spot(scene.report(16.335 + 0.002 * i, 56.676), name=f"Plats {i}").id for i in range(2)]
    desk = Desk(scene.coordinator(), scene.now)
    evening = walks.Evening(date(2026, 12, 9), perspective="school_route")
    walk = walks.create(scene.oxhagen.id, evening, walks.Meeting(), walks.Chosen(spots), desk=desk)
    assert "Barn och unga är ofta borta då." in client.get(f"/coordinator/walks/{walk.id}").text


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-00", "idag", ""])
def test_a_month_that_no_calendar_goes_on_from_is_this_month(desk: FlaskClient, month: str) -> None:
    page = desk.get("/coordinator/calendar", query_string={"month": month})
    assert page.status_code == 200
    assert "november 2026" in page.text


def test_a_place_that_was_dismissed_or_merged_meanwhile_stands_in_the_way_of_planning(
    scene: Scene, desk: FlaskClient
) -> None:
    spots = [a_spot(scene, name, 200 * k) for k, name in enumerate(("Tunneln", "Parken", "Bron"))]
    walk = a_walk(scene, desk, *spots)
    gone = {"version": db.session.get_one(DarkSpot, spots[2].id).version, "reason": "Byggs om"}
    desk.post(f"/coordinator/dark-spots/{spots[2].id}/dismiss", data=gone)
    answer = act(desk, walk, "/plan")
    assert answer.status_code == 422
    assert "Ett stopp är vid en plats som är avfärdad" in answer.text
    assert state(walk) == "draft"
    act(desk, walk, "/stops", spots=[spots[0].id, spots[1].id])
    into = {"version": db.session.get_one(DarkSpot, spots[1].id).version, "into": spots[0].reference}
    desk.post(f"/coordinator/dark-spots/{spots[1].id}/merge", data=into)
    answer = act(desk, walk, "/plan")
    assert "Två stopp är samma plats" in answer.text
    assert state(walk) == "draft"


def test_a_planned_walk_does_not_lose_its_meeting_place(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    act(desk, walk, "/plan")
    sent = {"title": walk.title, "on": walk.starts_at.date().isoformat(), "light": "dark", "meeting_place": ""}
    answer = act(desk, walk, "", **sent)
    assert answer.status_code == 422
    assert "Skriv en mötesplats." in answer.text
    assert newest(Walk).meeting_place == "Biblioteket"


def test_between_the_walk_and_its_protocol_its_page_says_when_to_come_back(scene: Scene, desk: FlaskClient) -> None:
    walk = a_held_walk(scene, desk)
    for days, said in ((0, "Protokollet kommer senast tisdag 8 december 2026."), (-30, "Protokollet är försenat.")):
        db.session.get_one(Walk, walk.id).starts_at += timedelta(days=days)
        db.session.commit()
        assert said in desk.get(f"/walks/{walk.id}").text


def test_a_place_dismissed_after_the_planning_is_not_confirmed_by_the_walk(scene: Scene, desk: FlaskClient) -> None:
    tunnel, park = a_spot(scene, "Tunneln", state="proposed"), a_spot(scene, "Parken", 300, state="proposed")
    walk = a_walk(scene, desk, tunnel, park)
    act(desk, walk, "/plan")
    gone = {"version": db.session.get_one(DarkSpot, park.id).version, "reason": "Byggs om"}
    desk.post(f"/coordinator/dark-spots/{park.id}/dismiss", data=gone)
    act(desk, walk, "/hold", residents=4, held_early="1")
    assert (state(tunnel), state(park)) == ("on_walk", "dismissed")
    assert db.session.get_one(DarkSpot, park.id).confirmed_at is None


def test_a_place_is_seen_on_the_day_of_the_walk_and_not_when_that_is_written_down(
    scene: Scene, desk: FlaskClient
) -> None:
    spot = a_spot(scene, "Tunneln", state="proposed")
    walk = a_walk(scene, desk, spot, a_spot(scene, "Parken", 300))
    act(desk, walk, "/plan")
    day = scene.now - timedelta(days=2)
    db.session.get_one(Walk, walk.id).starts_at = day
    db.session.commit()
    act(desk, walk, "/hold", residents=4)
    assert db.session.get_one(DarkSpot, spot.id, populate_existing=True).confirmed_at == day


def test_the_notice_of_a_walk_names_the_day_that_its_page_names(scene: Scene, desk: FlaskClient) -> None:
    report = scene.report()
    walk = a_walk(scene, desk, scene.spot(report, name="Tunneln"), a_spot(scene, "Parken", 300))
    act(desk, walk, "/plan")
    db.session.get_one(Walk, walk.id).starts_at = scene.now - timedelta(days=3)
    db.session.commit()
    act(desk, walk, "/hold", residents=4)
    told = db.session.scalars(select(Notice).where(Notice.report_id == report.id, Notice.kind == "walk.walked")).one()
    assert told.facts["protocol_on"] == "2026-12-05"
    assert "lördag 5 december 2026" in desk.get(f"/walks/{walk.id}").text
