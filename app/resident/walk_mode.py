"""The phone on the walk: a page that works without a net, opened by a group's code, and the two doors its notes come in by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answered

from app.adapters.photo_intake import take_in
from app.domain import walk_notes as rules
from app.services import walk_notes
from app.services.desk_steps import Unknown
from app.web.guard import EVERYONE, admit
from app.web.parts import now, parts
from app.web.security import csrf, limiter, network_key
from app.web.words import photo_problem

blueprint = admit(Blueprint("walk_mode", __name__, url_prefix="/walk"), EVERYONE)
csrf.exempt(blueprint)  # no cookie is read here: the code in the address is all that opens it
TRIES_PER_PREFIX = "300 per minute; 6000 per day"


@blueprint.get("/")
@limiter.limit(TRIES_PER_PREFIX, key_func=network_key)
def door() -> str | Answered:
    """Ask for a group's code."""
    code = rules.as_code(request.args.get("code", ""))
    wrong = bool(code) and walk_notes.by_code(code, now()) is None
    if code and not wrong:
        return redirect(url_for("walk_mode.page", code=code), 303)
    return render_template("resident/walk_door.html", code=code, wrong=wrong)


@blueprint.get("/sw.js")
def worker() -> Response:
    """Return the worker that keeps a walk's page on the phone; it serves nothing outside /walk/."""
    script = Path(str(current_app.static_folder)) / "js" / "walk_worker.js"
    response = Response(script.read_text(encoding="utf-8"), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/<code>")
@limiter.limit(TRIES_PER_PREFIX, key_func=network_key)
def page(code: str) -> Response:
    """Show the walk's stops to write at; the page keeps itself on the phone."""
    group, walk = walk_notes.by_code(code, now()) or abort(404)
    response = Response(render_template("resident/walk_mode.html", group=group, walk=walk))
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.post("/<code>/entries")
@limiter.limit(TRIES_PER_PREFIX, key_func=network_key)
def entries(code: str) -> Response | tuple[Response, int]:
    """Keep notes; the same sent again changes nothing. Answer: which were saved at which revision, which were refused."""
    sent: Any = request.get_json(silent=True)
    listed = sent.get("entries") if isinstance(sent, dict) else None
    if not isinstance(listed, list) or len(listed) > rules.ENTRIES_AT_ONCE:
        return jsonify(title=gettext("Det gick inte att läsa.")), 422
    notes, refused = [], []
    for one in listed:
        try:
            notes.append(rules.read(one))
        except rules.Unreadable:
            refused.append(str(one.get("client_id", "")) if isinstance(one, dict) else "")
    try:
        kept = walk_notes.take_in(code, notes, now=now())
    except Unknown:
        return jsonify(title=gettext("Koden gäller inte längre.")), 410
    saved = [{"client_id": client_id, "revision": revision} for client_id, revision in kept.saved]
    return jsonify(saved=saved, refused=[*refused, *kept.refused])


@blueprint.post("/<code>/entries/<client_id>/photos/<photo_id>")
@limiter.limit(TRIES_PER_PREFIX, key_func=network_key)
def photo(code: str, client_id: str, photo_id: str) -> Response | tuple[Response, int]:
    """Keep one photo of a note: 201 new, 200 when it has come before, 404 before its note, 422 when it cannot be kept."""
    if not rules.is_id(client_id) or not rules.is_id(photo_id):
        abort(404)
    if walk_notes.photo_is_kept(photo_id):
        return jsonify(saved=photo_id)
    try:
        if not walk_notes.room_for_photo(code, client_id, now()):
            return jsonify(title=gettext("Högst tre foton går att skicka.")), 422
        data = request.get_data(cache=False)
        intake = take_in([data], [walk_notes.public_name(photo_id)], parts().cleaner, parts().photo_store, 1)
        if not intake.kept:
            return jsonify(title=photo_problem(intake.refused[0])), 422
        walk_notes.take_photo(code, client_id, photo_id, intake.kept[0], now=now())
    except Unknown:
        abort(404)
    return jsonify(saved=photo_id), 201
