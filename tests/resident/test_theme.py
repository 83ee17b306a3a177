"""Residents' pages are dark when it is dark outside, light by day, and as they chose when they chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.adapters.clock import Clock
from app.web.parts import KEY
from tests.builders import Scene

At = Callable[[datetime], None]
NOON, EVENING = datetime(2026, 11, 24, 11, 0, tzinfo=UTC), datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.fixture
def at(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> At:
    """Let it be another time of day."""

    def stand(moment: datetime) -> None:
        parts = replace(scene.app.extensions[KEY], clock=Clock(moment))
        monkeypatch.setitem(scene.app.extensions, KEY, parts)

    return stand


def look(text: str) -> str:
    head = text.partition(">\n<head")[0]
    return "dark" if 'data-theme="dark"' in head else "light" if 'data-theme="light"' in head else ""


def test_a_page_is_dark_after_dusk_and_left_to_the_browser_by_day(scene: Scene, at: At) -> None:
    resident = scene.app.test_client()
    at(EVENING)
    assert look(resident.get("/places").text) == "dark"
    at(NOON)
    assert look(resident.get("/places").text) == ""


def test_what_a_resident_chose_lasts_until_they_choose_the_sun_again(scene: Scene, at: At) -> None:
    resident = scene.app.test_client()
    at(EVENING)
    assert look(resident.get("/places?theme=light").text) == "light"
    assert look(resident.get("/about").text) == "light"
    resident.get("/about?theme=sun")
    assert look(resident.get("/about").text) == "dark"


def test_a_page_that_a_phone_keeps_knows_the_place_and_not_the_hour(scene: Scene, at: At) -> None:
    at(EVENING)
    kept = scene.app.test_client().get("/report?shell=1").text
    assert look(kept) == ""
    assert 'data-sun="' in kept
    assert "/static/js/theme.js" in kept
