"""Which stops a walk should visit."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geo.routes import loop_length_m, loop_order
from geo.walk_choice import Wishes, choose

CHANCE = np.random.default_rng(12)


def test_no_other_stops_within_the_length_are_worth_more() -> None:
    for _ in range(4):
        stops, score, start = CHANCE.uniform(0, 900, (8, 2)), CHANCE.integers(20, 90, 8), np.array([450.0, 450.0])
        found = choose(stops, score, start, Wishes(1800, most=5))
        best = 0
        for size in range(1, 6):
            for rows in combinations(range(8), size):
                loop = np.vstack([start, stops[list(rows)]])
                if loop_length_m(loop, loop_order(loop)) <= 1800:
                    best = max(best, score[list(rows)].sum())
        assert found.score == best


@pytest.mark.parametrize("candidates", [9, 60])
def test_the_length_that_is_told_is_the_length_of_the_loop_and_within_the_limit(candidates: int) -> None:
    stops, start = CHANCE.uniform(0, 1500, (candidates, 2)), np.array([700.0, 700.0])
    found = choose(stops, CHANCE.uniform(20, 90, candidates), start, Wishes(2000))
    walked = np.vstack([start, stops[list(found.stops)]])
    assert found.length_m == pytest.approx(loop_length_m(walked, range(len(walked))))
    assert found.length_m <= 2000
    assert len(set(found.stops)) == len(found.stops) <= 10


def test_the_solver_finds_the_exact_best_where_every_set_of_stops_can_be_tried() -> None:
    for _ in range(3):
        stops, score = CHANCE.uniform(0, 1500, (11, 2)), CHANCE.uniform(20, 90, 11).round(1)
        exact = choose(stops, score, (700.0, 700.0))
        far = np.full((4, 2), 1e6) + np.arange(4)[:, None]  # out of reach, but too many candidates to try every set
        solved = choose(np.vstack([stops, far]), [*score, 99, 99, 99, 99], (700.0, 700.0))
        assert solved.proven
        assert solved.score == pytest.approx(exact.score)
        assert solved.length_m == pytest.approx(exact.length_m, abs=5)


@pytest.mark.parametrize("candidates", [10, 30])
def test_a_pinned_stop_is_on_the_walk_whatever_it_is_worth(candidates: int) -> None:
    stops = CHANCE.uniform(0, 1200, (candidates, 2))
    score = [1.0, *CHANCE.uniform(40, 90, candidates - 1)]
    found = choose(stops, score, (600.0, 600.0), Wishes(2000, must=[0]))
    assert 0 in found.stops
    assert found.length_m <= 2000


@pytest.mark.parametrize("candidates", [10, 30])
def test_one_safe_place_comes_along_when_one_can_be_reached(candidates: int) -> None:
    stops = CHANCE.uniform(0, 1000, (candidates, 2))
    score = [0.0, 0.0, *CHANCE.uniform(40, 90, candidates - 2)]
    found = choose(stops, score, (500.0, 500.0), Wishes(2500, safe=[0, 1]))
    assert len({0, 1} & set(found.stops)) == 1


def test_pinned_stops_that_do_not_fit_are_visited_all_the_same_and_nothing_else() -> None:
    found = choose([(3000.0, 0.0), (0.0, 3000.0), (10.0, 10.0)], [50, 40, 99], (0.0, 0.0), Wishes(2000, must=[0, 1]))
    assert sorted(found.stops) == [0, 1]
    assert found.length_m > 2000


def test_the_walking_distance_of_a_network_decides_and_not_the_straight_line() -> None:
    across_the_water = np.array([[0, 100, 5000], [100, 0, 5000], [5000, 5000, 0]], dtype=float)
    found = choose([(0.0, 50.0), (50.0, 0.0)], [10, 99], (0.0, 0.0), Wishes(2000, distance_m=across_the_water))
    assert found.stops == (0,)
    assert found.extra_m[1] > 2000


def test_a_district_with_dense_spots_gives_a_walk_of_enough_stops() -> None:
    stops = CHANCE.uniform(0, 700, (80, 2))
    found = choose(stops, CHANCE.uniform(20, 90, 80))
    assert found.enough
    assert 6 <= len(found.stops) <= 10


def test_stops_too_far_apart_are_told_to_be_too_few() -> None:
    found = choose([(0.0, 0.0), (5000.0, 0.0), (0.0, 5000.0)], [50, 40, 30])
    assert (found.stops, found.enough) == ((0,), False)
    assert choose(np.empty((0, 2)), []).stops == ()
    assert choose([(9000.0, 0.0)], [50], (0.0, 0.0)).stops == ()


def test_scores_that_do_not_fit_the_stops_are_refused() -> None:
    with pytest.raises(ValueError, match="must be"):
        choose([(0.0, 0.0)], [50, 40])
    with pytest.raises(ValueError, match="must be"):
        choose([(0.0, 0.0)], [-1])
