"""When a local action plan should have been looked at again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def overdue_review(reviews: Iterable[date], followed_up_on: date | None, today: date) -> date | None:
    """Return the first agreed day that has come without anybody having followed the plan up on it or since, or None.

    Args:
        reviews: the agreed days. followed_up_on: when the plan was last said to be followed up, if ever.

    """
    waiting = (day for day in reviews if day <= today and (followed_up_on is None or followed_up_on < day))
    return min(waiting, default=None)
