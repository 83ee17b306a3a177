"""Asking people to a walk: the texts per audience and language, the poster, who has signed up, and the letters."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answered

from app.domain import invitations as rules
from app.domain.people import COORDINATOR
from app.services import place_names, walk_notes, walk_pages, walk_signups
from app.services.desk_steps import Desk, Unclear, Unknown, undo
from app.web import invitations as words
from app.web.forms import Form
from app.web.guard import admit
from app.web.paper import paper
from app.web.parts import base_url, now, parts, random_numbers
from app.web.sign_in import actor
from app.web.walk_forms import ids

blueprint = admit(Blueprint("invitations", __name__, url_prefix="/coordinator/walks/<int:walk_id>"), COORDINATOR)
Answer = Answered | tuple[str, int]


@blueprint.get("/invitation")
def invitation(walk_id: int) -> str:
    """Show the invitation in the language and for the people asked for, and who has signed up."""
    return _page(_find(walk_id), {}, {})


@blueprint.post("/invitation")
def invite(walk_id: int) -> Answer:
    """Send letters to those ticked; the walk counts as invited to."""
    form = Form(request.form)
    audience = form.choice("audience", rules.AUDIENCES, required=True)
    lang = form.choice("text_lang", rules.LANGUAGES, required=True)
    to = ids(form, "organisations")
    try:
        if not form.codes:
            desk = Desk(actor(), now(), form.version)
            walk_signups.invite(
                walk_id, to, reporters=form.ticked("reporters"), audience=audience, lang=lang,
                channels=form.choices("channels", rules.CHANNELS), desk=desk,
            )  # fmt: skip
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    except Unknown:
        abort(404)
    if form.codes:
        return _page(_find(walk_id), form.errors, request.form), 422
    parts().jobs.wake()
    flash(gettext("Inbjudan är ute."))
    return redirect(url_for("invitations.invitation", walk_id=walk_id), 303)


@blueprint.post("/groups")
def make_groups(walk_id: int) -> Answer:
    """Make groups for the walk, each with a code that its note-takers open the phone's page by."""
    form = Form(request.form)
    count = form.number("groups", (1, walk_notes.GROUPS_MAX), required=True) or 0
    try:
        if not form.codes:
            walk_notes.make_groups(walk_id, count, random_numbers, desk=Desk(actor(), now(), form.version))
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    except Unknown:
        abort(404)
    if form.codes:
        return _page(_find(walk_id), form.errors, request.form), 422
    flash(gettext("Grupperna har sina koder."))
    return redirect(url_for("invitations.invitation", walk_id=walk_id, _anchor="group-codes"), 303)


@blueprint.get("/poster.pdf")
def poster(walk_id: int) -> Response:
    """Return an A4 poster with a QR code that leads to the sign-up page."""
    found = _find(walk_id)
    lang, audience = words.asked_for(request.args)
    return paper(
        "paper/walk_poster.html", f"{found.reference}-{lang}.pdf", walk=found, text=words.text(found, lang, audience),
        qr=words.qr(words.link(found)), link=words.link(found), municipality=place_names.municipality(),
    )  # fmt: skip


def _find(walk_id: int) -> Any:
    return walk_pages.walk(walk_id, actor()) or abort(404)


def _page(found: Any, errors: dict[str, str], typed: Any) -> str:
    lang, audience = words.asked_for(typed or request.args)
    return render_template(
        "coordinator/walk_invitation.html", walk=found, text=words.text(found, lang, audience), lang_chosen=lang,
        audience=audience, tally=walk_signups.tally(found), owners=walk_signups.owners_on_the_way(found),
        reporters=walk_signups.reporters_who_asked(found), link=words.link(found), errors=errors, typed=typed,
        language_names=[(code, spoken.name) for code, spoken in rules.LANGUAGES.items()], AUDIENCES=rules.AUDIENCES, CHANNELS=rules.CHANNELS, COUNTS=rules.PERSPECTIVE_COUNTS,
        ROLES=rules.ROLES, open_for_sign_up=found.state in walk_signups.OPEN_FOR_SIGN_UP,
        groups=[(g, words.qr(f"{base_url()}/walk/{g.code}")) for g in walk_notes.groups(found.id)], come=walk_notes.rows(found),
    )  # fmt: skip
