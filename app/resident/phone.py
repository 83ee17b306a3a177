"""What a phone keeps by itself: its pages without a network, what waits on it, and its place on the home screen."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from app.services import place_names
from app.web import shell
from app.web.guard import EVERYONE, admit
from app.web.languages import RIGHT_TO_LEFT, language

blueprint = admit(Blueprint("phone", __name__), EVERYONE)


@blueprint.get("/mine")
def mine() -> str:
    """Show what waits on this phone, what was begun and what was sent; all of it is read by the phone itself."""
    return render_template("resident/mine.html", municipality=place_names.municipality())


@blueprint.get("/offline")
def offline() -> str:
    """Say what can be done without a network; kept on the phone and shown there."""
    return render_template("resident/offline.html", municipality=place_names.municipality())


@blueprint.get("/sw.js")
def worker() -> Response:
    """Return the service worker, from the root so that it may serve every page."""
    response = Response(shell.worker(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@blueprint.get("/resident.css")
def styles() -> Response:
    """Return the residents' styles in one piece."""
    response = Response(shell.styles(), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Describe the page for the home screen: a neutral name and icon, nothing that says what it is about."""
    icons = [
        {"src": url_for("static", filename=f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png",
         "purpose": purpose}
        for side in (192, 512)
        for purpose in ("any", "maskable")
    ]  # fmt: skip
    shortcuts = [
        {"name": gettext("Rapportera en plats"), "url": url_for("report.form")},
        {"name": gettext("I telefonen"), "url": url_for("phone.mine")},
    ]
    body = {
        "name": "Ljuspunkt", "short_name": "Ljuspunkt", "id": "/", "start_url": "/", "scope": "/", "display": "standalone",
        "lang": language(), "dir": "rtl" if language() in RIGHT_TO_LEFT else "ltr",
        "background_color": "#0b1430", "theme_color": "#0b1430", "icons": icons, "shortcuts": shortcuts,
    }  # fmt: skip
    response = Response(json.dumps(body, ensure_ascii=False), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
