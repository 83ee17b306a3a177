"""The technician's list and ticket page: the right tickets, in the order of the road, in few taps."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.domain.people import Actor
from app.models.base import db
from app.models.tickets import Ticket
from tests.builders import CENTRE, Scene, jpeg
from tests.technician.conftest import Phone

Kept = Callable[[Ticket | int], Ticket]


def after_photo() -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(jpeg()), "after.jpg")]


def places(page: str, *words: str) -> list[int]:
    return [page.index(word) for word in words]


def test_a_routine_lamp_takes_at_most_seven_taps_and_no_typing(scene: Scene, phone: Phone, kept: Kept) -> None:
    number = scene.ticket(scene.report(), lamp=scene.lamp()).id
    address = f"/technician/tickets/{number}"
    phone.opens("/technician/")
    phone.taps_link(address)
    phone.taps_button(f"{address}/arrive")
    done = phone.taps_choice("action", "lamp_replaced") | phone.taps_choice("switch_on_test", "yes")
    phone.taps_button(f"{address}/repair", **done)
    assert kept(number).state == "repaired"
    assert len(phone.taps) <= 7, phone.taps


@pytest.mark.parametrize(
    ("way", "sent", "ends"),
    [
        ("end", {"to": "no_fault"}, "no_fault"),
        ("wait", {"to": "waiting_grid_owner"}, "waiting_grid_owner"),
        ("wait", {"to": "waiting_other_owner"}, "waiting_other_owner"),
        ("wait", {"to": "waiting_digging"}, "waiting_digging"),
        ("break-off", {}, "assigned"),
    ],
)
def test_each_way_out_is_at_most_three_taps_and_needs_nothing_typed(
    scene: Scene, phone: Phone, kept: Kept, way: str, sent: dict[str, str], ends: str
) -> None:
    ticket = scene.ticket(scene.report(), state="on_site", to=scene.technician())
    phone.opens(f"/technician/tickets/{ticket.id}")
    phone.taps.append("summary")
    sent = phone.taps_choice("to", sent["to"]) if way == "wait" else sent
    day = {"next_on": phone.page.split('name="next_on" type="date" value="')[1][:10]} if way == "wait" else {}
    phone.taps_button(f"/technician/tickets/{ticket.id}/{way}", **sent, **day)
    assert kept(ticket).state == ends
    assert len(phone.taps) <= 3, phone.taps


def test_the_list_is_nearest_first_when_the_phone_says_where_it_is(scene: Scene, phone: Phone) -> None:
    for pole, metres_north in (("FAR-1", 900), ("NEAR-1", 50), ("MID-1", 400)):
        lamp = scene.lamp(pole, lat=CENTRE[1] + metres_north / 111_320)
        scene.ticket(lamp=lamp, at=(lamp.lon, lamp.lat))
    shown = phone.opens(f"/technician/?lat={CENTRE[1]}&lon={CENTRE[0]}").text
    near, mid, far = places(shown, "NEAR-1", "MID-1", "FAR-1")
    assert near < mid < far
    assert "norr" in shown


def test_without_a_position_danger_comes_first_and_then_the_day_it_is_due(scene: Scene, phone: Phone) -> None:
    scene.ticket(lamp=scene.lamp("LATER-4"))
    scene.ticket(lamp=scene.lamp("DANGER-1"), fault="B11")
    scene.ticket(lamp=scene.lamp("SOONER-4"))
    sooner = db.session.get(Ticket, 3)
    assert sooner is not None
    sooner.due_on -= timedelta(days=9)
    db.session.commit()
    danger, early, late = places(phone.opens("/technician/").text, "DANGER-1", "SOONER-4", "LATER-4")
    assert danger < early < late


@pytest.mark.parametrize(
    "where", ["lat=nan&lon=nan", "lat=91&lon=16", "lat=x&lon=y", "lat=56", "page=99999999999999999999"]
)
def test_a_position_that_is_none_gives_the_list_without_distances(scene: Scene, phone: Phone, where: str) -> None:
    scene.ticket(lamp=scene.lamp("SK-104"))
    assert phone.opens(f"/technician/?{where}").status_code == 200


def test_another_technicians_ticket_is_not_there_for_me(scene: Scene, phone: Phone, kept: Kept) -> None:
    other = scene.staff("technician", "other@kalmar.example", "Other")
    mine = scene.ticket(lamp=scene.lamp("THEIRS-1"), state="on_site", to=Actor("technician", other.id, "Other"))
    assert "THEIRS-1" not in phone.opens("/technician/").text
    assert phone.opens(f"/technician/tickets/{mine.id}").status_code == 404
    for move in ("arrive", "repair", "end", "wait", "break-off", "pole", "verify", "not-lit", "set-out", "make-safe"):
        assert phone.client.post(f"/technician/tickets/{mine.id}/{move}", data={"to": "no_fault"}).status_code == 404
    assert kept(mine).state == "on_site"


def test_a_ticket_of_nobody_becomes_theirs_who_arrives_and_the_moment_is_kept(
    scene: Scene, phone: Phone, kept: Kept
) -> None:
    ticket = scene.ticket()
    phone.opens(f"/technician/tickets/{ticket.id}")
    phone.taps_button(f"/technician/tickets/{ticket.id}/arrive")
    assert kept(ticket).assignee_id == scene.technician().staff_id
    assert kept(ticket).arrived_at == scene.now


def test_the_page_tells_what_the_work_needs_and_nothing_about_who_reported(scene: Scene, phone: Phone) -> None:
    lamp = scene.lamp("SK-104", light_source="LED", power_w=28, cabinet="C7", section="2")
    scene.ticket(lamp=lamp)
    ticket = scene.ticket(scene.report(contact="canary@example.se"), lamp=lamp, directions="bakom ICA")
    shown = phone.opens(f"/technician/tickets/{ticket.id}?lat={CENTRE[1] - 0.01}&lon={CENTRE[0]}").text
    for told in ("SK-104", "LED", "28", "C7", "bakom ICA", "2:e gången", "Betrakta som spänningssatt", "geo:", "norr"):
        assert told in shown, told
    assert "canary" not in shown


@pytest.mark.parametrize(("fault", "needed"), [("B10", True), ("B03", True), ("B01", False)])
def test_danger_and_dark_sections_close_only_with_a_photo(
    scene: Scene, phone: Phone, kept: Kept, fault: str, needed: bool
) -> None:
    ticket = scene.ticket(fault=fault, state="on_site", to=scene.technician())
    address = f"/technician/tickets/{ticket.id}"
    phone.opens(address)
    sent: dict[str, Any] = {"action": "pole_mended", "note": "Rätade stolpen", "switch_on_test": "yes"}
    answer = phone.taps_button(f"{address}/repair", **sent)
    assert answer.status_code == (422 if needed else 200)
    if needed:
        assert "Rätade stolpen" in answer.text
        phone.taps_button(f"{address}/repair", **sent, photos=after_photo())
    assert kept(ticket).state == "repaired"


def test_a_photo_that_came_with_a_wrong_field_stays_with_the_ticket(scene: Scene, phone: Phone, kept: Kept) -> None:
    ticket = scene.ticket(fault="B10", state="on_site", to=scene.technician())
    address = f"/technician/tickets/{ticket.id}"
    phone.opens(address)
    answer = phone.taps_button(f"{address}/repair", photos=after_photo())
    assert answer.status_code == 422
    assert "1 foto är sparat med ärendet." in answer.text
    assert phone.taps_button(f"{address}/repair", action="pole_mended").status_code == 200
    assert kept(ticket).state == "repaired"


def test_a_ticket_that_waits_says_why_and_until_when_in_the_van(scene: Scene, phone: Phone) -> None:
    ticket = scene.ticket(lamp=scene.lamp(), state="on_site", to=scene.technician())
    address = f"/technician/tickets/{ticket.id}"
    phone.opens(address)
    sent = {"to": "waiting_material", "next_on": "2026-12-03", "reason": "Armaturen är beställd"}
    assert phone.taps_button(f"{address}/wait", **sent).status_code == 200
    for page in (address, "/technician/day"):
        shown = phone.opens(page).text
        assert "Armaturen är beställd" in shown
        assert "3 december" in shown


def test_a_late_ticket_says_since_when_it_is_late_wherever_the_van_sees_it(
    scene: Scene, phone: Phone, kept: Kept
) -> None:
    number = scene.ticket(lamp=scene.lamp("LATE-1")).id
    kept(number).due_on = date(2026, 11, 20)
    db.session.commit()
    for page in ("/technician/", "/technician/day"):
        shown = phone.opens(page).text
        assert '<li class="chip late">Försenat sedan 2026-11-20</li>' in shown
        assert "Senast 2026-11-20" not in shown


def test_the_wrong_pole_without_a_choice_is_said_beside_the_poles(scene: Scene, phone: Phone) -> None:
    ticket = scene.ticket(lamp=scene.lamp("WRONG-1"), state="on_site", to=scene.technician())
    phone.opens(f"/technician/tickets/{ticket.id}")
    answer = phone.taps_button(f"/technician/tickets/{ticket.id}/pole")
    assert '<p class="error" id="lamp_id-error">Välj vilken stolpe det är.</p>' in answer.text


def test_the_wrong_pole_is_mended_by_choosing_one_nearby(scene: Scene, phone: Phone, kept: Kept) -> None:
    scene.lamp("RIGHT-2", lat=CENTRE[1] + 0.0004, cabinet="C9")
    ticket = scene.ticket(lamp=scene.lamp("WRONG-1"), state="on_site", to=scene.technician())
    phone.opens(f"/technician/tickets/{ticket.id}")
    right = phone.taps_choice("lamp_id", "1")
    phone.taps_button(f"/technician/tickets/{ticket.id}/pole", **right)
    assert kept(ticket).lamp_id == 1
    assert kept(ticket).lat == pytest.approx(CENTRE[1] + 0.0004)
    assert phone.page.index("RIGHT-2") < phone.page.index("WRONG-1")


def test_leaving_for_ones_own_safety_says_why_to_the_desk_and_nothing_to_residents(
    scene: Scene, phone: Phone, kept: Kept
) -> None:
    report = scene.report()
    receipt = scene.last_receipt
    ticket = scene.ticket(report, state="on_site", to=scene.technician())
    kept(ticket)
    told = scene.app.test_client().get(f"/api/v1/reports/{receipt}").json["timeline"]
    phone.opens(f"/technician/tickets/{ticket.id}")
    phone.taps_button(f"/technician/tickets/{ticket.id}/break-off", note="Lös hund")
    assert kept(ticket).state == "assigned"
    assert scene.app.test_client().get(f"/api/v1/reports/{receipt}").json["timeline"] == told
    assert "Lös hund" in scene.signed_in("coordinator").get(f"/coordinator/tickets/{ticket.id}").text


def test_the_button_that_tells_the_manager_of_a_danger_says_so_and_not_cancel(scene: Scene, phone: Phone) -> None:
    ticket = scene.ticket(state="on_site", to=scene.technician())
    for page in (f"/technician/tickets/{ticket.id}", "/technician/day"):
        shown = phone.opens(page).text
        assert ">Anmäl avbrottet</button>" in shown
        assert ">Avbryt</button>" not in shown


def test_the_slower_of_two_sees_what_changed_and_keeps_the_words(scene: Scene, phone: Phone, kept: Kept) -> None:
    ticket = scene.ticket(state="on_site", to=scene.technician())
    address = f"/technician/tickets/{ticket.id}"
    phone.opens(address)
    desk = scene.signed_in("coordinator")
    number = {"version": str(kept(ticket).version)}
    desk.post(
        f"/coordinator/tickets/{ticket.id}/end",
        data={**number, "to": "deliberately_off", "end_reason": "Nattsläckt sträcka"},
    )
    answer = phone.taps_button(f"{address}/repair", action="lamp_replaced", note="Bytte lampan klockan sju")
    assert answer.status_code == 409
    assert "Bytte lampan klockan sju" in answer.text
    assert "Nattsläckt sträcka" in answer.text
    assert kept(ticket).state == "deliberately_off"


def test_a_dark_lamp_that_the_patrol_finds_becomes_a_ticket_at_a_pole_nearby(scene: Scene, kept: Kept) -> None:
    lamp, van = scene.lamp("SK-7"), scene.signed_in("technician")
    where = {"lat": str(CENTRE[1]), "lon": str(CENTRE[0])}
    assert "SK-7" in van.get("/technician/patrol", query_string=where).text
    refused = van.post("/technician/patrol", data={"fault_code": "B11", "lamp_id": lamp.id, **where})
    assert refused.status_code == 422
    assert "called_whom-error" in refused.text
    told = van.post(
        "/technician/patrol", data={"fault_code": "B04", "lamp_id": lamp.id, **where}, follow_redirects=True
    )
    again = van.post("/technician/patrol", data={"fault_code": "B01", "pole": "SK-7"}, follow_redirects=True)
    assert "B-1 är skapat" in told.text
    assert "hade redan ett öppet ärende, B-1" in again.text
    assert (kept(1).source, kept(1).fault_code, kept(1).lamp_id) == ("patrol", "B04", lamp.id)


def test_what_the_patrol_wrote_without_coverage_is_kept_once_and_opens_where_the_van_stood(
    scene: Scene, kept: Kept
) -> None:
    van = scene.signed_in("technician")
    sent = {"fault_code": "B01", "pole": "ZZ-404", "offline": "1", "once": "e0f3", "lat": CENTRE[1], "lon": CENTRE[0]}
    first, again = (van.post("/technician/patrol", data=sent, follow_redirects=True) for _ in range(2))
    assert "B-1 är skapat" in first.text
    assert again.status_code == 200
    assert db.session.scalars(select(Ticket.id)).all() == [1]
    assert kept(1).directions == "Stolpe ZZ-404, som inte finns i registret."


@pytest.mark.parametrize("more", [{}, {"pole": "ZZ-404", "offline": "1", "once": "e0f3"}])
def test_a_patrol_whose_phone_is_far_outside_the_municipality_says_so_beside_the_pole(
    scene: Scene, more: dict[str, str]
) -> None:
    sent = {"fault_code": "B01", "lat": "59.33", "lon": "18.06", "directions": "Vid kiosken", **more}
    answer = scene.signed_in("technician").post("/technician/patrol", data=sent)
    page = BeautifulSoup(answer.text, "html5lib")
    assert (answer.status_code, page.select_one("#pole-error").text) == (422, "Platsen ligger utanför kommunen.")
    assert (page.select_one("#directions")["value"], page.select_one("input[name=lat]")["value"]) == (
        "Vid kiosken",
        "59.33",
    )
    assert db.session.scalars(select(Ticket)).all() == []


def test_a_missing_plate_is_a_ticket_of_its_own_that_a_dark_lamp_never_joins(scene: Scene, kept: Kept) -> None:
    lamp, van = scene.lamp("SK-7"), scene.signed_in("technician")
    for _ in range(2):
        assert van.post(f"/technician/lamps/{lamp.id}", data={"kind": "plate"}).status_code == 303
    dark = van.post("/technician/patrol", data={"fault_code": "B01", "pole": "SK-7"}, follow_redirects=True)
    assert "B-2 är skapat" in dark.text
    assert [(kept(n).fault_code, kept(n).priority) for n in (1, 2)] == [("B15", "P4"), ("B01", "P4")]
