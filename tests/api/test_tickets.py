"""The programs' door for tickets: an ETag for every version, and no update that is lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.people import Actor
from app.models.base import db
from app.models.tickets import Ticket
from tests.builders import Scene


@pytest.fixture
def van(scene: Scene) -> FlaskClient:
    return scene.signed_in("technician")


def patch(client: FlaskClient, ticket_id: int, body: Any, etag: str | None = None) -> Any:
    address = f"/api/v1/tickets/{ticket_id}"
    return client.patch(address, json=body, headers={"If-Match": etag or client.get(address).headers["ETag"]})


def test_a_ticket_is_told_with_a_strong_etag_and_nothing_about_who_reported(scene: Scene, van: FlaskClient) -> None:
    ticket = scene.ticket(scene.report(contact="canary@example.se", text="canary"), lamp=scene.lamp())
    answer = van.get(f"/api/v1/tickets/{ticket.id}")
    assert answer.json["pole_number"] == "SK-104"
    assert answer.json["report_count"] == 1
    assert answer.headers["ETag"].startswith('"')
    assert "canary" not in answer.text


def test_a_change_without_if_match_is_asked_for_one(scene: Scene, van: FlaskClient) -> None:
    ticket = scene.ticket()
    for headers in ({}, {"If-Match": "*"}):
        assert van.patch(f"/api/v1/tickets/{ticket.id}", json={"state": "on_site"}, headers=headers).status_code == 428


def test_a_change_of_an_older_version_is_stale(scene: Scene, van: FlaskClient) -> None:
    ticket = scene.ticket()
    first = van.get(f"/api/v1/tickets/{ticket.id}").headers["ETag"]
    changed = patch(van, ticket.id, {"state": "on_site"}, first)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first
    assert patch(van, ticket.id, {"state": "repaired", "action_code": "cleaned"}, first).status_code == 412


def test_a_move_that_the_table_forbids_is_a_conflict(scene: Scene, van: FlaskClient) -> None:
    assert patch(van, scene.ticket().id, {"state": "verified"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "state"),
        ({"state": ["on_site"]}, "state"),
        ({"state": "lit"}, "state"),
        ({"state": "repaired", "action_code": {"a": 1}}, "action_code"),
        ({"state": "repaired", "action_code": "cleaned", "cause_code": []}, "cause_code"),
        ({"state": "repaired", "action_code": "cleaned", "switch_on_test": {}}, "switch_on_test"),
        ({"state": "repaired", "action_code": "cleaned", "note": 7}, "note"),
        ({"state": "waiting_material", "reason": "x", "next_on": "soon"}, "next_on"),
        ({"state": "waiting_material", "reason": "x", "next_on": "2020-01-01"}, "next_on"),
        ({"state": "verified", "how": "a" * 99}, "how"),
        ({"assignee_id": 10**30}, "assignee_id"),
        ({"state": "on_site", "contact": "x"}, "contact"),
    ],
)
def test_what_cannot_be_understood_is_named_beside_its_field(
    scene: Scene, van: FlaskClient, body: dict[str, Any], field: str
) -> None:
    answer = patch(van, scene.ticket().id, body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert field in answer.json["errors"]


def test_long_and_odd_texts_are_kept_as_far_as_there_is_room(scene: Scene, van: FlaskClient) -> None:
    ticket = scene.ticket(state="on_site", to=scene.technician())
    body = {"state": "waiting_material", "reason": "å\x00" * 500, "next_on": "2026-12-01"}
    assert patch(van, ticket.id, body).status_code == 200


def test_another_technicians_ticket_is_not_there_for_the_api_either(scene: Scene, van: FlaskClient) -> None:
    other = scene.staff("technician", "other@kalmar.example", "Other")
    ticket = scene.ticket(to=Actor("technician", other.id, "Other"))
    address = f"/api/v1/tickets/{ticket.id}"
    assert van.get(address).status_code == 404
    assert patch(van, ticket.id, {"state": "on_site"}, '"1-1"').status_code == 404
    assert van.get("/api/v1/tickets").json["tickets"] == []
    assert scene.app.test_client().get(address).status_code == 401


def test_only_the_desk_gives_a_ticket_to_somebody(scene: Scene, van: FlaskClient) -> None:
    ticket, mine = scene.ticket(), scene.technician().staff_id
    assert patch(van, ticket.id, {"assignee_id": mine}).status_code == 403
    desk = scene.signed_in("coordinator")
    assert patch(desk, ticket.id, {"assignee_id": mine}).json["assignee_id"] == mine
    assert patch(desk, ticket.id, {"assignee_id": 999}).status_code == 422


def test_the_list_leads_from_page_to_page_and_tells_each_ticket_once(scene: Scene, van: FlaskClient) -> None:
    wanted = [scene.ticket().id for _ in range(30)]
    seen, onward = [], "/api/v1/tickets"
    while onward:
        answer = van.get(onward).json
        seen += [t["id"] for t in answer["tickets"]]
        onward = answer["next"]
    assert seen == wanted
    assert van.get("/api/v1/tickets?after=99999999999999999999999").json["tickets"] == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("state=lit", "state"),
        ("state=new&state=", "state"),
        ("after=x", "after"),
        ("after=-1", "after"),
        ("assigned=you", "assigned"),
    ],
)
def test_a_list_is_not_given_whole_to_whoever_asked_for_what_there_is_not(
    scene: Scene, van: FlaskClient, asked: str, field: str
) -> None:
    scene.ticket()
    answer = van.get(f"/api/v1/tickets?{asked}")
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_of_six_at_once_on_one_version_exactly_one_wins(scene: Scene) -> None:
    ticket = scene.ticket(state="on_site", to=scene.technician())
    phones = [scene.signed_in("technician") for _ in range(6)]
    etag = phones[0].get(f"/api/v1/tickets/{ticket.id}").headers["ETag"]
    number, statuses, start = ticket.id, {}, threading.Barrier(6)
    db.session.remove()

    def press(i: int) -> None:
        body = {"state": "repaired", "action_code": "cleaned", "note": f"van {i}"}
        with scene.app.app_context():
            start.wait(timeout=20)
            statuses[i] = patch(phones[i], number, body, etag).status_code

    vans = [threading.Thread(target=press, args=(i,)) for i in range(6)]
    for van in vans:
        van.start()
    for van in vans:
        van.join(timeout=60)
    db.engine.dispose()  # the connections of threads that are gone
    (winner,) = [i for i, status in statuses.items() if status == 200]
    assert sorted(set(statuses.values()) - {200}) in ([409], [412], [409, 412])
    assert db.session.get_one(Ticket, number).note == f"van {winner}"
