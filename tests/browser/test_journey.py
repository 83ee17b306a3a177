"""The whole loop: three residents, a coordinator and a technician, from a dark path to a lit lamp and people who were told."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.models.base import db
from app.models.districts import NamedPlace
from app.models.reports import Report
from tests.browser.conftest import DESK, Live
from tests.browser.people import Resident, Staff
from tests.builders import Scene, jpeg

HERE = {"latitude": 56.6760, "longitude": 16.3350, "accuracy": 18}
NEARBY = {"latitude": 56.6761, "longitude": 16.3352, "accuracy": 18}
SECONDS_TO_READ_A_ROW, SECONDS_A_PRESS = 6, 2
"""Thirty words, a photo and the suggestion with its reason; a press that needs a look."""
SWEDISH = {"next": "Nästa", "contact": "Vill du ha svar?"}
ENGLISH = {"next": "Next", "contact": "Would you like an answer?"}


@pytest.fixture
def prepared(town: Scene) -> Scene:
    """Oxhagen with a lamp, two named places and accounts."""
    for name, lon in (("Gångtunneln vid Oxhagen", 16.3351), ("Oxhagens bibliotek", 16.3365)):
        db.session.add(
            NamedPlace(
                name=name, lon=lon, lat=56.6761, district_id=town.oxhagen.id, created_at=town.now, updated_at=town.now
            )
        )
    db.session.commit()
    town.lamp("SK-104", 16.3351, 56.67605)
    town.coordinator()
    town.technician()
    return town


@pytest.mark.whole_story
def test_a_dark_path_is_reported_walked_lit_and_everybody_is_told(
    live: Live, prepared: Scene, person: Callable[..., Page]
) -> None:
    anna, bertil, chris = three_residents_report_the_same_dark_path(live, person)
    sara = Staff(person(DESK), "coordinator@kalmar.example")
    the_coordinator_confirms_the_spot(sara)
    covers_somebody_in_the_photo(sara)
    plans_and_holds_a_walk(sara)
    decides_on_light(sara)
    live.work()
    tove = Staff(person(geolocation=HERE, permissions=["geolocation"]), "technician@kalmar.example")
    the_technician_closes_on_a_phone_with_a_photo(tove)
    live.work()

    told = (
        "Vi har bekräftat",
        "trygghetsvandring",
        "Protokollet",
        "Vi har beslutat om en åtgärd",
        "Belysningen är lagad",
    )
    anna.reads_on_the_receipt("Mottagen", *told, "Det är klart")
    bertil.reads_on_the_receipt("Vi har beslutat om en åtgärd")
    chris.reads_on_the_receipt("Received", "We have decided on a measure")
    letters = {str(m["To"]): m for m in all_letters(live)}
    assert set(letters) == {"anna@example.se", "bertil@example.se", "chris@example.se"}
    subjects = {
        address: [str(m["Subject"]) for m in all_letters(live) if str(m["To"]) == address] for address in letters
    }
    assert any("Klar" in s for s in subjects["anna@example.se"])
    assert any("Done" in s for s in subjects["chris@example.se"])
    anna.says_whether_it_is_better("Ja")
    bertil.says_whether_it_is_better("Nej, öppna ärendet igen")
    with live.app.app_context():
        states = dict(db.session.execute(select(Report.better, Report.state)).all())
    assert states["yes"] == "answered"
    assert states["no"] == "reopened"


def three_residents_report_the_same_dark_path(
    live: Live, person: Callable[..., Page]
) -> tuple[Resident, Resident, Resident]:
    anna = Resident(person(geolocation=HERE, permissions=["geolocation"]))
    anna.has_slow_coverage(1.5)
    anna.reports_step_by_step("Släckt lampa", "Jag undviker platsen", "anna@example.se", SWEDISH)
    bertil = Resident(person(java_script_enabled=False))
    bertil.reports_without_script("Gångtunneln vid Oxhagen", "Tunnel eller trappa", "bertil@example.se")
    chris = Resident(person(geolocation=NEARBY, permissions=["geolocation"], locale="en-GB"))
    chris.reports_step_by_step("Lamp is out", "Unsafe", "chris@example.se", ENGLISH)
    live.work()
    with live.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Report)) == 3
    return anna, bertil, chris


def the_coordinator_confirms_the_spot(sara: Staff) -> None:
    sara.signs_in()
    page = sara.page
    the_whole_municipality_is_on_paper_within_four_clicks(page)
    page.get_by_role("link", name="Inkorg").click()
    expect(page.locator(".triage-row")).to_have_count(3)
    page.wait_for_load_state()  # a hand is slower than a key pressed by a test
    one_report_is_read_within_ten_seconds(page)
    page.get_by_role("link", name="Mörka fläckar").click()
    expect(page.frame_locator("iframe").locator(".badge").first).to_be_visible()
    page.get_by_role("link", name=re.compile("Gångtunneln vid Oxhagen")).click()
    expect(page.locator("main")).to_contain_text("3 personer har rapporterat")
    page.get_by_role("button", name="Bekräfta", exact=True).click()
    expect(page.locator("main")).to_contain_text("Bekräftad")


def the_whole_municipality_is_on_paper_within_four_clicks(page: Page) -> None:
    clicks = 1  # the one that signed in
    page.get_by_role("link", name="Hela kommunen på en sida").click()
    clicks += 1
    with page.expect_download() as kept:
        page.get_by_role("link", name="PDF").first.click()
    clicks += 1
    assert kept.value.suggested_filename.endswith(".pdf")
    assert clicks <= 4
    page.goto("/coordinator/")


def one_report_is_read_within_ten_seconds(page: Page) -> None:
    """J and a number: what is in the row is enough to decide, and the next row is under the hand at once."""
    page.locator(".triage-row h2 a").first.focus()
    presses = 0
    for key in ("j", "3"):
        page.keyboard.press(key)
        presses += 1
    expect(page.locator(".triage-row")).to_have_count(2)
    expect(page.locator(".triage-row h2 a:focus")).to_have_count(1)  # the keys go on working
    assert SECONDS_TO_READ_A_ROW + presses * SECONDS_A_PRESS <= 10


def covers_somebody_in_the_photo(sara: Staff) -> None:
    """One box with the mouse and one by keyboard, burned in by the server; what is shown then is another picture."""
    page = sara.page
    page.goto("/coordinator/inbox")
    page.locator(".triage-row", has=page.locator("img")).get_by_role("link").first.click()
    before = page.locator(".photo-desk img").get_attribute("src")
    page.get_by_role("link", name="Måla över").click()
    stage = page.locator("[data-stage]")
    stage.wait_for()
    page.wait_for_load_state()  # before its script is there, a drag is only a drag
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6, steps=4)
    page.mouse.up()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown", "Space"):
        stage.press(key)
    expect(page.locator("[data-box]")).to_have_count(2)
    assert float(page.locator("[name=left]").first.input_value()) == pytest.approx(10, abs=1)
    assert [page.locator(f"[name={side}]").nth(1).input_value() for side in ("left", "height")] == ["49", "12"]
    page.locator("#reason").fill("en person syns")
    page.get_by_role("button", name="Måla över och lås originalet").click()
    expect(page.get_by_text("Originalet är låst.")).to_be_visible()
    after = page.locator(".photo-desk img").get_attribute("src")
    assert before != after
    assert page.request.get(str(after)).status == 200
    assert page.request.get(str(before)).status == 404


def plans_and_holds_a_walk(sara: Staff) -> None:
    page = sara.page
    page.goto("/coordinator/walks")
    page.get_by_role("link", name="Planera").first.click()
    page.locator("#on").fill("2026-12-02")
    page.locator("#meeting_place").fill("Oxhagens bibliotek, entrén")
    page.get_by_role("button", name="Spara utkastet").click()
    expect(page.locator("ol.stops > li")).to_have_count(2)  # the tunnel, and the library as the place that feels safe
    expect(page.locator("ol.stops")).to_contain_text("Oxhagens bibliotek")
    page.get_by_role("button", name="Planera vandringen").click()
    fold = sara.opens("Vandringen är genomförd")
    fold.get_by_label("Boende").fill("7")
    fold.get_by_label("Ja, vandringen hölls före den planerade dagen").check()
    fold.get_by_role("button", name="Spara som genomförd").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Protokoll")
    protocol = page.url
    page.get_by_role("link", name=re.compile("Skriv anteckning")).first.click()
    page.locator("input[name=score_light][value='0']").check(force=True)
    page.get_by_label("Släckt lampa").check(force=True)
    page.locator("[name=proposal]").fill("Laga lampan i tunneln")
    page.get_by_role("button", name="Spara", exact=True).click()
    page.goto(protocol)
    page.get_by_role("button", name="Gör till åtgärder").first.click()
    page.locator("[name=summary]").fill("Tunneln är mörk. Gruppen vill att lampan lagas.")
    page.get_by_role("button", name="Spara", exact=True).click()
    page.get_by_role("button", name="Publicera protokollet").click()
    expect(page.locator("main")).to_contain_text("Protokoll publicerat")


def decides_on_light(sara: Staff) -> None:
    page = sara.page
    page.goto("/coordinator/plans")
    page.get_by_role("link", name=re.compile("Laga")).first.click()
    fold = sara.opens("Ändra") if page.locator("summary", has_text="Ändra").count() else page
    fold.locator("#responsible_id").select_option(label="Gata och belysning")
    fold.locator("#deadline").fill("2026-12-18")
    fold.locator("#cost_estimate_sek").fill("8 500")
    fold.get_by_role("button", name="Spara åtgärden").click()
    page.locator("input[name=to][value=decided]").check(force=True)
    page.get_by_role("button", name="Ändra läget").click()
    expect(page.locator("main")).to_contain_text("B-1")


def the_technician_closes_on_a_phone_with_a_photo(tove: Staff) -> None:
    tove.signs_in()
    page = tove.page
    page.get_by_role("link", name="Visa närmast först").click()
    page.locator(".round a").first.click()
    page.get_by_role("button", name="På plats").click()
    page.get_by_label("Bytt ljuskälla").check(force=True)
    page.locator("#switch_on_test-yes").check(force=True)
    page.locator("#photos").set_input_files(
        [{"name": "after.jpg", "mimeType": "image/jpeg", "buffer": jpeg(900, 600, "gold")}]
    )
    page.get_by_role("button", name="Lagad", exact=True).click()
    page.get_by_role("button", name=re.compile("Tändprov med foto räcker")).click()
    expect(page.locator("main")).to_contain_text("De som rapporterade har fått veta det")


def all_letters(live: Live) -> list[object]:
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(live.outbox.glob("*.eml"))]
