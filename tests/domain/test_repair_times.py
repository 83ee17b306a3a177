"""Promises of the numbers: checked by hand on ten tickets, whatever their order."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.repair_times import Repair, numbers, p90

D = date(2026, 6, 1)
TODAY = date(2026, 8, 1)


def repair(
    days: int | None, promised: int = 7, district: str = "Oxhagen", lamp: str = "", clock: int | None = None
) -> Repair:
    mended = None if days is None else D + timedelta(days=days)
    due = D + timedelta(days=promised)
    return Repair(
        "B01", "Kommunen", district, D, due, D + timedelta(days=clock or promised), mended, lamp, lamp and "C1"
    )


def test_ten_repairs_checked_by_hand():
    found = numbers([repair(n) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 40)], TODAY).whole
    assert (found.median_days, found.p90_days) == (5.5, 9)
    assert (found.kept, found.judged) == (7, 10)


def test_an_open_ticket_is_judged_only_when_its_day_has_passed():
    found = numbers([repair(None), repair(None, promised=90), repair(3)], TODAY).whole
    assert (found.tickets, found.mended, found.judged, found.kept) == (3, 1, 2, 1)


def test_a_promise_can_be_broken_to_the_resident_and_kept_by_the_contract():
    found = numbers([repair(12, promised=7, clock=14)], TODAY).whole
    assert (found.kept, found.kept_by_clock) == (0, 1)


def test_the_ratio_is_of_districts_with_enough_repairs():
    fast, slow = [repair(4)] * 5, [repair(6, district="Skälby")] * 5
    assert numbers([*fast, *slow, *[repair(60, district="Liten")] * 4], TODAY).ratio == 1.5
    assert numbers(fast, TODAY).ratio is None


def test_poles_and_cabinets_that_come_back_are_named_the_most_first():
    found = numbers([repair(1, lamp=x) for x in ("A", "B", "B", "C", "C", "C")], TODAY)
    assert found.lamps == [("C", 3), ("B", 2)]
    assert found.cabinets == [("C1", 6)]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_nine_of_ten_is_a_day_on_which_something_was_mended(days):
    ordered = sorted(days)
    found = p90(ordered)
    assert found in days
    assert sum(d <= found for d in days) >= 0.9 * len(days)


@given(st.permutations([repair(n, district="AB"[n % 2]) for n in range(12)]))
def test_the_order_of_the_tickets_changes_no_number(shuffled):
    assert numbers(shuffled, TODAY) == numbers(sorted(shuffled, key=lambda r: r.mended_on), TODAY)
