"""What the import contracts in pyproject.toml cannot see."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.sources import FIRST_PARTY, files, nodes, text, tree, where

SHARED_STEPS = ("transitions", "place_names")
CLOCK_CALLS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}


def imported(node: ast.AST) -> list[str]:
    """Return the full names that one import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level:
        return ["." * node.level]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def test_nothing_of_our_own_is_imported_inside_a_function() -> None:
    hidden = [
        where(path, inner)
        for path, function in nodes(ast.FunctionDef, ast.AsyncFunctionDef, under=FIRST_PARTY)
        for inner in ast.walk(function)
        if any(name.split(".")[0] in FIRST_PARTY for name in imported(inner))
    ]
    assert hidden == []


def test_imports_are_spelled_from_the_top_so_that_a_search_finds_them() -> None:
    relative = [where(p, n) for p, n in nodes(ast.ImportFrom, under=FIRST_PARTY) if getattr(n, "level", 0)]
    assert relative == []


def test_no_import_hides_behind_type_checking_but_between_tables_that_know_each_other() -> None:
    hiding = [p for p in files(".py") if "if TYPE_CHECKING" in text(p) and "house" not in p.parts]
    assert [str(p) for p in hiding if p.parts[:2] != ("app", "models")] == []  # a relation has two ends


@pytest.mark.parametrize("path", files(".py", under=("app",)), ids=str)
def test_a_use_case_calls_no_other_use_case_only_shared_steps(path: Path) -> None:
    if path.parts[:2] != ("app", "services"):
        return
    asked = {
        name.split(".")[2]
        for node in ast.walk(tree(path))
        for name in imported(node)
        if name.startswith("app.services.")
    }
    assert {n for n in asked if n not in SHARED_STEPS and not n.endswith("_steps")} == set()


def test_doors_know_of_the_database_only_that_somebody_else_was_faster() -> None:
    doors = {"resident", "coordinator", "technician", "admin", "api", "commands"}
    asked = {
        name
        for path, node in nodes(ast.Import, ast.ImportFrom, under=("app",))
        if path.parts[1] in doors
        for name in imported(node)
        if name.startswith("sqlalchemy")
    }
    assert asked <= {"sqlalchemy.orm.exc.StaleDataError"}


@pytest.mark.parametrize("layer", ["app/services", "app/domain", "app/models", "geo"])
def test_only_the_clock_asks_what_time_it_is(layer: str) -> None:
    asked = [
        where(path, node)
        for path, node in nodes(ast.Call, under=(layer.split("/", maxsplit=1)[0],))
        if str(path).startswith(layer)
        and isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in CLOCK_CALLS
    ]
    assert asked == []
