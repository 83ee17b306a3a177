"""A template prints; it never queries, never decides, and never trusts what somebody typed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.house.sources import files, text, tree

TEMPLATES = files(".html", ".txt", ".xml", ".ics", under=("templates",))
PAGES = [*TEMPLATES, *files(".css", ".js", ".svg", ".webmanifest", under=("static",))]
OUTSIDE = re.compile(r"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.IGNORECASE)
NAMES_ONLY = ("http://www.w3.org/",)  # a namespace is a name; nothing is fetched from it
TO_CLICK = re.compile(r"""<a\b[^>]*\bhref=["']https://[^"']+["']""", re.IGNORECASE)
READER = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)


def syntax(path: Path) -> nodes.Template:
    """Return a template's syntax."""
    return READER.parse(text(path))


def names_in_code() -> set[str]:
    """Return every string in our Python code: the templates that it renders are among them."""
    return {
        node.value
        for path in files(".py", under=("app",))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def names_in_templates() -> set[str]:
    """Return the templates that other templates extend, include or import."""
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    return {
        constant.value
        for path in TEMPLATES
        for node in syntax(path).find_all(kinds)
        for constant in node.find_all(nodes.Const)
        if isinstance(constant.value, str)
    }


def test_every_template_is_used() -> None:
    used = names_in_code() | names_in_templates()
    known = {str(path.relative_to("templates")) for path in TEMPLATES}
    letters = {f"mail/{name}.txt" for name in used}  # a letter is asked for by its bare name
    unused = known - used - letters
    assert unused == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_every_macro_that_a_template_takes_is_used_in_it(path: Path) -> None:
    page = syntax(path)
    taken: set[str] = set()
    for node in page.find_all(nodes.FromImport):
        taken |= {name[1] if isinstance(name, tuple) else name for name in node.names}
    taken |= {node.target for node in page.find_all(nodes.Import)}
    used = {node.name for node in page.find_all(nodes.Name)}
    assert taken - used == set()


def test_every_macro_is_used_somewhere() -> None:
    defined = {n.name: p for p in TEMPLATES for n in syntax(p).find_all(nodes.Macro)}
    words = " ".join(text(path) for path in TEMPLATES)
    unused = {name: str(p) for name, p in defined.items() if len(re.findall(rf"\b{name}\b", words)) < 2}
    assert unused == {}


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_switches_escaping_off(path: Path) -> None:
    page = syntax(path)
    assert [n.lineno for n in page.find_all(nodes.Filter) if n.name == "safe"] == []
    assert "autoescape" not in text(path)


def test_no_code_declares_a_text_safe_by_hand() -> None:
    # Words are put into translated markup by Markup.format, which escapes them; only a literal may become Markup.
    bold = []
    for path in files(".py", under=("app",)):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "Markup" and not (node.args and isinstance(node.args[0], ast.Constant)):
                bold.append(f"{path}:{node.lineno}")
    assert bold == []


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_asks_the_database_nothing(path: Path) -> None:
    asked = {n.attr for n in syntax(path).find_all(nodes.Getattr)} & {
        "query",
        "session",
        "execute",
        "scalars",
        "commit",
    }
    assert asked == set()


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_no_page_names_an_outside_host_but_in_a_link_to_click(path: Path) -> None:
    said = TO_CLICK.sub("", text(path))
    found = [m for m in OUTSIDE.findall(said) if not m.lower().startswith(tuple(n.rstrip("/") for n in NAMES_ONLY))]
    assert found == []


@pytest.mark.parametrize("path", files(".html", under=("templates",)), ids=str)
def test_no_style_and_no_handler_stands_inside_a_tag(path: Path) -> None:
    tags = re.findall(r"<[a-z][^>]*\s(?:style|on[a-z]+)\s*=", text(path))
    assert tags == []  # the content security policy would refuse them
