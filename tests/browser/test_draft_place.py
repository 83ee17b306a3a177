"""Where a report is, when it was begun before or typed by hand: nothing old and nothing unread is sent unseen."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.base import db
from app.models.reports import Report
from tests.browser.conftest import Live
from tests.browser.phones import ALLOWED, Phone
from tests.builders import Scene

AGE_THE_DRAFT = """async ([hours]) => {
  const { get, write } = await import("/static/js/phone_store.js");
  const draft = await get("drafts", "report");
  await write(["drafts", "put", { ...draft, at: draft.at - hours * 3600000, placed_at: draft.placed_at - hours * 3600000 }]);
}"""


def test_an_old_place_is_never_sent_unseen_and_what_the_phone_found_by_itself_is_no_draft(
    town: Scene, person: Callable[..., Page]
) -> None:
    phone = Phone(person(**ALLOWED))
    page, status, lat = phone.page, phone.page.locator("[data-place-status]"), phone.page.locator("[name=lat]")
    page.goto("/report")
    expect(status).to_contain_text("± 18")
    page.wait_for_timeout(400)
    assert phone.keeps("drafts") == []
    phone.context.set_geolocation({"latitude": 56.69, "longitude": 16.34, "accuracy": 8})
    page.goto("/report")
    expect(status).to_contain_text("± 8")
    assert lat.input_value() == "56.6900000"
    expect(page.locator("[data-draft-note]")).to_be_hidden()
    phone.tap(phone.button("Nästa"))
    phone.tap(page.locator("#c-lamp_out"))
    assert phone.keeps_at_last("drafts", lambda kept: bool(kept and kept[0]["fields"].get("categories")))
    page.goto("/mine")
    expect(page.locator("section[data-drafts] li")).to_have_count(1)
    page.evaluate(AGE_THE_DRAFT, [3])
    page.goto("/report")
    expect(page.locator("[data-draft-place]")).to_contain_text("Platsen du valde för 3 timmar sedan finns kvar")
    phone.button("Byt plats").click()
    expect(status).to_contain_text("för 3 timmar sedan")
    phone.context.set_geolocation({"latitude": 56.68, "longitude": 16.34, "accuracy": 9})
    phone.button("Använd min position").click()
    expect(status).to_contain_text("± 9")
    expect(page.locator("[data-draft-place]")).to_be_hidden()
    page.wait_for_timeout(400)
    page.goto("/mine")
    page.evaluate(AGE_THE_DRAFT, [25])
    phone.context.set_geolocation({"latitude": 56.67, "longitude": 16.34, "accuracy": 7})
    page.goto("/report")
    expect(page.locator("[data-draft-text]")).to_contain_text("utom platsen")
    expect(status).to_contain_text("± 7")
    expect(page.locator("#c-lamp_out")).to_be_checked()
    phone.button("Börja om").click()
    expect(page.locator("[data-draft-note]")).to_be_hidden()
    expect(status).to_contain_text("± 7")
    assert phone.keeps_at_last("drafts", lambda kept: kept == []) == []


def test_a_typed_position_may_have_a_comma_and_one_that_cannot_be_read_is_said_beside_its_field(
    live: Live, town: Scene, person: Callable[..., Page]
) -> None:
    phone = Phone(person())
    phone.page.goto("/report")
    phone.page.locator("[data-other-ways] summary").click()
    phone.page.locator("#lat").fill("56,676x")
    phone.page.locator("#lon").fill("16,335")
    for _ in range(3):
        phone.tap(phone.button("Nästa"))
        if phone.page.locator("#c-lamp_out").is_visible():
            phone.page.locator("#c-lamp_out").click()
    phone.sends()
    expect(phone.page.locator("[data-other-ways] #lat-error")).to_have_text(
        "Platsen gick inte att läsa. Välj den igen."
    )
    expect(phone.page.locator("[data-place-status]")).to_have_text("Ingen plats är vald än.")
    phone.page.locator("#lat").fill("56,676")
    phone.page.locator("#lat").blur()
    expect(phone.page.locator("[data-place-status]")).to_contain_text("Platsen är vald.")
    for _ in range(3):
        phone.tap(phone.button("Nästa"))
    phone.sends()
    expect(phone.page).to_have_url(re.compile("/r/"))
    with live.app.app_context():
        (report,) = db.session.scalars(select(Report))
        assert (report.lat, report.lon) == (56.676, 16.335)


def test_a_question_that_is_not_answered_says_so_at_once_and_no_longer_than_it_is_true(
    town: Scene, person: Callable[..., Page]
) -> None:
    phone = Phone(person(permissions=[]))
    page, errors = phone.page, phone.page.locator("p.error")
    page.goto("/report")
    page.wait_for_load_state("networkidle")
    phone.button("Nästa").click()
    expect(errors).to_contain_text("Välj var det är")
    page.evaluate("document.querySelector('#lat').value = '56.676'; document.querySelector('#lon').value = '16.335'")
    page.locator("[data-report-form]").dispatch_event("change")
    expect(errors).to_have_count(0)
    phone.button("Nästa").click()
    phone.button("Nästa").click()
    expect(errors).to_have_count(1)
    page.locator("#c-lamp_out").check(force=True)
    expect(errors).to_have_count(0)
    phone.button("Nästa").click()
    expect(page.locator("#s-2")).to_be_visible()
