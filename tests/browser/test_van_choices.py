"""What a thumb in a glove must not do by accident, and how it is put right."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from app.models.base import db
from app.models.staff import Organisation
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
