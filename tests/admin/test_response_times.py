"""Promises of the dated rules: decided from a day, checked before, and an open ticket keeps its promise."""

from __future__ import annotations

from sqlalchemy import select

from app.models.base import db
from app.models.districts import Rule
from tests.builders import Scene

PAGE = "/admin/response-times"
TIMES = {
    "days_P1": "5", "days_P2": "2", "days_P3": "7", "days_P4": "30", "days_P5": "15", "hours_P1": "1", "first_P2": "1",
    "cable_days": "20", "working": ["P1", "P2"], "response_times_from": "2026-11-24", "response_times_decision": "TN 2026-11-20 § 91",
}  # fmt: skip
ROWS = {
    "code_0": "P1", "faults_0": "B10, b11 B12", "reason_0": "Fara", "code_1": "P2", "environments_1": ["school_route"],
    "reason_1": "Skolväg går först", "code_2": "P4", "reason_2": "Annars", "priority_matrix_from": "2026-11-24", "priority_matrix_decision": "TN",
}  # fmt: skip


def rules() -> list[Rule]:
    db.session.expire_all()
    return list(db.session.scalars(select(Rule)))


def test_new_times_hold_from_their_day_and_an_open_ticket_keeps_its_promise(scene: Scene):
    before, admin = scene.ticket(fault="B03"), scene.signed_in("admin")
    assert admin.post(f"{PAGE}/times", data=TIMES).status_code == 303
    after = scene.ticket(fault="B03")
    assert (before.due_on.isoformat(), after.due_on.isoformat()) == ("2026-11-27", "2026-11-26")
    assert "TN 2026-11-20 § 91" in admin.get(PAGE).text


def test_a_new_matrix_decides_and_its_reason_is_what_the_ticket_shows(scene: Scene):
    admin = scene.signed_in("admin")
    assert admin.post(f"{PAGE}/matrix", data=ROWS).status_code == 303
    ticket = scene.ticket(environment="school_route")
    assert (ticket.priority, ticket.priority_reason) == ("P2", "Skolväg går först")
    assert "Skolväg går först" in admin.get(f"/coordinator/tickets/{ticket.id}").text


def test_what_cannot_be_a_rule_is_said_beside_its_field_and_nothing_is_lost(scene: Scene):
    admin = scene.signed_in("admin")
    wrong = admin.post(f"{PAGE}/times", data={**TIMES, "days_P2": "snart", "response_times_from": "2020-01-01"})
    assert wrong.status_code == 422
    assert 'id="days_P2-error"' in wrong.text
    assert 'id="response_times_from-error"' in wrong.text
    assert "TN 2026-11-20 § 91" in wrong.text
    open_end = admin.post(f"{PAGE}/matrix", data={**ROWS, "faults_2": "B01", "faults_0": "B99"})
    assert open_end.status_code == 422
    assert 'id="faults_0-error"' in open_end.text
    assert "Sista raden ska gälla alltid" in open_end.text
    assert rules() == []


def test_two_decisions_from_one_day_are_not_taken(scene: Scene):
    admin = scene.signed_in("admin")
    admin.post(f"{PAGE}/times", data=TIMES)
    assert admin.post(f"{PAGE}/times", data=TIMES).status_code == 422
    assert len(rules()) == 1


def test_a_receipt_follows_the_table_that_was_in_force_on_the_day_it_came(scene: Scene):
    scene.report()
    receipt, admin, reader = f"/r/{scene.last_receipt}", scene.signed_in("admin"), scene.app.test_client()
    tomorrow = {**TIMES, "read_P4": "9", "days_P4": "60", "response_times_from": "2026-11-25"}
    assert admin.post(f"{PAGE}/times", data=tomorrow).status_code == 303
    assert "Vi läser rapporten senast tisdag 1 december 2026." in reader.get(receipt).text
    assert admin.post(f"{PAGE}/times", data={**TIMES, "read_P4": "2"}).status_code == 303
    assert "Vi läser rapporten senast torsdag 26 november 2026." in reader.get(receipt).text
    assert 'name="read_P4" value="2"' in admin.get(PAGE).text


def test_a_receipt_follows_the_matrix_that_was_in_force_on_the_day_it_came(scene: Scene):
    scene.report()
    own = {**ROWS, "environments_1": [], "code_1": "P2", "reason_1": "Alla lampor är lika viktiga"}
    assert scene.signed_in("admin").post(f"{PAGE}/matrix", data=own).status_code == 303
    receipt = scene.app.test_client().get(f"/r/{scene.last_receipt}").text
    assert "Felet åtgärdas senast fredag 27 november 2026." in receipt
