"""People are asked to a walk in their own language, sign up without an account, and find it in their calendar."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from app.domain import invitations as rules
from app.models.base import db
from app.models.walks import OtherWalk, SignupContact, Walk, WalkSignup
from app.services import walk_invitation_steps, walk_signups
from app.web.languages import LANGUAGES
from tests.adapters.test_pdf import insides
from tests.builders import Scene
from tests.coordinator.test_walks import a_spot, a_walk, act, newest, state


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    """The coordinator's browser."""
    return scene.signed_in("coordinator")


@pytest.fixture
def resident(scene: Scene) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return scene.app.test_client()


def a_planned_walk(scene: Scene, desk: FlaskClient) -> Walk:
    walk = a_walk(scene, desk)
    assert act(desk, walk, "/plan").status_code == 303
    return newest(Walk)


def sign_up(resident: FlaskClient, walk: Walk, **sent: object) -> str:
    answer = resident.post(f"/walks/{walk.id}", data={"people": "2", "role": "residents", **sent})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


@pytest.mark.parametrize("lang", rules.LANGUAGES)
def test_the_invitation_stands_whole_in_each_language_with_its_own_direction(
    scene: Scene, desk: FlaskClient, resident: FlaskClient, lang: str
) -> None:
    walk = a_planned_walk(scene, desk)
    page = resident.get(f"/walks/{walk.id}?text_lang={lang}").text
    assert rules.TEXTS[lang].heading % {"district": "Oxhagen"} in page
    assert f'dir="{"rtl" if lang == "ar" else "ltr"}"' in page
    assert set(rules.TEXTS[lang].for_whom) == set(rules.AUDIENCES)


def test_a_resident_meets_the_invitation_in_the_language_that_they_read_the_rest_in(
    scene: Scene, desk: FlaskClient, resident: FlaskClient
) -> None:
    walk = a_planned_walk(scene, desk)
    assert set(LANGUAGES) <= set(rules.LANGUAGES)
    page = resident.get(f"/walks/{walk.id}?lang=sv@easy").text
    assert rules.TEXTS["sv@easy"].heading % {"district": "Oxhagen"} in page


def test_the_poster_is_one_tagged_page_of_a4_that_names_the_walk(scene: Scene, desk: FlaskClient) -> None:
    walk = a_planned_walk(scene, desk)
    paper = insides(desk.get(f"/coordinator/walks/{walk.id}/poster.pdf?text_lang=sv").data)
    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
    assert re.search(rb"/Marked\s+true", paper)
    assert b"/Image" in paper or b"/Figure" in paper


def test_all_that_is_printed_for_a_walk_comes_as_one_tagged_document(scene: Scene, desk: FlaskClient) -> None:
    walk = a_planned_walk(scene, desk)
    answer = desk.get(f"/coordinator/walks/{walk.id}/pack.pdf?text_lang=en")
    paper, alone = insides(answer.data), insides(desk.get(f"/coordinator/walks/{walk.id}/print.pdf").data)
    assert "utskriftspaket.pdf" in answer.headers["Content-Disposition"]
    assert re.search(rb"/Marked\s+true", paper)
    pages = [len(re.findall(rb"/Type /Page\b", found)) for found in (paper, alone)]
    assert pages[0] == pages[1] + 2


def test_a_number_in_arabic_digits_is_that_number(scene: Scene, desk: FlaskClient, resident: FlaskClient) -> None:
    sign_up(resident, a_planned_walk(scene, desk), people="٣")
    assert db.session.scalars(select(WalkSignup.people)).all() == [3]


