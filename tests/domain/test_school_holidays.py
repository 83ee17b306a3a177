"""School holidays as they are written and read."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.school_holidays import SchoolHoliday, as_rule, of_rule, on, read, written

SPORTS = SchoolHoliday("Sportlov", date(2027, 2, 22), date(2027, 2, 26))


def test_a_holiday_is_read_as_people_write_it_and_comes_back_the_same_from_the_rule() -> None:
    for line in (
        "Sportlov 2027-02-22 – 2027-02-26",
        "Sportlov: 2027-02-22 till 2027-02-26",
        "  Sportlov, 2027-02-22 2027-02-26 ",
    ):
        assert read(f"\n{line}\n") == ([SPORTS], "")  # fmt: skip
    assert read(written([SPORTS])) == ([SPORTS], "")
    assert of_rule(as_rule([SPORTS])) == [SPORTS]
    assert of_rule(None) == []


@pytest.mark.parametrize("line", ["Sportlov", "2027-02-22 2027-02-26", "Sportlov 2027-02-30 2027-03-01", "Sportlov 2027-02-26 2027-02-22"])  # fmt: skip
def test_a_line_that_is_no_holiday_is_given_back_as_it_stands(line: str) -> None:
    assert read(f"{written([SPORTS])}\n{line}") == ([], line)


def test_both_the_first_and_the_last_day_are_in_the_holiday() -> None:
    assert [bool(on([SPORTS], date(2027, 2, day))) for day in (21, 22, 26, 27)] == [False, True, True, False]
