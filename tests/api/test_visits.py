"""Visits that come back from where there was no coverage: kept once, joined by rules that can be told, never lost."""

from __future__ import annotations

import io
import json
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.models.base import db
from app.models.history import History
from app.models.ticket_visits import TicketVisit
from app.models.tickets import Ticket
from tests.builders import PASSWORD, Scene, jpeg


@pytest.fixture
def van(scene: Scene) -> FlaskClient:
    return scene.signed_in("technician")


@pytest.fixture
def other_van(scene: Scene) -> FlaskClient:
    scene.staff("technician", "bo@kalmar.example", "Bo")
    client = scene.app.test_client()
    client.post("/login", data={"email": "bo@kalmar.example", "password": PASSWORD})
    return client


def given(van: FlaskClient, ticket: Ticket, part: str = "stops") -> str:
    return str(next(s for s in van.get("/technician/day.json").json[part] if s["id"] == ticket.id)["given"])


def visit(scene: Scene, ticket: Ticket, line: str, outcome: str = "repaired", **values: Any) -> dict[str, Any]:
    left = {"repaired": {"action_code": "lamp_replaced"}, "forwarded": {"reason": "Vägföreningen"}}.get(outcome, {})
    if outcome.startswith("waiting") or outcome == "cable_fault":
        left = {"next_on": "2026-12-08"}
    at = scene.now.isoformat()
    return {
        "client_id": str(uuid.uuid4()), "ticket_id": ticket.id, "given": line, "outcome": outcome, "arrived_at": at,
        "ended_at": at, "sent_at": at, **left, **values,
    }  # fmt: skip


def send(van: FlaskClient, body: dict[str, Any], *photos: bytes) -> Any:
    form: dict[str, Any] = {"visit": json.dumps(body)}
    if photos:
        form["photos"] = [(io.BytesIO(data), "after.jpg") for data in photos]
    return van.post("/api/v1/visits", data=form, content_type="multipart/form-data")


def kept(ticket: Ticket) -> Ticket:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Ticket, ticket.id)


def visits_of(ticket: Ticket) -> list[TicketVisit]:
    return list(db.session.scalars(select(TicketVisit).where(TicketVisit.ticket_id == ticket.id)))


def timeline(scene: Scene, receipt: str) -> str:
    return scene.app.test_client().get(f"/r/{receipt}").text.partition('<ol class="timeline">')[2]


def test_a_visit_is_kept_once_however_often_it_is_sent(scene: Scene, van: FlaskClient) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp())
    body = visit(scene, ticket, given(van, ticket), switch_on_test=True, parts="LED 28 W", note="Rost i luckan")
    first, again = send(van, body, jpeg()), send(van, body, jpeg())
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    found = kept(ticket)
    assert (found.state, found.action_code, found.switch_on_test, found.parts) == (
        "verified",  # tried, photographed, and in the dark
        "lamp_replaced",
        True,
        "LED 28 W",
    )
    assert found.assignee_id == scene.technician().staff_id
    assert len(visits_of(ticket)) == 1


@pytest.mark.parametrize("said", ["", "[]", "{", "[" * 100_000, '{"a":' * 50_000])
def test_a_visit_that_cannot_be_read_is_a_clear_no(scene: Scene, van: FlaskClient, said: str) -> None:
    answer = van.post("/api/v1/visits", data={"visit": said}, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["title"]) == (400, "Det gick inte att läsa det du skickade")


def test_the_time_in_the_field_is_kept_and_not_that_of_the_sending(scene: Scene, van: FlaskClient) -> None:
    ticket = scene.ticket(lamp=scene.lamp())
    done = scene.now - timedelta(hours=5)
    wrong = timedelta(minutes=7)  # the phone is fast
    body = visit(
        scene, ticket, given(van, ticket), ended_at=(done + wrong).isoformat(), sent_at=(scene.now + wrong).isoformat()
    )
    send(van, body)
    assert kept(ticket).repaired_at == done


