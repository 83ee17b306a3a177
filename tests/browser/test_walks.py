"""Journeys of a walk: planned at the desk in ten minutes, written down on a phone without a net."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.domain.people import COORDINATOR
from app.models.base import db
from app.models.districts import NamedPlace
from app.models.walks import Walk, WalkEntry, WalkGroup, WalkStop
from app.services import walk_notes, walks
from app.services.desk_steps import Desk
from tests.browser.conftest import DESK, at_last
from tests.browser.people import Staff
from tests.builders import CENTRE, Scene, jpeg

TEN_MINUTES = 600
SECONDS_A_PLACE, SECONDS_A_CHOICE = 10.0, 6.0
"""To read a proposed stop with its reason, and to choose in a list. What a press and a page take stands in people.py."""
TAPS_AN_ENTRY = 20
"""A tap that needs a look takes about two seconds: twenty of them are an entry within 45 seconds."""


def spots(town: Scene, count: int) -> list[int]:
    made = []
    for i in range(count):
        lon, lat = CENTRE[0] + 0.0022 * (i % 3), CENTRE[1] + 0.0013 * (i // 3)
        made.append(town.spot(town.report(lon, lat), name=f"Plats {i}", state="confirmed").id)
    return made


def a_planned_walk(town: Scene, groups: int = 1) -> tuple[Walk, list[str]]:
    """A walk tonight, planned, with its groups' codes."""
    desk = Desk(town.coordinator(), town.now)
    evening = walks.Evening((town.now + timedelta(days=2)).date())
    walk = walks.create(town.oxhagen.id, evening, walks.Meeting("Biblioteket"), walks.Chosen(spots(town, 3)), desk=desk)
    walks.plan(walk.id, desk=desk)
    numbers = iter(range(3, 10_000, 7))
    walk_notes.make_groups(walk.id, groups, lambda n: [next(numbers) for _ in range(n)], desk=desk)
    codes = list(db.session.scalars(select(WalkGroup.code).order_by(WalkGroup.name)))
    db.session.rollback()
    return walk, codes


@pytest.mark.whole_story
def test_a_walk_is_planned_from_sign_in_to_invitation_within_ten_minutes_of_work(
    town: Scene, person: Callable[..., Page]
) -> None:
    spots(town, 8)
    place = NamedPlace(
        name="Biblioteket", lon=CENTRE[0] + 0.001, lat=CENTRE[1] + 0.003, district_id=town.oxhagen.id,
        created_at=town.now, updated_at=town.now,
    )  # fmt: skip
    db.session.add(place)
    db.session.commit()
    sara = Staff(person(DESK), town.staff(COORDINATOR).email)
    db.session.rollback()
    sara.signs_in()
    page = sara.page
    sara.presses(page.get_by_role("link", name="Vandringar", exact=True).first, reads=True)
    sara.presses(page.locator("tr", has_text="Oxhagen").get_by_role("link", name="Planera"), reads=True)
    expect(page.get_by_text(re.compile("stopp, .* m, .* minuter"))).to_be_visible()
    sara.considers("the eight places and the route", 8 * SECONDS_A_PLACE)
    sara.presses(page.get_by_label("Lås Plats 5"))
    sara.presses(page.get_by_role("button", name="Föreslå igen"), reads=True)
    sara.writes(page.locator("#meeting_place"), "Biblioteket, stora entrén")
    sara.presses(page.get_by_role("button", name="Spara utkastet"), reads=True)
    rows = page.locator("ol.stops > li")
    first = rows.nth(0).get_attribute("data-stop")
    rows.nth(1).evaluate("row => row.scrollIntoView({ block: 'center' })")
    sara.drags(rows.nth(0).locator(".stop-grip"), rows.nth(2))
    expect(page.get_by_text("Ordningen är ändrad.")).to_be_visible()
    expect(rows.nth(2)).to_have_attribute("data-stop", str(first))
    sara.presses(page.get_by_role("button", name=re.compile("^.*Flytta upp: ")).last, reads=True)
    sara.presses(page.get_by_role("button", name="Planera vandringen"), reads=True)
    sara.presses(page.get_by_role("link", name="Inbjudan", exact=True), reads=True)
    page.locator("#text_lang").select_option("ar")
    sara.considers("the choice of a language", SECONDS_A_CHOICE)
    sara.presses(page.get_by_role("button", name="Visa", exact=True), reads=True)
    expect(page.locator(".invitation")).to_have_attribute("dir", "rtl")
    sara.presses(page.get_by_role("button", name="Skicka och markera som ute"))
    expect(page.get_by_text("Inbjudan är ute.")).to_be_visible()
    assert sara.seconds <= TEN_MINUTES, sara.spent


