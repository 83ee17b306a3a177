"""A public position never points out a door."""

from __future__ import annotations

import numpy as np
import pytest

from geo.privacy import enough_together, rounded, snapped

DOORS = np.random.default_rng(8).uniform([580_000, 6_280_000], [581_000, 6_281_000], (500, 2))


def test_a_shown_position_is_never_more_than_half_a_square_away() -> None:
    assert np.abs(snapped(DOORS, 50) - DOORS).max() <= 25


def test_asking_again_gives_the_same_answer_so_that_averaging_reveals_nothing() -> None:
    assert (snapped(snapped(DOORS)) == snapped(DOORS)).all()
    assert (rounded(rounded(DOORS)) == rounded(DOORS)).all()


def test_neighbours_within_one_square_look_the_same() -> None:
    shown = snapped([(101.0, 149.0), (149.0, 101.0)], 50)
    assert shown.tolist() == [[125.0, 125.0], [125.0, 125.0]]


def test_degrees_lose_the_decimals_that_would_tell_a_house() -> None:
    assert rounded([(16.36512, 56.66449)]).tolist() == [[16.365, 56.664]]


def test_a_square_with_too_few_reports_is_told_from_one_with_enough() -> None:
    together = enough_together([(1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (70.0, 1.0)], 3)
    assert together.tolist() == [True, True, True, False]


def test_a_square_without_a_side_is_refused_with_its_reason() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        snapped(DOORS, 0)
