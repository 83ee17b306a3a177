"""What would be refused in the end is said where it is asked, and what was refused without one looking is said at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.models.base import db
from app.models.reports import Report
from tests.browser.conftest import PHONE, Live, until
from tests.browser.phones import ALLOWED, Phone
from tests.builders import Scene

NOBODY_KNOWS = "Vi känner inte igen det stolpnumret"


@pytest.fixture
def phone(town: Scene, person: Callable[..., Page]) -> Phone:
    """Somebody's phone, which does not say where it is."""
    return Phone(person(PHONE, permissions=[]))


def opens(phone: Phone, address: str) -> None:
    """Open the form and wait for what comes a moment after the first question: it is that which looks before one goes on."""
    phone.page.goto(address)
    until(phone.page, "!document.querySelector('[data-choose=gallery]').hidden")


def names_a_pole(phone: Phone, pole: str) -> None:
    phone.page.locator("[data-other-ways] summary").click()
    phone.page.locator("#pole_number").fill(pole)
    phone.page.locator("#address").focus()


def test_a_pole_that_nobody_knows_and_nothing_else_is_told_before_one_goes_on(town: Scene, phone: Phone) -> None:
    town.lamp("NO-304")
    opens(phone, "/report")
    names_a_pole(phone, "ZZ-9999")
    expect(phone.page.locator("[data-place-status]")).to_contain_text(NOBODY_KNOWS)
    phone.tap(phone.button("Nästa"))
    expect(phone.page.locator("#lat-error")).to_contain_text(NOBODY_KNOWS)
    expect(phone.page.locator("#pole_number")).to_have_value("ZZ-9999")
    expect(phone.page.locator("#pole_number")).to_be_visible()
    phone.page.locator("#pole_number").fill("")
    phone.page.locator("#address").focus()
    expect(phone.page.locator("#lat-error")).to_contain_text("Välj var det är")
    phone.tap(phone.button("Nästa"))
    expect(phone.page.locator("#pole_number")).to_be_visible()
    phone.page.locator("#pole_number").fill("NO-304")
    phone.page.locator("#address").focus()
    expect(phone.page.locator("#lat-error")).to_have_count(0)
    phone.tap(phone.button("Nästa"))
    expect(phone.page.locator("#c-lamp_out")).to_be_visible()


def test_a_place_outside_of_the_municipality_is_told_before_one_goes_on(phone: Phone) -> None:
    opens(phone, "/report?lat=59.3&lon=18.06")
    expect(phone.page.locator("[data-outside]")).to_be_visible()
    phone.tap(phone.button("Nästa"))
    expect(phone.page.locator("#lat-error")).to_have_text("Platsen ligger utanför kommunen.")
    expect(phone.page.locator("#c-lamp_out")).to_be_hidden()
    phone.page.locator("[name=lat]").fill("56,676")
    phone.page.locator("[name=lon]").fill("16,335")
    phone.page.locator("#address").focus()
    expect(phone.page.locator("[data-outside]")).to_have_count(0)
    phone.tap(phone.button("Nästa"))
    expect(phone.page.locator("#c-lamp_out")).to_be_visible()


def test_a_wrong_pole_written_without_coverage_is_said_on_the_next_page_that_is_opened(
    live: Live, phone: Phone
) -> None:
    phone.visits_once()
    phone.loses_coverage()
    phone.page.goto("/report")
    names_a_pole(phone, "ZZ-9999")
    expect(phone.page.locator("[data-place-status]")).to_have_text(
        "Stolpe ZZ-9999. Vi letar upp numret när du har täckning."
    )
    phone.tap(phone.button("Nästa"))
    phone.tap(phone.page.locator("#c-lamp_out"))
    phone.tap(phone.button("Nästa"))
    phone.tap(phone.page.locator("#s-2"))
    phone.sends()
    expect(phone.page.get_by_role("heading", name="Sparad i telefonen")).to_be_visible()
    phone.gets_coverage()
    phone.page.goto("/")
    expect(phone.page.locator("[data-mine]")).to_have_text("I telefonen (1 behöver ändras)")
    expect(phone.page.locator("#content .note.wait")).to_contain_text("kunde inte tas emot")
    phone.page.locator("[data-mine]").click()
    expect(phone.page.locator("section[data-waiting] .error").first).to_be_visible()
    expect(phone.page.locator("section[data-waiting]")).to_contain_text(NOBODY_KNOWS)
    phone.page.get_by_role("link", name="Ändra och skicka igen").click()
    expect(phone.page.locator("#lat-error")).to_contain_text(NOBODY_KNOWS)
    expect(phone.page.locator("#pole_number")).to_be_visible()
    with live.app.app_context():
        assert db.session.scalar(select(func.count(Report.id))) == 0


def test_the_names_that_a_search_finds_never_lie_behind_the_way_on(town: Scene, person: Callable[..., Page]) -> None:
    town.ticket(town.report(), lamp=town.lamp("SK-104"))
    page = person(PHONE, **ALLOWED)
    page.goto("/report")
    page.locator("[data-known] .near").wait_for()
    way_on = page.locator('[data-step-of-form="place"] > .buttons')
    expect(way_on).to_have_css("position", "sticky")
    page.locator("[data-search]").focus()
    expect(way_on).to_have_css("position", "static")


def test_two_taps_of_cold_fingers_save_one_place(town: Scene, person: Callable[..., Page]) -> None:
    page = person(PHONE, **ALLOWED)
    page.goto("/")
    page.locator("[data-save-place]").dblclick()
    expect(page.locator("[data-save-status]")).to_contain_text("± 18 m")
    expect(page.locator("[data-saved-places] li")).to_have_count(1)
