"""A plan's days of being looked at again."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.plan_reviews import overdue_review

MAY, OCTOBER = date(2026, 5, 4), date(2026, 10, 5)


@pytest.mark.parametrize(
    ("followed_up_on", "today", "due"),
    [
        (None, date(2026, 5, 3), None),
        (None, MAY, MAY),
        (None, date(2026, 12, 1), MAY),
        (MAY, date(2026, 9, 1), None),
        (date(2026, 5, 20), OCTOBER, OCTOBER),
        (OCTOBER, date(2027, 1, 1), None),
        (date(2026, 5, 3), date(2026, 6, 1), MAY),
    ],
)
def test_a_plan_waits_for_the_first_day_that_came_without_being_followed_up(
    followed_up_on: date | None, today: date, due: date | None
) -> None:
    assert overdue_review([OCTOBER, MAY], followed_up_on, today) == due
