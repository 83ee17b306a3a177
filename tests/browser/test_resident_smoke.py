"""The report page in a real browser: with and without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from app.models.base import db
from app.models.districts import NamedPlace
from tests.browser.conftest import Live
from tests.builders import Scene


def test_a_report_without_javascript_reaches_its_receipt(live: Live, town: Scene, person) -> None:
    place = _named_place(town)
    page: Page = person(java_script_enabled=False)
    page.goto("/report")
    page.get_by_text("Utan karta").click()
    page.get_by_label("Välj i listan").select_option(label=place)
    page.get_by_label("Släckt lampa").check(force=True)
    page.get_by_role("button", name="Skicka rapporten").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Din rapport")


def test_one_question_a_screen_and_the_phone_tells_the_place(live: Live, town: Scene, person) -> None:
    page: Page = person(
        geolocation={"latitude": 56.676, "longitude": 16.335, "accuracy": 18}, permissions=["geolocation"]
    )
    page.goto("/report")
    expect(page.get_by_text("± 18 meter")).to_be_visible()
    page.get_by_role("button", name="Nästa").click()
    page.get_by_label("Släckt lampa").check(force=True)
    for _ in range(2):
        page.get_by_role("button", name="Nästa").click()
    page.get_by_role("button", name="Skicka rapporten").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Din rapport")


def _named_place(town: Scene) -> str:

    db.session.add(
        NamedPlace(
            name="Oxhagstorget",
            lon=16.335,
            lat=56.676,
            district_id=town.oxhagen.id,
            created_at=town.now,
            updated_at=town.now,
        )
    )
    db.session.commit()
    return "Oxhagstorget"
