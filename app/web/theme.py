"""Light or dark: what the resident chose, else dark when it is dark outside, else as the browser likes it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from app.services import place_names
from app.web.guard import EVERYONE, admitted
from app.web.parts import now, without_database
from app.web.shell import is_shell
from geo.darkness import Where, is_dark

COOKIE: Final = "theme"
CHOICES: Final = ("light", "dark")
BY_THE_SUN: Final = "sun"
YEAR_S: Final = 31_536_000


def install(app: Flask) -> None:
    """Let every page for residents know how it should look, and remember what was chosen."""
    app.context_processor(_look)
    app.after_request(_remember)
    app.jinja_env.globals["theme_link"] = theme_link


def theme_link(choice: str) -> str:
    """Return the address of this page in another look, with what else its address said."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in {COOKIE, "shell"}]
    return "?" + urlencode([*kept, (COOKIE, choice)])


def _look() -> dict[str, Any]:
    """Return the look for the page, and where the sun is asked for; a page that a phone keeps asks each time it opens."""
    if request.endpoint and EVERYONE not in admitted(current_app, request.endpoint):
        return {"theme": "", "theme_chosen": "", "sun": None}
    chosen = _chosen()
    if chosen:
        return {"theme": chosen, "theme_chosen": chosen, "sun": None}
    town = None if without_database() else place_names.municipality()
    if town is None:
        return {"theme": "", "theme_chosen": "", "sun": None}
    if is_shell():
        return {"theme": "", "theme_chosen": "", "sun": (town.lon, town.lat)}
    dark = is_dark(now(), Where(town.lon, town.lat, town.timezone))
    return {"theme": "dark" if dark else "", "theme_chosen": "", "sun": None}


def _chosen() -> str:
    asked = request.args.get(COOKIE, "") or request.cookies.get(COOKIE, "")
    return asked if asked in CHOICES else ""


def _remember(response: Response) -> Response:
    asked = request.args.get(COOKIE, "")
    if asked in CHOICES:
        response.set_cookie(COOKIE, asked, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
    elif asked == BY_THE_SUN:
        response.delete_cookie(COOKIE, samesite="Lax", httponly=True, secure=request.is_secure)
    return response
