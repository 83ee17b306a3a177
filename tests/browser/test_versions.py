"""The phone and a newer version of the service: it takes over by itself, and nothing begun is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import until
from tests.browser.phones import ALLOWED, Phone
from tests.builders import Scene

ONLY_THE_NEWER = (
    "(await caches.keys()).filter((n) => n.startsWith('phone-')).sort().join() === 'phone-a-newer-one,phone-data'"
)


@pytest.fixture
def phone(town: Scene, person: Callable[..., Page]) -> Phone:
    """Somebody's phone, which may know where it is."""
    return Phone(person(**ALLOWED))


def test_a_page_older_than_what_the_phone_keeps_asks_to_be_loaded_again(phone: Phone) -> None:
    phone.page.goto("/about")
    phone.page.evaluate("""() => new Promise((resolve) => {
      const opening = indexedDB.open("ljuspunkt", 99);
      opening.onsuccess = () => { opening.result.close(); resolve(); };
    })""")
    phone.page.goto("/report")
    phone.page.locator("#text").evaluate("(field) => field.dispatchEvent(new Event('input', { bubbles: true }))")
    expect(phone.page.locator("[data-draft-text]")).to_contain_text("Ladda om sidan")
    phone.page.goto("/mine")
    expect(phone.page.locator("[data-phone-status]")).to_contain_text("Ladda om sidan")


def test_a_new_version_takes_over_by_itself_and_the_draft_is_still_there(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.visits_once()
    phone.comes_to_the_last_question()
    phone.keeps_at_last("drafts", lambda kept: any(draft["fields"].get("severity") for draft in kept))
    monkeypatch.setattr("app.web.shell.version", lambda: "a-newer-one")
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then((r) => r.update())")
    phone.page.goto("/")
    until(phone.page, ONLY_THE_NEWER)
    expect(phone.page.locator("h1")).to_be_visible()
    phone.page.goto("/report")
    expect(phone.button("Skicka rapporten")).to_be_visible()
    expect(phone.page.locator("#c-lamp_out")).to_be_checked()


def test_a_tap_is_not_lost_when_a_new_version_takes_over_at_the_same_moment(phone: Phone) -> None:
    phone.visits_once()
    phone.page.goto("/report")
    expect(phone.page.locator("[data-place-status]")).to_contain_text("± 18")
    phone.page.wait_for_timeout(1000)  # it has begun to look after versions
    phone.page.evaluate("""() => {
      document.querySelector("[data-go=next]").click();
      navigator.serviceWorker.dispatchEvent(new Event("controllerchange"));
    }""")
    phone.page.wait_for_timeout(1000)
    expect(phone.page.locator("#c-lamp_out")).to_be_visible()
