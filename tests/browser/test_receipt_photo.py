"""A photo that is added to a receipt: kept until the server has it, sent once, and said in words when it could not be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Live
from tests.browser.phones import ALLOWED, Phone, file_of
from tests.builders import Scene, jpeg


@pytest.fixture
def phone(town: Scene, person: Callable[..., Page]) -> Phone:
    """Somebody who has just sent a report and stands on its receipt."""
    phone = Phone(person(**ALLOWED))
    phone.comes_to_the_last_question()
    phone.sends()
    phone.page.wait_for_url("**/r/*")
    phone.page.get_by_text("Lägg till foto").click()
    phone.adds_a_photo(jpeg(900, 600))
    return phone


def status(phone: Phone) -> str:
    return phone.page.locator("[data-add-photo] [data-photo-status]").text_content() or ""


def test_a_photo_that_was_chosen_for_a_receipt_is_there_when_one_comes_back(phone: Phone) -> None:
    phone.keeps_at_last("receipts", lambda kept: len(kept[0]["photos"]) == 1)
    phone.page.reload()
    expect(phone.page.locator("[data-previews] img")).to_have_count(1)
    phone.tap(phone.button("Skicka foto"))
    expect(phone.page.locator("ul.photos img")).to_have_count(1)
    assert phone.keeps("receipts")[0]["photos"] == []


def test_without_coverage_the_photo_of_a_receipt_stays_and_that_is_said(phone: Phone) -> None:
    phone.loses_coverage()
    phone.tap(phone.button("Skicka foto"))
    expect(phone.page.locator("[data-add-photo] [data-photo-status]")).to_contain_text("Fotot finns kvar här")
    expect(phone.button("Skicka foto")).to_be_enabled()
    phone.gets_coverage()
    phone.tap(phone.button("Skicka foto"))
    expect(phone.page.locator("ul.photos img")).to_have_count(1)


def test_a_page_that_lay_open_too_long_sends_no_photo_twice_and_loses_none(phone: Phone) -> None:
    sent: list[Request] = []
    phone.page.on("request", lambda asked: sent.append(asked) if asked.method == "POST" else None)
    phone.context.clear_cookies()
    phone.tap(phone.button("Skicka foto"))
    expect(phone.page.locator("[data-add-photo] [data-photo-status]")).to_contain_text("Ladda om sidan om en stund")
    assert len(sent) == 1
    phone.page.reload()
    expect(phone.page.locator("[data-previews] img")).to_have_count(1)
    phone.tap(phone.button("Skicka foto"))
    expect(phone.page.locator("ul.photos img")).to_have_count(1)


def test_pressing_send_twice_sends_a_photo_once(phone: Phone) -> None:
    sent: list[Request] = []
    phone.page.on("request", lambda asked: sent.append(asked) if asked.url.endswith("/photos") else None)
    phone.page.evaluate("""() => {
      const $send = document.querySelector("[data-add-photo] [data-send]");
      $send.click();
      $send.click();
    }""")
    expect(phone.page.locator("ul.photos img")).to_have_count(1)
    assert len([asked for asked in sent if asked.method == "POST"]) == 1


def test_why_the_server_did_not_keep_a_photo_is_said_beside_it(
    phone: Phone, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live.app.extensions["ljuspunkt"].photo_store, "has_room", lambda: False)
    phone.tap(phone.button("Skicka foto"))
    expect(phone.page.locator("[data-add-photo] [data-photo-status]")).to_contain_text("Vi har ont om plats")
    expect(phone.page.locator("[data-previews] img")).to_have_count(1)


def test_a_file_that_is_no_photo_takes_no_photos_place_among_several(phone: Phone) -> None:
    files = [
        file_of(b"%PDF-1.4 not a photo", "d.pdf"),
        file_of(jpeg(300, 200), "a.jpg"),
        file_of(jpeg(310, 200), "b.jpg"),
        file_of(jpeg(320, 200), "c.jpg"),
    ]
    phone.page.locator("#photos").set_input_files(files)
    expect(phone.page.locator("[data-previews] img")).to_have_count(3)
    said = status(phone)
    assert "d.pdf: Filen är inte ett foto" in said
    assert "Högst tre foton" in said
