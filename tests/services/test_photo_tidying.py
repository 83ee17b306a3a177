"""Promises about photos that nobody sent after all: they do not lie about, and none that somebody sent is touched."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from app.adapters.photo_intake import key
from app.adapters.photo_store import PhotoStore
from app.models.base import db
from app.models.jobs import Job
from app.models.photos import Photo
from app.services import photo_tidying, work
from app.services.photo_tidying import TIDY_PHOTOS, WAITS, Tidied, tidy
from tests.builders import Scene, jpeg

DAY = timedelta(days=1)
SOMEBODY_WAITS = text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
SENT, UNSENT, LOST = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture
def store(scene: Scene) -> Iterator[PhotoStore]:
    """The photo store, in which nothing lies."""
    store: PhotoStore = scene.app.extensions["ljuspunkt"].photo_store
    for name in list(store.keys()):
        store.delete(name)
    return store


def files(store: PhotoStore) -> set[str]:
    return {name.partition("-")[0] for name in store.keys()}  # noqa: SIM118  (not a dict)


def put(store: PhotoStore, *names: str) -> None:
    for name in names:
        for variant in ("large", "small"):
            store.put(key(name, variant), jpeg())


def photo(name: str, at: datetime, **belongs: object) -> None:
    db.session.add(Photo(public_id=name, sha256="0" * 64, width=64, height=48, created_at=at, updated_at=at, **belongs))
    db.session.commit()


def work_on(scene: Scene) -> None:
    scene.app.extensions["ljuspunkt"].jobs.round()


def test_a_photo_of_a_form_that_was_never_sent_is_gone_after_two_days_and_one_that_was_sent_stays(
    scene: Scene, store: PhotoStore
) -> None:
    report = scene.report()
    photo(SENT, scene.now - 3 * DAY, report_id=report.id)
    photo(UNSENT, scene.now - 3 * DAY, staged_for="a form")
    put(store, SENT, UNSENT)
    assert tidy(store, now=scene.now).unsent == 1
    work_on(scene)
    assert db.session.scalars(select(Photo.public_id)).all() == [SENT]
    assert files(store) == {SENT}


def test_a_form_that_is_sent_in_the_very_moment_keeps_its_photos(scene: Scene, store: PhotoStore) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("here one writes after the other")
    photo(UNSENT, scene.now - 3 * DAY, staged_for="a form")
    put(store, UNSENT)
    report, engine, held = scene.report().id, db.engine, threading.Event()

    def sent_meanwhile() -> None:
        with engine.begin() as other:
            other.execute(update(Photo).values(report_id=report, staged_for=None))
            held.set()
            deadline = time.monotonic() + 10
            while not other.scalar(SOMEBODY_WAITS) and time.monotonic() < deadline:
                pass

    sending = threading.Thread(target=sent_meanwhile)
    sending.start()
    assert held.wait(10)
    assert tidy(store, now=scene.now).unsent == 0
    sending.join()
    work_on(scene)
    assert files(store) == {UNSENT}


def test_a_photo_waits_two_days_for_its_form(scene: Scene, store: PhotoStore) -> None:
    photo(UNSENT, scene.now - WAITS, staged_for="a form")
    put(store, UNSENT)
    assert tidy(store, now=scene.now) == Tidied(0, 0)
    work_on(scene)
    assert files(store) == {UNSENT}


def test_a_file_that_a_crash_left_without_a_row_is_deleted_when_its_row_can_no_longer_be_on_its_way(
    scene: Scene, store: PhotoStore
) -> None:
    written = datetime.now(UTC)
    photo(SENT, written + DAY, report_id=scene.report().id)
    put(store, SENT, LOST)
    assert tidy(store, now=written + DAY) == Tidied(0, 0)
    assert files(store) == {SENT, LOST}
    assert tidy(store, now=written + 3 * DAY) == Tidied(0, 2)
    assert files(store) == {SENT}


@pytest.mark.parametrize("rows", [0, 1])
def test_photos_younger_than_the_newest_row_stay_since_an_older_database_may_have_been_brought_back(
    scene: Scene, store: PhotoStore, rows: int
) -> None:
    written = datetime.now(UTC)
    if rows:
        photo(SENT, written - DAY, report_id=scene.report().id)
    put(store, SENT, LOST)
    assert tidy(store, now=written + 3 * DAY) == Tidied(0, 0)
    assert files(store) == {SENT, LOST}


def test_when_hardly_a_file_has_a_row_nothing_is_deleted_since_it_is_likely_another_database(
    scene: Scene, store: PhotoStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(photo_tidying, "FEW", 3)
    photo(SENT, datetime.now(UTC) + DAY, report_id=scene.report().id)
    put(store, SENT, UNSENT, LOST)
    with caplog.at_level(logging.WARNING):
        assert tidy(store, now=datetime.now(UTC) + 3 * DAY) == Tidied(0, 0)
    assert files(store) == {SENT, UNSENT, LOST}
    assert "4 files of the photo store have no row" in caplog.text


def test_the_worker_tidies_every_night_and_asks_for_the_next_one_only_once(scene: Scene, store: PhotoStore) -> None:
    nights: list[datetime] = []
    handlers = {TIDY_PHOTOS: lambda _payload, now: nights.append(now)}
    begun = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
    for hours in range(60):
        work.run_due(handlers, clock=lambda now=begun + timedelta(hours=hours): now, nightly=[TIDY_PHOTOS])
    assert [night.isoformat(timespec="minutes") for night in nights] == [
        "2026-11-25T03:00+00:00",
        "2026-11-26T03:00+00:00",
        "2026-11-27T03:00+00:00",
    ]
    assert len(db.session.scalars(select(Job).where(Job.done_at.is_(None))).all()) == 1
