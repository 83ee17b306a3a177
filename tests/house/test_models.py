"""The tables ask nothing by surprise and lose no one's change."""

from __future__ import annotations

import ast

import pytest
from sqlalchemy.orm import Mapper

import app.models
from app.models.base import Base
from tests.house.sources import nodes, where

MAPPERS = sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
EDITED_BY_TWO = {"Report", "DarkSpot", "Walk", "Measure", "Ticket"}
CONTACT_COLUMNS = {"email", "phone", "contact", "address_of_sender"}


def named(mapper: Mapper[object]) -> str:
    """Name a table's class in a test's id."""
    return mapper.class_.__name__


def test_every_table_is_found() -> None:
    assert len(MAPPERS) >= 10
    assert app.models.__name__ == "app.models"


@pytest.mark.parametrize("mapper", MAPPERS, ids=named)
def test_a_page_cannot_query_by_surprise_since_every_relation_raises(mapper: Mapper[object]) -> None:
    assert {r.key: r.lazy for r in mapper.relationships if r.lazy != "raise"} == {}


@pytest.mark.parametrize("mapper", [m for m in MAPPERS if named(m) in EDITED_BY_TWO], ids=named)
def test_what_two_people_may_edit_counts_its_versions(mapper: Mapper[object]) -> None:
    assert mapper.version_id_col is not None


@pytest.mark.parametrize("mapper", MAPPERS, ids=named)
def test_how_to_reach_a_resident_lies_in_a_table_of_its_own(mapper: Mapper[object]) -> None:
    if named(mapper) in {"Contact", "Staff", "Organisation"}:  # staff and offices are no residents
        return
    assert {column.key for column in mapper.columns} & CONTACT_COLUMNS == set()


def test_whoever_looks_for_the_reports_of_a_spot_asks_the_memberships() -> None:
    """`Report.dark_spot_id` is worked out for each report: as a condition it goes through all of them."""
    compared = [
        where(path, node)
        for path, node in nodes(ast.Attribute, under=("app",))
        if isinstance(node, ast.Attribute)
        and node.attr == "dark_spot_id"
        and isinstance(node.value, ast.Name)
        and node.value.id == "Report"
    ]
    assert compared == []
