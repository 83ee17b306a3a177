"""After the report: honest times, a photo in daylight, a phone that is told, and a no that staff see."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.districts import Rule
from app.models.history import History
from app.models.photos import Photo
from app.models.push import PushSubscription
from app.services.transitions import move
from tests.builders import Scene, jpeg

PHONE = {"endpoint": "https://push.browser.example/one", "p256dh": "p", "auth": "a"}


def chosen(*pictures: bytes) -> dict[str, Any]:
    return {"photos": [(io.BytesIO(data), f"IMG_{i}.jpg") for i, data in enumerate(pictures)]}


def send(client: FlaskClient, scene: Scene, *pictures: bytes) -> Any:
    address = f"/r/{scene.last_receipt}/photos"
    return client.post(address, data=chosen(*pictures), content_type="multipart/form-data")


def test_a_new_report_says_by_which_day_it_is_read_and_mended(scene: Scene, client: FlaskClient) -> None:
    scene.report()
    page = client.get(f"/r/{scene.last_receipt}").text
    assert "Vi läser rapporten senast tisdag 1 december 2026." in page
    assert "En enstaka lampa lagas senast torsdag 24 december 2026." in page


def test_the_days_come_from_the_municipalitys_own_table(scene: Scene, client: FlaskClient) -> None:
    value = {"repair_days": {"P4": 10}, "read_days": {"P4": 1}, "next_patrol_on": "2027-01-12"}
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    db.session.add(Rule(kind="response_times", valid_from=date(2026, 1, 1), value=value, **stamp))
    db.session.commit()
    scene.report()
    page = client.get(f"/r/{scene.last_receipt}").text
    assert "onsdag 25 november 2026" in page
    assert "fredag 4 december 2026, eller vid ronden tisdag 12 januari 2027" in page


def test_a_photo_can_be_added_in_daylight_and_staff_see_that_it_came(scene: Scene, client: FlaskClient) -> None:
    report = scene.report()
    assert send(client, scene, jpeg()).status_code == 303
    photo = db.session.scalars(select(Photo)).one()
    assert (photo.report_id, photo.state) == (report.id, "staff_only")
    assert "1 foto" in db.session.scalars(select(History.reason).order_by(History.id.desc())).first()
    assert "Tack. Fotot är sparat." in client.get(f"/r/{scene.last_receipt}").text


def test_the_same_photo_twice_is_one_and_a_fourth_is_told_of(scene: Scene, client: FlaskClient) -> None:
    scene.report()
    send(client, scene, jpeg())
    send(client, scene, jpeg())
    assert db.session.scalar(select(func.count(Photo.id))) == 1
    send(client, scene, jpeg(colour="red"), jpeg(colour="green"), jpeg(colour="blue"))
    assert db.session.scalar(select(func.count(Photo.id))) == 3
    assert "Lägg till foto" not in client.get(f"/r/{scene.last_receipt}").text


def test_no_photo_or_a_broken_one_is_said_beside_the_field(scene: Scene, client: FlaskClient) -> None:
    scene.report()
    nothing, broken = send(client, scene), send(client, scene, b"not a photo")
    assert nothing.status_code == broken.status_code == 422
    assert "Välj ett foto först." in nothing.text
    assert 'id="photos-error"' in broken.text
    assert "<details open>" not in broken.text.partition("Vill du ha svar?")[0][-80:]


def test_a_report_that_was_taken_back_takes_no_photo(scene: Scene, client: FlaskClient) -> None:
    scene.report()
    client.post(f"/r/{scene.last_receipt}/withdraw")
    client.get(f"/r/{scene.last_receipt}")
    send(client, scene, jpeg())
    assert db.session.scalar(select(func.count(Photo.id))) == 0
    page = client.get(f"/r/{scene.last_receipt}").text
    assert "Fotot är inte sparat." in page
    assert "Tack" not in page


@pytest.mark.parametrize(("door", "reason"), [("better", "när rapporten har fått svar"), ("lit", "när den är lagad")])
def test_an_answer_that_nobody_asked_for_is_said_to_be_unkept(
    scene: Scene, client: FlaskClient, door: str, reason: str
) -> None:
    report = scene.report()
    page = client.post(f"/r/{scene.last_receipt}/{door}", data={"answer": "no"}, follow_redirects=True).text
    assert f"Svaret är inte sparat. Vi frågar om {'platsen' if door == 'better' else 'lampan'} först {reason}." in page
    assert "Tack" not in page
    db.session.refresh(report)
    assert (report.state, report.better) == ("received", None)


@pytest.mark.parametrize("form", ["photos", "withdraw", "follow", "better", "lit"])
def test_the_address_of_a_form_on_the_receipt_leads_to_the_receipt_when_it_is_opened(
    scene: Scene, client: FlaskClient, form: str
) -> None:
    report = scene.report()
    answer = client.get(f"/r/{scene.last_receipt}/{form}")
    assert (answer.status_code, answer.location) == (303, f"/r/{scene.last_receipt}")
    db.session.refresh(report)
    assert report.state == "received"


def test_a_phone_follows_a_report_and_stops_again(scene: Scene, client: FlaskClient) -> None:
    scene.report()
    address = f"/r/{scene.last_receipt}/phone"
    assert client.post(address, data=PHONE).status_code == 204
    assert db.session.scalar(select(func.count(PushSubscription.id))) == 1
    assert client.post(address, data={**PHONE, "stop": "1"}).status_code == 204
    assert db.session.scalar(select(func.count(PushSubscription.id))) == 0


def test_an_address_of_our_own_network_is_no_phone(scene: Scene, client: FlaskClient) -> None:
    scene.report()
    address = f"/r/{scene.last_receipt}/phone"
    assert client.post(address, data={**PHONE, "endpoint": "https://169.254.169.254/"}).status_code == 400
    assert client.post("/r/nothing/phone", data=PHONE).status_code == 404


def test_a_no_to_what_is_done_comes_back_to_the_inbox_as_opened_again(scene: Scene, client: FlaskClient) -> None:
    report = scene.report()
    move(report, "reviewed", actor=THE_SYSTEM, now=scene.now)
    move(report, "answered", actor=THE_SYSTEM, now=scene.now, reason="Lampan är utbytt.")
    db.session.commit()
    client.post(f"/r/{scene.last_receipt}/better", data={"answer": "no"})
    inbox = scene.signed_in("coordinator").get("/coordinator/inbox").text
    assert report.reference in inbox
    assert "Öppnad igen" in inbox


def test_the_receipt_says_the_same_day_as_everybody_reads_near_the_place(scene: Scene, client: FlaskClient) -> None:
    report = scene.report()
    receipt, ticket = scene.last_receipt, scene.ticket(report, lamp=scene.lamp())
    db.session.expire_all()
    assert "Belysningen ska vara lagad senast" in client.get(f"/r/{receipt}").text
    ticket.due_on = scene.now.date() - timedelta(days=3)
    db.session.commit()
    assert "och är försenad" in client.get(f"/r/{receipt}").text
    ticket.state, ticket.next_on = "waiting_material", scene.now.date() + timedelta(days=9)
    db.session.commit()
    page = client.get(f"/r/{receipt}").text
    assert "Det tar längre tid. Nästa besked senast" in page
    assert "ska vara lagad senast" not in page
