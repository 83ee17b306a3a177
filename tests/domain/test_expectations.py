"""What the sender of a new report may expect, by which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from app.domain.expectations import after_working_days, expected
from app.domain.tickets import DEFAULT_MATRIX, DEFAULT_RESPONSE_TIMES, PriorityRow, ResponseTimes

FRIDAY = date(2026, 11, 20)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5


def told(
    kind: str, *categories: str, environment: str | None = None, times: ResponseTimes = DEFAULT_RESPONSE_TIMES,
    matrix: Sequence[PriorityRow] = DEFAULT_MATRIX,
) -> list[str]:  # fmt: skip
    found = expected(kind, categories, environment, FRIDAY, times=times, matrix=matrix, is_working_day=is_working_day)
    return [(s.text % s.facts) for s in found]


def test_a_single_lamp_is_promised_within_thirty_days() -> None:
    assert told("fault", "lamp_out") == [
        "Vi läser rapporten senast 2026-11-27.", "En enstaka lampa lagas senast 2026-12-20."
    ]  # fmt: skip


def test_a_round_that_comes_later_is_named_as_the_other_day() -> None:
    times = ResponseTimes({"P4": 30}, next_patrol_on=date(2027, 1, 12))
    assert told("fault", "lamp_out", times=times)[1].endswith("eller vid ronden 2027-01-12.")


def test_a_round_before_the_promised_day_changes_nothing() -> None:
    times = ResponseTimes({"P4": 30}, next_patrol_on=date(2026, 12, 1))
    assert "ronden" not in told("fault", "lamp_out", times=times)[1]


def test_a_dark_tunnel_is_promised_in_working_days() -> None:
    assert told("fault", "lamp_out", "underpass")[1].endswith("senast 2026-11-25.")


def test_the_lamp_of_the_register_says_where_it_stands() -> None:
    assert told("fault", "lamp_out", environment="school_route")[1].startswith("Lampor vid skolvägar")


def test_a_wish_for_light_gets_an_answer_and_no_promise_of_a_lamp() -> None:
    assert "investering" in told("wish", "no_lamp")[1]


def test_an_unsafe_place_is_promised_a_reader_and_nothing_that_nobody_can_keep() -> None:
    assert told("unsafe_place", "just_a_feeling")[1].startswith("Flera rapporter om samma plats")


def test_the_municipalitys_own_table_says_when_a_report_is_read() -> None:
    times = ResponseTimes({"P4": 10, "P5": 15}, read_days={"P4": 2})
    assert told("fault", "lamp_out", times=times) == [
        "Vi läser rapporten senast 2026-11-24.", "En enstaka lampa lagas senast 2026-11-30."
    ]  # fmt: skip


def test_the_municipalitys_own_matrix_decides_the_day_and_nothing_is_said_that_only_ours_says() -> None:
    own = [PriorityRow("P2", "Alla lampor är lika viktiga")]
    assert told("fault", "lamp_out", matrix=own)[1] == "Felet åtgärdas senast 2026-11-25."
    school_first = [PriorityRow("P3", "Skolväg", environments=["school_route"]), DEFAULT_MATRIX[-1]]
    assert told("fault", "lamp_out", matrix=school_first)[1] == "En enstaka lampa lagas senast 2026-12-20."


def test_a_fault_that_the_matrix_calls_a_wish_is_promised_an_answer_and_no_repair() -> None:
    assert told("fault", "obscured", matrix=[PriorityRow("P5", "Växtlighet")])[1] == "Du får svar senast 2026-12-11."


def test_a_broken_lamp_is_not_told_that_it_stands_by_a_school() -> None:
    assert told("fault", "damage")[1] == "Felet åtgärdas senast 2026-12-01."


def test_a_priority_that_waits_for_the_round_is_promised_the_round() -> None:
    times = ResponseTimes({"P4": 30}, by_patrol=("P4",), patrols=[date(2027, 1, 12)], next_patrol_on=date(2027, 1, 12))
    assert told("fault", "lamp_out", times=times)[1] == "En enstaka lampa lagas senast 2027-01-12."


@pytest.mark.parametrize(("days", "day"), [(0, FRIDAY), (1, date(2026, 11, 23)), (5, date(2026, 11, 27))])
def test_working_days_leave_the_weekend_out(days: int, day: date) -> None:
    assert after_working_days(FRIDAY, days, is_working_day) == day
