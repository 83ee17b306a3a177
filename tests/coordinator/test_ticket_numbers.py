"""Promises of the pages of numbers: the desk sees all of it, a district its own, the public repair times alone."""

from __future__ import annotations

from datetime import timedelta

from app.models.base import db
from app.models.tickets import Ticket
from tests.builders import CENTRE, Scene


def mended(scene: Scene, days: int) -> Ticket:
    ticket = scene.ticket(scene.report(text="Hemligt"), at=CENTRE, state="repaired")
    ticket.opened_on = scene.now.date() - timedelta(days=days)
    ticket.due_on = ticket.opened_on + timedelta(days=7)
    db.session.commit()
    return ticket


def test_the_desk_sees_median_nine_of_ten_and_what_was_kept(scene: Scene):
    for days in (2, 4, 30):
        mended(scene, days)
    page = scene.signed_in("coordinator").get("/coordinator/tickets/numbers").text
    assert "<strong>4,0</strong> dagar i median" in page
    assert "<strong>30</strong> dagar för nio av tio" in page
    assert "<strong>2 / 3</strong> löften hållna" in page


def test_what_was_no_fault_does_not_count_and_the_period_is_kept_to(scene: Scene):
    mended(scene, 3)
    scene.ticket(state="new")
    old = mended(scene, 500)
    table = scene.signed_in("coordinator").get("/coordinator/tickets/numbers.csv").text
    assert "alla;;2;1;3.0;3;1;1;1" in table
    begins = old.opened_on.isoformat()
    wide = scene.signed_in("coordinator").get(f"/coordinator/tickets/numbers.csv?from={begins}&to={begins}").text
    assert "alla;;1;1;500.0;500;1;0;0" in wide


def test_the_table_survives_dates_that_nobody_meant(scene: Scene):
    desk = scene.signed_in("coordinator")
    assert desk.get("/coordinator/tickets/numbers?from=0001-01-01&to=nonsense").status_code == 200
    assert desk.get("/coordinator/tickets/numbers.csv?from=2026-12-31&to=2026-01-01").status_code == 200


def test_the_public_reads_times_and_work_and_nothing_of_places_or_people(scene: Scene):
    for days in (1, 2, 3):
        mended(scene, days)
    page = scene.app.test_client().get("/repairs").text
    assert "Det senaste året lagade vi 3 fel." in page
    for secret in ("Oxhagen", "Hemligt", "SK-1", "B-1"):
        assert secret not in page
