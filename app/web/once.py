"""Each form of the desk counts once: a second press answers with the page that the first one led to.

The form carries a number that was made with its page. The same number with the same words is the same press; whoever
goes back, changes a word and sends again means something new.
"""

from __future__ import annotations

import hashlib
import json
import time

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.services import sent_forms
from app.web.guard import EVERYONE, admitted
from app.web.parts import now, random_name
from app.web.sending import only_reading
from app.web.sign_in import signed_in_role, who

FIELD = "once"
TRIES, PAUSE_S = 40, 0.05


def install(app: Flask) -> None:
    """Look at each form before it is carried out, and keep where it led."""
    app.before_request(_claim)
    app.after_request(_keep)
    app.jinja_env.globals.update(once=once, sent_to=sent_to)


def once() -> str:
    """Return the number of a form on a page of the staff's own; pages for everybody have none, they may be kept."""
    if not request.endpoint or EVERYONE in admitted(current_app, request.endpoint):
        return ""
    return random_name()


def sent_to(address: str) -> bool:
    """Say whether this page answers a form that was sent to an address, so that the section used stays open."""
    return request.method == "POST" and request.script_root + request.path == address


def _claim() -> Response | None:
    g.pop("sent_form", None)
    if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded":
        return None  # what carries photos takes long, is read before it holds the database, and has numbers of its own
    number = request.form.get(FIELD, "")
    if not number or signed_in_role() is None:
        return None
    key = _key()
    if sent_forms.claim(key, now=now()):
        g.sent_form = key
        return None
    return _as_before(key)


def _key() -> str:
    sent = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    return hashlib.sha256(json.dumps([who().staff_id, request.path, sent]).encode()).hexdigest()


def _as_before(key: str) -> Response:
    """Answer as the first press was answered, which may be on its way."""
    with only_reading():
        for _ in range(TRIES):
            location, said = sent_forms.answer_of(key)
            if location:
                break
            time.sleep(PAUSE_S)
    told = {text for _, text in session.get("_flashes", ())}
    for text in said or [gettext("Det är redan sparat.")]:
        if text not in told:
            flash(text)
    return redirect(location or url_for("dashboard.overview"), 303)


def _keep(response: Response) -> Response:
    key = g.pop("sent_form", None)
    if key is None:
        return response
    if 300 <= response.status_code < 400 and response.location:
        sent_forms.keep_answer(key, response.location, [text for _, text in session.get("_flashes", ())])
    else:
        sent_forms.forget_claim()
    return response
