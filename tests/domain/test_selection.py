"""The year's places are chosen round by round, so that the district that reports most does not get everything."""

from __future__ import annotations

from app.domain.selection import Area, Candidate, choose, quiet

AREAS = [Area(1, 8000, 400), Area(2, 2000, 10), Area(3, 2000, 60)]


def spot(number: int, district: int | None, points: float, *, confirmed: bool = True) -> Candidate:
    return Candidate(number, district, points, "A" if points >= 60 else "B" if points >= 40 else "C", confirmed)


def chosen(spots: list[Candidate], areas: list[Area] = AREAS, capacity: int = 10) -> list[tuple[int, str]]:
    return [(c.id, c.why) for c in choose(spots, areas, capacity)]


def test_every_district_with_a_confirmed_spot_is_served_before_anybody_is_served_twice() -> None:
    loud = [spot(n, 1, 90 - n) for n in range(1, 6)]
    assert chosen([*loud, spot(10, 2, 30), spot(11, 3, 45)], capacity=3) == [
        (1, "first_lap"), (11, "first_lap"), (10, "first_lap"),
    ]  # fmt: skip


def test_a_district_without_a_confirmed_spot_waits_for_its_points() -> None:
    assert chosen([spot(1, 1, 50), spot(2, 2, 80, confirmed=False)]) == [(1, "first_lap"), (2, "by_points")]


def test_political_priority_gives_one_more_place_and_never_more_points() -> None:
    prior = [Area(1, 8000, 400), Area(2, 2000, 10, priority_decision="KS 2026/114")]
    spots = [spot(1, 1, 90), spot(2, 1, 88), spot(3, 2, 50), spot(4, 2, 20)]
    assert chosen(spots, prior, 3) == [(1, "first_lap"), (3, "first_lap"), (4, "priority")]


def test_a_district_above_its_share_waits_while_another_has_an_urgent_place() -> None:
    even = [Area(1, 1000, 50), Area(2, 1000, 50)]
    spots = [*(spot(n, 1, 95 - n) for n in range(1, 6)), *(spot(n, 2, 70 - n) for n in range(6, 9))]
    order = [number for number, _ in chosen(spots, even, 4)]
    assert order == [1, 6, 2, 3]
    assert [number for number, _ in chosen(spots, even, 6)] == [1, 6, 2, 3, 4, 5]
    assert chosen(spots, [Area(1, 100, 50), Area(2, 1900, 50)], 4) == [
        (1, "first_lap"), (6, "first_lap"), (7, "by_points"), (8, "by_points"),
    ]  # fmt: skip


def test_with_little_capacity_the_highest_points_of_the_first_lap_go_first() -> None:
    assert chosen([spot(1, 1, 50), spot(2, 2, 70)], capacity=1) == [(2, "first_lap")]
    assert chosen([spot(1, 1, 50)], capacity=0) == []


def test_the_order_of_the_list_changes_nothing_in_the_choice() -> None:
    spots = [spot(n, 1 + n % 3, 40 + (n * 7) % 30, confirmed=n % 2 == 0) for n in range(1, 20)]
    assert chosen(spots) == chosen(spots[::-1])


def test_a_district_that_reports_less_than_half_as_much_as_all_is_quiet_and_so_is_a_silent_one() -> None:
    assert quiet(AREAS) == [2]
    assert quiet([Area(1, 1000, 10), Area(2, 1000, 10, silent=True), Area(3, None, 0)]) == [2]
    assert quiet([]) == []
