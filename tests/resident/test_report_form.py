"""Promises to somebody who reports: nothing written is lost, and what is wrong is said beside its field."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.test import TestResponse

from app.models.base import db
from app.models.districts import NamedPlace
from app.models.photos import Photo
from app.models.reports import Report
from tests.adapters.pictures import encoded, exif, pattern
from tests.builders import Scene, jpeg

WRITTEN = {"text": "Tre lampor är släckta bakom skolan", "contact": "anna@exempel.se", "address": "vid gångbron"}


def send(client: FlaskClient, **changed: Any) -> TestResponse:
    sent = {
        "client_id": str(uuid.uuid4()), "lat": "56.6760", "lon": "16.3350", "method": "pin", "categories": ["lamp_out"],
        "severity": "2", "when_felt": "evening", "lang": "sv", **changed,
    }  # fmt: skip
    return client.post("/report", data={k: v for k, v in sent.items() if v is not None})


def page(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html5lib")


def value(soup: BeautifulSoup, name: str) -> str:
    field = soup.select_one(f'[name="{name}"]')
    assert field is not None
    return str(field.get("value") or field.text.strip())


def kept() -> Report:
    return db.session.scalars(select(Report).options(selectinload(Report.photos))).one()


def number_of_reports() -> int:
    return db.session.scalar(select(func.count()).select_from(Report)) or 0


def photo(data: bytes, name: str = "IMG_1.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_a_report_goes_straight_to_its_receipt_which_tells_what_happens_next(scene: Scene, client: FlaskClient) -> None:
    answer = send(client, text=WRITTEN["text"])
    assert answer.status_code == 303
    receipt = client.get(answer.headers["Location"])
    assert kept().reference in receipt.text
    assert "Gå vidare – du behöver inte stå kvar." in receipt.text
    assert WRITTEN["text"] in receipt.text
    assert receipt.headers["Cache-Control"] == "no-store"
    assert "noindex" in receipt.text


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"lat": None, "lon": None}, "lat", "Välj var det är"),
        ({"lat": "noll", "lon": "16.3"}, "lat", "gick inte att läsa"),
        ({"lat": "0", "lon": "0"}, "lat", "gick inte att läsa"),
        ({"lat": "nan", "lon": "nan"}, "lat", "gick inte att läsa"),
        ({"lat": "59.33", "lon": "18.07"}, "lat", "utanför kommunen"),
        ({"lat": None, "lon": None, "pole_number": "finns inte"}, "lat", "känner inte igen det stolpnumret"),
        ({"categories": []}, "categories", "Välj minst en sak"),
        ({"categories": ["lamp_out", "gangs"]}, "categories", "Det valet finns inte"),
        ({"severity": "9"}, "severity", "Det valet finns inte"),
        ({"when_felt": "ibland"}, "when_felt", "Det valet finns inte"),
        ({"text": "a" * 301}, "text", "Högst 300 tecken"),
        ({"contact": "anna på exempel"}, "contact", "e-postadress eller ett telefonnummer"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_everything_written_stays(
    scene: Scene, client: FlaskClient, wrong: dict[str, Any], field: str, words: str
) -> None:
    answer = send(client, **(WRITTEN | wrong))
    soup = page(answer)
    assert (answer.status_code, number_of_reports()) == (422, 0)
    assert soup.select_one(f'.error-summary a[href="#{field}"]') is not None
    assert words in soup.get_text()
    for name, written in (WRITTEN | wrong).items():
        if isinstance(written, str) and name in WRITTEN:
            assert value(soup, name) == written
    if "categories" not in wrong:
        assert soup.select_one("#c-lamp_out[checked]") is not None


def test_a_form_that_is_shown_again_keeps_its_number_so_that_it_is_still_one_report(
    scene: Scene, client: FlaskClient
) -> None:
    client_id = str(uuid.uuid4())
    again = page(send(client, client_id=client_id, categories=[]))
    assert value(again, "client_id") == client_id
    assert send(client, client_id=client_id).status_code == 303
    assert kept().client_id == client_id


def test_photos_chosen_before_a_mistake_need_not_be_chosen_again(scene: Scene, client: FlaskClient) -> None:
    client_id = str(uuid.uuid4())
    again = page(send(client, client_id=client_id, categories=[], photos=[photo(jpeg()), photo(jpeg(colour="red"))]))
    staged = [str(field["value"]) for field in again.select('[name="staged_photos"]')]
    assert len(staged) == len(again.select(".previews img")) == 2
    send(client, client_id=client_id, staged_photos=staged)
    assert [p.public_id for p in kept().photos] == staged


def test_a_photo_that_waits_can_be_left_out_also_without_a_script(scene: Scene, client: FlaskClient) -> None:
    client_id = str(uuid.uuid4())
    again = page(send(client, client_id=client_id, categories=[], photos=[photo(jpeg()), photo(jpeg(colour="red"))]))
    ticks = again.select('.previews label input[type="checkbox"][name="staged_photos"]')
    assert [tick.has_attr("checked") for tick in ticks] == [True, True]
    send(client, client_id=client_id, staged_photos=[str(ticks[1]["value"])])
    assert [p.public_id for p in kept().photos] == [ticks[1]["value"]]


def test_another_persons_waiting_photo_cannot_be_taken_into_a_report(scene: Scene, client: FlaskClient) -> None:
    again = page(send(client, categories=[], photos=photo(jpeg())))
    taken = value(again, "staged_photos")
    send(client, staged_photos=[taken])
    assert kept().photos == []


def test_three_photos_are_taken_and_a_fourth_is_said_to_be_too_many(scene: Scene, client: FlaskClient) -> None:
    answer = send(client, photos=[photo(jpeg(colour=c)) for c in ("red", "green", "blue", "white")])
    assert answer.status_code == 303
    assert len(kept().photos) == 3
    assert "Högst tre foton" in client.get(answer.headers["Location"]).text


def test_a_broken_photo_is_explained_and_the_report_is_kept(scene: Scene, client: FlaskClient) -> None:
    answer = send(client, photos=photo(jpeg(900, 600)[:2000]))
    receipt = client.get(answer.headers["Location"]).text
    assert number_of_reports() == 1
    assert "Rapporten är sparad." in receipt
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 0


def test_the_place_in_a_photo_is_offered_and_taken_only_after_a_yes(scene: Scene, client: FlaskClient) -> None:
    client_id = str(uuid.uuid4())
    again = page(
        send(
            client,
            client_id=client_id,
            lat=None,
            lon=None,
            photos=photo(encoded(pattern(), exif=exif(place=(16.3355, 56.6762)))),
        )
    )
    assert number_of_reports() == 0
    assert again.select_one('[name="use_photo_position"]') is not None
    staged = value(again, "staged_photos")
    send(client, client_id=client_id, lat=None, lon=None, staged_photos=[staged], use_photo_position="1")
    assert (round(kept().lon, 4), round(kept().lat, 4)) == (16.3355, 56.6762)


def test_a_place_from_the_list_is_enough_for_somebody_without_a_map(scene: Scene, client: FlaskClient) -> None:
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    named = NamedPlace(name="Gångtunneln", lon=16.336, lat=56.677, district_id=scene.oxhagen.id, **stamp)
    db.session.add(named)
    db.session.commit()
    assert "Gångtunneln" in client.get("/report").text
    send(client, lat=None, lon=None, place_id=str(named.id))
    assert (kept().lon, kept().method) == (16.336, "list")


def test_words_that_sound_like_danger_ask_for_112_first_and_never_stop_the_report(
    scene: Scene, client: FlaskClient
) -> None:
    answer = send(client, text="Någon jagar mig")
    assert answer.status_code == 422
    assert page(answer).select_one('a[href="tel:112"]') is not None
    assert "Skicka ändå" in answer.text
    assert send(client, text="Någon jagar mig", send_anyway="1").status_code == 303


def test_a_used_number_with_other_words_becomes_a_new_report_when_the_person_says_so(
    scene: Scene, client: FlaskClient
) -> None:
    client_id = str(uuid.uuid4())
    send(client, client_id=client_id)
    again = send(client, client_id=client_id, text="Något annat")
    assert (again.status_code, number_of_reports()) == (422, 1)
    fresh = value(page(again), "client_id")
    assert fresh != client_id
    assert send(client, client_id=fresh, text="Något annat").status_code == 303
    assert number_of_reports() == 2


@pytest.mark.parametrize(
    "text", ["åäö ÅÄÖ", "🔦🌒 mörkt", "الممشى مظلم", "1 < 2 & \"x\" 'y'", "<script>alert(1)</script>"]
)
def test_what_a_person_writes_comes_back_exactly_and_harmless(scene: Scene, client: FlaskClient, text: str) -> None:
    answer = send(client, text=text)
    receipt = client.get(answer.headers["Location"])
    assert kept().text == text
    assert page(receipt).find("bdi", string=text) is not None
    assert "<script>alert" not in receipt.text


def test_invisible_control_characters_do_not_survive(scene: Scene, client: FlaskClient) -> None:
    send(client, text="mörkt\x00 här\x1b[31m\x07")
    assert kept().text == "mörkt här[31m"


def test_one_browser_is_one_voice_and_its_token_says_nothing(scene: Scene, client: FlaskClient) -> None:
    client.get("/report")
    cookie = client.get_cookie("reporter")
    assert cookie is not None
    send(client)
    send(client)
    reporters = set(db.session.scalars(select(Report.reporter_key)))
    assert len(reporters) == 1
    assert cookie.value not in reporters.pop()


@pytest.mark.parametrize("name", ["pole_number", "directions", "contact", "text", "place_id"])
def test_a_character_that_nobody_sees_stops_no_form(scene: Scene, client: FlaskClient, name: str) -> None:
    answer = send(client, **{name: "a\x00b", "lat": None, "lon": None})
    assert answer.status_code == 422
    assert "\x00" not in answer.text


def test_why_photos_were_left_out_is_said_once_however_many_they_were(scene: Scene, client: FlaskClient) -> None:
    answer = send(client, photos=[photo(b"a letter"), photo(b"another letter")])
    said = client.get(answer.location).text
    assert said.count("Rapporten är sparad.") == said.count("Filen är inte ett foto") == 1
    again = send(client, categories=[], photos=[photo(b"a letter"), photo(b"another letter")])
    assert page(again).select_one("#photos-error").text.count("Filen är inte ett foto") == 1


def test_a_pole_that_was_named_decides_beside_the_phones_position_and_an_unknown_one_leaves_it(
    scene: Scene, client: FlaskClient
) -> None:
    lamp = scene.lamp("NO-304", lon=16.36)
    send(client, pole_number="no-304", method="pole", accuracy_m="900")
    send(client, pole_number="NOPE-1", method="pole")
    send(client, pole_number="NO-304", method="pin")
    found = db.session.execute(select(Report.lon, Report.accuracy_m, Report.trust).order_by(Report.id)).all()
    assert [tuple(row) for row in found] == [
        (lamp.lon, None, "normal"),
        (16.335, None, "normal"),
        (16.335, None, "normal"),
    ]


def test_a_qr_code_on_a_pole_fills_in_the_pole(scene: Scene, client: FlaskClient) -> None:
    lamp = scene.lamp("SK-104")
    form = page(client.get("/report?pole=SK-104"))
    assert value(form, "pole_number") == "SK-104"
    send(client, lat=None, lon=None, pole_number="SK-104", method="qr")
    assert (kept().lamp_id, kept().method, kept().source) == (lamp.id, "qr", "qr")


def test_the_form_speaks_english_to_a_browser_that_asks_for_it(scene: Scene, client: FlaskClient) -> None:
    form = client.get("/report", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert re.search(r'<html lang="en"', form.text)
    assert "What is it?" in form.text
    assert client.get("/report?lang=sv", headers={"Accept-Language": "en"}).text.count("Vad är det?") == 1