def test_a_note_taker_writes_a_whole_walk_without_a_net_and_it_arrives_when_there_is_one(
    town: Scene, person: Callable[..., Page]
) -> None:
    walk, [code] = a_planned_walk(town)
    page = person()
    page.goto(f"/walk/{code}")
    expect(page.get_by_role("status").first).to_contain_text("fungerar utan täckning")
    expect(page.locator("html[data-aside=yes]")).to_have_count(1)
    page.context.set_offline(True)
    page.reload()
    taps = 0
    section = page.locator("[data-stop]:visible")
    for score in range(9):
        section.locator(".rate").nth(score).locator("label").nth(score % 4).click()
        taps += 1
    for words in ("Släckt lampa", "Sly eller buskage skymmer sikt"):
        section.locator(".chips label", has_text=words).click()
        taps += 1
    page.get_by_role("link", name="Nästa stopp").locator("visible=true").click()
    taps += 1
    page.get_by_role("link", name="+ En trygg plats till").click()
    section = page.locator("[data-stop]:visible")
    section.get_by_label("Vad heter platsen?").fill("Kiosken")
    section.locator(".rate").nth(0).locator("label").nth(3).click()
    page.get_by_role("link", name="2 ", exact=False).first.click()
    assert taps <= TAPS_AN_ENTRY
    expect(page.locator("[data-status]")).to_contain_text("2 väntar på täckning")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    section = page.locator("[data-stop]:visible")
    section.locator(".rate").nth(0).locator("label").nth(2).click()
    section.get_by_text("Ord, lux och foto").click()
    section.locator("[data-text=note]").fill("Mörkt bakom skolan")
    section.locator("[data-text=lux]").fill("0,6")
    section.locator("[data-text=lux_instrument]").fill("Hagner E4-X")
    section.locator("[data-photo-file]").set_input_files(
        [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(900, 600)}]
    )
    page.get_by_role("button", name="Klar").click()
    expect(section.locator("[data-photos] img")).to_have_count(1)
    page.reload()  # the phone was put away and taken out again
    expect(page.locator("[data-status]")).to_contain_text("4 väntar på täckning")
    page.context.set_offline(False)
    expect(page.locator("[data-status]")).to_contain_text("Allt är skickat.")
    db.session.expire_all()
    found = db.session.scalars(
        select(WalkEntry).join(WalkStop).where(WalkStop.walk_id == walk.id).order_by(WalkEntry.stop_id)
    ).all()
    assert len(found) == 3
    new_place = found.pop()  # its stop is the newest
    assert db.session.get_one(WalkStop, new_place.stop_id).title == "Kiosken"
    full = next(e for e in found if len(e.scores) == 9)
    other = next(e for e in found if e is not full)
    assert full.observations == ["lamp_out", "brush"]
    assert (other.note, other.lux, other.lux_instrument) == ("Mörkt bakom skolan", 0.6, "Hagner E4-X")
    db.session.rollback()


@pytest.mark.whole_story
def test_note_takers_of_two_groups_are_merged_and_their_protocol_is_out_after_ten_minutes_of_work(
    town: Scene, person: Callable[..., Page]
) -> None:
    walk, (group_a, group_b) = a_planned_walk(town, groups=2)
    for code, number in ((group_a, 0), (group_a, 3), (group_b, 1)):
        page = person()
        page.goto(f"/walk/{code}")
        page.locator("[data-stop]:visible .rate").nth(0).locator("label").nth(number).click()
        if code == group_b:
            page.locator("[data-stop]:visible .chips label", has_text="Släckt lampa").click()
        expect(page.locator("[data-status]")).to_contain_text("Allt är skickat.")
    entries = select(WalkEntry).join(WalkStop).where(WalkStop.walk_id == walk.id).order_by(WalkEntry.id)
    # "Allt är skickat" may have been said of the first of two presses
    at_last(page, lambda: any("lamp_out" in entry.observations for entry in db.session.scalars(entries)))
    kept = [(e.group_name, e.scores["light"]) for e in db.session.scalars(entries)]
    assert sorted(kept) == [("Grupp A", 0), ("Grupp A", 3), ("Grupp B", 1)]
    db.session.rollback()  # and see the walk as the phones have left it
    walks.hold(walk.id, {"residents": 9}, before_its_day=True, desk=Desk(town.coordinator(), town.now))
    sara = Staff(person(DESK), town.staff(COORDINATOR).email)
    db.session.rollback()
    sara.signs_in()
    page = sara.page
    sara.presses(page.get_by_role("link", name="Vandringar", exact=True).first, reads=True)
    sara.presses(page.locator("main").get_by_role("link", name=re.compile("^V-")).first, reads=True)
    sara.presses(page.get_by_role("link", name="Skriv protokollet"), reads=True)
    expect(page.get_by_role("heading", name=re.compile("^Grupp "))).to_have_count(3)
    sara.considers("three notes", 3 * SECONDS_A_PLACE)
    sara.presses(page.get_by_role("button", name="Gör alla fynd till åtgärder"), reads=True)
    expect(page.get_by_text("Fynden är förslag till åtgärder.")).to_be_visible()
    sara.writes(page.locator("#summary"), "Vid den första platsen är lampan släckt. Grupperna såg ljuset olika.")
    sara.presses(page.get_by_role("button", name="Spara", exact=True), reads=True)
    expect(page.get_by_text("Protokollet är sparat.")).to_be_visible()
    sara.presses(page.get_by_role("button", name="Publicera protokollet"), reads=True)
    expect(page.get_by_text("Protokollet är publicerat.")).to_be_visible()
    assert sara.seconds <= TEN_MINUTES, sara.spent
    sara.page.goto(f"/walks/{walk.id}")
    expect(page.locator("main")).to_contain_text("Grupperna såg ljuset olika.")


def test_a_summary_says_which_field_each_of_its_lines_means(town: Scene, person: Callable[..., Page]) -> None:
    sara = Staff(person(DESK), town.staff(COORDINATOR).email)
    sara.signs_in()
    page = sara.page
    page.goto(f"/coordinator/measures/new?district={town.oxhagen.id}")
    page.locator("form", has=page.locator("#deadline")).evaluate(
        "(form) => { form.noValidate = true; form.requestSubmit(); }"
    )
    lines = page.locator(".error-summary a")
    expect(lines).to_have_text(["Slag: Fyll i det här.", "Vad ska göras: Fyll i det här."])
