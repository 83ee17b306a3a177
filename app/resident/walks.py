"""Walks for everybody: those ahead and how to come along, the calendar feed, and the protocols once published."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answered

from app.adapters.calendar import calendar
from app.domain import invitations as rules
from app.domain.notices import PROTOCOL_WITHIN
from app.domain.reports import contact_is_readable
from app.services import place_names, staff, walk_pages, walk_signups
from app.services.desk_steps import Unclear, Unknown
from app.web import invitations as words
from app.web.feeds import feed_owner
from app.web.forms import Form
from app.web.guard import EVERYONE, admit
from app.web.languages import language, local_date
from app.web.paper import paper
from app.web.parts import now, random_name
from app.web.security import limiter, network_key
from app.web.walk_calendar import everybodys, occasions
from app.web.walk_findings import compared, findings

blueprint = admit(Blueprint("public_walks", __name__), EVERYONE)
NUMBER_LENGTH = 16
SIGN_UPS_PER_PREFIX = "20 per hour; 60 per day"


@blueprint.get("/walks")
def ahead() -> str:
    """List the walks ahead, ours and those of others."""
    return render_template(
        "resident/walks.html", walks=walk_signups.ahead(now()), others=walk_signups.others_ahead(now()),
        municipality=place_names.municipality(),
    )  # fmt: skip


@blueprint.get("/walks.ics")
def feed() -> Response:
    """Return the walks that everybody may come to as a calendar that programs subscribe to."""
    walks, others = walk_signups.for_feed(now())
    return _as_calendar(everybodys(walks, others), gettext("Trygghetsvandringar"))


@blueprint.get("/walks/staff/<token>.ics")
def staff_feed(token: str) -> Response:
    """Return all occasions of all walks for a member of staff's calendar program."""
    owner = feed_owner(token)
    if owner is None or not staff.is_active(owner):
        abort(404)
    walks, others = walk_signups.for_feed(now())
    entries = [entry for walk in walks for entry in occasions(walk, with_stops=False)]
    return _as_calendar([*entries, *everybodys((), others)], gettext("Trygghetsvandringar, alla tillfällen"))


@blueprint.get("/walks/<int:walk_id>")
def protocol(walk_id: int) -> str:
    """Show the invitation to a walk ahead, and after it who came (in numbers), what was noted and what will be done."""
    walk = walk_pages.published(walk_id)
    if walk is None and (held := walk_signups.walked(walk_id)):
        return _waiting(held)
    if walk is None:
        return _invitation(walk_signups.open_walk(walk_id) or abort(404), {}, {})
    return render_template("resident/walk_protocol.html", **_published(walk))


@blueprint.get("/walks/<int:walk_id>.pdf")
def protocol_pdf(walk_id: int) -> Response:
    """Return a published protocol as a tagged PDF."""
    walk = walk_pages.published(walk_id) or abort(404)
    return paper("paper/walk_protocol.html", f"{walk.reference}.pdf", **_published(walk))


@blueprint.post("/walks/<int:walk_id>")
@limiter.limit(SIGN_UPS_PER_PREFIX, key_func=network_key)
def sign_up(walk_id: int) -> Answered | tuple[str, int]:
    """Enter some people for a walk, and lead them to a page of their own."""
    form = Form(request.form)
    coming = _coming(form)
    token = _token_of_this_press(walk_id)
    try:
        if not form.codes:
            walk_signups.sign_up(walk_id, coming, token, now=now())
    except Unclear as unclear:
        form.codes.update(unclear.codes)
    except Unknown:
        abort(404)
    if form.codes:
        return _invitation(walk_signups.open_walk(walk_id) or abort(404), form.errors, request.form), 422
    return redirect(url_for("public_walks.signed_up", token=token), 303)


@blueprint.get("/walks/coming/<token>")
def signed_up(token: str) -> str:
    """Show somebody their own sign-up, and how to take it back."""
    row, walk = walk_signups.by_token(token) or abort(404)
    return render_template("resident/walk_signed_up.html", row=row, walk=walk, token=token)


@blueprint.post("/walks/coming/<token>")
def withdraw(token: str) -> Answered:
    """Take a sign-up back."""
    found = walk_signups.by_token(token) or abort(404)
    walk_signups.withdraw(token)
    return redirect(url_for("public_walks.protocol", walk_id=found[1].id), 303)


def _published(walk: Any) -> dict[str, Any]:
    def approved(stop: Any) -> list[Any]:
        return [p for entry in stop.entries for p in entry.photos if p.state == "approved"]

    return {
        "walk": walk, "findings": findings(walk, walk_pages.measures_of(walk)), "municipality": place_names.municipality(),
        "today": local_date(now()), "photos_of": approved, "comparison": compared(walk, walk_pages.earlier_of(walk)),
    }  # fmt: skip


def _waiting(walk: Any) -> str:
    """Show that a walk was held and when its protocol is to be out."""
    due, today = local_date(walk.starts_at) + PROTOCOL_WITHIN, local_date(now())
    return render_template(
        "resident/walk_walked.html",
        walk=walk,
        due=due if due >= today else None,
        municipality=place_names.municipality(),
    )


def _token_of_this_press(walk_id: int) -> str:
    """Return the secret of a sign-up: the same for the same form with the same words, so that a second press finds it.

    The form brings a number that was made with its page; without one (a program), each sign-up is its own.
    """
    number = request.form.get("number", "")
    if len(number) < NUMBER_LENGTH:
        return secrets.token_urlsafe(18)
    said = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    digest = hashlib.sha256(json.dumps([walk_id, said]).encode()).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _coming(form: Form) -> walk_signups.Coming:
    people, contact = form.number("people", required=True) or 0, form.text("contact", 320)
    if form.codes.get("people") != "required" and not 1 <= people <= rules.PEOPLE_MAX_AT_ONCE:
        form.codes["people"] = "people_too_many"
    if contact and not contact_is_readable(contact):
        form.codes["contact"] = "contact_not_readable"
    counts = form.counts(rules.PERSPECTIVE_COUNTS, 99)
    if any(count > people for count in counts.values()):
        form.codes.setdefault("people", "perspectives_too_many")
    return walk_signups.Coming(
        people, form.choice("role", rules.ROLES) or "residents", form.text("organisation", 120), counts, form.text("needs", 300),
        contact, language(),
    )  # fmt: skip


def _invitation(walk: Any, errors: dict[str, str], typed: Any) -> str:
    lang, audience = words.asked_for(request.args)
    tally = walk_signups.tally(walk)
    return render_template(
        "resident/walk_invitation.html", walk=walk, text=words.text(walk, lang, audience), lang_chosen=lang, errors=errors,
        typed=typed, LANGUAGES=rules.LANGUAGES, ROLES=rules.ROLES, COUNTS=rules.PERSPECTIVE_COUNTS,
        full=tally.people >= walk.participants_max, open_for_sign_up=walk.state in walk_signups.OPEN_FOR_SIGN_UP and walk.starts_at > now(),
        municipality=place_names.municipality(), number=random_name(),
    )  # fmt: skip


def _as_calendar(entries: Any, name: str) -> Response:
    stamp = now()
    body = calendar(entries, stamp=stamp, sequence=int(stamp.timestamp()) // 60, name=name)
    response = Response(body, mimetype="text/calendar")
    response.headers["Cache-Control"] = "max-age=900"
    return response
