"""Which tickets make one day."""

from __future__ import annotations

from datetime import date, timedelta

from app.domain.ticket_days import Candidate, choose_day, urgency

DAY = date(2026, 11, 24)


def candidate(number: int, *, priority: str = "P4", days: int = 10, mine: bool = False, group: str = "C1") -> Candidate:
    return Candidate(number, priority, DAY + timedelta(days=days), mine, group)


def test_danger_comes_first_then_ones_own_then_what_is_due() -> None:
    found = choose_day(
        [candidate(1, days=1), candidate(2, mine=True), candidate(3, priority="P1", days=30), candidate(4, days=0)]
    )
    assert [c.id for c in found] == [3, 2, 4, 1]


def test_a_day_is_no_longer_than_a_van_can_drive() -> None:
    assert len(choose_day([candidate(n) for n in range(200)])) == 40


def test_what_hangs_on_the_same_cabinet_is_taken_along() -> None:
    due = [candidate(n, days=1, group="C1") for n in range(3)]
    later = [candidate(10, days=2, group="C9"), candidate(11, days=9, group="C1")]
    assert [c.id for c in choose_day([*due, *later], most=4, along=1)] == [0, 1, 2, 11]


def test_urgency_tells_danger_from_dark_passages_from_the_rest() -> None:
    assert [urgency(p) for p in ("P1", "P2", "P3", "P4", "P5")] == [0, 1, 2, 2, 2]
