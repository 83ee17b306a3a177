"""The report page on a mid-range phone: bytes, and seconds until it can be used, on slow 4G with a slow processor.

A real Chromium through its own protocol: 400 ms to the first byte of each answer, 400 kbit/s both ways, the processor
four times slower. "Usable" is when the first question is on the screen with its buttons ready; before the next visit
the service worker is put to sleep, as on a phone that lay in a pocket. The server runs here, in a process of its own,
with a small municipality of 60 lamps, 40 names and a map of its own. Of the seconds, the best run is shown: other work
on the machine only ever adds.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from app.factory import create_app
from app.models.base import db
from app.models.districts import NamedPlace
from app.services import basemap
from bench.machine import machine
from config import Settings
from tests.builders import Scene
from tests.durability import server as running_server
from tools import chromium

LATENCY_MS, BITS_PER_SECOND, SLOWER = 400, 400_000, 4
BYTES_MAX, BYTES_WITH_MAP_MAX, FIRST_S_MAX, NEXT_S_MAX = 60_000, 120_000, 2.0, 0.5
RUNS = 4
WHEN_USABLE = """new MutationObserver(() => {
  const there = document.querySelector("fieldset:not([hidden]) [data-go=next]") && document.querySelector("[data-place-picker]:not([hidden])");
  if (there) window.usableAt ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });"""


STREETS, STREET_DEG = 24, 0.0015


@dataclass
class Visit:
    """What one opening of the page took: seconds until usable, and bytes over the network until then."""

    seconds: float
    bytes_used: int


def town(folder: Path) -> None:
    """Make the database of a small municipality."""
    settings = Settings(
        instance=folder, secret_key="x" * 40, database_url=f"sqlite:///{folder / 'ljuspunkt.db'}",
        photo_store_url=f"file://{folder / 'photos'}", jobs_url="memory:", mail_url=f"file://{folder / 'outbox'}",
    )  # fmt: skip
    app = create_app(settings)
    with app.app_context():
        upgrade()
        scene = Scene(app, datetime.now(UTC))
        stamp = {"created_at": scene.now, "updated_at": scene.now}
        for number in range(60):
            scene.lamp(f"OX-{number}", 16.33 + number * 1e-4)
        for number in range(40):
            place = NamedPlace(name=f"Plats {number}", lon=16.33, lat=56.676, district_id=scene.oxhagen.id, **stamp)
            db.session.add(place)
        db.session.commit()
        basemap.build(streets(folder), folder, now=scene.now, step=lambda _: None)
    app.extensions["ljuspunkt"].cleaner.close()


def streets(folder: Path) -> Path:
    """Write an extract of 24 by 24 streets with their names, a house at each corner, and a park."""
    nodes, ways = [], []
    for row in range(STREETS):
        for column in range(STREETS):
            lon, lat = 16.32 + column * STREET_DEG, 56.666 + row * STREET_DEG / 2
            for corner, (east, north) in enumerate(((0, 0), (2e-4, 1e-4), (4e-4, 1e-4), (4e-4, 2e-4), (2e-4, 2e-4))):
                number = (row * STREETS + column) * 5 + corner + 1
                nodes.append(f'<node id="{number}" lon="{lon + east:.6f}" lat="{lat + north:.6f}"/>')
            first = (row * STREETS + column) * 5 + 1
            refs = "".join(f'<nd ref="{n}"/>' for n in (first + 1, first + 2, first + 3, first + 4, first + 1))
            ways.append(f'<way id="{first}">{refs}<tag k="building" v="yes"/></way>')
    lines = [[row * STREETS + column for column in range(STREETS)] for row in range(STREETS)]
    for number, line in enumerate([*lines, *zip(*lines, strict=True)]):
        refs = "".join(f'<nd ref="{at * 5 + 1}"/>' for at in line)
        tags = f'<tag k="highway" v="residential"/><tag k="name" v="Provgatan {number}"/>'
        ways.append(f'<way id="{100_000 + number}">{refs}{tags}</way>')
    file = folder / "streets.osm"
    file.write_text(f'<osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>', encoding="utf-8")
    return file


def slow(page: Page) -> CDPSession:
    """Make a page's line and processor those of the phone."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    rate = BITS_PER_SECOND / 8
    line = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": rate, "uploadThroughput": rate}
    session.send("Network.emulateNetworkConditions", line)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return session


def open_report(context: BrowserContext, base: str, *, with_map: bool = False) -> Visit:
    """Open the report page and measure until it can be used; then, if asked, until its map is there."""
    page = context.new_page()
    page.add_init_script(WHEN_USABLE)
    session = slow(page)
    total, addresses = [0], {}

    def count(event: dict[str, Any]) -> None:
        if "/town.pmtiles" not in addresses.get(event["requestId"], ""):  # for a day without a net, when nothing waits
            total[0] += int(event["encodedDataLength"])

    session.on(
        "Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]})
    )
    session.on("Network.loadingFinished", count)
    page.goto(f"{base}/report", wait_until="commit")
    page.locator(".step-bar progress").wait_for(state="visible")
    page.locator("fieldset:visible [data-go=next]").wait_for(state="visible")
    page.locator("[data-locate]").wait_for(state="visible")
    ready = page.evaluate("window.usableAt") / 1000
    used = total[0]
    if with_map:
        page.locator("[data-open-map]").click()
        page.locator(".leaflet-container").wait_for(state="visible")
        page.wait_for_timeout(4000)
        used = total[0]
    page.close()
    return Visit(ready, used)


def measure(playwright: Any, base: str) -> list[tuple[str, float, float, str]]:
    """Return each figure with its limit."""
    browser = playwright.chromium.launch(executable_path=chromium.program(), args=chromium.arguments())
    first, following, maps = [], [], []
    for _ in range(RUNS):
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="sv-SE")
        first.append(open_report(context, base))
        warm = context.new_page()
        warm.goto(f"{base}/")
        warm.evaluate("navigator.serviceWorker.ready.then(() => true)")
        warm.wait_for_timeout(1500)
        asleep = context.new_cdp_session(warm)
        asleep.send("ServiceWorker.enable")
        asleep.send("ServiceWorker.stopAllWorkers")
        warm.close()
        following.append(open_report(context, base))
        context.close()
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="sv-SE", service_workers="block")
        maps.append(open_report(context, base, with_map=True))
        context.close()
    browser.close()
    return [
        ("first visit, usable", min(v.seconds for v in first), FIRST_S_MAX, "s"),
        ("next visit, usable", min(v.seconds for v in following), NEXT_S_MAX, "s"),
        ("first visit, bytes until usable", max(v.bytes_used for v in first), BYTES_MAX, "B"),
        ("with the map, bytes", max(v.bytes_used for v in maps), BYTES_WITH_MAP_MAX, "B"),
        ("next visit, bytes until usable", max(v.bytes_used for v in following), BYTES_MAX, "B"),
    ]


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        town(Path(name))
        with running_server.running(Path(name)) as server, sync_playwright() as playwright:
            print(f"{machine()}\n\n| what | measured | at most |\n|---|---:|---:|")
            for what, value, most, unit in measure(playwright, f"http://127.0.0.1:{server.port}"):
                figure = f"{value:,.0f}" if unit == "B" else f"{value:.2f}"
                print(f"| {what} | {figure} {unit} | {most:,g} {unit} |", flush=True)


if __name__ == "__main__":
    main()
