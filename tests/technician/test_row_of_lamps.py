"""A ticket of several lamps: each is ticked off when it is mended, the last one mends the ticket, and each is told of their own."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models.base import db
from app.models.lamps import Lamp
from app.models.notices import Notice
from app.models.reports import Report
from app.models.tickets import Ticket
from app.services import tickets
from tests.builders import Scene


@pytest.fixture
def row(scene: Scene) -> tuple[Ticket, list[Lamp], list[Report]]:
    """Three lamps in a row, one ticket, and one report for each of the first two."""
    lamps = [scene.lamp(f"SK-{n}", lon=16.36 + n / 10_000) for n in (1, 2, 3)]
    reports = [scene.report(pole_number=f"SK-{n}", method="pole") for n in (1, 2)]
    ticket = scene.ticket(
        *reports, lamp=lamps[0], fault="B02", lamps_affected=3, to=scene.technician(), state="on_site"
    )
    for report, lamp in zip(reports, lamps, strict=False):
        report.lamp_id = lamp.id
    db.session.refresh(ticket, ["lamps"])
    ticket.lamps, ticket.priority = list(lamps), "P4"
    db.session.commit()
    return ticket, lamps, reports


def state_of(ticket: Ticket) -> str:
    db.session.rollback()
    db.session.expire_all()
    return str(db.session.get_one(Ticket, ticket.id).state)


def told(report: Report) -> list[str]:
    kinds = db.session.scalars(select(Notice.kind).where(Notice.report_id == report.id).order_by(Notice.id))
    return [kind for kind in kinds if kind.startswith("ticket.")]


def stop(van: FlaskClient, ticket: Ticket) -> dict[str, Any]:
    return dict(next(s for s in van.get("/technician/day.json").json["stops"] if s["id"] == ticket.id))


def sent(scene: Scene, van: FlaskClient, line: str, ticket: Ticket, *lamp_ids: int) -> Any:
    at = scene.now.isoformat()
    visit = {
        "client_id": str(uuid.uuid4()), "ticket_id": ticket.id, "given": line, "outcome": "repaired", "arrived_at": at,
        "ended_at": at, "sent_at": at, "action_code": "lamp_replaced", "lamp_ids": list(lamp_ids),
    }  # fmt: skip
    return van.post("/api/v1/visits", data={"visit": json.dumps(visit)})


def test_lamps_are_ticked_off_from_the_van_and_the_last_one_mends_the_ticket(scene: Scene, row: Any) -> None:
    ticket, (first, second, third), (of_first, of_second) = row
    van = scene.signed_in("technician")
    line = stop(van, ticket)
    assert [lamp["mended"] for lamp in line["lamps"]] == [False, False, False]
    assert sent(scene, van, line["given"], ticket, first.id).status_code == 201
    assert state_of(ticket) == "assigned"
    assert [lamp["mended"] for lamp in stop(van, ticket)["lamps"]] == [True, False, False]
    assert (told(of_first), told(of_second)) == (["ticket.lamp_repaired"], [])
    assert sent(scene, van, line["given"], ticket, second.id, third.id).status_code == 201
    assert state_of(ticket) == "repaired"
    assert (told(of_first), told(of_second)) == (["ticket.lamp_repaired"], ["ticket.repaired"])


def test_a_lamp_of_another_ticket_is_never_ticked_off(scene: Scene, row: Any) -> None:
    van, other = scene.signed_in("technician"), scene.lamp("SK-9")
    answer = sent(scene, van, stop(van, row[0])["given"], row[0], other.id)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["lamp_id"])


def test_the_ticket_page_without_script_closes_some_lamps_and_then_the_rest(scene: Scene, row: Any) -> None:
    ticket, lamps, _ = row
    van, address = scene.signed_in("technician"), f"/technician/tickets/{ticket.id}"
    assert van.post(f"{address}/repair", data={"action": "lamp_replaced"}).status_code == 422
    van.post(f"{address}/repair", data={"action": "lamp_replaced", "lamp_ids": [lamps[0].id]})
    assert state_of(ticket) == "assigned"
    van.post(f"{address}/arrive")
    assert "lagad förut" in van.get(address).text
    van.post(f"{address}/repair", data={"action": "lamp_replaced", "lamp_ids": [lamp.id for lamp in lamps]})
    assert state_of(ticket) == "repaired"


def test_the_desk_ticks_off_what_it_was_told_and_opening_again_begins_from_none(scene: Scene, row: Any) -> None:
    ticket, lamps, (of_first, _) = row
    desk, address = scene.signed_in("coordinator"), f"/coordinator/tickets/{ticket.id}"
    desk.post(f"{address}/lamps", data={"lamp_ids": [lamp.id for lamp in lamps[:2]]})
    assert state_of(ticket) == "assigned"
    assert desk.get(address).text.count("</a> (lagad)") == 2
    desk.post(f"{address}/lamps", data={"lamp_ids": [lamps[2].id]})
    assert state_of(ticket) == "repaired"
    who = scene.coordinator()
    found = tickets.open_ticket(ticket.id, who)
    tickets.reopen(found, None, reason="Mörkt igen.", actor=who, now=scene.now)
    assert "</a> (lagad)" not in desk.get(address).text
    assert told(of_first) == ["ticket.lamp_repaired", "ticket.reopened"]


def test_the_round_knows_that_somebody_is_there_already(scene: Scene, row: Any) -> None:
    ticket, *_ = row
    van = scene.signed_in("technician")
    db.session.get_one(Ticket, ticket.id).arrived_at = scene.now
    db.session.commit()
    line = stop(van, ticket)
    assert (line["arrived_at"], line["made_safe_at"]) == (scene.now.isoformat(), None)
