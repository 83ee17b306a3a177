"""Several people at one lamp, in and out of coverage: no visit is lost and the order of sending changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.states import MOVES
from app.domain.ticket_lamps import tick_off
from app.domain.ticket_visits import STATE_OF, Base, Merge, Present, Visit, field_time, merge, standing

T0 = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
NAMES = {1: "Anna", 2: "Bo", 3: "Cleo", 4: "Dina"}


PROVEN = "proven"
LAMPS = (11, 12, 13)


def visit(staff: int, outcome: str, minutes: int, *lamps: int, safe: bool = False) -> Visit:
    """Return a visit; `proven` is a repair that was seen to shine after dusk."""
    at, mended = T0 + timedelta(minutes=minutes), "repaired" if outcome == PROVEN else outcome
    made = Visit(f"v-{staff}-{minutes}", staff, mended, at, at, at if safe else None, NAMES[staff], frozenset(lamps))
    return replace(made, proves=outcome == PROVEN)


def present(state: str = "assigned", **values: object) -> Present:
    facts = {"version": 3, "priority": "P4", "due_on": date(2026, 12, 24), "assignee_id": 1, "names": NAMES, **values}
    return Present(state, **facts)  # type: ignore[arg-type]


BASE = Base(3, "P4", date(2026, 12, 24), 1)


def codes(found: Merge) -> list[str]:
    return [note.code for note in found.notes]


def after(state: str, visits: Sequence[Visit], lamps: Sequence[int] = ()) -> tuple[str, str]:
    """Send visits in this order; return the state and whose facts the ticket shows, checking every move."""
    sent: list[Visit] = []
    facts, verified_at = "", None
    for one in visits:
        *before, last = tick_off([*sent, one], lamps).visits
        found = merge(present(state, verified_at=verified_at), BASE, last, before)
        for to in found.way:
            assert to in MOVES["ticket"][state], (state, to)
            state = to
            verified_at = one.ended_at if to == "verified" else verified_at
        facts = found.facts_of or facts
        sent.append(one)
    return state, facts


def test_alone_and_on_time_nothing_needs_to_be_explained() -> None:
    assert merge(present(), BASE, visit(1, "repaired", 0), []) == Merge(("on_site", "repaired"), True, (), "v-1-0")


def test_danger_goes_through_made_safe_on_its_way() -> None:
    assert merge(present("new"), BASE, visit(1, "repaired", 0, safe=True), []).way == (
        "on_site",
        "made_safe",
        "repaired",
    )


def test_the_offices_priority_wins_and_the_visit_counts_all_the_same() -> None:
    found = merge(present(priority="P2", version=4), BASE, visit(1, "repaired", 0), [])
    assert (found.way, found.leads, codes(found)) == (("on_site", "repaired"), True, ["priority"])


def test_a_ticket_given_to_somebody_else_is_mended_all_the_same() -> None:
    found = merge(present(assignee_id=2), BASE, visit(1, "repaired", 0), [])
    assert found.leads
    assert found.notes[0].facts == {"name": "Bo"}


def test_two_repairs_are_both_kept_and_the_later_in_the_field_counts() -> None:
    early, late = visit(1, "repaired", 0), visit(2, "repaired", 30)
    assert merge(present("repaired"), BASE, late, [early]).leads
    found = merge(present("repaired"), BASE, early, [late])
    assert (found.way, found.leads, codes(found)) == ((), False, ["later_visit"])


def test_no_fault_after_a_repair_confirms_the_repair() -> None:
    mended, looked = visit(1, "repaired", 0), visit(2, "no_fault", 30)
    assert codes(merge(present("repaired"), BASE, looked, [mended])) == ["mended_before"]
    assert after("assigned", [looked, mended])[0] == "repaired"


@pytest.mark.parametrize("ended", ["forwarded", "no_fault", "deliberately_off"])
def test_a_mended_lamp_is_mended_even_when_the_office_had_ended_its_ticket(ended: str) -> None:
    found = merge(present(ended), BASE, visit(1, "repaired", 0), [])
    assert (found.way, codes(found)) == (("repaired",), ["ended_but_mended"])


@pytest.mark.parametrize("ended", ["duplicate", "became_measure"])
def test_what_the_office_moved_elsewhere_stays_there_and_the_visit_is_kept(ended: str) -> None:
    found = merge(present(ended), BASE, visit(1, "repaired", 0), [])
    assert (found.way, found.leads, codes(found)) == ((), False, ["ended"])


def test_what_was_seen_to_shine_is_not_undone_by_an_older_visit() -> None:
    lit_at = T0 + timedelta(hours=4)
    found = merge(present("verified", verified_at=lit_at), BASE, visit(1, "waiting_material", 0), [])
    assert (found.way, codes(found)) == ((), ["seen_lit"])


def test_an_interruption_for_safety_never_undoes_what_somebody_else_did() -> None:
    assert merge(present("repaired"), BASE, visit(2, "broken_off", 30), [visit(1, "repaired", 0)]).way == ()
    assert merge(present("on_site"), BASE, visit(2, "broken_off", 30), []).way == ("assigned",)


@example(["repaired", "lit", "cable_fault", "no_fault"], "new")
@example(["repaired", "lit", "not_lit", "repaired"], "new")
@example([PROVEN, "repaired"], "assigned")
@example([PROVEN, "repaired", "not_lit", "repaired"], "assigned")
@example(["repaired", PROVEN, "no_fault"], "new")
@given(
    st.lists(st.sampled_from([*sorted(STATE_OF), PROVEN]), min_size=1, max_size=4),
    st.sampled_from(["new", "assigned", "en_route", "reopened", "waiting_material"]),
)
def test_the_order_of_sending_changes_neither_state_nor_facts(outcomes: list[str], state: str) -> None:
    visits = [visit(i + 1, outcome, 10 * i) for i, outcome in enumerate(outcomes)]
    if any(v.outcome in {"lit", "not_lit"} for v in visits):  # a night list holds only what somebody mended before
        visits[0] = visit(1, PROVEN if outcomes[0] == PROVEN else "repaired", 0)
    found = {order: after(state, order) for order in permutations(visits)}
    assert len(set(found.values())) == 1, found


def test_a_repair_seen_to_shine_stands_though_a_colleague_mends_the_lamp_later_that_night() -> None:
    proven, again = visit(1, PROVEN, 0), visit(2, "repaired", 120)
    assert after("assigned", [proven, again]) == after("assigned", [again, proven]) == ("verified", "v-1-0")
    assert codes(merge(present("verified", verified_at=T0), BASE, again, [proven])) == ["later_visit"]


def test_a_colleagues_later_repair_counts_once_somebody_has_seen_the_lamp_dark() -> None:
    proven, dark, again = visit(1, PROVEN, 0), visit(2, "not_lit", 60), visit(3, "repaired", 120)
    found = {after("assigned", order) for order in permutations([proven, dark, again]) if order[0] is not dark}
    assert found == {("repaired", "v-3-120")}


def test_two_technicians_mend_a_row_together_and_the_last_lamp_mends_the_ticket() -> None:
    one_end, other_end = visit(1, "repaired", 0, 11, 12), visit(2, "repaired", 60, 13)
    assert after("assigned", [one_end], LAMPS)[0] == "assigned"
    for order in permutations([one_end, other_end]):
        assert after("new", order, LAMPS) == ("repaired", "v-2-60")
    assert tick_off([other_end], LAMPS).mended == {13}


def test_no_fault_at_the_lamps_that_are_left_does_not_end_a_ticket_somebody_else_works_on() -> None:
    some, looked = visit(1, "repaired", 0, 11), visit(2, "no_fault", 30)
    *before, last = tick_off([some, looked], LAMPS).visits
    found = merge(present(), BASE, last, before)
    assert (found.way, codes(found)) == ((), ["part_before"])


def test_lamps_mended_before_the_ticket_was_opened_again_are_not_mended_any_more() -> None:
    visits = [visit(1, "repaired", 0), visit(2, "repaired", 90, 11)]
    assert tick_off(visits, LAMPS, T0 + timedelta(minutes=60)).mended == {11}


@example([("repaired", (11, 12)), ("no_fault", ()), ("repaired", (13,))])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["repaired", "repaired", "no_fault", "waiting_material", "broken_off"]),
            st.sets(st.sampled_from(LAMPS), min_size=1).map(tuple),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_lamps_ticked_off_by_several_add_up_alike_in_any_order_of_sending(
    made: list[tuple[str, tuple[int, ...]]],
) -> None:
    visits = [visit(i + 1, outcome, 10 * i, *lamps) for i, (outcome, lamps) in enumerate(made)]
    found = {after("assigned", order, LAMPS) for order in permutations(visits)}
    assert len(found) == 1, found


@given(st.lists(st.sampled_from([*sorted(STATE_OF), PROVEN]), min_size=1, max_size=6))
def test_exactly_one_visit_stands_and_it_is_one_of_those_that_were_made(outcomes: list[str]) -> None:
    visits = [visit(1 + i % 4, outcome, 10 * i) for i, outcome in enumerate(outcomes)]
    assert standing(visits) in visits
    assert standing(visits) == standing(visits[::-1])


def test_a_phone_whose_clock_is_wrong_is_corrected_by_what_it_said_when_it_sent() -> None:
    fast = timedelta(hours=3)
    assert field_time(T0 + fast, T0 + timedelta(hours=1) + fast, T0 + timedelta(hours=1)) == T0


@pytest.mark.parametrize("error", [timedelta(days=-400), timedelta(hours=5)])
def test_a_time_that_cannot_be_true_becomes_the_time_of_arrival(error: timedelta) -> None:
    assert field_time(T0 + error, T0, T0) == T0
