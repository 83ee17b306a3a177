"""What must hold for every page, whoever opened it."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

WITHOUT_LABEL = {"hidden", "submit", "button", "image"}


def faults(app: Flask, html: str) -> list[str]:
    """Return what is wrong with a page, as sentences; nothing when it is as it should be."""
    page = BeautifulSoup(html, "html5lib")
    for pattern in page.select("template"):
        pattern.clear()  # a pattern for a script: nothing of it stands on the page, and one of several comes at a time
    checks = (_syntax(html), _frame(page), _ids(page), _labels(page), _scripts(page), _forms(page), _links(app, page))
    return [fault for check in checks for fault in check]


def _syntax(html: str) -> list[str]:
    parser = html5lib.HTMLParser()
    parser.parse(html)
    return [f"line {at[0]}: {code} {facts or ''}" for at, code, facts in parser.errors]


def _frame(page: BeautifulSoup) -> list[str]:
    wrong = [
        f"{len(page.select(kind))} × <{kind}>" for kind in ("head title", "h1", "main") if len(page.select(kind)) != 1
    ]
    root = page.select_one("html")
    if root is None or not root.get("lang"):
        wrong.append("no language")
    wrong += [f"picture without alt: {str(picture)[:80]}" for picture in page.select("img:not([alt])")]
    return wrong


def _ids(page: BeautifulSoup) -> list[str]:
    counted = Counter(str(tag["id"]) for tag in page.select("[id]"))
    return [f"id {name} {count} times" for name, count in counted.items() if count > 1]


def _labels(page: BeautifulSoup) -> list[str]:
    named = {label.get("for") for label in page.select("label[for]")}

    def has_name(field: Tag) -> bool:
        by_hand = field.get("aria-label") or field.get("aria-labelledby")
        return bool(by_hand or field.get("id") in named or field.find_parent("label"))

    fields = [f for f in page.select("input, select, textarea") if f.get("type") not in WITHOUT_LABEL]
    return [f"field without a name: {str(field)[:90]}" for field in fields if not has_name(field)]


def _scripts(page: BeautifulSoup) -> list[str]:
    inline = [s for s in page.select("script:not([src])") if s.get("type") != "application/json"]
    return [f"script without a nonce: {str(s)[:60]}" for s in inline if not s.get("nonce")]


def _forms(page: BeautifulSoup) -> list[str]:
    sent = page.select('form[method="post" i]')
    return [f"form without a token: {f.get('action')}" for f in sent if not f.select_one('[name="csrf_token"]')]


def _links(app: Flask, page: BeautifulSoup) -> list[str]:
    routes = app.url_map.bind("localhost")
    wrong = []
    for tag, name, method in (("a", "href", "GET"), ("form", "action", None), ("script", "src", "GET")):
        for found in page.select(f"{tag}[{name}]"):
            parts = urlsplit(str(found[name]))
            if parts.scheme or parts.netloc or not parts.path:
                continue
            try:
                routes.match(parts.path, method=method or str(found.get("method", "get")).upper())
            except RequestRedirect:
                continue
            except (NotFound, MethodNotAllowed):
                wrong.append(f"leads nowhere: {tag} {parts.path}")
    return wrong
