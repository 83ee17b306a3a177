"""A real server and real Chromium: the whole service as people meet it, with every door closed."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, Request, expect, sync_playwright
from waitress.server import create_server

from app.factory import create_app
from app.models.base import db
from tests.browser.door import Door
from tests.browser.van import Technician
from tests.builders import Scene
from tests.conftest import NOW, empty_tables, settings_for
from tools import chromium as browser_program

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
PATIENCE_MS = 30_000
"""How long a page may take before a test gives up: a bound for busy machines. Speed is measured in bench/."""
expect.set_options(timeout=PATIENCE_MS)


def until(page: Page, truth: str) -> None:
    """Wait until a script's expression is true. It may await (wait_for_function would take its promise for true)."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not _is_true(page, truth):
        assert time.monotonic() < deadline, truth
        page.wait_for_timeout(100)


def _is_true(page: Page, truth: str) -> bool:
    try:
        return bool(page.evaluate(f"async () => {truth}"))
    except Error as error:
        if "context was destroyed" in error.message:  # the page is being loaded anew
            return False
        raise


def at_last(page: Page, look: Callable[[], bool]) -> None:
    """Wait until the database says so, letting it go before each wait: on SQLite the server cannot write while a test reads."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while True:
        says_so = look()
        db.session.rollback()
        if says_so:
            return
        assert time.monotonic() < deadline, "the database never said so"
        page.wait_for_timeout(200)


@dataclass
class Live:
    """The running service: its address, its app, and its worker's round, done when the test says so."""

    address: str
    app: Flask
    door: Door

    def work(self) -> None:
        """Do the jobs that wait: grouping, letters."""
        with self.app.app_context():
            self.app.extensions["ljuspunkt"].jobs.round()

    @property
    def outbox(self) -> Path:
        """The folder in which letters lie."""
        return Path(self.app.extensions["ljuspunkt"].mail.folder)


@pytest.fixture(scope="session")
def live_app(built_app: Flask, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Serve an app of its own (its forgery protection on) over the tests' database."""
    del built_app  # made the tables
    app = create_app(settings_for(database_url, tmp_path_factory.mktemp("live")))
    door = Door(app)
    server = create_server(door, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Live(f"http://127.0.0.1:{server.effective_port}", app, door)
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(timeout=5)
    app.extensions["ljuspunkt"].cleaner.close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def live(live_app: Live) -> Live:
    """Serve from an empty database."""
    shutil.rmtree(live_app.outbox, ignore_errors=True)
    with live_app.door.closed(), live_app.app.app_context():
        empty_tables()
        if (
            db.engine.dialect.name == "sqlite"
        ):  # emptying lifts a trigger, and its other connections stumble over that once
            db.engine.dispose()
    return live_app


@pytest.fixture
def town(live: Live) -> Iterator[Scene]:
    """A small municipality behind the running service."""
    with live.app.app_context():
        yield Scene(live.app, NOW)
        db.session.remove()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Drive browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Return Chromium as the system packs it."""
    browser = playwright.chromium.launch(executable_path=browser_program.program(), args=browser_program.arguments())
    yield browser
    browser.close()


@pytest.fixture
def person(chromium: Browser, live: Live) -> Iterator[Callable[..., Page]]:
    """Return a way to let somebody sit down (or stand) with a browser of their own; nothing may leave for another host."""
    contexts: list[BrowserContext] = []
    strayed: list[str] = []
    complaints: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((live.address, "data:", "blob:")):
            strayed.append(request.url)
        if has_app_context() and db.session.registry().in_transaction():
            complaints.append(f"the test holds the database, so that the server may have to wait: {request.url}")

    def sit_down(viewport: dict[str, int] = PHONE, **options: object) -> Page:
        context = chromium.new_context(
            viewport=viewport, base_url=live.address, locale=str(options.pop("locale", "sv-SE")), **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("request", asked)
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" and "Content Security Policy" in m.text else None,
        )
        page.on("pageerror", lambda e: complaints.append(str(e)))
        return page

    yield sit_down
    for context in contexts:
        context.close()
    assert strayed == []
    assert complaints == []


@pytest.fixture
def in_the_van(person: Callable[..., Page], town: Scene) -> Callable[[str], Technician]:
    """Return a way to let a technician take their phone and sign in."""

    def take(name: str, **options: Any) -> Technician:
        email = f"{name.lower()}@kalmar.example"
        town.staff("technician", email, name)
        technician = Technician(person(has_touch=True, is_mobile=True, **options), email)
        technician.signs_in()
        technician.opens_the_day()
        return technician

    return take
