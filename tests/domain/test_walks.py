"""The pure rules of a walk, its measures and their money."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from app.domain import measures, states, walks
from app.domain.funding import balance, may_draw


def advice(**changed: Any) -> list[str]:
    plan = {
        "length_m": 1500.0, "stops": 8, "total_minutes": 110, "participants_max": 20, "start": time(17, 0),
        "perspective": "everyone", "safe_places": 1,
    } | changed  # fmt: skip
    return [a.text for a in walks.warnings(**plan)]


def test_a_walk_of_the_usual_size_gets_no_advice_at_all() -> None:
    assert advice() == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"participants_max": 21}, "deltagare"),
        ({"length_m": 2001.0}, "kilometer"),
        ({"length_m": 999.0}, "kilometer"),
        ({"stops": 5}, "stopp"),
        ({"stops": 11}, "stopp"),
        ({"total_minutes": 121}, "minuter"),
        ({"perspective": "school_route", "start": time(19, 31)}, "barn"),
        ({"safe_places": 0}, "trygg"),
    ],
)
def test_each_thing_out_of_the_ordinary_gives_one_sentence_about_it(changed: dict[str, Any], word: str) -> None:
    said = advice(**changed)
    assert len(said) == 1
    assert word in said[0]


def test_only_a_held_walk_counts_only_an_answered_one_is_a_kept_promise_and_a_draft_is_no_plan_yet() -> None:
    counted = walks.quota(["draft", "planned", "invited", "walked", "feedback_given", "cancelled"], wanted=3)
    assert (counted.held, counted.fulfilled, counted.ahead, counted.left) == (2, 1, 2, 1)


def test_every_state_of_a_walk_is_ahead_or_held_or_cancelled() -> None:
    assert walks.STILL_AHEAD | walks.HELD | {"cancelled"} == set(states.MOVES["walk"])
    assert not walks.STILL_AHEAD & walks.HELD


def test_what_groups_scored_differently_is_shown_as_a_span_and_never_as_a_mean() -> None:
    assert (walks.spread([0, 3]), walks.spread([2, 2]), walks.spread([])) == ("0–3", "2", "")


def test_an_evening_is_its_walking_its_stops_and_the_coffee_afterwards() -> None:
    assert walks.minutes(20, [6, 6, 10]) == 20 + 22 + 30


def test_every_observation_that_suggests_a_measure_suggests_one_that_exists() -> None:
    assert set(walks.MEASURE_FOR) <= set(walks.OBSERVATIONS)
    assert set(walks.MEASURE_FOR.values()) | set(walks.OWNER_FOR) <= set(measures.KINDS)


def test_every_state_of_a_measure_stands_in_exactly_one_column() -> None:
    columns = [state for column in measures.COLUMNS.values() for state in column]
    assert sorted(columns) == sorted(states.MOVES["measure"])
    assert all(measures.column_of(state) in measures.COLUMN_WORDS for state in columns)


def test_the_trio_names_exactly_what_is_missing() -> None:
    assert measures.missing(responsible=False, deadline=None, next_on=None, cost_known=False) == (
        "owner",
        "date",
        "money",
    )
    assert measures.missing(responsible=True, deadline=None, next_on=date(2027, 1, 1), cost_known=True) == ()


@pytest.mark.parametrize(
    ("to", "lacks"),
    [
        ("decided", {"responsible_id", "deadline"}),
        ("waiting_owner", {"next_on", "reason"}),
        ("rejected", {"reason"}),
        ("ongoing", set()),
    ],
)
def test_a_move_lacks_what_residents_would_be_told(to: str, lacks: set[str]) -> None:
    today = date(2026, 11, 24)
    found = measures.move_needs(to, responsible=False, deadline=None, next_on=None, reason=" ", today=today)
    assert set(found) == lacks


def test_a_day_that_residents_are_promised_has_not_passed_already() -> None:
    today, gone = date(2026, 11, 24), date(2026, 11, 23)
    asked = {"responsible": True, "reason": "Medel saknas", "today": today}
    assert measures.move_needs("decided", deadline=gone, next_on=None, **asked) == {"deadline": "day_passed"}
    assert measures.move_needs("waiting_funds", deadline=None, next_on=gone, **asked) == {"next_on": "day_passed"}
    assert measures.move_needs("decided", deadline=today, next_on=None, **asked) == {}


def test_a_place_is_finished_when_something_was_seen_done_and_nothing_is_left() -> None:
    assert measures.place_is_finished(["verified", "rejected"])
    assert not measures.place_is_finished(["verified", "ongoing"])
    assert not measures.place_is_finished(["rejected"])
    assert not measures.place_is_finished([])


def test_an_outside_owner_names_the_day_and_our_own_has_half_a_year() -> None:
    assert measures.proposed_deadline(date(2026, 11, 24), own=False) is None
    assert measures.proposed_deadline(date(2026, 11, 24), own=True) == date(2027, 5, 25)


def test_the_last_krona_can_be_drawn_once_and_not_one_ore_more() -> None:
    drawn = [Decimal("60000.00")]
    assert may_draw(Decimal(100000), drawn, Decimal(40000))
    assert not may_draw(Decimal(100000), drawn, Decimal("40000.01"))
    assert balance(Decimal(100000), drawn).share_used == 60


def test_a_source_that_was_cut_shows_a_negative_rest_and_no_more_than_all_used() -> None:
    cut = balance(Decimal(50000), [Decimal(60000)])
    assert (cut.left, cut.share_used) == (Decimal(-10000), 100)
    assert balance(Decimal(0), []).share_used == 0
