"""The phone in the dark: one tap, no coverage, nothing lost, and everything said in words."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from app.models.base import db
from app.models.photos import Photo
from app.models.reports import Report
from tests.browser.conftest import Live, at_last
from tests.browser.phones import ALLOWED, Phone, camera_photo, file_of
from tests.builders import Scene, jpeg

People = Callable[..., Page]
GOES_AWAY_AT_THE_SIGHT_OF_IT = """() => {
  const $previews = document.querySelector("[data-previews]");
  new MutationObserver(() => { if ($previews.querySelector("img")) location.reload(); }).observe($previews, { childList: true });
}"""


@pytest.fixture
def phone(town: Scene, person: People) -> Phone:
    """Somebody's phone, which may know where it is."""
    return Phone(person(**ALLOWED))


def rows(live: Live) -> list[Report]:
    with live.app.app_context():
        return list(db.session.scalars(select(Report)))


def test_a_place_is_saved_with_one_tap_without_coverage_and_finished_at_home(live: Live, phone: Phone) -> None:
    phone.page.add_init_script("navigator.vibrate = (how) => Boolean((window.felt ??= []).push(how));")
    phone.visits_once()
    phone.loses_coverage()
    phone.page.goto("/")
    phone.tap(phone.button("Spara platsen – fyll i hemma"))
    expect(phone.page.locator("[data-save-status]")).to_contain_text("± 18 m")
    assert phone.page.evaluate("window.felt") == [80, [60, 60, 60]]  # without looking: first kept, then with its place
    assert phone.taps == 1
    home = Phone(phone.context.new_page())
    phone.page.close()
    home.gets_coverage()
    home.page.goto("/mine")
    home.page.get_by_role("link", name="Fyll i").click()
    home.tap(home.button("Nästa"))
    home.tap(home.page.locator("#c-no_lamp"))
    home.tap(home.button("Nästa"))
    home.tap(home.page.locator("#s-1"))
    home.sends()
    expect(home.page).to_have_url(re.compile("/r/"))
    (report,) = rows(live)
    assert (report.method, round(report.lat, 3), report.accuracy_m) == ("gps", 56.676, 18.0)
    home.page.goto("/mine")
    expect(home.page.locator("[data-saved-places]")).to_be_hidden()


def test_after_one_visit_a_report_is_made_without_coverage_and_sends_itself_later(live: Live, phone: Phone) -> None:
    phone.visits_once()
    phone.loses_coverage()
    cold = Phone(phone.context.new_page())
    phone.page.close()
    cold.comes_to_the_last_question()
    cold.adds_a_photo(jpeg(900, 600))
    cold.page.reload()
    expect(cold.page.locator("[data-draft-note]")).to_be_visible()
    cold.sends()
    expect(cold.page.get_by_role("heading", name="Sparad i telefonen")).to_be_visible()
    expect(cold.page.locator("[data-draft-note]")).to_be_hidden()
    expect(cold.page.locator("[data-mine]")).to_have_text("I telefonen (1 väntar)")
    cold.page.goto("/r/some-receipt-that-needs-a-network")
    expect(cold.page.locator("h1")).to_have_text("Ingen täckning")
    assert rows(live) == []
    cold.gets_coverage()
    cold.page.goto("/mine")
    expect(cold.page.locator("[data-receipts] a")).to_have_count(1)
    assert len(rows(live)) == 1
    with live.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Photo).where(Photo.report_id.is_not(None))) == 1


def test_the_browser_wakes_the_phone_to_send_with_every_page_closed(live: Live, phone: Phone) -> None:
    phone.visits_once()
    wakes = []
    session = phone.context.new_cdp_session(phone.page)
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: wakes.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    phone.loses_coverage()
    phone.comes_to_the_last_question()
    phone.sends()
    expect(phone.page.get_by_role("heading", name="Sparad i telefonen")).to_be_visible()
    phone.page.goto("about:blank")
    phone.gets_coverage()
    assert rows(live) == []
    wake = {"origin": live.address, "registrationId": wakes[-1]["registrationId"], "tag": "outbox", "lastChance": True}
    session.send("ServiceWorker.dispatchSyncEvent", wake)
    at_last(phone.page, lambda: bool(rows(live)))
    assert len(rows(live)) == 1
    phone.page.goto("/mine")  # what was sent while no page was open is not said to be lost
    expect(phone.page.locator("[data-receipts] a")).to_have_count(1)
    expect(phone.page.get_by_text("Webbläsaren har rensat")).to_have_count(0)


