"""A technician in a van with a phone, and the tickets and visits that a test asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, expect
from sqlalchemy import select

from app.models.base import db
from app.models.ticket_visits import TicketVisit
from app.models.tickets import Ticket
from tests.browser.people import Staff
from tests.builders import Scene


@dataclass
class Technician(Staff):
    """Somebody in a van, with a phone that counts its taps."""

    taps: list[str] = field(default_factory=list)

    def opens_the_day(self) -> None:
        self.page.goto("/technician/day")
        expect(self.page.locator("[data-groups]")).to_be_attached()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => {})")
        expect(self.page.locator(".round .pole").first).to_be_visible()

    def taps_on(self, what: Locator) -> None:
        self.taps.append(str(what))
        what.tap()

    def loses_coverage(self) -> None:
        self.page.context.set_offline(True)

    def has_coverage_again(self) -> None:
        self.page.context.set_offline(False)

    def opens_pole(self, pole: str) -> None:
        self.taps_on(self.page.locator(".round a", has=self.page.get_by_text(pole, exact=True)))
        expect(self.page.locator("h1.pole")).to_have_text(pole)

    def mends(self, pole: str, action: str = "lamp_replaced") -> None:
        page = self.page
        self.opens_pole(pole)
        self.taps_on(page.get_by_role("button", name="På plats", exact=True))
        self.taps_on(page.locator(f".tile:has(#action-{action})"))
        self.taps_on(page.locator(".tile:has(#test-yes)"))
        self.taps_on(page.locator("[data-repaired]"))
        expect(page.locator(".finished")).to_contain_text(f"{pole} är lagad")

    def goes_back(self) -> None:
        self.page.goto("/technician/day#")

    def sends_everything(self) -> None:
        """Have coverage until nothing waits."""
        self.has_coverage_again()
        self.page.evaluate("dispatchEvent(new Event('online'))")
        expect(self.page.locator("[data-sync-text]")).to_contain_text("Allt är skickat", timeout=60_000)


def lamps(town: Scene, count: int, **values: Any) -> list[int]:
    """Return the numbers of as many tickets, each at a lamp of its own."""
    found = []
    for n in range(count):
        lamp = town.lamp(
            f"OX-{n:02}", lon=16.33 + n * 4e-4, lat=56.676 + (n % 4) * 4e-4, cabinet=f"C{n // 10 + 1}", **values
        )
        found.append(town.ticket(lamp=lamp, at=(lamp.lon, lamp.lat)).id)
    return found


def kept(ticket_id: int) -> Ticket:
    """Return a ticket as the database has it, and hold no lock while the phones send."""
    db.session.expire_all()
    found = db.session.get_one(Ticket, ticket_id)
    db.session.expunge(found)
    db.session.rollback()
    return found


def visits() -> list[TicketVisit]:
    db.session.expire_all()
    found = list(db.session.scalars(select(TicketVisit).order_by(TicketVisit.id)))
    db.session.expunge_all()
    db.session.rollback()
    return found
