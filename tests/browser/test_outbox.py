"""Fifty reports made in the dark, and a server that dies while they are sent: all arrive, each once."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.browser.phones import Phone
from tests.durability import server as running_server

REPORTS = 50
PHOTOS = 3
KILLS = 3

MAKE_THEM = """async ([count, photos]) => {
  const { keep } = await import("/static/js/outbox.js");
  const { newId } = await import("/static/js/phone_store.js");
  const { shrink } = await import("/static/js/photo_shrink.js");
  const picture = async (number) => {
    const canvas = new OffscreenCanvas(320, 240);
    const pen = canvas.getContext("2d");
    pen.fillStyle = `hsl(${(number * 37) % 360} 70% 50%)`;
    pen.fillRect(0, 0, 320, 240);
    pen.fillStyle = "#fff";
    pen.fillText(String(number), 20, 40);
    return new File([await shrink(canvas.transferToImageBitmap())], "foto.jpg", { type: "image/jpeg" });
  };
  const numbers = [...Array(count).keys()].map((n) => (n * 17) % count); // another order than that of their names
  for (const number of numbers) {
    const id = newId();
    const blobs = [];
    for (let at = 0; at < photos; at += 1) blobs.push(await picture(number * photos + at));
    await keep({ fields: { client_id: [id], lat: [String(56.676 + number / 1e5)], lon: ["16.335"], categories: ["lamp_out"], text: [`nr ${number}`] }, photos: blobs });
  }
}"""
LEFT = """async () => {
  const { all } = await import("/static/js/phone_store.js");
  return [(await all("outbox")).length, (await all("receipts")).map((row) => row.path)];
}"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for an installation of its own, which may be killed."""
    running_server.migrate(tmp_path)
    return tmp_path


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone."""
    context = chromium.new_context(viewport=PHONE)
    yield context.new_page()
    context.close()


def dies_and_comes_back(folder: Path, first: running_server.Server, stop: threading.Event) -> list[object]:
    """Kill the server again and again while reports are on their way; the last one stays up."""
    servers: list[object] = [first]

    def act() -> None:
        server = first
        for _ in range(KILLS):
            if stop.wait(1.5):
                break
            server.kill()
            time.sleep(0.5)  # the phone notices
            server = running_server.start(folder, PORT=str(first.port))
            servers.append(server)

    thread = threading.Thread(target=act)
    thread.start()
    servers.append(thread)
    return servers


def test_fifty_reports_made_without_coverage_arrive_once_each_though_the_server_dies_under_them(
    folder: Path, page: Page
) -> None:
    server = running_server.start(folder)
    stop = threading.Event()
    phone = Phone(page)
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    phone.loses_coverage()
    page.goto(f"http://127.0.0.1:{server.port}/mine")
    page.evaluate(MAKE_THEM, [REPORTS, PHOTOS])
    assert page.evaluate(LEFT)[0] == REPORTS
    phone.gets_coverage()
    others = dies_and_comes_back(folder, server, stop)
    try:
        receipts = until_all_are_sent(page)
    finally:
        stop.set()
        for other in others:
            if isinstance(other, threading.Thread):
                other.join(timeout=90)
        for other in others:
            if isinstance(other, running_server.Server):
                other.kill()
    assert len(set(receipts)) == REPORTS
    assert len(others) > 2, "the server was never killed"
    with sqlite3.connect(folder / "ljuspunkt.db") as database:
        assert database.execute("SELECT count(*), count(DISTINCT client_id) FROM report").fetchone() == (
            REPORTS,
            REPORTS,
        )
        assert database.execute("SELECT count(*) FROM photo WHERE report_id IS NOT NULL").fetchone() == (
            REPORTS * PHOTOS,
        )


def until_all_are_sent(page: Page) -> list[str]:
    """Open the page again now and then, as a person would, until nothing waits; return the receipts' addresses."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        page.evaluate("import('/static/js/outbox.js').then(({ sendAll }) => sendAll({ force: true }))")
        left, receipts = page.evaluate(LEFT)
        if left == 0:
            return list(receipts)
        page.wait_for_timeout(300)
    raise AssertionError(page.evaluate(LEFT))
