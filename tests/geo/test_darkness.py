"""When it is dark enough for a walk, and how many waking hours are dark."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from astral import Observer
from astral.sun import elevation

from geo.darkness import (
    Where,
    civil_dusk,
    dark_hours_ahead,
    dark_hours_on,
    dark_hours_until,
    decay,
    next_dark_day,
    walk_refusal,
    walk_start,
)

KALMAR = Where(16.36, 56.66, "Europe/Stockholm")
KIRUNA = Where(20.22, 67.86, "Europe/Stockholm")


@pytest.mark.parametrize(
    ("month", "hour", "minute"),
    [(9, 19, 55), (10, 18, 35), (11, 16, 30), (12, 16, 5), (1, 16, 35), (2, 17, 40), (3, 18, 40), (4, 20, 45)],
)
def test_civil_dusk_in_kalmar_agrees_with_the_brief_within_five_minutes(month: int, hour: int, minute: int) -> None:
    found = civil_dusk(date(2026 if month > 6 else 2027, month, 15), KALMAR)
    assert found is not None
    assert abs(found.hour * 60 + found.minute - hour * 60 - minute) <= 5


def test_a_year_in_kalmar_has_about_1446_dark_waking_hours() -> None:
    assert dark_hours_until(date(2026, 1, 1), date(2026, 12, 31), KALMAR)[0] == pytest.approx(1446, rel=0.02)


def test_a_dark_walk_in_june_is_refused_and_one_in_november_begins_a_quarter_after_dusk() -> None:
    assert walk_start(date(2027, 6, 15), KALMAR, 15) is None
    start = walk_start(date(2026, 11, 15), KALMAR, 15)
    assert start is not None
    assert (start.hour, start.minute // 10) == (16, 4)


def test_the_far_north_has_summers_without_dark_and_winters_with_much() -> None:
    assert dark_hours_on(date(2026, 6, 15), KIRUNA) == 0
    assert dark_hours_on(date(2026, 12, 21), KIRUNA) > 10


def test_december_has_more_dark_hours_ahead_than_april() -> None:
    assert dark_hours_ahead(date(2026, 12, 1), 30, KALMAR) > 220
    assert dark_hours_ahead(date(2027, 4, 10), 30, KALMAR) < 80


@pytest.mark.parametrize(
    ("month", "hour", "minute"), [(9, 19, 50), (10, 18, 25), (12, 15, 45), (2, 17, 25), (4, 20, 50)]
)
def test_civil_dusk_in_nacka_agrees_with_the_brief_within_five_minutes(month: int, hour: int, minute: int) -> None:
    found = civil_dusk(date(2026 if month > 6 else 2027, month, 15), Where(18.16, 59.31, "Europe/Stockholm"))
    assert found is not None
    assert abs(found.hour * 60 + found.minute - hour * 60 - minute) <= 5


def test_october_to_march_in_kalmar_hold_about_1195_of_the_dark_hours() -> None:
    year = [date(2026, 1, 1) + timedelta(days=k) for k in range(365)]
    winter = sum(dark_hours_on(day, KALMAR) for day in year if day.month not in range(4, 10))
    assert winter == pytest.approx(1195, rel=0.01)


@pytest.mark.parametrize(
    "where", [KALMAR, KIRUNA, Where(-71.06, 42.36, "America/New_York"), Where(151.2, -33.9, "Australia/Sydney")]
)
@pytest.mark.parametrize(
    "day", [date(2026, 1, 15), date(2026, 3, 29), date(2026, 5, 20), date(2026, 7, 30), date(2026, 11, 5)]
)
def test_dark_hours_are_those_that_asking_the_sun_every_five_minutes_would_count(where: Where, day: date) -> None:
    begin = datetime(day.year, day.month, day.day, 6, tzinfo=where.zone).astimezone(UTC)
    moments = [begin + timedelta(minutes=5 * k + 2.5) for k in range(17 * 12)]
    observer = Observer(where.lat, where.lon)
    dark = sum(elevation(observer, moment) < -6 for moment in moments)
    assert dark_hours_on(day, where) == pytest.approx(dark / 12, abs=0.17)


def test_a_walk_refused_in_summer_says_why_and_when_it_is_dark_in_time_again() -> None:
    assert walk_refusal(date(2026, 11, 15), KALMAR, 15) == ""
    assert walk_refusal(date(2027, 6, 15), KALMAR, 15) == "too_late"
    assert walk_refusal(date(2027, 6, 15), KIRUNA, 15) == "never_dark"
    again = next_dark_day(date(2027, 6, 15), KALMAR, 15)
    assert again is not None
    assert date(2027, 8, 1) < again < date(2027, 9, 1)


def test_a_report_weighs_half_after_its_half_life_and_never_more_than_one() -> None:
    assert decay([0, 600, 1200, -50], 600).tolist() == [1, 0.5, 0.25, 1]
    with pytest.raises(ValueError, match="must be positive"):
        decay(1, 0)


def test_a_report_of_mid_march_still_weighs_two_thirds_in_october() -> None:
    hours = dark_hours_until(date(2026, 3, 15), date(2026, 9, 30), KALMAR)[0]
    assert decay(hours, 600) == pytest.approx(0.69, abs=0.02)
