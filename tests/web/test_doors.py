"""Doors closed: headers, forgery, sign-in and sign-out, limits."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.exceptions import TooManyRequests

from app.factory import create_app
from app.models.base import db
from app.models.photos import Photo
from app.models.reports import Report
from app.models.staff import StaffSession
from app.web import problems
from app.web.security import limiter
from tests.builders import PASSWORD, Scene, jpeg
from tests.conftest import settings_for


@pytest.fixture
def limited_app(scene: Scene, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The app with its limits on."""
    app = create_app(settings_for(database_url, tmp_path, rate_limits=True))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    limiter.enabled = False  # one limiter serves every app of this process
    with app.app_context():
        db.engine.dispose()


REPORT = {"lat": "56.676", "lon": "16.335", "categories": "lamp_out"}


@pytest.fixture
def strict_client(app: Flask) -> Iterator[FlaskClient]:
    """A browser in front of the app with its forgery protection on."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False


def test_every_page_forbids_scripts_and_frames_that_are_not_ours(scene: Scene, client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_page_tells_no_other_site_where_the_reader_came_from(scene: Scene, client: FlaskClient) -> None:
    headers = client.get("/report").headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_a_form_sent_from_elsewhere_changes_nothing(scene: Scene, strict_client: FlaskClient) -> None:
    assert strict_client.post("/login", data={"email": "a@b.se", "password": "x"}).status_code == 400
    answer = strict_client.post("/report", data={**REPORT, "client_id": str(uuid.uuid4())})
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Report)) == 0


def test_what_was_still_being_fetched_while_somebody_signed_in_does_not_sign_them_out(
    scene: Scene, strict_client: FlaskClient
) -> None:
    scene.coordinator()
    form = strict_client.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
    late = [strict_client.get(path) for path in ("/map/names.json", "/places", "/login", "/report")]  # asked before
    answer = strict_client.post(
        "/login", data={"email": "coordinator@kalmar.example", "password": PASSWORD, "csrf_token": token}
    )
    assert answer.status_code == 302
    for page in late:  # and answered after: the browser takes what they say about its session
        for cookie in page.headers.getlist("Set-Cookie"):
            strict_client.set_cookie(*cookie.partition(";")[0].split("=", 1))
    assert strict_client.get("/coordinator/").status_code == 200


def test_who_was_too_late_is_told_in_words_even_when_the_database_said_so_halfway(
    scene: Scene, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = scene.report()

    def somebody_was_faster() -> None:
        row = db.session.get_one(Report, report.id)
        behind_its_back = update(Report).execution_options(synchronize_session=False)
        db.session.execute(behind_its_back.where(Report.id == row.id).values(version=Report.version + 1))
        row.text = "min ändring"
        db.session.flush()

    monkeypatch.setitem(app.view_functions, "account.enter", somebody_was_faster)
    answer = client.post("/login")
    assert answer.status_code == 409
    assert "Någon annan hann före" in answer.text


def test_a_report_from_a_page_that_lay_open_too_long_is_shown_again_with_its_photo_and_can_be_sent(
    scene: Scene, strict_client: FlaskClient
) -> None:
    old = {**REPORT, "client_id": str(uuid.uuid4()), "text": "Mörkt vid bron", "csrf_token": "long dead"}
    shown = strict_client.post("/report", data={**old, "photos": (io.BytesIO(jpeg()), "p.jpg")})
    assert "Allt du skrev står kvar." in shown.text
    assert "Mörkt vid bron" in shown.text
    fresh = {
        name: re.search(rf'name="{name}" value="([^"]+)"', shown.text)[1] for name in ("csrf_token", "staged_photos")
    }
    assert strict_client.post("/report", data={**old, **fresh}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Photo).where(Photo.report_id.is_not(None))) == 1


def test_the_form_that_we_showed_can_be_sent(scene: Scene, strict_client: FlaskClient) -> None:
    page = strict_client.get("/report").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    client_id = re.search(r'name="client_id" value="([^"]+)"', page)
    assert token
    assert client_id
    answer = strict_client.post("/report", data={**REPORT, "client_id": client_id[1], "csrf_token": token[1]})
    assert answer.status_code == 303


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(scene: Scene, client: FlaskClient) -> None:
    scene.staff("coordinator", "anna@kalmar.example")
    known = client.post("/login", data={"email": "anna@kalmar.example", "password": "wrong"})
    unknown = client.post("/login", data={"email": "nobody@kalmar.example", "password": "wrong"})
    assert known.status_code == unknown.status_code == 401
    token = re.compile(r'name="csrf_token" value="[^"]+"')
    assert token.sub("", known.text.replace("anna", "")) == token.sub("", unknown.text.replace("nobody", ""))


def test_signing_out_ends_the_session_in_the_database_too(scene: Scene) -> None:
    browser = scene.signed_in("coordinator")
    cookie = browser.get_cookie("session")
    assert cookie is not None
    browser.post("/logout")
    thief = scene.app.test_client()
    thief.set_cookie("session", cookie.value)
    assert thief.get("/coordinator/").status_code == 302


def test_a_session_from_before_the_sign_in_is_not_signed_in(scene: Scene, client: FlaskClient) -> None:
    scene.coordinator()
    client.get("/login")
    before = client.get_cookie("session")
    client.post("/login", data={"email": "coordinator@kalmar.example", "password": PASSWORD})
    other = scene.app.test_client()
    if before is not None:
        other.set_cookie("session", before.value)
    assert other.get("/coordinator/").status_code == 302


def test_half_an_hour_without_use_ends_a_sign_in(scene: Scene) -> None:
    browser = scene.signed_in("coordinator")
    assert browser.get("/coordinator/inbox").status_code == 200
    db.session.execute(update(StaffSession).values(seen_at=scene.now - timedelta(minutes=31)))
    db.session.commit()
    assert browser.get("/coordinator/inbox").status_code == 302


def test_reading_keeps_a_sign_in_alive(scene: Scene) -> None:
    browser = scene.signed_in("coordinator")
    db.session.execute(update(StaffSession).values(seen_at=scene.now - timedelta(minutes=20)))
    db.session.commit()
    browser.get("/coordinator/inbox")
    db.session.expire_all()
    assert db.session.scalars(select(StaffSession.seen_at)).one() == scene.now


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(scene: Scene, client: FlaskClient, onward: str) -> None:
    scene.coordinator()
    answer = client.post("/login", data={"email": "coordinator@kalmar.example", "password": PASSWORD, "next": onward})
    assert answer.headers["Location"] == "/coordinator/"


def test_too_many_reports_from_one_network_are_asked_to_wait(limited_app: Flask) -> None:
    client = limited_app.test_client()
    codes = [
        client.post("/api/v1/reports", json={**REPORT, "client_id": str(uuid.uuid4()), "lat": 56.676, "lon": 16.335, "categories": ["litter"]},
                    headers={"X-Forwarded-For": f"203.0.113.{i}"}).status_code
        for i in range(70)
    ]  # fmt: skip
    assert codes.count(429) >= 10
    assert 500 not in codes
    waiting = client.post("/api/v1/reports", json={})
    assert int(waiting.headers["Retry-After"]) > 0


def test_guessing_a_password_is_slowed_down_per_account_and_network(scene: Scene, limited_app: Flask) -> None:
    scene.coordinator()
    client = limited_app.test_client()
    codes = [
        client.post("/login", data={"email": "coordinator@kalmar.example", "password": "x"}).status_code
        for _ in range(15)
    ]
    assert codes[0] == 401
    assert codes[-1] == 429
    elsewhere = {"REMOTE_ADDR": "198.51.100.9"}
    honest = client.post(
        "/login", data={"email": "coordinator@kalmar.example", "password": PASSWORD}, environ_base=elsewhere
    )
    assert honest.status_code == 302


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("sv", "Det har kommit många försök på kort tid. Försök igen om 15 minuter."),
        ("en", "Many came from your network in a short time. Try again in 15 minutes."),
        ("sv@easy", "Många har skickat på kort tid. Vänta 15 minuter. Försök igen sedan."),
        ("ar", "وصلت طلبات كثيرة من شبكتك في وقت قصير. حاول بعد 15 دقيقة."),
    ],
)
def test_whoever_guessed_a_password_too_often_is_told_how_long_the_wait_really_is(
    limited_app: Flask, lang: str, said: str
) -> None:
    client, who = limited_app.test_client(), {"email": f"{lang}@kalmar.example", "password": "x"}
    answers = [client.post(f"/login?lang={lang}", data=who) for _ in range(11)]
    page = BeautifulSoup(answers[-1].text, "html5lib")
    assert (answers[-1].status_code, page.select_one("main .lead").text) == (429, said)
    assert 840 < int(answers[-1].headers["Retry-After"]) <= 900


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "en minut"),
        (5, "1 minut"),
        (61, "2 minuter"),
        (3600, "60 minuter"),
        (3601, "2 timmar"),
        (86_400, "24 timmar"),
    ],
)
def test_a_wait_is_said_in_minutes_and_a_long_one_in_hours(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, seconds: int | None, said: str
) -> None:
    monkeypatch.setattr(problems, "wait_s", lambda: seconds)
    with client.application.test_request_context("/api/v1/reports"):
        body, status = problems._http(TooManyRequests())
    assert (status, body.headers["Retry-After"]) == (429, str(seconds or 60))
    assert body.json["detail"] == f"Det har kommit många försök på kort tid. Försök igen om {said}."


def test_an_error_is_a_page_in_words_and_never_a_trace(scene: Scene, client: FlaskClient) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert "Sidan finns inte" in answer.text


@pytest.mark.parametrize(
    "address",
    ["walks?district={n}", "walks?year={n}", "plans?owner={n}", "measures/new?spot={n}", "dark-spots?district={n}",
     "dark-spots?spot={n}", "dark-spots?page={n}", "tickets?page={n}", "walks/new?district={n}"],
)  # fmt: skip
@pytest.mark.parametrize("number", ["99999999999999999999", "2147483648", "-1", "0", "1e9", "²", "\x00"])
def test_a_number_in_an_address_that_no_row_can_have_is_no_error(scene: Scene, address: str, number: str) -> None:
    assert scene.signed_in("coordinator").get(f"/coordinator/{address.format(n=quote(number))}").status_code == 200


def test_signing_in_often_with_the_right_password_locks_nobody_out(scene: Scene, limited_app: Flask) -> None:
    scene.coordinator()
    for _ in range(12):
        sent = {"email": "coordinator@kalmar.example", "password": PASSWORD}
        assert limited_app.test_client().post("/login", data=sent).status_code == 302


def test_what_was_typed_stands_on_the_page_that_says_somebody_was_faster(scene: Scene) -> None:
    desk = scene.signed_in("coordinator")
    made = desk.post("/coordinator/plans", data={"title": "Plan för Oxhagen", "district": str(scene.oxhagen.id)})
    address = made.headers["Location"]
    desk.post(address, data={"version": "1", "title": "Plan för Oxhagen", "goal": "Färre går omvägar"})
    answer = desk.post(address, data={"version": "1", "title": "Plan för Oxhagen", "goal": "Alla vågar gå hem <3"})
    assert answer.status_code == 409
    assert "Alla vågar gå hem &lt;3" in answer.text


def test_a_program_without_the_token_is_told_in_a_sentence_where_it_goes(
    scene: Scene, strict_client: FlaskClient
) -> None:
    answer = strict_client.patch("/api/v1/tickets/1", json={"state": "repaired"})
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert "X-CSRFToken" in answer.get_json()["detail"]


def test_a_page_has_one_address_and_no_second_one_in_other_digits(scene: Scene) -> None:
    desk, spot = scene.signed_in("coordinator"), scene.spot()
    arabic = "".join(chr(ord("٠") + int(digit)) for digit in str(spot.id))
    assert desk.get(f"/coordinator/dark-spots/{spot.id}").status_code == 200
    assert desk.get(f"/coordinator/dark-spots/{arabic}").status_code == 404