def test_somebody_signs_up_without_an_account_and_takes_it_back(
    scene: Scene, desk: FlaskClient, resident: FlaskClient
) -> None:
    walk = a_planned_walk(scene, desk)
    own_page = sign_up(resident, walk, women="1", seniors="2", needs="Rullstol", contact="anna@example.org")
    page = desk.get(f"/coordinator/walks/{walk.id}/invitation").text
    assert "Rullstol" in page
    assert "65 år eller äldre" in page
    assert "anna@example.org" not in page
    assert "Du är anmäld" in resident.get(own_page).text
    resident.post(own_page)
    assert db.session.scalars(select(WalkSignup.id)).all() == []
    assert resident.get(own_page).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"people": "0"}, "ett antal från 1 till 12"), ({"people": "många"}, "ett antal från 1 till 12"),
        ({"people": "2", "women": "3"}, "fler än ni har anmält"), ({"people": "1", "contact": "inte en adress"}, "e-postadress"),
    ],
)  # fmt: skip
def test_a_sign_up_that_cannot_be_read_is_shown_again_with_a_sentence(
    scene: Scene, desk: FlaskClient, resident: FlaskClient, sent: dict[str, str], said: str
) -> None:
    walk = a_planned_walk(scene, desk)
    answer = resident.post(f"/walks/{walk.id}", data={"needs": "Tolk", **sent})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Tolk"' in answer.text
    assert db.session.scalars(select(WalkSignup.id)).all() == []


def test_the_same_form_sent_twice_is_one_sign_up_and_with_another_word_it_is_another(
    scene: Scene, desk: FlaskClient, resident: FlaskClient
) -> None:
    walk = a_planned_walk(scene, desk)
    found = re.search(r'name="number" value="([^"]{16,})"', resident.get(f"/walks/{walk.id}").text)
    assert found
    first, again, other = (sign_up(resident, walk, number=found[1], needs=n) for n in ("", "", "Tolk"))
    assert first == again != other
    assert len(db.session.scalars(select(WalkSignup.id)).all()) == 2


def test_more_than_twenty_are_told_to_divide_into_groups(
    scene: Scene, desk: FlaskClient, resident: FlaskClient
) -> None:
    walk = a_planned_walk(scene, desk)
    for people in ("12", "9"):
        sign_up(resident, walk, people=people, men=people)
    page = desk.get(f"/coordinator/walks/{walk.id}/invitation").text
    assert "Dela upp er i 3 grupper" in page
    assert "Ingen anmäld har sagt sig vara" in page
    assert "kvinnor" in page.split("Ingen anmäld har sagt sig vara")[1][:60]
    assert "mindre grupper" in resident.get(f"/walks/{walk.id}").text


def test_a_draft_is_shown_to_nobody_and_a_walk_called_off_takes_no_sign_ups(
    scene: Scene, desk: FlaskClient, resident: FlaskClient
) -> None:
    walk = a_walk(scene, desk)
    assert resident.get(f"/walks/{walk.id}").status_code == 404
    act(desk, walk, "/plan")
    act(desk, walk, "/cancel", reason="Halka")
    assert "inställd" in resident.get(f"/walks/{walk.id}").text
    assert resident.post(f"/walks/{walk.id}", data={"people": "1"}).status_code == 422


def test_letters_go_to_owners_on_the_way_and_to_reporters_who_wished_it_and_to_no_others(
    scene: Scene, desk: FlaskClient
) -> None:
    scene.lighting_unit.email = "ljus@kalmar.example"
    spot = a_spot(scene, "Tunneln", contact="vill@example.org", wants_invitation="1")
    other = a_spot(scene, "Parken", 300, contact="vill-inte@example.org")
    spot.owner_light_id = scene.lighting_unit.id
    db.session.commit()
    walk = a_walk(scene, desk, spot, other)
    act(desk, walk, "/plan")
    answer = act(
        desk,
        walk,
        "/invitation",
        audience="owners",
        text_lang="sv",
        organisations=scene.lighting_unit.id,
        reporters="1",
    )
    assert answer.status_code == 303
    assert state(walk) == "invited"
    _walk, to = walk_invitation_steps.letters(walk.id, [scene.lighting_unit.id], reporters=True)
    assert sorted(address for _key, address in to) == ["ljus@kalmar.example", "vill@example.org"]
    parts = scene.app.extensions["ljuspunkt"]
    db.session.rollback()
    parts.jobs.round()
    letters = [p.read_text(encoding="utf-8") for p in parts.mail.folder.glob("walk-*.eml")]
    assert any("To: ljus@kalmar.example" in letter for letter in letters)
    assert not any("vill-inte@example.org" in letter for letter in letters)


