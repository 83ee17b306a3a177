"""When a promise may be published, and how its activities are counted."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.promises import Goal, Happening, agreement_warns, by_hand, missing_blocks, progress

PERIOD = (date(2026, 1, 1), date(2027, 12, 31))


def happened(*where_and_when: tuple[int | None, str]) -> list[Happening]:
    return [Happening(district, date.fromisoformat(day)) for district, day in where_and_when]


def test_an_activity_names_which_of_its_three_blocks_it_lacks() -> None:
    assert missing_blocks(responsible=True, implementation="Så här", follow_up="Vi räknar") == []
    assert missing_blocks(responsible=False, implementation=" ", follow_up="Vi räknar") == [
        "responsible",
        "implementation",
    ]


def test_two_walks_in_one_district_make_up_for_none_in_another() -> None:
    goal = Goal(1, "district_year", (date(2026, 1, 1), date(2026, 12, 31)), (1, 2))
    found = progress(happened((1, "2026-03-01"), (1, "2026-10-01")), goal)
    assert (found.done, found.wanted, found.met, found.happened) == (1, 2, False, 2)
    assert found.lacking == [((2, 2026), 1)]


def test_what_is_promised_per_year_must_happen_in_each_year_of_the_period() -> None:
    goal = Goal(2, "year", PERIOD, (1,))
    found = progress(happened((1, "2026-02-01"), (1, "2026-03-01"), (1, "2026-04-01"), (1, "2027-01-15")), goal)
    assert (found.done, found.wanted) == (3, 4)
    assert found.lacking == [((None, 2027), 1)]


def test_the_first_and_the_last_day_count_and_the_days_beside_them_do_not() -> None:
    goal = Goal(4, "period", PERIOD, (1,))
    found = progress(happened((1, "2025-12-31"), (1, "2026-01-01"), (1, "2027-12-31"), (1, "2028-01-01")), goal)
    assert found.happened == 2


@pytest.mark.parametrize(("per", "wanted"), [("period", 3), ("year", 6), ("district_year", 12)])
def test_what_people_count_themselves_is_held_against_the_whole_promise(per: str, wanted: int) -> None:
    found = by_hand(20, Goal(3, per, PERIOD, (1, 2)))
    assert (found.done, found.wanted, found.met) == (wanted, wanted, True)


def test_an_agreement_is_warned_of_three_months_before_it_ends_and_after() -> None:
    today = date(2026, 11, 24)
    assert agreement_warns(date(2027, 2, 22), today)
    assert agreement_warns(date(2026, 1, 1), today)
    assert not agreement_warns(date(2027, 2, 23), today)
    assert not agreement_warns(None, today)
