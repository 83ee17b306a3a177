"""Promises about faults that are one: the section, the cabinet and the row are seen, and strangers are left apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ticket_causes import DarkLamp, causes, ends_together


def lamp(number: int, x: float, y: float = 0.0, section: str = "", cabinet: str = "") -> DarkLamp:
    return DarkLamp(number, cabinet, section, x, y, frozenset({number}))


def test_three_of_four_lamps_in_a_section_are_the_whole_section():
    (found,) = causes([lamp(n, n * 500, section="S1", cabinet="C1") for n in range(3)], {("C1", "S1"): 4})
    assert (found.kind, found.fault, found.facts["size"]) == ("section", "B03", 4)


def test_three_of_twenty_lamps_in_a_section_are_several_out():
    (found,) = causes([lamp(n, n * 500, section="S1", cabinet="C1") for n in range(3)], {("C1", "S1"): 20})
    assert found.fault == "B02"


def test_two_whole_sections_point_at_their_cabinet():
    dark = [lamp(n, n * 500, section=f"S{n // 3}", cabinet="C1") for n in range(6)]
    (found,) = causes(dark, {("C1", "S0"): 3, ("C1", "S1"): 3})
    assert (found.kind, found.fault, len(found.lamps)) == ("cabinet", "B03", 6)


def test_three_poles_in_a_row_without_a_section_are_one_cause():
    (found,) = causes([lamp(1, 0), lamp(2, 59), lamp(3, 118), lamp(9, 400)], {})
    assert [x.lamp_id for x in found.lamps] == [1, 2, 3]
    assert found.ticket_ids == [1, 2, 3]


def test_two_lamps_or_lamps_far_apart_are_left_alone():
    assert causes([lamp(1, 0), lamp(2, 30)], {}) == []
    assert causes([lamp(1, 0), lamp(2, 61), lamp(3, 122)], {}) == []


def test_what_is_one_ticket_already_is_not_suggested_again():
    dark = [DarkLamp(n, "", "", n * 30.0, 0.0, frozenset({7})) for n in range(4)]
    assert causes(dark, {}) == []


@given(
    st.permutations([lamp(n, (n * 37) % 400, (n * 91) % 120, f"S{n % 3}" if n % 2 else "", "C1") for n in range(12)])
)
def test_the_order_of_the_faults_changes_nothing(shuffled):
    def told(order):
        return [(c.kind, [x.lamp_id for x in c.lamps]) for c in causes(order, {("C1", "S1"): 5})]

    assert told(shuffled) == told(sorted(shuffled, key=lambda x: x.lamp_id))


@pytest.mark.parametrize(
    ("fault", "state", "name"),
    [
        ("B01", "assigned", "dark"),
        ("B03", "assigned", "dark"),
        ("B05", "new", "B05"),
        ("B01", "waiting_material", ""),
        ("B16", "new", ""),
    ],
)
def test_only_what_one_piece_of_work_may_end_is_closed_together(fault: str, state: str, name: str):
    assert ends_together(fault, state) == name
