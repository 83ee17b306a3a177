"""Signing out in the van: the phone and the server do it together, or neither does."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Live, until
from tests.browser.van import Technician, lamps
from tests.builders import Scene

KEPT = """async () => {
  const { all } = await import("/static/js/van_store.js");
  return [(await all("facts")).length, (await caches.keys()).filter((name) => name.startsWith("van-")).length];
}"""
WITHOUT_COVERAGE = (
    "Det går inte att logga ut utan täckning. Dagen ligger kvar i telefonen. Försök igen när du har täckning."
)
NOT_TAKEN = (
    "Du är inte utloggad än, för servern svarade inte som den skulle. Dagen ligger kvar i telefonen. "
    "Försök igen om en stund."
)


def leaves(technician: Technician) -> None:
    technician.taps_on(technician.page.get_by_role("button", name="Logga ut"))


def test_signing_out_without_coverage_says_that_it_needs_it_and_leaves_the_day_on_the_phone(
    town: Scene, in_the_van: Callable[[str], Technician]
) -> None:
    lamps(town, 2)
    anna = in_the_van("Anna")
    anna.loses_coverage()
    leaves(anna)
    expect(anna.page.locator("main").get_by_role("alert")).to_have_text(WITHOUT_COVERAGE)
    assert anna.page.evaluate(KEPT) == [1, 1]
    anna.page.reload()
    expect(anna.page.locator(".round .pole")).to_have_count(2)
    anna.has_coverage_again()
    leaves(anna)
    expect(anna.page.locator("#email")).to_be_visible()
    assert anna.page.evaluate(KEPT) == [0, 0]


def test_a_line_that_is_lost_in_the_moment_of_signing_out_leaves_the_day_on_the_phone(
    town: Scene, in_the_van: Callable[[str], Technician]
) -> None:
    lamps(town, 2)
    anna = in_the_van("Anna")
    anna.page.route("**/logout", lambda route: route.abort())
    leaves(anna)
    expect(anna.page.locator("main").get_by_role("alert")).to_have_text(WITHOUT_COVERAGE)
    assert anna.page.evaluate(KEPT) == [1, 1]


def test_a_server_that_does_not_sign_out_leaves_the_day_on_the_phone_and_that_is_said(
    town: Scene, in_the_van: Callable[[str], Technician], live: Live
) -> None:
    lamps(town, 2)
    anna = in_the_van("Anna")
    with live.door.closed():
        leaves(anna)
        expect(anna.page.locator("main").get_by_role("alert")).to_have_text(NOT_TAKEN)
    assert anna.page.evaluate(KEPT) == [1, 1]
    leaves(anna)
    expect(anna.page.locator("#email")).to_be_visible()


def test_what_is_written_at_a_ticket_that_is_not_closed_is_asked_about_before_it_goes(
    town: Scene, in_the_van: Callable[[str], Technician]
) -> None:
    lamps(town, 2)
    anna = in_the_van("Anna")
    page = anna.page
    anna.opens_pole("OX-00")
    page.get_by_role("button", name="På plats", exact=True).tap()
    page.get_by_text("Orsak, delar och anteckning").tap()
    page.locator("#note").fill("Vatten i luckan")
    until(page, "(await (await import('/static/js/van_store.js')).all('drafts')).some(({ note }) => note)")
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        leaves(anna)
    expect(page.locator("#note")).to_have_value("Vatten i luckan")
    assert asked.value.message.startswith(
        "Det som är skrivet på ärenden som inte är avslutade försvinner ur telefonen. Antal ärenden: 1."
    )
    page.once("dialog", lambda dialog: dialog.accept())
    leaves(anna)
    expect(page.locator("#email")).to_be_visible()


def test_whoever_is_signed_out_already_empties_the_phone_by_signing_out(
    town: Scene, in_the_van: Callable[[str], Technician]
) -> None:
    lamps(town, 2)
    anna = in_the_van("Anna")
    anna.page.context.clear_cookies()
    leaves(anna)
    expect(anna.page.locator("#email")).to_be_visible()
    assert anna.page.evaluate(KEPT) == [0, 0]
