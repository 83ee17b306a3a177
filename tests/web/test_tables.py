"""A table that is opened in a spreadsheet shows what people wrote and runs none of it."""

from __future__ import annotations

import csv
import io

import pytest

from app.web.tables import writer


def read_back(*cells: object) -> list[str]:
    file = io.StringIO()
    writer(file).writerow(cells)
    return next(csv.reader(io.StringIO(file.getvalue()), delimiter=";"))


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", ' "=1', "\t=1", "'=cmd|' /C calc'!A0", "\u200b=1", "|calc", "﹢1+1"],
)
def test_a_cell_that_a_spreadsheet_could_run_begins_with_an_apostrophe(cell: str) -> None:
    assert read_back(cell)[0].startswith("'")


@pytest.mark.parametrize("cell", ["Gångtunneln", "-12,5", "12:30", 'åäö; "citat"', "2026-11-24", ""])
def test_what_is_no_formula_stays_as_it_was_written(cell: str) -> None:
    assert read_back(cell) == [cell]


def test_numbers_stay_numbers_and_nothing_stays_nothing() -> None:
    assert read_back(-3, 2.5, None) == ["-3", "2.5", ""]
