"""The table of moves, and who may make them."""

from __future__ import annotations

import pytest

from app.domain import states
from app.domain.notices import MESSAGES, PUBLIC_STATUS, STATUS_WORDS
from app.domain.people import ADMIN, COORDINATOR, RESIDENT, TECHNICIAN, Actor, ThingFacts, may_move


@pytest.mark.parametrize("thing", list(states.MOVES))
def test_every_state_that_can_be_reached_is_in_the_table_and_can_be_reached(thing: str) -> None:
    table = states.MOVES[thing]
    reached = {states.INITIAL[thing]}.union(*table.values())
    assert reached == set(table)


def test_a_move_that_is_not_in_the_table_is_forbidden() -> None:
    with pytest.raises(states.ForbiddenMove):
        states.check("ticket", "new", "verified", None)


def test_a_no_must_say_why_because_somebody_will_ask() -> None:
    with pytest.raises(states.ReasonMissing):
        states.check("report", "received", "rejected", "  ")
    states.check("report", "received", "rejected", "Marken är privat.")


WITHOUT_A_MOVE = {"ticket.lamp_repaired"}  # one lamp of several: its ticket goes on


def test_every_message_to_a_resident_belongs_to_a_state_that_exists() -> None:
    for kind, message in MESSAGES.items():
        thing, state = kind.split(".")
        assert state in states.MOVES[thing] or kind in WITHOUT_A_MOVE, kind
        assert message.status in STATUS_WORDS


def test_every_state_of_a_report_has_a_word_for_residents() -> None:
    assert set(PUBLIC_STATUS) == set(states.MOVES["report"])


def test_everything_that_ends_a_report_tells_the_resident() -> None:
    ends = {"answered", "rejected", "forwarded", "duplicate", "withdrawn"}
    assert all(f"report.{state}" in MESSAGES for state in ends)


def test_a_technician_moves_own_and_unassigned_tickets_and_nothing_else() -> None:
    me = Actor(TECHNICIAN, staff_id=5)
    assert may_move(me, ThingFacts("ticket", 1, assignee_id=5), "on_site")
    assert may_move(me, ThingFacts("ticket", 1, assignee_id=None), "on_site")
    assert not may_move(me, ThingFacts("ticket", 1, assignee_id=6), "on_site")
    assert not may_move(me, ThingFacts("report", 1), "reviewed")


def test_a_coordinator_of_one_district_leaves_the_others_alone() -> None:
    me = Actor(COORDINATOR, staff_id=1, district_ids=frozenset({3}))
    assert may_move(me, ThingFacts("dark_spot", 1, district_id=3), "confirmed")
    assert not may_move(me, ThingFacts("dark_spot", 1, district_id=4), "confirmed")


def test_a_resident_reaches_only_the_report_of_their_own_receipt() -> None:
    me = Actor(RESIDENT, report_id=8)
    assert may_move(me, ThingFacts("report", 8, report_ids=frozenset({8})), "withdrawn")
    assert not may_move(me, ThingFacts("report", 9, report_ids=frozenset({9})), "withdrawn")
    assert not may_move(me, ThingFacts("report", 8, report_ids=frozenset({8})), "answered")


def test_someone_of_an_unknown_role_may_do_nothing_at_all() -> None:
    assert not may_move(Actor("visitor"), ThingFacts("report", 1), "withdrawn")
    assert may_move(Actor(ADMIN), ThingFacts("report", 1), "reviewed")
