"""What a thumb in a glove must not do by accident, and how it is put right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.models.base import db
from app.models.staff import Organisation
from app.models.tickets import Ticket
from tests.browser.conftest import at_last
from tests.browser.van import Technician, kept, lamps, visits
from tests.builders import Scene


def test_somebody_elses_lamp_is_forwarded_only_to_whom_the_technician_has_chosen(
    town: Scene, in_the_van: Callable[[str], Technician]
) -> None:
    for name in ("Andra kommunen", "Vägföreningen"):
        db.session.add(Organisation(name=name, kind="owner", created_at=town.now, updated_at=town.now))
    ticket = lamps(town, 1)[0]
    anna = in_the_van("Anna")
    anna.opens_pole("OX-00")
    forwarded = anna.page.locator("[data-out=forwarded]")
    forwarded.locator("summary").tap()
    expect(forwarded.locator("input:checked")).to_have_count(0)
    forwarded.get_by_role("button", name="Skicka vidare").tap()
    expect(forwarded.get_by_role("alert")).to_have_text("Välj vem som äger den.")
    expect(anna.page.locator("h1.pole")).to_have_text("OX-00")
    forwarded.locator(".tile", has_text="Vägföreningen").tap()
    expect(forwarded.get_by_role("alert")).to_be_hidden()
    assert visits() == []
    forwarded.get_by_role("button", name="Skicka vidare").tap()
    expect(anna.page.locator(".finished")).to_be_visible()
    at_last(anna.page, lambda: kept(ticket).state == "forwarded")
    assert [visit.reason for visit in visits()] == ["Vägföreningen"]


@pytest.fixture
def refused(town: Scene, in_the_van: Callable[[str], Technician]) -> tuple[Technician, int]:
    """Return somebody whose visit at three lamps was refused, because the office had moved one to another ticket."""
    row = [town.lamp(f"R-{n}", lon=16.335 + n * 3e-4) for n in range(3)]
    ticket = town.ticket(lamp=row[0], fault="B02", lamps_affected=2)
    db.session.refresh(ticket, ["lamps"])
    ticket.lamps = row
    number = ticket.id
    db.session.commit()
    anna = in_the_van("Anna")
    page = anna.page
    anna.loses_coverage()
    anna.opens_pole("R-0")
    page.get_by_role("button", name="På plats", exact=True).tap()
    page.locator(".tile:has(#action-fuse_replaced)").tap()
    page.locator(".tile:has(#test-yes)").tap()
    page.get_by_text("Orsak, delar och anteckning").tap()
    page.locator("#note").fill("Vatten i luckan")
    page.get_by_role("button", name="Lagad", exact=True).tap()
    expect(page.locator(".finished")).to_contain_text("R-0 är lagad")
    db.session.refresh(moved := db.session.get_one(Ticket, number), ["lamps"])
    moved.lamps = moved.lamps[:2]
    db.session.commit()
    anna.has_coverage_again()
    expect(page.get_by_role("button", name="Försök igen")).to_be_visible()
    return anna, number


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-sync-text]")).to_have_text(words)


def test_a_refused_visit_is_never_said_to_be_sent_or_saved(refused: tuple[Technician, int]) -> None:
    page = refused[0].page
    says(page, "Kunde inte tas emot: 1. Skälet står på rutten.")
    expect(page.locator(".told-card.bad h2")).to_contain_text("kunde inte tas emot")
    expect(page.locator(".finished")).to_have_count(0)


def test_a_refused_visit_is_mended_on_its_tickets_page_with_what_was_written(refused: tuple[Technician, int]) -> None:
    anna, ticket = refused
    page = anna.page
    page.get_by_role("button", name="Rätta").tap()
    expect(page.locator("h1.pole")).to_have_text("R-0")
    expect(page.locator("#action-fuse_replaced")).to_be_checked()
    expect(page.locator("#test-yes")).to_be_checked()
    expect(page.locator("#note")).to_have_value("Vatten i luckan")
    page.get_by_role("link", name="Till rutten").tap()
    says(page, "Kvar att rätta: 1.")
    anna.opens_pole("R-0")
    page.get_by_role("button", name="Lagad", exact=True).tap()
    expect(page.locator(".finished")).to_contain_text("R-0 är lagad")
    expect(page.locator(".told-card.bad")).to_have_count(0)
    expect(page.locator("[data-sync-text]")).not_to_contain_text("rätta")
    at_last(page, lambda: kept(ticket).state == "repaired")
    assert [(len(v.lamp_ids), v.note) for v in visits()] == [(2, "Vatten i luckan")]


def test_a_refused_visit_is_thrown_away_only_by_somebody_who_says_so_twice(refused: tuple[Technician, int]) -> None:
    anna, ticket = refused
    page = anna.page
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.get_by_role("button", name="Kasta").tap()
    assert asked.value.message == "Kasta R-0? Det du skrev går inte att få tillbaka."
    expect(page.locator(".told-card.bad")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Kasta").tap()
    expect(page.locator(".told-card.bad")).to_have_count(0)
    says(page, "Allt är skickat.")
    anna.opens_pole("R-0")
    expect(page.get_by_role("button", name="På plats", exact=True)).to_be_visible()
    assert (kept(ticket).state, visits()) == ("new", [])


def test_nothing_on_a_tickets_page_sticks_out_however_much_of_it_is_open(
    town: Scene, in_the_van: Callable[[str], Technician]
) -> None:
    stamp = {"created_at": town.now, "updated_at": town.now}
    db.session.add(Organisation(name="Bostadsbolaget Demohem", kind="owner", **stamp))
    lamps(town, 1)
    anna = in_the_van("Anna")
    anna.opens_pole("OX-00")
    anna.page.get_by_role("button", name="På plats", exact=True).tap()
    anna.page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= 360
    past = """[...document.querySelectorAll('main details .button, main .tile label')].filter((e) => e.offsetParent
      && (e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > (e.closest('details') ?? document.body).getBoundingClientRect().right - 4))
      .map((e) => e.textContent)"""
    assert anna.page.evaluate(past) == []


def test_a_colleagues_refused_visit_is_not_mine_to_throw_away(refused: tuple[Technician, int]) -> None:
    page = refused[0].page
    page.evaluate(
        """async () => {
        const { all, write } = await import("/static/js/van_store.js");
        const [item] = await all("outbox");
        await write(["outbox", "put", { ...item, staff_id: item.staff_id + 1 }]);
        }"""
    )
    page.reload()
    expect(page.locator("[data-sync-text]")).to_contain_text("1 besök i telefonen hör till någon annan")
    expect(page.locator(".round .pole").first).to_be_visible()
    expect(page.locator(".told-card.bad")).to_have_count(0)


def test_what_a_lamp_waits_for_is_there_again_when_the_visit_is_taken_back(
    town: Scene, in_the_van: Callable[[str], Technician]
) -> None:
    lamps(town, 1)
    anna = in_the_van("Anna")
    anna.loses_coverage()
    anna.opens_pole("OX-00")
    waits = anna.page.locator("[data-out=waiting]")
    waits.locator("summary").tap()
    waits.locator(".tile", has_text="Grävning").tap()
    waits.locator("[data-next-on]").fill("2031-03-05")
    waits.get_by_role("button", name="Spara").tap()
    anna.page.get_by_role("button", name="Ångra").tap()
    expect(waits.locator("#wait-waiting_digging")).to_be_checked()
    expect(waits.locator("[data-next-on]")).to_have_value("2031-03-05")
    expect(waits.get_by_role("button", name="Spara")).to_be_visible()


def test_a_lamp_of_a_section_that_was_taken_back_opens_with_what_was_done_and_empty_fields(
    town: Scene, in_the_van: Callable[[str], Technician]
) -> None:
    lamps(town, 4)
    anna = in_the_van("Anna")
    anna.loses_coverage()
    page = anna.page
    page.get_by_role("link", name="Stäng flera").tap()
    page.locator(".tile:has(#action-fuse_replaced)").tap()
    page.locator("[data-repaired]").tap()
    page.get_by_role("button", name="Ångra").tap()
    anna.opens_pole("OX-00")
    expect(page.locator("#action-fuse_replaced")).to_be_checked()
    expect(page.locator("#note")).to_have_value("")