def test_the_offices_new_priority_stays_and_the_technician_is_told(scene: Scene, van: FlaskClient) -> None:
    ticket = scene.ticket(lamp=scene.lamp())
    line = given(van, ticket)
    changed = kept(ticket)
    changed.priority = "P2"
    db.session.commit()
    answer = send(van, visit(scene, ticket, line))
    assert answer.status_code == 201
    assert "från P4 till P2" in answer.json["explained"][0]
    assert (kept(ticket).state, kept(ticket).priority) == ("repaired", "P2")


def test_a_lamp_that_was_given_to_somebody_else_meanwhile_is_mended_all_the_same(
    scene: Scene, van: FlaskClient, other_van: FlaskClient
) -> None:
    ticket = scene.ticket(lamp=scene.lamp())
    line = given(van, ticket)
    bo = scene.staff("technician", "bo@kalmar.example", "Bo")
    scene.signed_in("coordinator").post(
        f"/coordinator/tickets/{ticket.id}/assign", data={"version": str(ticket.version), "assignee_id": str(bo.id)}
    )
    assert kept(ticket).assignee_id == bo.id
    answer = send(van, visit(scene, ticket, line))
    assert answer.status_code == 201
    assert "Kontoret gav ärendet till Bo" in answer.json["explained"][0]
    assert kept(ticket).state == "repaired"
    del other_van


def test_two_vans_at_one_lamp_keep_both_visits_and_tell_the_second(
    scene: Scene, van: FlaskClient, other_van: FlaskClient
) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp())
    receipt = scene.last_receipt
    mine, theirs = given(van, ticket), given(other_van, ticket)
    early, late = scene.now - timedelta(hours=2), scene.now - timedelta(hours=1)
    send(van, visit(scene, ticket, mine, ended_at=late.isoformat(), action_code="driver_replaced"))
    answer = send(other_van, visit(scene, ticket, theirs, ended_at=early.isoformat(), action_code="fuse_replaced"))
    assert answer.json["leads"] is False
    assert "Technician var där efter dig (lagad)" in answer.json["explained"][-1]
    assert len(visits_of(ticket)) == 2
    assert kept(ticket).action_code == "driver_replaced"
    assert timeline(scene, receipt).count("Belysningen är lagad sedan") == 1
    desk = scene.signed_in("coordinator").get(f"/coordinator/tickets/{ticket.id}").text
    assert "sparat bredvid" in desk
    assert "Technician var där efter dig" in desk


@pytest.mark.parametrize(("ended", "becomes"), [("forwarded", "repaired"), ("duplicate", "duplicate")])
def test_what_the_office_ended_meanwhile_is_explained(scene: Scene, van: FlaskClient, ended: str, becomes: str) -> None:
    ticket = scene.ticket(lamp=scene.lamp())
    line = given(van, ticket)
    scene.signed_in("coordinator").post(
        f"/coordinator/tickets/{ticket.id}/end",
        data={"version": str(ticket.version), "to": ended, "end_reason": "Vägföreningens lampa"},
    )
    answer = send(van, visit(scene, ticket, line))
    assert answer.status_code == 201
    assert "avslutat ärendet" in " ".join(answer.json["explained"]) or "avslutade ärendet" in " ".join(
        answer.json["explained"]
    )
    assert kept(ticket).state == becomes
    assert len(visits_of(ticket)) == 1


@pytest.mark.parametrize(
    ("hour", "photos", "becomes"), [(18, (jpeg(),), "verified"), (18, (), "repaired"), (12, (jpeg(),), "repaired")]
)
def test_a_repair_that_was_seen_to_shine_in_the_dark_with_a_photo_needs_no_second_visit(
    scene: Scene, van: FlaskClient, hour: int, photos: tuple[bytes, ...], becomes: str
) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp())
    at = scene.now.replace(hour=hour, day=scene.now.day - 1).isoformat()
    body = visit(scene, ticket, given(van, ticket), switch_on_test=True, arrived_at=at, ended_at=at)
    assert send(van, body, *photos).json["ticket"]["state"] == becomes
    assert kept(ticket).verified_how == ("switch_on_test" if becomes == "verified" else "")


