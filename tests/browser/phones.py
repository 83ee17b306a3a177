"""A resident's phone: what a thumb does on it, counted, and what lies in it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

HERE = {"latitude": 56.6760, "longitude": 16.3350, "accuracy": 18}
ALLOWED = {"geolocation": HERE, "permissions": ["geolocation"]}
IN_THE_STORE = """async ([name]) => {
  const { all } = await import("/static/js/phone_store.js");
  const rows = await all(name);
  return Promise.all(rows.map(async (row) => ({ ...row, photos: await Promise.all((row.photos ?? []).map(async (photo) =>
    ({ type: photo.type, bytes: [...new Uint8Array(await photo.arrayBuffer())] }))) })));
}"""


def camera_photo(width: int = 2400, height: int = 1800, at: tuple[float, float] | None = None) -> bytes:
    """Return a photo as a camera writes it: large, noisy, with its maker and perhaps a position (lon, lat) in it."""
    image = Image.effect_noise((width // 4, height // 4), 90).resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Camera of a stranger"
    if at is not None:
        lon, lat = at
        exif.get_ifd(0x8825).update({1: "N", 2: _degrees(lat), 3: "E", 4: _degrees(lon)})
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92, exif=exif)
    return file.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value % 1) * 60
    return float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 4)


def file_of(data: bytes, name: str = "IMG_0001.jpg") -> dict[str, Any]:
    """Return a photo as the phone's gallery hands it over."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


@dataclass
class Phone:
    """One page on a phone; every tap is counted."""

    page: Page
    taps: int = 0

    @property
    def context(self) -> BrowserContext:
        """The browser that the page is open in."""
        return self.page.context

    def tap(self, what: Locator) -> None:
        """Tap once."""
        self.taps += 1
        what.click()

    def button(self, name: str) -> Locator:
        """Return the visible button with this name."""
        return self.page.get_by_role("button", name=name, exact=True).locator("visible=true")

    def visits_once(self) -> None:
        """Open the page with coverage and stay until the phone has kept it."""
        self.page.goto("/")
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.reload()
        expect(self.page.locator("h1")).to_be_visible()
        assert self.page.evaluate("Boolean(navigator.serviceWorker.controller)")

    def loses_coverage(self) -> None:
        """Walk into the dark."""
        self.context.set_offline(True)

    def gets_coverage(self) -> None:
        """Walk out again."""
        self.context.set_offline(False)

    def comes_to_the_last_question(self) -> None:
        """Say where, what and how it feels."""
        self.page.goto("/report")
        expect(self.page.locator("[data-place-status]")).to_contain_text("± 18")
        self.tap(self.button("Nästa"))
        self.tap(self.page.locator("#c-lamp_out"))
        self.tap(self.button("Nästa"))
        self.tap(self.page.locator("#s-2"))
        expect(self.button("Skicka rapporten")).to_be_visible()

    def adds_a_photo(self, data: bytes) -> None:
        """Take a photo, or choose one."""
        before = self.page.locator("[data-previews] img").count()
        self.page.locator("#photos").set_input_files([file_of(data)])
        expect(self.page.locator("[data-previews] img")).to_have_count(before + 1)

    def sends(self) -> None:
        """Press send."""
        self.tap(self.button("Skicka rapporten"))

    def keeps(self, name: str) -> list[dict[str, Any]]:
        """Return what lies in one store of the phone, photos as bytes."""
        rows: list[dict[str, Any]] = self.page.evaluate(IN_THE_STORE, [name])
        for row in rows:
            row["photos"] = [bytes(photo["bytes"]) for photo in row["photos"]]
        return rows

    def keeps_at_last(self, name: str, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Return what lies in one store as soon as it is enough: a page writes a moment after the thumb."""
        for _ in range(150):
            if enough(rows := self.keeps(name)):
                return rows
            self.page.wait_for_timeout(200)
        raise AssertionError(rows)
