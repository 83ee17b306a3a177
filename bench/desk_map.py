"""The desk's map in Chromium with 5,000 spots: seconds until it can be used, and milliseconds for each step of zoom and drag.

`python -m bench.desk_map [--spots 5000]`. The server runs here, in a thread. A step is from the wheel or the drag until
two pictures have been drawn; under 100 ms it feels like one movement.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path
from random import Random

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Page, sync_playwright
from waitress.server import create_server

from app.factory import create_app
from app.services import demo_town, staff
from bench.desk_data import NOW, Size, fill
from config import Settings
from tools import chromium

PASSWORD = "correct horse battery"  # noqa: S105
STEP = """async ([zoom, dx]) => {
  const map = Object.values(window).find((thing) => thing instanceof L.Map);
  const begun = performance.now();
  if (zoom) map.setZoom(map.getZoom() + zoom, { animate: false });
  else map.panBy([dx, 0], { animate: false });
  for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""


def main() -> None:
    """Print one line for opening and one for moving."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--spots", type=int, default=5000)
    count = asked.parse_args().spots
    with tempfile.TemporaryDirectory() as folder:
        app = town(Path(folder), count)
        server = create_server(app, host="127.0.0.1", port=0, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium.program(), args=chromium.arguments())
            page = browser.new_page(
                viewport={"width": 700, "height": 620}, base_url=f"http://127.0.0.1:{server.effective_port}"
            )
            look(page, count)
            browser.close()
        server.close()
        app.extensions["ljuspunkt"].cleaner.close()


def town(folder: Path, count: int) -> Flask:
    """Return an app over a municipality with so many dark spots."""
    settings = Settings(
        instance=folder, secret_key="x" * 40, database_url=f"sqlite:///{folder}/bench.db", photo_store_url=f"file://{folder}/photos",
        jobs_url="memory:", mail_url=f"file://{folder}/outbox", standing_now=NOW, rate_limits=False,
    )  # fmt: skip
    app = create_app(settings)
    with app.app_context():
        upgrade()
        demo_town.build(Random(1), now=NOW)
        staff.create("coordinator@bench.example", "coordinator", PASSWORD, "Sara", now=NOW)
        fill(Size(reports=count, spots=count, lamps=30_000, tickets=10, measures=10, walks=2), "x" * 40, 2)
    return app


def look(page: Page, count: int) -> None:
    """Open the map, zoom in and out, drag, and print what it took."""
    page.goto("/login")
    page.locator("#email").fill("coordinator@bench.example")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button").last.click()
    begun = time.perf_counter()
    answer = page.goto("/coordinator/dark-spots/map-frame")
    page.locator(".badge").first.wait_for()
    opened = time.perf_counter() - begun
    size = len(answer.body()) / 1000 if answer else 0
    steps = {
        name: [float(page.evaluate(STEP, step)) for step in moves]
        for name, moves in {
            "zoom in": [[1, 0]] * 5, "drag near": [[0, 120]] * 10, "zoom out": [[-1, 0]] * 6, "drag far": [[0, 120]] * 10,
        }.items()
    }  # fmt: skip
    print(f"{count} spots: open in {opened:.2f} s, {size:.0f} kB")
    for name, taken in steps.items():
        print(f"  {name:10} median {statistics.median(taken):4.0f} ms, worst {max(taken):4.0f} ms")


if __name__ == "__main__":
    main()
