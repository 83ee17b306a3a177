"""What is written down is true: settings, commands, decisions, licence, locks, changes, words."""

from __future__ import annotations

import ast
import re

import pytest
from flask import Flask

from app.web.words import STATE_WORDS
from tests.house.sources import ROOT, files, text, tree

SETTING = re.compile(r"[A-Z][A-Z0-9_]{3,}")
BANNED = (
    "upplevd trygghet", "faktisk trygghet", "upplevda trygghet", "faktiska trygghet",
    "problemområde", "utsatt område", "utsatta områden", "otryggt område", "otrygga områden",
    "gäng", "misstänkt person", "misstänkta personer",
)  # fmt: skip
BROUGHT_ALONG = {"run", "shell", "routes", "db", "limiter"}  # Flask's own and its extensions
ROLES = ("Residents", "Coordinators", "Technicians", "Operators")


def paper(name: str) -> str:
    """Return one of our documents."""
    return (ROOT / name).read_text(encoding="utf-8")


def settings_in_code() -> set[str]:
    """Return the environment variables that config.py reads: every such name that stands as an argument there."""
    config = next(path for path in files("config.py") if len(path.parts) == 1)
    calls = [node for node in ast.walk(tree(config)) if isinstance(node, ast.Call)]
    return {
        argument.value
        for call in calls
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and SETTING.fullmatch(argument.value)
    }


def settings_on_paper() -> set[str]:
    """Return the settings of the table in docs/operations.md."""
    part = paper("docs/operations.md").split("## Settings")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", part, re.MULTILINE))


def test_every_setting_is_explained_and_every_explained_setting_exists() -> None:
    assert settings_in_code() == settings_on_paper()


def test_every_command_is_explained_and_every_explained_command_exists(built_app: Flask) -> None:
    part = paper("docs/operations.md").split("## Commands")[1].split("\n## ")[0]
    explained = set(
        re.findall(r"`((?:[a-z]+(?:-[a-z]+)* ?)+?)(?: [A-Z\[]|`)", re.sub(r"\|[^|]*\|$", "|", part, flags=re.MULTILINE))
    )
    ours = {
        f"{name} {inner}".strip()
        for name, command in built_app.cli.commands.items()
        if name not in BROUGHT_ALONG
        for inner in (getattr(command, "commands", None) or [""])
    }
    assert explained == ours | {"db upgrade", "db downgrade"}


def test_the_glossary_names_every_state_as_the_page_does() -> None:
    parts = re.split(r"^### ", paper("docs/glossary.md"), flags=re.MULTILINE)[1:]
    said = {
        part.splitlines()[0].lower().replace(" ", "_"): {
            code: word for word, code in re.findall(r"^\| ([^|]+?) \| `([a-z_]+)` \|$", part, re.MULTILINE)
        }
        for part in parts
    }
    assert said == {thing: dict(words) for thing, words in STATE_WORDS.items()}


def test_every_target_of_make_says_what_it_does() -> None:
    targets = set(re.findall(r"^([a-z-]+):(?!=)", paper("Makefile"), re.MULTILINE))
    explained = set(re.findall(r"^([a-z-]+):.*## \w", paper("Makefile"), re.MULTILINE))
    assert targets - explained == {"setup-test"}  # a step of others


def test_the_index_of_decisions_lists_each_page_by_its_title() -> None:
    index = paper("docs/decisions/README.md")
    listed = dict(re.findall(r"^\| \[\d{4}\]\((\d{4}[a-z0-9-]+\.md)\) \| ([^|]+?) \|", index, re.MULTILINE))
    pages = {p.name: text(p).splitlines()[0].removeprefix("# ") for p in files(".md") if p.parent.name == "decisions"}
    pages.pop("README.md")
    assert listed == {name: re.sub(r"^\d{4}:? ", "", title) for name, title in pages.items()}


@pytest.mark.parametrize("path", [p for p in files(".md") if re.match(r"\d{4}", p.name)], ids=lambda p: p.name)
def test_a_decision_says_what_was_chosen_and_what_lost(path) -> None:
    parts = re.findall(r"^## (.+)$", text(path), re.MULTILINE)
    assert {"Decision", "What lost"} <= set(parts)
    assert len(text(path).splitlines()) <= 70


def test_every_package_that_the_service_imports_has_its_reason_on_the_page_of_dependencies() -> None:
    page = paper("docs/decisions/0003-dependencies.md").lower()
    given = {"flask", "flask-sqlalchemy", "geoalchemy2", "shapely", "folium", "pillow", "sqlalchemy", "alembic"}
    wanted = re.findall(r'^    "([a-z0-9-]+)', paper("pyproject.toml").split("[dependency-groups]")[0], re.MULTILINE)
    alias = {"psycopg": "psycopg 3"}
    assert {name for name in wanted if alias.get(name, name) not in page} - given == set()


def test_the_licence_is_named_by_its_spdx_id_wherever_one_looks() -> None:
    assert "SPDX-License-Identifier: EUPL-1.2" in paper("LICENSE")
    assert 'license = "EUPL-1.2"' in paper("pyproject.toml")
    assert '"license": "EUPL-1.2"' in paper("package.json")
    assert "EUPL-1.2" in paper("README.md")


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt", "tools/uv.txt"])
def test_every_python_package_is_pinned_and_hashed_and_no_lock_names_a_host(lock: str) -> None:
    pinned = re.findall(
        r"^([a-z0-9-]+)(?:\[[a-z]+\])?==[^ ]+( ;[^\\]*)? \\\n    --hash=sha256:", paper(lock), re.MULTILINE
    )
    named = re.findall(r"^[a-z0-9]\S*", paper(lock), re.MULTILINE)
    assert len(pinned) == len(named) > 0
    assert "://" not in paper(lock)
    assert "--index-url" not in paper(lock)


def test_every_browser_package_is_pinned_and_hashed_and_the_lock_names_no_host() -> None:
    lock = paper("package-lock.json")
    assert "://" not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')


def test_changes_are_told_to_each_role() -> None:
    entry = paper("CHANGELOG.md").split("\n## ")[1]
    headings = re.findall(r"^### (\w+)", entry, re.MULTILINE)
    assert headings
    assert set(headings) <= set(ROLES)


def test_the_architecture_fits_on_one_page() -> None:
    assert len(paper("ARCHITECTURE.md").split()) <= 900


def test_every_file_that_the_drawing_of_the_house_names_is_there() -> None:
    folders = {"geo": "geo", "domain": "app/domain", "models": "app/models", "services": "app/services", "doors": "app"}
    table = [line for line in paper("ARCHITECTURE.md").splitlines() if line.startswith("| ")][1:]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table]
    missing = [
        f"{folder}/{name.strip()}.py"
        for row in rows
        for cell, folder in zip(row[1:], folders.values(), strict=True)
        for name in cell.split(",")
        if re.fullmatch(r"[a-z_/]+", name.strip()) and not (ROOT / folder / f"{name.strip()}.py").exists()
    ]
    assert missing == []


@pytest.mark.parametrize("word", BANNED)
def test_a_word_that_blames_a_place_or_a_person_appears_nowhere(word: str) -> None:
    told = files(".html", ".txt", ".po", ".js", under=("templates", "app", "static"))
    code = files(".py", under=("app",))
    wrong = [str(path) for path in (*told, *code) if re.search(rf"\b{word}\b", text(path), re.IGNORECASE)]
    assert wrong == []


def test_every_document_that_another_links_to_exists() -> None:
    for path in files(".md"):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text(path)):
            assert (ROOT / path.parent / target).exists(), f"{path} -> {target}"