def test_a_cable_fault_is_a_ticket_of_its_own_with_its_own_clock_and_honest_words(
    scene: Scene, van: FlaskClient
) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp())
    receipt, promised, line = scene.last_receipt, ticket.due_on, given(van, ticket)
    for _ in range(2):  # two visits that say the same make one ticket of the cable
        send(van, visit(scene, ticket, line, "cable_fault", reason="Nätägaren 4711"))
    found = kept(ticket)
    assert (found.state, found.fault_code, str(found.next_on)) == ("waiting_grid_owner", "B01", "2026-12-08")
    assert found.due_on == promised
    assert "Felet sitter i elnätet" in timeline(scene, receipt)
    (cable,) = db.session.scalars(select(Ticket).where(Ticket.fault_code == "B14"))
    assert (cable.state, cable.waiting_reason, cable.lamp_id) == (
        "waiting_grid_owner",
        "Nätägaren 4711",
        ticket.lamp_id,
    )
    assert cable.due_on > promised
    send(van, visit(scene, cable, given(van, cable), action_code="cable_mended"), jpeg())
    assert (kept(cable).state, kept(ticket).state) == ("repaired", "assigned")


def test_an_interruption_for_safety_goes_to_the_desk_and_nowhere_else(scene: Scene, van: FlaskClient) -> None:
    report = scene.report()
    receipt, ticket = scene.last_receipt, scene.ticket(report, lamp=scene.lamp())
    kept(ticket)
    before = scene.app.test_client().get(f"/api/v1/reports/{receipt}").json["timeline"]
    assert send(van, visit(scene, ticket, given(van, ticket), "broken_off", note="Lös hund")).status_code == 201
    assert scene.app.test_client().get(f"/api/v1/reports/{receipt}").json["timeline"] == before
    assert "Lös hund" not in van.get(f"/api/v1/tickets/{ticket.id}").text
    assert "Lös hund" in scene.signed_in("coordinator").get(f"/coordinator/tickets/{ticket.id}").text


def test_the_evening_round_closes_and_opens_again_whoever_mended_it(
    scene: Scene, van: FlaskClient, other_van: FlaskClient
) -> None:
    tickets = [
        scene.ticket(scene.report(), state="repaired", to=scene.technician(), lamp=scene.lamp(f"K-{n}"))
        for n in range(2)
    ]
    lit, dark = tickets
    send(other_van, visit(scene, lit, given(other_van, lit, "night"), "lit"))
    send(other_van, visit(scene, dark, given(other_van, dark, "night"), "not_lit"))
    assert (kept(lit).state, kept(lit).verified_how) == ("verified", "night_check")
    assert kept(dark).state == "reopened"
    del van


def test_danger_needs_a_photo_and_the_visit_says_so_beside_it(scene: Scene, van: FlaskClient) -> None:
    ticket = scene.ticket(fault="B11", lamp=scene.lamp())
    body = visit(scene, ticket, given(van, ticket), made_safe_at=scene.now.isoformat())
    refused = send(van, body)
    assert refused.status_code == 422
    assert "photos" in refused.json["errors"]
    assert send(van, body, jpeg()).status_code == 201
    assert kept(ticket).made_safe_at == scene.now


def test_the_right_pole_comes_with_the_visit(scene: Scene, van: FlaskClient) -> None:
    right, wrong = scene.lamp("RIGHT-2", lat=56.6764), scene.lamp("WRONG-1")
    ticket = scene.ticket(lamp=wrong)
    send(van, visit(scene, ticket, given(van, ticket), lamp_id=right.id))
    assert kept(ticket).lamp_id == right.id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", "burnt"), ("outcome", {}), ("client_id", "7"), ("ticket_id", "1"), ("action_code", "magic"),
        ("ended_at", "yesterday"), ("ended_at", "2026-11-24T10:00:00"), ("sent_at", None), ("cause_code", []),
        ("switch_on_test", "maybe"), ("lamp_id", -1), ("lamp_id", 99_999), ("note", 7), ("given", "forged"), ("given", None),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_changes(
    scene: Scene, van: FlaskClient, field: str, value: Any
) -> None:
    ticket = scene.ticket(lamp=scene.lamp())
    answer = send(van, {**visit(scene, ticket, given(van, ticket)), field: value})
    assert answer.status_code == 422, answer.text
    assert field in answer.json["errors"]
    assert (kept(ticket).state, visits_of(ticket)) == ("new", [])


