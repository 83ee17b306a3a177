"""The people of the story, each with verbs of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.builders import PASSWORD, jpeg


@dataclass
class Resident:
    """Somebody on a dark path with a phone."""

    page: Page
    receipt: str = ""

    def reports_step_by_step(self, category: str, feeling: str, contact: str, words: dict[str, str]) -> None:
        """Report with the phone's position, one question a screen."""
        page = self.page
        page.goto("/report")
        expect(page.get_by_text("± 18")).to_be_visible()
        self._next(words)
        page.get_by_label(category).check(force=True)
        self._next(words)
        page.get_by_label(feeling, exact=True).check(force=True)  # a tap here goes on by itself
        page.locator("#photos").set_input_files(
            [{"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": jpeg(900, 600)}]
        )
        expect(page.locator("[data-previews] img")).to_have_count(1)
        page.get_by_text(words["contact"]).click()
        page.locator("#contact").fill(contact)
        page.locator("[data-send]").click()
        self._keeps_the_receipt()

    def reports_without_script(self, place: str, category: str, contact: str) -> None:
        """Report with the plain form."""
        page = self.page
        page.goto("/report")
        page.locator("[data-other-ways] summary").click()
        page.locator("#place_id").select_option(label=place)
        page.get_by_label(category).check(force=True)
        page.get_by_text("Vill du ha svar?").click()
        page.locator("#contact").fill(contact)
        page.get_by_role("button", name="Skicka rapporten").click()
        self._keeps_the_receipt()

    def has_slow_coverage(self, seconds: float) -> None:
        """Let every sending take its time."""

        def late(route: Route) -> None:
            if route.request.method == "POST":
                self.page.wait_for_timeout(seconds * 1000)
            route.continue_()

        self.page.route("**/api/v1/reports", late)

    def reads_on_the_receipt(self, *sentences: str) -> None:
        """See these sentences in the timeline."""
        self.page.goto(self.receipt)
        for sentence in sentences:
            expect(self.page.locator(".timeline")).to_contain_text(sentence)

    def says_whether_it_is_better(self, answer: str) -> None:
        """Answer the question that is asked when it is done."""
        self.page.goto(self.receipt)
        self.page.get_by_role("button", name=answer, exact=True).click()

    def _next(self, words: dict[str, str]) -> None:
        self.page.get_by_role("button", name=words["next"], exact=True).locator("visible=true").click()

    def _keeps_the_receipt(self) -> None:
        expect(self.page).to_have_url(re.compile("/r/"))
        self.receipt = self.page.url


SECONDS_TO_READ_A_PAGE, SECONDS_A_PRESS, SECONDS_TO_DRAG, LETTERS_A_SECOND = 15.0, 3.0, 6.0, 2.0
"""What work at the desk takes somebody who is not in a hurry: a new page, finding and pressing, dragging a row, writing."""


@dataclass
class Staff:
    """Somebody who works with this. What they do by these verbs is counted, in seconds of work."""

    page: Page
    email: str
    spent: list[tuple[str, float]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How long the counted work takes."""
        return sum(seconds for _, seconds in self.spent)

    def presses(self, what: Locator, *, reads: bool = False) -> None:
        """Find and press something; `reads` when it brings a new page."""
        what.click()
        self.spent.append((str(what), SECONDS_A_PRESS + (SECONDS_TO_READ_A_PAGE if reads else 0)))

    def writes(self, where: Locator, text: str) -> None:
        """Fill in a field."""
        where.fill(text)
        self.spent.append((str(where), SECONDS_A_PRESS + len(text) / LETTERS_A_SECOND))

    def considers(self, what: str, seconds: float) -> None:
        """Look at something before deciding."""
        self.spent.append((what, seconds))

    def drags(self, what: Locator, below: Locator) -> None:
        """Drag something below something else, once the page's script is there to notice."""
        self.page.wait_for_load_state()
        begin, end = what.bounding_box(), below.bounding_box()
        assert begin
        assert end
        self.page.mouse.move(begin["x"] + 10, begin["y"] + 10)
        self.page.mouse.down()
        self.page.mouse.move(begin["x"] + 10, end["y"] + end["height"] - 4, steps=8)
        self.page.mouse.up()
        self.spent.append((str(what), SECONDS_TO_DRAG))

    def signs_in(self) -> None:
        """Sign in."""
        self.page.goto("/login")
        self.writes(self.page.locator("#email"), self.email)
        self.writes(self.page.locator("#password"), PASSWORD)
        self.presses(self.page.get_by_role("button", name="Logga in"), reads=True)
        expect(self.page).not_to_have_url(re.compile("/login$"))  # a password takes long on a busy machine

    def opens(self, summary: str) -> Any:
        """Open a fold and return what is in it."""
        fold = self.page.locator("details", has=self.page.locator("summary", has_text=summary)).first
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
        return fold
