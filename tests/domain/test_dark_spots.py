"""The score of a dark spot, against the worked example of the municipality's brief."""

from __future__ import annotations

import dataclasses

import pytest

from app.domain.dark_spots import SpotFacts, Voice, band, correction, score, voices_sum

FRESH = Voice(severity=2, lighting=True, dark_hours=0, days=0)
QUIET_TUNNEL = SpotFacts(
    voices=[Voice(2, lighting=True, dark_hours=22, days=5)] * 4, correction=1.4, context=["school", "bus_stop", "only_way"],
    flow="medium", light="lamp_out", lighting_spot=True, dark_hours_ahead=260, confirmed=True, perspectives=1, waiting_days=95,
)  # fmt: skip
CAMPAIGN = SpotFacts(
    voices=[FRESH] * 25, correction=0.7, context=[], flow="low", light="fine", lighting_spot=True,
    dark_hours_ahead=260, confirmed=False, perspectives=0, waiting_days=31,
)  # fmt: skip


def test_four_voices_in_a_quiet_district_go_before_a_campaign_of_twenty_five() -> None:
    assert score(QUIET_TUNNEL).points == pytest.approx(67.5, abs=0.3)
    assert score(CAMPAIGN).points == pytest.approx(39.8, abs=0.3)


@pytest.mark.parametrize(("voices", "points"), [(1, 8), (2, 14), (3, 18), (5, 24), (10, 29), (200, 30)])
def test_voices_saturate_so_that_numbers_alone_never_win(voices: int, points: int) -> None:
    facts = dataclasses.replace(CAMPAIGN, voices=[FRESH] * voices, correction=1.0)
    assert score(facts).parts[0].points == pytest.approx(points, abs=0.6)


def test_a_held_burst_of_two_hundred_counts_as_three_at_the_most() -> None:
    burst = [dataclasses.replace(FRESH, held=True)] * 200
    assert voices_sum(burst) == 3.0
    assert voices_sum([FRESH, *burst]) == 4.0


def test_unknown_facts_widen_the_range_and_never_count_as_zero() -> None:
    unknown = score(dataclasses.replace(QUIET_TUNNEL, flow="unknown", light="unknown"))
    assert unknown.low < unknown.points < unknown.high
    assert unknown.high - unknown.low == pytest.approx(9 + 14)


def test_a_report_on_darkness_does_not_rot_over_the_light_summer() -> None:
    march_to_october = Voice(2, lighting=True, dark_hours=320, days=200)
    litter = Voice(2, lighting=False, dark_hours=320, days=200)
    assert march_to_october.weight == pytest.approx(0.69, abs=0.01)
    assert litter.weight < 0.35


def test_the_district_correction_is_small_visible_and_bounded() -> None:
    assert correction(0.02, 1, 5500) == 1.4
    assert correction(0.02, 5000, 5500) == 0.7
    assert correction(0.02, 40, None) == 1.0
    assert score(QUIET_TUNNEL).without_correction < score(QUIET_TUNNEL).points


def test_the_parts_add_up_to_the_sum_that_is_read_aloud() -> None:
    result = score(QUIET_TUNNEL)
    assert sum(p.points for p in result.parts) == pytest.approx(result.points, abs=0.06)


@pytest.mark.parametrize(("points", "letter"), [(60, "A"), (59.9, "B"), (40, "B"), (39.9, "C"), (0, "C")])
def test_bands_begin_at_sixty_and_at_forty(points: float, letter: str) -> None:
    assert band(points) == letter