def test_what_is_no_visit_at_all_is_refused_whole(van: FlaskClient) -> None:
    for sent in ("[]", "{", "7", ""):
        assert van.post("/api/v1/visits", data={"visit": sent}).status_code == 400


def test_somebody_elses_line_opens_nothing(scene: Scene, van: FlaskClient, other_van: FlaskClient) -> None:
    ticket = scene.ticket(lamp=scene.lamp())
    line = given(van, ticket)
    assert send(other_van, visit(scene, ticket, line)).status_code == 422
    body = visit(scene, ticket, line)
    assert send(van, body).status_code == 201
    stolen = {**body, "given": given(other_van, scene.ticket(lamp=scene.lamp("X-1")))}
    assert send(other_van, stolen).status_code == 422


def test_who_is_on_the_way_holds_the_lamp_for_an_hour_against_others(
    scene: Scene, van: FlaskClient, other_van: FlaskClient
) -> None:
    ticket = scene.ticket(lamp=scene.lamp())
    address = f"/api/v1/visits/claims/{ticket.id}"
    assert van.post(address).status_code == 200
    refused = other_van.post(address)
    assert refused.status_code == 409
    assert "Technician är på väg dit och har det till 21:00" in refused.json["detail"]
    stops = other_van.get("/technician/day.json").json["stops"]
    assert "till 21:00" in stops[0]["claim"]
    arrive = other_van.post(f"/technician/tickets/{ticket.id}/arrive", data={"version": str(kept(ticket).version)})
    assert arrive.status_code == 409
    assert van.post("/api/v1/visits/claims/999").status_code == 404
    theirs = scene.ticket(to=replace(scene.technician(), staff_id=scene.staff("technician", "c@kalmar.example").id))
    assert van.post(f"/api/v1/visits/claims/{theirs.id}").status_code == 404


def test_history_tells_of_a_visit_that_changed_nothing(scene: Scene, van: FlaskClient, other_van: FlaskClient) -> None:
    ticket = scene.ticket(lamp=scene.lamp())
    lines = given(van, ticket), given(other_van, ticket)
    send(van, visit(scene, ticket, lines[0]))
    send(other_van, visit(scene, ticket, lines[1], "no_fault", ended_at=(scene.now + timedelta(seconds=0)).isoformat()))
    said = [
        h.reason
        for h in db.session.scalars(select(History).where(History.thing == "ticket", History.thing_id == ticket.id))
    ]
    assert any(reason.startswith("Besök: Inget fel hittat") for reason in said)


def test_the_day_asks_the_database_as_often_for_thirty_lamps_as_for_three(scene: Scene, van: FlaskClient) -> None:
    def asked() -> int:
        counted: list[str] = []
        listen = lambda *args: counted.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        van.get("/technician/day.json")
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(counted)

    def add(first: int, count: int) -> None:
        for n in range(first, first + count):
            lamp = scene.lamp(f"Q-{n}", lon=16.335 + n * 3e-4, cabinet=f"C{n % 3}")
            scene.ticket(scene.report(), lamp=lamp, at=(lamp.lon, lamp.lat))

    add(0, 3)
    few = asked()
    add(3, 12)
    assert asked() == few


def test_the_page_of_the_day_is_a_list_without_a_script_and_names_nobody_who_reported(
    scene: Scene, van: FlaskClient
) -> None:
    ticket = scene.ticket(scene.report(contact="canary@example.se"), lamp=scene.lamp("SK-104", cabinet="C7"))
    page = van.get("/technician/day").text
    assert f'href="/technician/tickets/{ticket.id}"' in page
    assert "Central C7" in page
    assert "canary" not in page + van.get("/technician/day.json").text
    worker = van.get("/technician/worker.js")
    assert worker.mimetype == "text/javascript"
    assert '"page": "/technician/day"' in worker.text
