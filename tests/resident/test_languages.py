"""Each resident in their own language: from the browser, by one tap, and in letters too."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.services import notices
from app.services.transitions import move
from tests.builders import Scene


@pytest.mark.parametrize(
    ("accepted", "title"),
    [("ar", "الإبلاغ عن مكان"), ("en-GB,sv", "Report a place"), ("sv-SE", "Rapportera en plats"), ("fi", "Rapportera")],
)
def test_the_browser_says_the_language_and_swedish_is_spoken_where_we_lack_it(
    scene: Scene, client: FlaskClient, accepted: str, title: str
) -> None:
    assert title in client.get("/report", headers={"Accept-Language": accepted}).text


def test_one_tap_changes_the_language_and_the_next_page_remembers(scene: Scene, client: FlaskClient) -> None:
    page = client.get("/?lang=ar").text
    assert '<html lang="ar" dir="rtl"' in page
    assert 'dir="rtl"' in client.get("/places").text
    assert 'dir="ltr">114 14</bdi>' in page  # or the number would be read from its end
    assert "114\u00a014" in page.partition("<footer>")[2]


def test_telephone_numbers_are_read_from_the_left_in_arabic_and_stay_on_one_line(
    scene: Scene, client: FlaskClient
) -> None:
    scene.municipality.fault_number, scene.municipality.safety_number = "0480-00 00 00", "0480-00 01 00"
    db.session.commit()
    page = client.get("/report?lang=ar").text
    for number in ("0480-00 00 00", "0480-00 01 00", "114 14"):
        assert f'<bdi class="telephone" dir="ltr">{number}</bdi>' in page
    assert re.search(r'<input[^>]*id="contact"[^>]*dir="ltr"', page)
    assert page.count("\u2066114\u00a014\u2069") == 2
    assert "114 14" not in page.replace(">114 14</bdi>", "")


def test_easy_swedish_is_read_aloud_as_swedish_and_has_its_own_words(scene: Scene, client: FlaskClient) -> None:
    page = client.get("/?lang=sv@easy").text
    assert '<html lang="sv" dir="ltr"' in page
    assert "Spara platsen – skriv mer hemma" in page


def test_a_tap_on_another_language_keeps_the_pole_that_was_scanned(scene: Scene, client: FlaskClient) -> None:
    assert 'href="?pole=SK-104&amp;lang=en"' in client.get("/report?pole=SK-104").text


def test_a_page_that_the_phone_keeps_leads_to_the_page_itself_in_another_language(
    scene: Scene, client: FlaskClient
) -> None:
    page = client.get("/report?shell=1").text
    assert 'href="?lang=en"' in page
    assert "?shell" not in page


@pytest.mark.parametrize(
    ("accepted", "lang", "first"),
    [
        ("sv-SE,sv,en", "", "en"),
        ("sv-SE,ar", "", "ar"),
        ("en-GB,sv", "", "sv"),
        ("sv-SE", "sv@easy", "sv"),
        ("ar", "", "sv"),
    ],
)
def test_the_language_that_the_browser_speaks_best_is_one_tap_away_at_the_top_and_all_at_the_bottom(
    scene: Scene, client: FlaskClient, accepted: str, lang: str, first: str
) -> None:
    page = client.get(f"/about?lang={lang}", headers={"Accept-Language": accepted}).text
    top, _, bottom = page.partition("</header>")
    at_once = [a for a in re.findall(r"<a[^>]*hreflang[^>]*>", top) if "roomy" not in a]
    assert len(at_once) == 1
    assert f'href="?lang={first}"' in at_once[0]
    assert len(re.findall("hreflang", bottom)) == 3


def test_staff_read_swedish_where_a_resident_reads_arabic(scene: Scene) -> None:
    browser = scene.signed_in("coordinator")
    browser.get("/?lang=ar")
    assert '<html lang="sv"' in browser.get("/coordinator/").text
    assert '<html lang="ar"' in browser.get("/").text


@pytest.mark.parametrize(("lang", "said"), [("ar", "قرأنا بلاغك."), ("sv@easy", "Vi har läst din rapport.")])
def test_a_letter_speaks_the_language_of_the_report(scene: Scene, lang: str, said: str) -> None:
    report = scene.report(lang=lang, contact="a@b.example", wants_answer="1")
    move(report, "reviewed", actor=THE_SYSTEM, now=scene.now)
    db.session.commit()
    parts = scene.app.extensions["ljuspunkt"]
    notices.deliver(mail=parts.mail, base_url="https://x.example", keys=parts.keys.all(), now=scene.now)
    [letter] = Path(parts.mail.folder).glob("*.eml")
    text = message_from_bytes(letter.read_bytes(), policy=policy.default).get_content()
    assert said in text


def test_the_hours_are_told_in_the_language_too_and_a_municipalitys_own_stay(scene: Scene, client: FlaskClient) -> None:
    scene.report()
    address = f"/r/{scene.last_receipt}?lang=ar"
    assert "أيام العمل من 8 إلى 16" in client.get(address).text
    scene.municipality.reading_hours = "tisdagar"
    db.session.commit()
    scene.report()
    assert "tisdagar" in client.get(f"/r/{scene.last_receipt}").text