def test_a_report_takes_at_most_six_taps_and_with_a_photo_at_most_nine(live: Live, phone: Phone) -> None:
    for with_photo, most in ((False, 6), (True, 9)):
        phone.taps = 0
        phone.page.goto("/")
        phone.tap(phone.page.get_by_role("link", name="Rapportera en plats"))
        expect(phone.page.locator("[data-place-status]")).to_contain_text("± 18")
        phone.tap(phone.button("Nästa"))
        phone.tap(phone.page.locator("#c-lamp_out"))
        phone.tap(phone.button("Nästa"))
        phone.tap(phone.page.locator("#s-2"))
        if with_photo:
            with phone.page.expect_file_chooser() as chooser:
                phone.tap(phone.button("Ta foto"))
            chooser.value.set_files([file_of(jpeg(900, 600))])
            expect(phone.page.locator("[data-previews] img")).to_have_count(1)
            phone.tap(phone.button("Nej"))
        phone.sends()
        expect(phone.page).to_have_url(re.compile("/r/"))
        assert phone.taps <= most
    assert len(rows(live)) == 2


def test_a_photo_that_one_sees_is_kept_though_the_page_goes_away_in_that_moment(phone: Phone) -> None:
    phone.comes_to_the_last_question()
    phone.page.evaluate(GOES_AWAY_AT_THE_SIGHT_OF_IT)
    with phone.page.expect_navigation():
        phone.page.locator("#photos").set_input_files([file_of(camera_photo())])
    expect(phone.page.locator("[data-previews] img")).to_have_count(1)
    (draft,) = phone.keeps("drafts")
    assert len(draft["photos"]) == 1


def test_closing_the_browser_in_the_middle_loses_neither_words_nor_photos_nor_the_question(phone: Phone) -> None:
    phone.comes_to_the_last_question()
    phone.adds_a_photo(jpeg(900, 600))
    phone.page.get_by_text("Vill du berätta mer?").click()
    phone.page.locator("#text").fill("Mörkt bakom skolan")
    phone.page.locator("#text").blur()
    expect(phone.page.locator("html")).to_have_attribute("data-touched", "kept")
    phone.keeps_at_last("drafts", lambda kept: any(draft["fields"].get("text") for draft in kept))
    again = Phone(phone.context.new_page())
    phone.page.close()
    again.page.goto("/report")
    expect(again.page.locator("[data-draft-text]")).to_have_text(
        "Det du började på finns kvar. Fortsätt, eller börja om."
    )
    expect(again.button("Skicka rapporten")).to_be_visible()
    expect(again.page.locator("#text")).to_have_value("Mörkt bakom skolan")
    expect(again.page.locator("[data-previews] img")).to_have_count(1)
    again.button("Börja om").click()
    expect(again.page.locator("[data-draft-note]")).to_be_hidden()
    assert again.keeps_at_last("drafts", lambda kept: kept == []) == []


def is_painted(photo: bytes) -> bool:
    """Say whether the two strokes are burned in and the one that was taken back is not."""
    picture = Image.open(io.BytesIO(photo)).convert("L")
    by_keyboard = picture.getpixel((int(800 * 0.54), 300)) < 20
    between_the_ends = picture.getpixel((int(800 * 0.2), 60)) < 20
    undone = picture.getpixel((int(800 * 0.54), 396)) > 235
    return by_keyboard and between_the_ends and undone


def test_a_photo_leaves_the_phone_small_without_metadata_and_its_place_is_only_offered(
    live: Live, phone: Phone
) -> None:
    phone.visits_once()
    phone.loses_coverage()
    phone.comes_to_the_last_question()
    phone.adds_a_photo(camera_photo(at=(16.3390, 56.6780)))
    expect(phone.page.locator("[data-photo-offer] p")).to_contain_text("meter från platsen du valde")
    phone.page.locator("[data-photo-offer] [data-no]").click()
    phone.sends()
    expect(phone.page.get_by_role("heading", name="Sparad i telefonen")).to_be_visible()
    (waiting,) = phone.keeps("outbox")
    (photo,) = waiting["photos"]
    assert len(photo) <= 400_000
    assert b"Exif" not in photo
    assert b"stranger" not in photo
    assert max(Image.open(io.BytesIO(photo)).size) <= 1600
    assert waiting["fields"]["lat"] == ["56.6760000"]


def test_there_is_nothing_to_clear_on_a_phone_that_keeps_nothing(phone: Phone) -> None:
    phone.page.goto("/mine")
    expect(phone.page.get_by_text("Ingenting är sparat i telefonen.")).to_be_visible()
    expect(phone.page.locator("[data-clear]")).to_be_hidden()