def test_addresses_are_forgotten_thirty_days_after_the_feedback_and_the_numbers_stay(
    scene: Scene, desk: FlaskClient, resident: FlaskClient
) -> None:
    walk = a_planned_walk(scene, desk)
    sign_up(resident, walk, contact="anna@example.org", women="1")
    assert walk_signups.forget(walk.id) == 1
    row = db.session.scalars(select(WalkSignup)).one()
    assert (row.people, row.perspectives) == (2, {"women": 1})
    assert db.session.scalars(select(SignupContact.id)).all() == []


def test_the_public_calendar_has_planned_walks_and_those_of_others_and_no_drafts(
    scene: Scene, desk: FlaskClient, resident: FlaskClient
) -> None:
    a_walk(scene, desk, title="Utkastet")
    planned = a_planned_walk(scene, desk)
    sent = {
        "kind": "night",
        "title": "Nattvandrarna",
        "on": "2026-12-10",
        "start": "22.00",
        "district": scene.oxhagen.id,
    }
    answer = desk.post("/coordinator/calendar", data=sent, follow_redirects=True)
    assert "Samma kväll i samma område: Trygghetsvandring i Oxhagen" in answer.text
    book = Calendar.from_ical(resident.get("/walks.ics").data)
    titles = [str(e["summary"]) for e in book.walk("VEVENT")]
    assert titles == [planned.title, "Nattvandrarna"]
    assert "Nattvandrarna" in resident.get("/walks").text
    other = db.session.scalars(select(OtherWalk)).one()
    desk.post(f"/coordinator/calendar/{other.id}/cancel")
    cancelled = [
        e for e in Calendar.from_ical(resident.get("/walks.ics").data).walk("VEVENT") if e["status"] == "CANCELLED"
    ]
    assert [str(e["summary"]) for e in cancelled] == ["Nattvandrarna"]


def test_a_coordinators_own_feed_has_all_five_occasions_and_a_made_up_address_has_nothing(
    scene: Scene, desk: FlaskClient, resident: FlaskClient
) -> None:
    a_planned_walk(scene, desk)
    page = desk.get("/coordinator/calendar?month=2026-12").text
    address = page.split('<a href="http://localhost')[1].split('"')[0]
    events = Calendar.from_ical(resident.get(address).data).walk("VEVENT")
    assert {str(e["summary"]).split(":")[0] for e in events} == {
        "Provgång", "Förmöte", "Återkoppling", "Återbesök", "Trygghetsvandring i Oxhagen",
    }  # fmt: skip
    assert resident.get("/walks/staff/pahittad.ics").status_code == 404


def test_a_walk_on_the_calendar_stands_in_its_month_and_not_in_the_next(scene: Scene, desk: FlaskClient) -> None:
    walk = a_planned_walk(scene, desk)
    assert walk.reference in desk.get("/coordinator/calendar?month=2026-12").text
    assert walk.reference not in desk.get("/coordinator/calendar?month=2027-01").text
    assert desk.get("/coordinator/calendar?month=nonsens").status_code == 200


def test_a_mistake_in_a_section_that_is_closed_opens_it(scene: Scene, desk: FlaskClient, resident: FlaskClient) -> None:
    walk = a_planned_walk(scene, desk)
    answer = resident.post(f"/walks/{walk.id}", data={"people": "2", "women": "x"})
    assert answer.status_code == 422
    field = BeautifulSoup(answer.text, "html5lib").select_one("#women")
    assert field is not None
    section = field.find_parent("details")
    assert section is not None
    assert section.has_attr("open")
