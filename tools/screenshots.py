"""Looks at every page as people would: at 360 and at 1280 px, in real Chromium, for each of the users.

Starts the demo municipality in a folder of its own, walks from each user's first page along the links, takes one picture
of each kind of page into build/screenshots, and says what axe, the console and the network had to complain about.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tools import chromium

ROOT = Path(__file__).resolve().parents[1]
FLASK = [str(ROOT / ".venv/bin/flask"), "--app", "wsgi"]
WIDTHS_PX = (360, 1280)
PASSWORD = "bara for bilder, aldrig i drift"  # noqa: S105  (its database lives as long as the pictures take)
FIRST_PAGES = {
    "resident": ("/", "/report", "/places", "/map", "/walks", "/promises", "/editions", "/repairs", "/login"),
    "coordinator": ("/coordinator/",),
    "technician": ("/technician/", "/technician/day"),
    "admin": ("/admin/lamps", "/admin/response-times"),
}
NOT_A_PAGE = re.compile(
    r"\.(geojson|json|csv|ics|pdf|gpkg|atom|pmtiles)$|^/static|^/photos|^/logout|/api/|/print$|map-frame$"
)

SIDEWAYS = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const main = document.querySelector("main");
  const wider = (e) => e.getBoundingClientRect().right > clientWidth + 1 && !e.closest(".table-wrap, .scroll, svg *");
  const named = (e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") ?? ""}`;
  return [
    Math.max(scrollWidth - clientWidth, main ? main.scrollWidth - main.clientWidth : 0),
    [...document.querySelectorAll("main *")].filter(wider).slice(0, 4).map(named).join(" "),
  ];
}"""
"""How far a page is wider than its window, and what makes it so."""


@dataclass
class Visit:
    """One user at one width, on the way through the service at `base`; pictures go to `out`."""

    base: str
    role: str
    width_px: int
    out: Path
    locale: str = "sv-SE"
    scheme: Literal["light", "dark"] = "light"
    pictures: int = 0
    complaints: list[str] = field(default_factory=list)

    def complain(self, what: str) -> None:
        """Note something that should not be."""
        self.complaints.append(f"{self.role} {self.width_px}: {what}")


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo_served(reports: int) -> Iterator[str]:
    """Serve a demo of its own, with an account for each role; yield its address."""
    folder = Path(tempfile.mkdtemp(prefix="ljuspunkt-shots-"))
    port = free_port()
    env = {**os.environ, "INSTANCE_PATH": str(folder), "RATE_LIMITS": "off", "BASE_URL": f"http://127.0.0.1:{port}"}
    env.pop("DATABASE_URL", None)

    def flask(*words: str) -> None:
        subprocess.run([*FLASK, *words], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)

    flask("db", "upgrade")
    flask("demo", "--reports", str(reports))
    for role in ("coordinator", "technician", "admin"):
        flask("staff", "create", f"{role}@bilder.example", "--role", role, "--password", PASSWORD)
    server = subprocess.Popen([*FLASK, "serve", "--port", str(port)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(address: str, seconds: int = 60) -> None:
    """Return when the address answers; raise TimeoutError when it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310  (our own server)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


def send_a_report(base: str) -> str:
    """Send one report as a phone would and return the path of its receipt."""
    body = {
        "client_id": str(uuid.uuid4()), "lon": 16.335, "lat": 56.676, "method": "pin", "categories": ["lamp_out"],
        "severity": 2, "when_felt": "evening", "text": "Mörkt vid tunneln sedan i måndags.",
    }  # fmt: skip
    request = urllib.request.Request(  # noqa: S310  (our own server)
        f"{base}/api/v1/reports", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return str(urlsplit(json.load(answer)["url"]).path)


def kind_of(path: str) -> str:
    """Return the kind of page behind a path, so that of a hundred tickets one is looked at."""
    return re.sub(r"^/(r|districts)/[^/]+", r"/\1/x", re.sub(r"/\d+", "/n", path))


def look(page: Page, visit: Visit, path: str) -> list[str]:
    """Take a picture of one page, note complaints, and return the paths that it links to."""
    answer = page.goto(visit.base + path)
    if answer is None or answer.status >= 400:
        visit.complain(f"{path} answers {answer.status if answer else 'nothing'}")
        return []
    if "html" not in answer.headers.get("content-type", ""):
        return []
    page.wait_for_load_state("networkidle")
    name = kind_of(path).strip("/").replace("/", "_") or "start"
    page.screenshot(path=str(visit.out / f"{visit.role}_{name}_{visit.width_px}.png"), full_page=True)
    visit.pictures += 1
    for finding in Axe().run(page).response["violations"]:
        where = "; ".join(str(node["target"]) for node in finding["nodes"][:3])
        visit.complain(f"{path} axe {finding['impact']} {finding['id']}: {where}")
    across_px, widest = page.evaluate(SIDEWAYS)
    if across_px > 1:
        visit.complain(f"{path} scrolls sideways by {across_px} px: {widest}")
    links = page.eval_on_selector_all("a[href]", "found => found.map(a => a.getAttribute('href'))")
    return [urlsplit(link).path for link in links if link.startswith("/")]


def listen(page: Page, visit: Visit) -> None:
    """Note errors of scripts, and requests that leave for another host."""

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            visit.complain(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((visit.base, "data:", "blob:")):
            visit.complain(f"outside host: {request.url}")

    page.on("console", said)
    page.on("request", asked)
    page.on("pageerror", lambda error: visit.complain(f"script: {error}"))


def sign_in(page: Page, visit: Visit) -> None:
    """Enter as the account that was made for this role."""
    page.goto(f"{visit.base}/login")
    page.fill("[name=email]", f"{visit.role}@bilder.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state("networkidle")


def walk(browser: Browser, visit: Visit) -> None:
    """Go from the first page of a role along its links until each kind of page was seen once."""
    context = browser.new_context(
        viewport={"width": visit.width_px, "height": 780}, locale=visit.locale, color_scheme=visit.scheme
    )
    page = context.new_page()
    listen(page, visit)
    waiting = list(FIRST_PAGES[visit.role])
    if visit.role == "resident":
        waiting.append(send_a_report(visit.base))
    else:
        sign_in(page, visit)
    done: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        foreign = visit.role != "resident" and not path.startswith(f"/{visit.role}")
        if kind_of(path) in done or NOT_A_PAGE.search(path) or foreign:
            continue
        done.add(kind_of(path))
        waiting += look(page, visit, path)
    context.close()


def main() -> int:
    """Walk through everything and say what was seen."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", type=int, default=300, help="reports in the demo")
    options.add_argument("--out", type=Path, default=ROOT / "build" / "screenshots")
    options.add_argument("--roles", nargs="*", default=list(FIRST_PAGES))
    options.add_argument("--locale", default="sv-SE", help="the browser's language: sv-SE, en-GB, ar")
    options.add_argument("--scheme", default="light", choices=("light", "dark"), help="what the browser prefers")
    chosen = options.parse_args()
    shutil.rmtree(chosen.out, ignore_errors=True)
    chosen.out.mkdir(parents=True)
    with demo_served(chosen.reports) as base, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.program(), args=chromium.arguments())
        visits = [
            Visit(base, role, width, chosen.out, chosen.locale, chosen.scheme)
            for role in chosen.roles
            for width in WIDTHS_PX
        ]
        for visit in visits:
            walk(browser, visit)
        browser.close()
    complaints = sorted({complaint for visit in visits for complaint in visit.complaints})
    print(*complaints, sep="\n")
    print(f"{sum(visit.pictures for visit in visits)} pictures in {chosen.out}, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