def test_a_file_that_is_no_photo_is_named_and_takes_no_photos_place(phone: Phone) -> None:
    phone.comes_to_the_last_question()
    letters, nothing = b"Dear municipality, this is a letter.", b""
    files = [
        {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": data}
        for name, data in (("brev", letters), ("tom", nothing))
    ]
    phone.page.locator("#photos").set_input_files(
        [*files, {"name": "mast.jpg", "mimeType": "image/jpeg", "buffer": jpeg(900, 600)}]
    )
    status = phone.page.locator("[data-photo-status]")
    expect(status).to_contain_text("brev.jpg: Filen är inte ett foto")
    expect(status).to_contain_text("tom.jpg: Filen är inte ett foto")
    expect(phone.page.locator("[data-previews] figure")).to_have_count(1)


def test_a_photos_own_place_is_taken_when_the_person_says_so(phone: Phone) -> None:
    phone.comes_to_the_last_question()
    phone.adds_a_photo(camera_photo(at=(16.3390, 56.6780)))
    phone.page.locator("[data-photo-offer] [data-yes]").click()
    assert phone.page.locator("[name=lat]").input_value().startswith("56.678")
    assert phone.page.locator("[name=method]").input_value() == "pin"


def test_a_photo_that_the_server_had_no_room_for_waits_on_the_phone_and_is_sent_with_one_tap(
    live: Live, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.comes_to_the_last_question()
    phone.adds_a_photo(jpeg(900, 600))
    with monkeypatch.context() as full:
        full.setattr(live.app.extensions["ljuspunkt"].photo_store, "has_room", lambda: False)
        phone.sends()
        expect(phone.page.locator("[data-outcome=sent]")).to_contain_text("Vi har ont om plats")
    phone.page.goto("/mine")
    phone.page.get_by_role("link", name="Försök igen").click()
    expect(phone.page.locator("[data-previews] img")).to_have_count(1)
    phone.tap(phone.button("Skicka foto"))
    expect(phone.page.locator("ul.photos img")).to_have_count(1)
    expect(phone.page.locator("[data-previews] img")).to_have_count(0)
    assert phone.keeps("receipts")[0]["photos"] == []


def test_people_are_painted_over_by_keyboard_and_by_finger_and_undone(phone: Phone) -> None:
    phone.comes_to_the_last_question()
    phone.adds_a_photo(jpeg(800, 600, "white"))
    phone.button("Ja, måla över").click()
    canvas = phone.page.locator("[data-paint] canvas")
    expect(canvas).to_be_focused()
    for key in ("ArrowRight", "Space", "ArrowDown", "ArrowDown", "ArrowDown", "Space"):
        phone.page.keyboard.press(key)
    expect(phone.page.locator("[data-paint-status]")).to_contain_text("Målat.")
    phone.button("Ångra").click()
    expect(phone.page.locator("[data-paint-status]")).to_have_text("Det senaste är ångrat.")
    box = canvas.bounding_box()
    assert box is not None
    phone.page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1)
    phone.page.mouse.down()
    phone.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.1)
    phone.page.mouse.up()
    phone.button("Klar").click()
    expect(phone.page.locator("[data-photo-status]")).to_have_text("Fotot är övermålat.")
    phone.keeps_at_last("drafts", lambda kept: len(kept) == 1 and is_painted(kept[0]["photos"][0]))
    (draft,) = phone.keeps("drafts")
    assert is_painted(draft["photos"][0])


def test_urgent_words_open_a_panel_with_112_and_it_can_be_sent_anyway(live: Live, phone: Phone) -> None:
    phone.comes_to_the_last_question()
    phone.page.get_by_text("Vill du berätta mer?").click()
    phone.page.locator("#text").fill("Det är någon som JAGAR mig")
    phone.sends()
    panel = phone.page.get_by_role("dialog", name="Händer det nu? Ring 112")
    expect(panel.get_by_role("link", name="Ring 112")).to_be_visible()
    panel.get_by_role("button", name="Tillbaka").click()
    assert rows(live) == []
    phone.sends()
    panel.get_by_role("button", name="Skicka ändå").click()
    expect(phone.page).to_have_url(re.compile("/r/"))
    assert rows(live)[0].text == "Det är någon som JAGAR mig"


def test_what_the_server_refuses_stands_beside_its_field_and_can_be_mended(live: Live, phone: Phone) -> None:
    phone.comes_to_the_last_question()
    phone.page.get_by_text("Vill du ha svar?").click()
    phone.page.locator("#contact").fill("inte en adress")
    phone.sends()
    expect(phone.page.locator("#contact-error")).to_contain_text("Skriv en e-postadress")
    expect(phone.page.locator("#contact")).to_have_attribute("aria-invalid", "true")
    phone.page.locator("#contact").fill("anna@example.se")
    phone.sends()
    expect(phone.page).to_have_url(re.compile("/r/"))
    assert len(rows(live)) == 1


