"""Promises about those outside: the same ticket by every way, one answer a link, and nothing taken that was not checked."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.adapters import webhooks
from app.models.base import db
from app.models.contractors import Contractor, Dispatch, OutsideAnswer
from app.models.photos import Photo
from app.models.reports import Report
from app.models.staff import Organisation
from app.models.tickets import Ticket
from app.services import contractor_pages, contractors
from tests.builders import Scene, jpeg
from tests.conftest import SECRET

URL = "https://driften.example/ljuspunkt"


class Outside:
    """A contractor, and what reached it."""

    def __init__(self, scene: Scene, name: str = "Elbolaget", **ways: object) -> None:
        self.scene, self.posts = scene, list[tuple[str, bytes, dict[str, str]]]()
        values = {"email": "drift@elbolaget.example", "by_mail": True, "webhook_url": URL, **ways}
        self.row, self.secret = contractor_pages.set_up(
            name, **values, new_secret=False, active=True, key=SECRET, now=scene.now
        )  # type: ignore[arg-type]
        self.id = self.row.id

    def send(self, ticket: Ticket) -> None:
        desk = self.scene.signed_in("coordinator")
        version = re.search(r'name="version" value="(\d+)"', desk.get(f"/coordinator/tickets/{ticket.id}").text)
        assert version
        sent = {"version": version[1], "contractor_id": str(self.id)}
        assert desk.post(f"/coordinator/contractors/tickets/{ticket.id}", data=sent).status_code == 303

    def deliver(self, post=None) -> list[str]:
        db.session.rollback()
        ids = list(db.session.scalars(select(Dispatch.id).where(Dispatch.channel != "csv").order_by(Dispatch.id)))
        take = post or (lambda url, body, headers: self.posts.append((url, body, dict(headers))) or 200)
        mail = self.scene.app.extensions["ljuspunkt"].mail
        return [
            contractors.deliver(
                {"id": i}, self.scene.now, mail=mail, post=take, base_url="https://ljus.example", key=SECRET
            )
            for i in ids
        ]

    def link(self) -> str:
        """Return the path of the link in the last webhook."""
        return json.loads(self.posts[-1][1])["link"].removeprefix("https://ljus.example")


def kept(ticket: Ticket) -> Ticket:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Ticket, ticket.id)


def log() -> list[tuple[str, bool]]:
    db.session.rollback()
    return [(a.wanted, a.accepted) for a in db.session.scalars(select(OutsideAnswer).order_by(OutsideAnswer.id))]


@pytest.fixture
def report(scene: Scene) -> Report:
    return scene.report(text="Känner mig otrygg", contact="boende@example.org")


@pytest.fixture
def ticket(scene: Scene, report: Report) -> Ticket:
    return scene.ticket(report, lamp=scene.lamp("SK-104", cabinet="C1"))


@pytest.fixture
def outside(scene: Scene) -> Outside:
    return Outside(scene)


def test_the_same_ticket_goes_out_by_mail_and_webhook_and_never_names_who_reported(scene, ticket, outside):
    outside.send(ticket)
    assert outside.deliver() == ["sent", "sent"]
    (letter,) = (scene.app.extensions["ljuspunkt"].settings.instance / "outbox").glob("dispatch-*.eml")
    text = letter.read_text(encoding="utf-8", errors="replace")
    url, body, headers = outside.posts[0]
    facts = json.loads(body)
    assert url == URL
    assert (facts["reference"], facts["pole_number"], facts["cabinet"]) == (f"B-{ticket.id}", "SK-104", "C1")
    assert "https://ljus.example/t/" in facts["link"]
    stamp, mac = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["Ljuspunkt-Signature"]).groups()
    assert hmac.new(outside.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest() == mac
    for said in (text, body.decode()):
        assert "otrygg" not in said
        assert "boende@example.org" not in said


def test_a_link_answers_once_and_what_it_said_is_written_down(scene, ticket, outside, client):
    outside.send(ticket)
    outside.deliver()
    link = outside.link()
    assert "SK-104" in client.get(link).text
    done = client.post(
        link,
        data={
            "state": "repaired",
            "action_code": "fuse_replaced",
            "switch_on_test": "yes",
            "external_reference": "E-77",
        },
    )
    assert done.status_code == 200
    found = kept(ticket)
    assert (found.state, found.action_code, found.switch_on_test, found.note) == (
        "repaired",
        "fuse_replaced",
        True,
        "E-77",
    )
    assert client.get(link).status_code == 404
    assert client.post(link, data={"state": "on_site"}).status_code == 404
    assert log() == [("repaired", True)]
    page = scene.signed_in("coordinator").get(f"/coordinator/tickets/{ticket.id}").text
    assert "Entreprenör (<bdi>Elbolaget</bdi>)" in page


def test_an_answer_that_is_not_the_last_brings_the_next_link_with_it(ticket, outside, client):
    outside.send(ticket)
    outside.deliver()
    waiting = {"state": "waiting_material", "next_on": "2026-12-20", "reason": "Armaturen är beställd"}
    onward = client.post(outside.link(), data=waiting)
    assert onward.status_code == 303
    assert (kept(ticket).state, kept(ticket).next_on.isoformat()) == ("waiting_material", "2026-12-20")
    assert client.get(outside.link()).status_code == 404
    assert (
        client.post(onward.headers["Location"], data={"state": "no_fault", "reason": "Den lyser."}).status_code == 200
    )
    assert kept(ticket).state == "no_fault"


def test_a_wrong_answer_moves_nothing_keeps_what_was_written_and_is_logged(ticket, outside, client):
    outside.send(ticket)
    outside.deliver()
    for wrong in (
        {"state": "repaired"},
        {"state": "waiting_material"},
        {"state": "closed"},
        {"state": "waiting_material", "next_on": "2020-01-01", "reason": "x"},
    ):
        answer = client.post(outside.link(), data={**wrong, "note": "Vi var där"})
        assert answer.status_code == 422
        assert "Vi var där" in answer.text
    assert kept(ticket).state == "assigned"
    assert [accepted for _, accepted in log()] == [False] * 4
    assert client.get(outside.link()).status_code == 200


def test_a_dangerous_ticket_is_not_closed_from_outside_without_a_photo(scene, outside, client):
    ticket = scene.ticket(fault="B11", lamp=scene.lamp("SK-105"))
    outside.send(ticket)
    outside.deliver()
    sent = {"state": "repaired", "action_code": "hatch_replaced"}
    assert client.post(outside.link(), data=sent).status_code == 422
    assert client.post(outside.link(), data={**sent, "photos": (io.BytesIO(jpeg()), "after.jpg")}).status_code == 200
    assert kept(ticket).state == "repaired"


@pytest.mark.parametrize("end", ["time", "revoked", "taken_back", "sent_again"])
def test_a_link_ends_after_two_weeks_or_when_the_desk_says_so(scene, ticket, outside, client, end):
    outside.send(ticket)
    outside.deliver()
    link, desk = outside.link(), scene.signed_in("coordinator")
    if end == "time":
        db.session.rollback()
        for row in db.session.scalars(select(Dispatch)):
            row.link_expires_at -= timedelta(days=14)
        db.session.commit()
    elif end == "revoked":
        for row in db.session.scalars(select(Dispatch.id)).all():
            desk.post(f"/coordinator/contractors/links/{row}/revoke")
    else:
        chosen = "" if end == "taken_back" else str(outside.id)
        desk.post(
            f"/coordinator/contractors/tickets/{ticket.id}",
            data={"version": str(kept(ticket).version), "contractor_id": chosen},
        )
    assert client.get(link).status_code == 404
    assert client.post(link, data={"state": "on_site"}).status_code == 404
    assert kept(ticket).state == "assigned"


def test_a_contractors_system_sees_and_answers_its_own_tickets_only(scene, ticket, outside, client):
    other = Outside(scene, "Andra bolaget", email="a@example.org")
    foreign = scene.ticket()
    outside.send(ticket)
    other.send(foreign)
    key = {"Authorization": "Bearer " + contractor_pages.new_key("Elbolaget", now=scene.now)}
    assert client.get("/api/v1/contractor/tickets").status_code == 401
    assert client.get("/api/v1/contractor/tickets", headers={"Authorization": "Bearer nope"}).status_code == 401
    assert [t["id"] for t in client.get("/api/v1/contractor/tickets", headers=key).json["tickets"]] == [ticket.id]
    assert client.get("/api/v1/contractor/tickets.csv", headers=key).text.count("\n") == 2
    there = f"/api/v1/contractor/tickets/{foreign.id}/answers"
    assert client.post(there, json={"state": "on_site"}, headers=key).status_code == 404
    assert kept(foreign).state == "assigned"
    mine = f"/api/v1/contractor/tickets/{ticket.id}/answers"
    wrong = client.post(mine, json={"state": "repaired", "action_code": 7, "version": 1}, headers=key)
    assert (wrong.status_code, set(wrong.json["errors"])) == (422, {"action_code", "version"})
    done = client.post(mine, json={"state": "repaired", "action_code": "cleaned", "switch_on_test": True}, headers=key)
    assert done.json["state"] == "repaired"
    contractor_pages.new_key("Elbolaget", now=scene.now)
    assert client.get("/api/v1/contractor/tickets", headers=key).status_code == 401


def test_a_contractors_system_closes_danger_with_the_photo_that_it_needs(scene, outside, client):
    hatch = scene.ticket(lamp=scene.lamp("SK-9"), fault="B11")
    outside.send(hatch)
    key = {"Authorization": "Bearer " + contractor_pages.new_key("Elbolaget", now=scene.now)}
    mine, said = (
        f"/api/v1/contractor/tickets/{hatch.id}/answers",
        '{"state": "repaired", "action_code": "hatch_replaced"}',
    )
    assert set(client.post(mine, data={"answer": said}, headers=key).json["errors"]) == {"photos"}
    noise = {"answer": said, "photos": (io.BytesIO(b"no photo"), "after.jpg")}
    assert set(client.post(mine, data=noise, headers=key).json["errors"]) == {"photos"}
    assert client.post(mine, data={"answer": "{"}, headers=key).status_code == 400
    photo = {"answer": said, "photos": (io.BytesIO(jpeg()), "after.jpg")}
    assert client.post(mine, data=photo, headers=key).json["state"] == "repaired"
    assert db.session.scalar(select(func.count()).select_from(Photo).where(Photo.ticket_id == hatch.id)) == 1


def test_a_webhook_that_fails_is_tried_again_and_the_desk_sees_why(scene, ticket):
    outside = Outside(scene, by_mail=False)
    outside.send(ticket)

    def broken(url: str, body: bytes, headers: object) -> int:
        raise webhooks.WebhookFailed("HTTP 503")

    with pytest.raises(contractors.NotDelivered):
        outside.deliver(broken)
    assert "HTTP 503" in scene.signed_in("coordinator").get("/coordinator/contractors").text
    assert outside.deliver() == ["sent"]
    assert outside.deliver() == ["nothing to send"]
    assert len(outside.posts) == 1


def test_a_ticket_that_opens_again_is_sent_again(scene, ticket, outside, client):
    outside.send(ticket)
    outside.deliver()
    client.post(outside.link(), data={"state": "repaired", "action_code": "cleaned"})
    desk = scene.signed_in("coordinator")
    desk.post(
        f"/coordinator/tickets/{ticket.id}/reopen", data={"version": str(kept(ticket).version), "reason": "Mörk igen"}
    )
    outside.deliver()
    assert json.loads(outside.posts[-1][1])["event"] == "reopened"


@pytest.mark.parametrize(
    "url",
    ["http://driften.example/x", "file:///etc/passwd", "https://user:pass@driften.example/", "https:///x", "gopher://x/", "https://driften.example:0/",
     "https://driften.example/\r\nX: y", "//driften.example/x", "javascript:alert(1)"],
)  # fmt: skip
def test_an_address_that_is_no_honest_https_is_not_taken(url):
    with pytest.raises(webhooks.BadAddress):
        webhooks.check(url)


def test_no_redirect_is_followed_and_only_success_is_success():
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hits.append(self.path)
            self.send_response(302 if self.path == "/go" else 204)
            self.send_header("Location", "/secret")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        assert webhooks.post(f"{base}/ok?x=1", b"{}", {}) == 204
        with pytest.raises(webhooks.WebhookFailed, match="HTTP 302"):
            webhooks.post(f"{base}/go", b"{}", {})
    finally:
        server.shutdown()
        server.server_close()
    assert hits == ["/ok?x=1", "/go"]


def test_a_contractor_without_a_name_from_before_is_no_choice_anywhere(scene: Scene):
    for name in ("", "Elbolaget"):
        row = Organisation(name=name, kind="operator", external=True, created_at=scene.now, updated_at=scene.now)
        db.session.add_all([row, Contractor(organisation=row, created_at=scene.now, updated_at=scene.now)])
    db.session.commit()
    desk, van, ticket = scene.signed_in("coordinator"), scene.signed_in("technician"), scene.ticket()
    pages = [desk.get(at).text for at in ("/coordinator/measures/new", f"/coordinator/tickets/{ticket.id}")]
    choices = BeautifulSoup("".join(pages), "html5lib").select("#responsible_id option, #contractor_id option")
    words = [(choice["value"], choice.text.strip()) for choice in choices]
    assert [word for value, word in words if value].count("Elbolaget") == 2
    assert [value for value, word in words if value and not word] == []
    assert van.get("/technician/day.json").json["owners"] == ["Elbolaget"]
