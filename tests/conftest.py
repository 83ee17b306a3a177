"""The scene of every test: one app on one of the two databases, a standing clock, and people who act.

`--database=spatialite` (the default), `postgis` (starts a throw-away cluster) or `both`: then each test that touches the
database runs on the one and on the other.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, g
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.factory import create_app
from app.models.base import db
from app.services import staff
from config import Settings
from tests.builders import Scene
from tools import throwaway_postgres

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
SECRET = "a key for tests, long enough to be taken seriously"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the caller choose the database."""
    parser.addoption("--database", choices=("spatialite", "postgis", "both"), default="spatialite")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tell a test that touches the database once on each, when both are asked for.

    What a page does in a browser does not depend on the database, and what it asks for is tested on both without one: in
    the browser whole stories alone are told on both (`whole_story`).
    """
    if "database_kind" in metafunc.fixturenames and metafunc.config.getoption("--database") == "both":
        once = _in_browser(metafunc.definition) and not metafunc.definition.get_closest_marker("whole_story")
        kinds = ("spatialite",) if once else ("spatialite", "postgis")
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database and what runs in a browser, to choose by; leave some out when coverage is counted.

    Counting costs half of a test's time. The second database hardly reaches a line that the first has not, nor does a browser
    that asks for what the tests without one have asked for.
    """
    for item in items:
        if "database_kind" in getattr(item, "fixturenames", ()):
            item.add_marker("database")
        on_second = getattr(getattr(item, "callspec", None), "params", {}).get("database_kind") == "postgis"
        if _in_browser(item):
            item.add_marker("browser")
        if _in_browser(item) or on_second:
            item.add_marker("no_cover")


def _in_browser(item: pytest.Item) -> bool:
    return item.path.parent.name == "browser"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Let a password cost as little as argon2id allows: its real cost took two thirds of the tests' time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """Say which database this run is on."""
    return str(getattr(request, "param", request.config.getoption("--database")))


@pytest.fixture(scope="session")
def database_url(database_kind: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Return the address of a database with the schema of the newest migration."""
    if database_kind == "spatialite":
        yield f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.db'}"
        return
    with throwaway_postgres.cluster() as cluster:
        yield cluster.create_database(f"test_{worker_id}")


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Return this process's name among parallel ones."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "alone"))


def settings_for(database_url: str, folder: Path, *, now: datetime | None = NOW, rate_limits: bool = False) -> Settings:
    """Return settings for tests: everything in one folder, no limits, the clock standing."""
    return Settings(
        instance=folder, secret_key=SECRET, database_url=database_url, photo_store_url=f"file://{folder / 'photos'}",
        jobs_url="memory:", mail_url=f"file://{folder / 'outbox'}", standing_now=now, testing=True,
        rate_limits=rate_limits,
    )  # fmt: skip


class Browser(FlaskClient):
    """A browser whose every request begins with nothing in hand.

    A test holds an application context open to look into the database, and Flask would share its `g` (and with it the
    one who is signed in) with every request made meanwhile.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        g.__dict__.clear()
        try:
            return super().open(*args, **kwargs)
        finally:
            g.__dict__.clear()


@pytest.fixture(scope="session")
def built_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return the app, migrated once for the whole run."""
    app = create_app(settings_for(database_url, tmp_path_factory.mktemp("instance")))
    app.test_client_class = Browser
    app.config["WTF_CSRF_ENABLED"] = False  # has tests of its own (tests/web/test_csrf.py)
    with app.app_context():
        upgrade()
    yield app
    app.extensions["ljuspunkt"].cleaner.close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(built_app: Flask) -> Iterator[Flask]:
    """Return the app inside its context, with an empty database."""
    folder = built_app.extensions["ljuspunkt"].settings.instance
    shutil.rmtree(folder / "outbox", ignore_errors=True)
    with built_app.app_context():
        empty_tables()
        yield built_app
        db.session.remove()


@lru_cache(maxsize=1)
def _emptying(names: tuple[str, ...]) -> str:
    """Return the statement that empties what has rows and lets numbers begin anew; triggers and foreign keys rest meanwhile.

    Emptying all tables whole (TRUNCATE) makes new files for each and for its indices, which took half of a test's time.
    """
    some = "IF EXISTS (SELECT FROM {0}) THEN DELETE FROM {0}; END IF;"
    deletes = " ".join(some.format(name) for name in names)
    return f"""DO $$ BEGIN SET LOCAL session_replication_role = replica; {deletes}
        PERFORM setval(quote_ident(sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL; END $$"""


def empty_tables() -> None:
    """Empty every table; history needs its guard lifted for the moment."""
    db.session.remove()
    names = [t.name for t in reversed(db.metadata.sorted_tables)]
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            connection.exec_driver_sql(_emptying(tuple(names)))
        return
    with db.engine.begin() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(text("DROP TRIGGER history_no_delete"))
        for name in names:
            connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608  (names of our own tables)
        connection.execute(
            text("CREATE TRIGGER history_no_delete BEFORE DELETE ON history "
                 "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END")
        )  # fmt: skip
    if db.engine.pool.checkedin() > 1:  # a test with threads left some: each would stumble once over the lifted trigger
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without a face."""
    return app.test_client()


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Return a small municipality to set scenes in."""
    return Scene(app, NOW)


@pytest.fixture
def now() -> datetime:
    """Return the moment at which the test's clock stands."""
    return NOW