def test_what_was_refused_while_nobody_looked_waits_to_be_mended(live: Live, phone: Phone) -> None:
    phone.visits_once()
    phone.loses_coverage()
    phone.comes_to_the_last_question()
    phone.page.get_by_text("Vill du ha svar?").click()
    phone.page.locator("#contact").fill("inte en adress")
    phone.sends()
    expect(phone.page.get_by_role("heading", name="Sparad i telefonen")).to_be_visible()
    phone.gets_coverage()
    phone.page.goto("/mine")
    expect(phone.page.locator("section[data-waiting]")).to_contain_text("Skriv en e-postadress")
    phone.page.get_by_role("link", name="Ändra och skicka igen").click()
    expect(phone.page.locator("#contact-error")).to_be_visible()
    phone.page.locator("#contact").fill("")
    phone.sends()
    expect(phone.page).to_have_url(re.compile("/r/"))
    assert len(rows(live)) == 1


REFUSALS = (
    (409, "Vi har redan en rapport med det här numret"),
    (413, "Det är för mycket att ta emot"),
    (429, "Det har kommit många försök på kort tid"),
    (503, "Vi kan inte ta emot just nu"),
    (507, "Vi har ont om plats just nu"),
)


@pytest.mark.parametrize(("status", "sentence"), REFUSALS, ids=[str(s) for s, _ in REFUSALS])
def test_whatever_the_server_answers_ends_in_a_sentence_and_nothing_is_lost(
    town: Scene, person: People, status: int, sentence: str
) -> None:
    phone = Phone(person(**ALLOWED, service_workers="block"))

    def answer(route: Route) -> None:
        route.fulfill(status=status, content_type="application/problem+json", body="{}", headers={"Retry-After": "60"})

    phone.page.route("**/api/v1/reports", answer)
    phone.comes_to_the_last_question()
    phone.sends()
    expect(phone.page.get_by_text(sentence)).to_be_visible()
    kept = len(phone.keeps("outbox")) + len(phone.keeps("drafts"))
    assert kept == 1


def test_a_waiting_report_can_be_taken_back_and_everything_can_be_cleared(phone: Phone) -> None:
    phone.visits_once()
    phone.loses_coverage()
    for _ in range(2):
        phone.comes_to_the_last_question()
        phone.sends()
        expect(phone.page.get_by_role("heading", name="Sparad i telefonen")).to_be_visible()
    phone.page.goto("/mine")
    expect(phone.page.locator("section[data-waiting] li")).to_have_count(2)
    phone.button("Ta bort").first.click()
    expect(phone.page.locator("section[data-waiting] li")).to_have_count(1)
    phone.button("Rensa mina rapporter i telefonen").click()
    expect(phone.page.locator("[data-phone-status]")).to_have_text("Ingenting är sparat i telefonen längre.")
    left = phone.page.evaluate("async () => [(await caches.keys()).length, localStorage.length, document.cookie]")
    assert left == [0, 0, ""]
    assert [phone.keeps(name) for name in ("outbox", "drafts", "places", "receipts", "facts")] == [[], [], [], [], []]


def test_a_second_tab_is_told_that_the_report_is_open_in_the_first(phone: Phone) -> None:
    phone.comes_to_the_last_question()
    second = phone.context.new_page()
    second.goto("/report")
    expect(second.locator("[data-draft-text]")).to_contain_text("öppen i en annan flik")


def test_a_full_phone_sends_at_once_and_says_why_it_did_not_keep(live: Live, town: Scene, person: People) -> None:
    phone = Phone(person(**ALLOWED))
    phone.page.add_init_script(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('no room', 'QuotaExceededError'); };"
    )
    phone.comes_to_the_last_question()
    expect(phone.page.locator("[data-draft-text]")).to_contain_text("Telefonen har ont om plats")
    phone.loses_coverage()
    phone.sends()
    expect(phone.page.locator("[data-send-status]")).to_contain_text("Telefonen är full")
    expect(phone.page.locator("[data-send-status]")).to_contain_text("Stanna kvar på sidan")
    phone.gets_coverage()
    phone.sends()
    expect(phone.page).to_have_url(re.compile("/r/"))
    assert len(rows(live)) == 1


def test_a_phone_whose_storage_was_cleared_says_how_many_reports_are_gone(phone: Phone) -> None:
    phone.visits_once()
    phone.page.evaluate("document.cookie = 'waiting=2; path=/'")
    phone.page.goto("/")
    expect(phone.page.locator("main .note.wait")).to_contain_text("Antal rapporter som väntade och är borta: 2.")
