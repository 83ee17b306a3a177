"""Every page, for everybody: axe finds nothing, nothing is wider than the screen, every page says what it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from app.models.base import db
from app.models.districts import NamedPlace
from app.services import grouping, measures, walks
from app.services.ticket_steps import Fault, open_ticket
from tests.adapters.pictures import HEIC
from tests.browser.conftest import DESK, PHONE, Live
from tests.browser.people import Staff
from tests.browser.phones import ALLOWED, Phone
from tests.builders import Scene, jpeg

PUBLIC = (
    "/",
    "/report",
    "/mine",
    "/offline",
    "/places",
    "/map",
    "/districts/oxhagen",
    "/about",
    "/privacy",
    "/repairs",
    "/accessibility",
    "/login",
    "/no-such-page",
)
DESK_PAGES = (
    "/coordinator/", "/coordinator/inbox", "/coordinator/reports/1", "/coordinator/dark-spots", "/coordinator/dark-spots/1",
    "/coordinator/districts/oxhagen", "/coordinator/walks", "/coordinator/walks/new?district=1", "/coordinator/walks/1",
    "/coordinator/plans", "/coordinator/measures/1", "/coordinator/funding", "/coordinator/tickets", "/coordinator/tickets/1",
    "/coordinator/contractors", "/coordinator/tickets/numbers", "/coordinator/municipality", "/coordinator/editions",
)  # fmt: skip
VAN_PAGES = ("/technician/", "/technician/tickets/1", "/technician/night-check")


@pytest.fixture
def busy_town(town: Scene) -> Scene:
    """A municipality with something on every page."""
    town.reports_at(4, text="Mörkt vid tunneln")
    lamp = town.lamp()
    place = NamedPlace(
        name="Oxhagstorget",
        lon=16.335,
        lat=56.676,
        district_id=town.oxhagen.id,
        created_at=town.now,
        updated_at=town.now,
    )
    db.session.add(place)
    db.session.commit()
    grouping.rebuild(now=town.now)
    sara = town.coordinator()
    desk = walks.Desk(sara, town.now)
    walks.create(
        town.oxhagen.id,
        walks.Evening(date(2026, 12, 2), time(18)),
        walks.Meeting("Biblioteket", place.id),
        walks.Chosen([1]),
        desk=desk,
    )
    terms = measures.Terms(
        "lighting_repair",
        "Laga lampan",
        town.lighting_unit.id,
        "",
        date(2026, 12, 18),
        None,
        None,
        None,
        quick_win=False,
        plan_id=None,
    )
    measures.create(1, None, terms, desk=measures.Desk(sara, town.now, town.now.date()))
    open_ticket(
        Fault("B01", lamp.lon, lamp.lat, lamp=lamp),
        [],
        actor=sara,
        report_actor=sara,
        now=town.now,
        today=town.now.date(),
    )
    db.session.commit()
    town.technician()
    return town


def problems(page: Page, address: str) -> list[str]:
    """Return what axe, the screen's width and the page's own name have to say."""
    answer = page.goto(address)
    found = (
        []
        if answer and answer.status in {200, 404}
        else [f"{address}: answers {answer.status if answer else 'nothing'}"]
    )
    for violation in Axe().run(page).response["violations"]:
        where = violation["nodes"][0]["target"]
        found.append(f"{address}: {violation['id']} ({violation['impact']}) {where}")
    if page.evaluate(
        "Math.max(document.documentElement.scrollWidth, document.querySelector('main').scrollWidth) > innerWidth"
    ):
        found.append(f"{address}: wider than {page.viewport_size['width']} px")  # type: ignore[index]
    if page.locator("h1").count() != 1:
        found.append(f"{address}: has {page.locator('h1').count()} main headings")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_residents_meet_no_barrier_on_a_phone_in_light_or_dark(
    busy_town: Scene, person: Callable[..., Page], scheme: str
) -> None:
    page = person(PHONE, color_scheme=scheme)
    page.goto(f"/?theme={scheme}")
    pages = (*PUBLIC, f"/r/{busy_town.last_receipt}")
    assert [p for address in pages for p in problems(page, address)] == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_coordinator_meets_no_barrier(
    busy_town: Scene, person: Callable[..., Page], viewport: dict[str, int]
) -> None:
    sara = Staff(person(viewport), "coordinator@kalmar.example")
    sara.signs_in()
    assert [p for address in DESK_PAGES for p in problems(sara.page, address)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_technician_meets_no_barrier_in_sun_or_night(
    busy_town: Scene, person: Callable[..., Page], scheme: str
) -> None:
    tove = Staff(person(PHONE, color_scheme=scheme), "technician@kalmar.example")
    tove.signs_in()
    assert [p for address in VAN_PAGES for p in problems(tove.page, address)] == []


def barriers(page: Page, where: str) -> list[str]:
    """Return what axe has to say about a page as it stands."""
    return [f"{where}: {v['id']} {v['nodes'][0]['target']}" for v in Axe().run(page).response["violations"]]


def test_no_state_that_the_phone_can_be_in_is_a_barrier(busy_town: Scene, person: Callable[..., Page]) -> None:
    phone, found = Phone(person(PHONE, **ALLOWED, color_scheme="dark")), []
    page = phone.page
    phone.visits_once()
    phone.loses_coverage()
    phone.tap(phone.button("Spara platsen – fyll i hemma"))
    expect(page.locator("[data-save-status]")).to_contain_text("± 18 m")
    found += barriers(page, "a saved place")
    page.goto("/r/needs-a-network")
    found += barriers(page, "no coverage")
    phone.comes_to_the_last_question()
    page.locator("#photos").set_input_files([{"name": "a.heic", "mimeType": "image/heic", "buffer": HEIC}])
    expect(page.get_by_text("Telefonen kan inte visa fotot. Det skickas som det är")).to_be_visible()
    phone.adds_a_photo(jpeg(800, 600))
    found += barriers(page, "two photos, one that cannot be shown")
    phone.button("Ja, måla över").click()
    found += barriers(page, "painting over")
    phone.button("Klar").click()
    page.get_by_text("Vill du berätta mer?").click()
    page.locator("#text").fill("Någon jagar mig")
    page.get_by_text("Vill du ha svar?").click()
    page.locator("#contact").fill("ingen adress")
    phone.sends()
    found += barriers(page, "the 112 panel")
    phone.button("Skicka ändå").click()
    expect(page.get_by_role("heading", name="Sparad i telefonen")).to_be_visible()
    found += barriers(page, "kept")
    page.goto("/mine")
    expect(phone.button("Skicka nu")).to_be_visible()
    found += barriers(page, "waiting")
    phone.gets_coverage()
    expect(page.get_by_role("link", name="Ändra och skicka igen")).to_be_visible()
    found += barriers(page, "refused")
    page.get_by_role("link", name="Ändra och skicka igen").click()
    expect(page.locator("#contact-error")).to_be_visible()
    page.locator("#contact").fill("")
    page.route("**/api/v1/reports", told_of_a_photo)
    phone.sends()
    phone.button("Skicka ändå").click()
    expect(page.get_by_role("heading", name="Rapporten är skickad")).to_be_visible()
    found += barriers(page, "sent, with a word about a photo")
    page.get_by_role("link", name="Till ditt kvitto").click()
    expect(page.locator("ul.photos img")).to_have_count(2)  # what the phone could not read, the server could
    page.wait_for_function(
        """() => {
            const asked = new Event("beforeinstallprompt");
            asked.prompt = () => { window.asked = true; };
            dispatchEvent(asked);  // until the script that waits for it is there
            return !document.querySelector("[data-install]").hidden;
        }"""
    )
    found += barriers(page, "the card for the home screen")
    phone.button("Lägg på hemskärmen").click()
    assert page.evaluate("window.asked")
    expect(page.locator("[data-install]")).to_be_hidden()
    assert found == []


def told_of_a_photo(route: Route) -> None:
    """Let the real answer through, with a word about a photo in it."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "photo_problems": ["Fotot gick inte att ta emot just nu."]})


def test_the_report_can_be_made_by_keyboard_alone(live: Live, busy_town: Scene, person: Callable[..., Page]) -> None:
    page = person(
        PHONE, geolocation={"latitude": 56.676, "longitude": 16.335, "accuracy": 9}, permissions=["geolocation"]
    )
    page.goto("/report")
    page.get_by_text("± 9").wait_for()
    page.get_by_role("button", name="Nästa").locator("visible=true").focus()
    page.keyboard.press("Enter")
    page.locator("#c-lamp_out").focus()
    page.keyboard.press("Space")
    for _ in range(2):
        page.get_by_role("button", name="Nästa").locator("visible=true").focus()
        page.keyboard.press("Enter")
    page.locator("[data-send]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/*")
