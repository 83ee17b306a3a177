"""The two steps of closing: mended is somebody's word, lit is what somebody has seen, and then people are told."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bs4 import BeautifulSoup

from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.reports import Report
from app.models.tickets import Ticket
from app.services import tickets
from tests.builders import Scene, jpeg
from tests.technician.conftest import Phone

Kept = Callable[[Ticket | int], Ticket]


def state_of(model: type[Report | DarkSpot], number: int) -> str:
    return str(db.session.get_one(model, number).state)


def told(scene: Scene, receipt: str) -> str:
    return scene.app.test_client().get(f"/r/{receipt}").text


def test_mended_is_told_as_mended_and_lit_asks_whether_it_feels_safer(scene: Scene, phone: Phone, kept: Kept) -> None:
    report = scene.report()
    receipt, spot = scene.last_receipt, scene.spot(report, state="confirmed")
    ticket = scene.ticket(report, state="on_site", to=scene.technician(), dark_spot_id=spot.id)
    address = f"/technician/tickets/{ticket.id}"
    phone.opens(address)
    sent = {"action": "lamp_replaced", "switch_on_test": "yes", "photos": [(io.BytesIO(jpeg()), "after.jpg")]}
    phone.taps_button(f"{address}/repair", **sent)
    kept(ticket)
    assert "Vi kontrollerar att den lyser" in told(scene, receipt)
    assert "Känns platsen tryggare nu?" not in told(scene, receipt)
    phone.taps_button(f"{address}/verify", how="switch_on_test")
    assert kept(ticket).state == "verified"
    assert "Känns platsen tryggare nu?" in told(scene, receipt)
    assert state_of(DarkSpot, spot.id) == "remedied"


def test_a_test_without_a_photo_is_not_enough_to_call_it_lit(scene: Scene, phone: Phone, kept: Kept) -> None:
    ticket = scene.ticket(state="repaired", to=scene.technician())
    phone.opens(f"/technician/tickets/{ticket.id}")
    assert phone.taps_button(f"/technician/tickets/{ticket.id}/verify", how="switch_on_test").status_code == 422
    assert kept(ticket).state == "repaired"


def test_the_evening_round_is_one_tap_for_lit_and_one_for_dark(scene: Scene, phone: Phone, kept: Kept) -> None:
    lit, dark = (scene.ticket(scene.report(), state="repaired", to=scene.technician()) for _ in range(2))
    phone.opens("/technician/night-check")
    phone.taps_button(f"/technician/tickets/{lit.id}/verify", how="night_check", back="night")
    phone.taps_button(f"/technician/tickets/{dark.id}/not-lit", back="night")
    assert (kept(lit).state, kept(lit).verified_how) == ("verified", "night_check")
    assert kept(dark).state == "reopened"
    assert state_of(Report, 1) == "answered"
    assert state_of(Report, 2) == "ticketed"


def test_whoever_drives_the_evening_round_looks_at_what_a_colleague_mended(
    scene: Scene, phone: Phone, kept: Kept
) -> None:
    colleague = scene.staff("technician", "bo@kalmar.example", "Bo")
    theirs = replace(scene.technician(), staff_id=colleague.id)
    lit, dark, at_work = (
        scene.ticket(scene.report(), state=state, to=theirs) for state in ("repaired", "repaired", "on_site")
    )
    shown = phone.opens("/technician/night-check").text
    assert lit.reference in shown
    assert at_work.reference not in shown
    phone.taps_button(f"/technician/tickets/{lit.id}/verify", how="night_check", back="night")
    phone.taps_button(f"/technician/tickets/{dark.id}/not-lit", back="night")
    assert (kept(lit).state, kept(dark).state) == ("verified", "reopened")
    assert phone.opens(f"/technician/tickets/{at_work.id}").status_code == 404


def test_a_spot_with_another_dark_lamp_is_not_remedied_by_the_first(scene: Scene, phone: Phone, kept: Kept) -> None:
    report = scene.report()
    spot = scene.spot(report, state="confirmed")
    scene.ticket(dark_spot_id=spot.id)
    ticket = scene.ticket(report, state="repaired", to=scene.technician(), dark_spot_id=spot.id)
    phone.opens("/technician/night-check")
    phone.taps_button(f"/technician/tickets/{ticket.id}/verify", how="night_check")
    assert kept(ticket).state == "verified"
    assert state_of(DarkSpot, spot.id) == "confirmed"


def test_after_a_quiet_week_it_closes_and_says_that_nobody_saw_it_at_night(scene: Scene, kept: Kept) -> None:
    report = scene.report()
    receipt = scene.last_receipt
    ticket = scene.ticket(report, state="repaired")
    assert tickets.close_quiet(now=scene.now + timedelta(days=6)) == 0
    assert tickets.close_quiet(now=scene.now + timedelta(days=8)) == 1
    assert kept(ticket).state == "closed"
    assert "inte kontrollerad i mörker" in told(scene, receipt)


def test_the_desk_gives_confirms_and_opens_again(scene: Scene, kept: Kept) -> None:
    ticket, desk = scene.ticket(state="repaired"), scene.signed_in("coordinator")
    address = f"/coordinator/tickets/{ticket.id}"
    desk.post(f"{address}/verify", data={"version": str(kept(ticket).version), "how": "control"})
    assert kept(ticket).verified_how == "control"
    assert desk.post(f"{address}/reopen", data={"version": str(kept(ticket).version)}).status_code == 422
    desk.post(f"{address}/reopen", data={"version": str(kept(ticket).version), "reason": "Mörk igen"})
    assert kept(ticket).state == "reopened"
    desk.post(
        f"{address}/assign",
        data={"version": str(kept(ticket).version), "assignee_id": str(scene.technician().staff_id)},
    )
    assert (kept(ticket).state, kept(ticket).assignee_id) == ("assigned", scene.technician().staff_id)
    assert f"B-{ticket.id}" in desk.get("/coordinator/tickets?state=assigned").text
    assert desk.get("/coordinator/tickets?page=99999999999999999999").status_code == 200


def test_what_a_ticket_waits_for_is_chosen_by_somebody(scene: Scene) -> None:
    ticket, van = scene.ticket(to=scene.technician(), state="on_site"), scene.signed_in("technician")
    page = BeautifulSoup(van.get(f"/technician/tickets/{ticket.id}").text, "html5lib")
    assert page.select('[name="to"][value="waiting_material"]')
    assert page.select('[name="to"][checked]') == []
    sent = {"version": ticket.version, "next_on": "2026-12-01"}
    answer = van.post(f"/technician/tickets/{ticket.id}/wait", data=sent)
    assert answer.status_code == 422
    assert 'id="to-error"' in answer.text
