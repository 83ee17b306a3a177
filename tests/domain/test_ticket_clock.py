"""Promises of the clock and the matrix: a pause is a pause, the age is the age, and the reason stands beside the priority."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.ticket_clock import clock, days_away, due_by_clock, pauses_after
from app.domain.tickets import PriorityRow, ResponseTimes, due_on, first_due, priority
from app.services.ticket_steps import is_working_day

T0 = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def moved(*steps: tuple[str, int]) -> list[list[str | None]]:
    """Return the pauses of a ticket that is new and then moves: state and days after T0."""
    pauses: list[list[str | None]] = []
    before = "new"
    for state, day in steps:
        pauses = pauses_after(pauses, before, state, T0 + timedelta(days=day))
        before = state
    return pauses


def test_waiting_stops_the_clock_and_the_whole_age_goes_on():
    pauses = moved(("assigned", 1), ("waiting_grid_owner", 2))
    found = clock(T0, None, pauses, "waiting_grid_owner", T0 + timedelta(days=12))
    assert (found.total, found.ours, found.waited) == (12.0, 2.0, 10.0)
    assert (found.running, found.waits_for) == (False, "waiting_grid_owner")


def test_one_waiting_after_another_is_counted_once():
    pauses = moved(("waiting_material", 1), ("waiting_digging", 4), ("on_site", 6))
    found = clock(T0, None, pauses, "on_site", T0 + timedelta(days=10))
    assert (found.ours, found.waited, found.running) == (5.0, 5.0, True)


def test_a_lamp_that_was_mended_and_goes_dark_again_costs_only_the_dark_days():
    pauses = moved(("on_site", 1), ("repaired", 2), ("reopened", 9))
    found = clock(T0, None, pauses, "reopened", T0 + timedelta(days=11))
    assert (found.total, found.ours, found.waited) == (11.0, 4.0, 0.0)


def test_a_mended_ticket_does_not_grow_older():
    pauses = moved(("on_site", 1), ("repaired", 3))
    found = clock(T0, T0 + timedelta(days=3), pauses, "repaired", T0 + timedelta(days=90))
    assert (found.total, found.ours) == (3.0, 3.0)


def test_the_contract_day_is_put_off_by_the_working_days_that_were_not_ours():
    opened = date(2026, 11, 2)  # a Monday
    due = due_on(opened, "P2", ResponseTimes({"P2": 3}, ("P2",)), is_working_day)
    pauses = moved(("waiting_material", 1), ("on_site", 8))
    away = days_away(pauses, T0 + timedelta(days=9), lambda at: at.date())
    assert due == date(2026, 11, 5)
    assert due_by_clock(opened, due, away, is_working_day) == date(2026, 11, 12)
    assert due_by_clock(opened, due, set(), is_working_day) == due


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (date(2026, 12, 22), date(2026, 12, 29)),
        (date(2027, 3, 24), date(2027, 3, 31)),
        (date(2026, 6, 17), date(2026, 6, 23)),
    ],
)
def test_working_days_know_christmas_easter_and_midsummer(opened: date, due: date):
    assert due_on(opened, "P2", ResponseTimes({"P2": 3}, ("P2",)), is_working_day) == due


def test_a_cable_fault_has_its_own_clock_and_a_single_lamp_may_wait_for_the_patrol():
    times = ResponseTimes(
        {"P1": 5, "P4": 30},
        (),
        fault_days={"B14": 2},
        by_patrol=("P4",),
        patrols=(date(2026, 10, 1), date(2027, 1, 15)),
    )
    opened = date(2026, 11, 2)
    assert due_on(opened, "P4", times, is_working_day, "B14") == date(2026, 11, 4)
    assert due_on(opened, "P4", times, is_working_day, "B01") == date(2027, 1, 15)
    assert due_on(opened, "P1", times, is_working_day, "B14") == date(2026, 11, 7)


def test_danger_is_to_be_made_safe_within_the_hour():
    times = ResponseTimes({"P1": 5})
    assert first_due(T0, T0.date(), "P1", times, is_working_day) == T0 + timedelta(hours=1)
    assert first_due(T0, T0.date(), "P3", times, is_working_day) == date(2026, 11, 9)


def test_the_first_row_that_holds_decides_and_gives_its_reason():
    matrix = (PriorityRow("P2", "Skolväg", environments=("school_route",), least_lamps=2), PriorityRow("P4", "Annars"))
    assert priority("B01", 2, "school_route", None, matrix).reason == "Skolväg"
    assert priority("B01", 1, "school_route", None, matrix).reason == "Annars"


@pytest.mark.parametrize(
    ("fault", "lamps", "environment", "band", "code"),
    [
        ("B10", 1, None, None, "P1"), ("B12", 9, "park", "A", "P1"), ("B16", 5, None, None, "P5"), ("B08", 1, None, None, "P5"),
        ("B03", 1, None, None, "P2"), ("B01", 3, None, None, "P2"), ("B01", 1, "underpass", None, "P2"), ("B04", 1, "underpass", None, "P3"),
        ("B01", 1, "school_route", None, "P3"), ("B01", 1, "street", "A", "P3"), ("B13", 1, None, None, "P3"), ("B01", 1, "street", "B", "P4"),
    ],
)  # fmt: skip
def test_the_default_matrix_is_the_one_of_the_domain(fault, lamps, environment, band, code):
    assert priority(fault, lamps, environment, band).code == code
