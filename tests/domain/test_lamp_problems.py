"""Promises of the words for a file of lamps: a code is never shown, in no language."""

from __future__ import annotations

from app.domain.lamp_problems import Problem, in_row, of_feature, plain


def test_a_problem_keeps_its_row_and_its_facts_as_data_for_the_page():
    said = in_row(3, "XX-1", Problem("the same id as row 1", "same_id", other=1))
    assert said == "Row 3 (XX-1): the same id as row 1."
    assert plain(said) == {"code": "same_id", "facts": {"row": 3, "asset": "XX-1", "other": 1}}
    assert plain(in_row(4, "", of_feature("has no geometry")))["code"] == "no_position"
    assert plain("anything")["code"] == "unreadable"
