"""Where things lie, and how long they may be."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

from tests.house.sources import files, nodes, own_files, text

GIVEN = {"app", "geo", "migrations", "static", "templates", "tests", "config.py", "wsgi.py"}
ADDED = {
    ".ci", ".gitignore", ".npmrc", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile",
    "README.md", "bench", "docs", "package-lock.json", "package.json", "pyproject.toml", "requirements-dev.txt",
    "requirements.txt", "tools",
}  # fmt: skip
WITHOUT_MEANING = {"utils", "util", "helpers", "helper", "common", "core", "managers", "misc", "lib"}
LANGUAGE_OF_ONE_CATALOGUE = 4  # app/translations/en/LC_MESSAGES is gettext's own shape


def test_the_top_level_holds_what_the_design_names_and_nothing_else() -> None:
    assert {path.parts[0] for path in own_files()} <= GIVEN | ADDED


def test_folders_are_no_deeper_than_three() -> None:
    deep = [str(p) for p in own_files() if len(p.parent.parts) > 3 and p.parts[:2] != ("app", "translations")]
    assert deep == []
    assert all(len(p.parent.parts) <= LANGUAGE_OF_ONE_CATALOGUE for p in own_files())


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    written = files(
        ".py", ".js", ".css", ".html", "setup", under=("app", "geo", "static", "templates", "tests", "tools")
    )
    long = {str(p): n for p in written if (n := text(p).count("\n")) > 400}
    assert long == {}


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    empty = [str(p) for p in own_files() if set(Path(p).with_suffix("").parts) & WITHOUT_MEANING]
    assert empty == []


def test_a_style_and_a_script_of_one_component_share_its_name() -> None:
    macros = {p.stem.replace("_", "-") for p in files(".html", under=("templates",))}
    scripts = {p.stem.replace("_", "-") for p in files(".js", under=("static",)) if "components" in p.parts}
    assert scripts <= macros


def lengths(*top: str) -> dict[str, int]:
    """Return how many lines each function under some top folders has."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        f"{path}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, node in nodes(*kinds, under=top)
        if isinstance(node, kinds)
    }


def test_functions_are_short_and_hardly_any_is_long() -> None:
    lines = lengths("app", "geo")
    assert statistics.quantiles(lines.values(), n=20)[-1] <= 35
    assert {name: length for name, length in lines.items() if length > 60} == {}


def test_a_test_is_named_by_a_promise_in_a_sentence() -> None:
    words = [name.count("_") for name in (f.rpartition(":")[2] for f in lengths("tests")) if name.startswith("test_")]
    assert statistics.median(words) >= 7
    assert min(words) >= 3
