"""What a phone keeps so that the report works without a network: pages, styles, scripts, and their common version."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from flask import Flask, request

from app.adapters import words
from config import ROOT

STATIC: Final = ROOT / "static"
TEMPLATES: Final = ROOT / "templates"
PAGES: Final = ("/", "/report", "/mine", "/offline")
OFFLINE: Final = "/offline"
DATA: Final = ("/map/base.geojson", "/map/names.json")
ENTRIES: Final = ("js/report.js", "js/saved_places.js", "js/mine.js", "js/phone.js")
SHEETS: Final = ("css/tokens.css", "css/base.css", "css/forms.css")
STYLES: Final = "/resident.css"
BESIDE: Final = (
    "img/icon.svg", "img/icon-192.png", "js/theme.js",
    "vendor/leaflet/leaflet-phone.js", "vendor/leaflet/leaflet-phone.css", "vendor/protomaps-leaflet/protomaps-leaflet.js",
)  # fmt: skip
WORKER: Final = "js/service_worker.js"

_AT_ONCE = re.compile(r'^(?:import [^;]*?from |const \w+ = import\()"(\.{1,2}/[^"]+\.js)"', re.MULTILINE)
_ANY_IMPORT = re.compile(r'(?:from |import\(|new URL\()"(\.{1,2}/[^"]+\.js)"')
_SCRIPT_TAG = re.compile(r'src="/static/(js/[^"]+\.js)"')


def install(app: Flask) -> None:
    """Let templates know whether a phone asks for a page to keep, and which scripts a page will need at once."""
    app.context_processor(lambda: {"shell": is_shell()})
    app.jinja_env.globals["preload"] = preload


def is_shell() -> bool:
    """Tell whether this page is to be kept on a phone: then nothing in it may belong to one person or one moment."""
    return request.args.get("shell") == "1"


def preload(markup: str) -> list[str]:
    """Return the addresses of the scripts that those in a piece of markup ask for first, so that all are fetched at once."""
    entries = _SCRIPT_TAG.findall(markup)
    return [f"/static/{path}" for path in modules(entries, _AT_ONCE) if path not in entries]


@cache
def files() -> tuple[str, ...]:
    """Return the addresses of all static files that the kept pages need, also those that a script asks for later."""
    return (STYLES, *(f"/static/{path}" for path in (*BESIDE, *modules(ENTRIES, _ANY_IMPORT))))


@cache
def styles() -> str:
    """Return the residents' styles as one file: on a weak line each further request costs half a second."""
    return "\n".join((STATIC / path).read_text(encoding="utf-8") for path in SHEETS)


def modules(entries: Iterable[str], imports: re.Pattern[str]) -> Sequence[str]:
    """Return these scripts and all that they import, each once, by their paths under static."""
    found: list[str] = []
    waiting = list(entries)
    while waiting:
        path = waiting.pop(0)
        if path in found:
            continue
        found.append(path)
        waiting += [_resolved(path, other) for other in imports.findall((STATIC / path).read_text(encoding="utf-8"))]
    return found


def _resolved(path: str, other: str) -> str:
    return ((STATIC / path).parent / other).resolve().relative_to(STATIC).as_posix()


@cache
def version() -> str:
    """Return one fingerprint of everything that a phone keeps: files, templates and words."""
    kept = [STATIC / path.removeprefix("/static/") for path in files() if path != STYLES]
    shown = sorted(p for p in TEMPLATES.rglob("*.html") if p.parent.name in {"templates", "resident", "components"})
    spoken = sorted(Path(words.TRANSLATIONS).rglob("*.mo"))
    digest = hashlib.sha256()
    for path in (*kept, *shown, *spoken, *(STATIC / sheet for sheet in SHEETS), STATIC / WORKER):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def worker() -> str:
    """Return the service worker's script: one line that names what to keep, then the script itself."""
    kept = {"version": version(), "pages": PAGES, "files": files(), "data": DATA, "offline": OFFLINE}
    return f"const PHONE = {json.dumps(kept)};\n{(STATIC / WORKER).read_text(encoding='utf-8')}"
