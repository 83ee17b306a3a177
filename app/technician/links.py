"""The one-time link of somebody outside: one ticket, one answer, no account."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.domain.contractors import FINAL
from app.domain.tickets import ACTIONS, CAUSES, actions_for
from app.services import contractors
from app.web.guard import EVERYONE, admit
from app.web.languages import local_date
from app.web.parts import now, parts
from app.web.security import REPORTS_PER_PREFIX, limiter
from app.web.sending import only_reading, take_in_photos, uploads
from app.web.words import field_errors, photo_problem

blueprint = admit(Blueprint("outside", __name__, url_prefix="/t"), EVERYONE)
STATES = (
    "repaired",
    "on_site",
    "made_safe",
    "waiting_grid_owner",
    "waiting_material",
    "waiting_digging",
    "waiting_other_owner",
    "no_fault",
)
FIELDS = (
    "state",
    "cause_code",
    "action_code",
    "switch_on_test",
    "parts",
    "note",
    "next_on",
    "reason",
    "external_reference",
)
PHOTOS_MAX = 3


@blueprint.get("/<secret>")
def ticket(secret: str) -> str | tuple[str, int]:
    """Show the ticket that the link is for."""
    told = contractors.by_link(secret, now=now())
    return _page(told, secret, {}) if told else _closed()


@blueprint.post("/<secret>")
@limiter.limit(REPORTS_PER_PREFIX)
def answer(secret: str) -> Response | str | tuple[str, int]:
    """Take the answer; when the ticket goes on, the next link is shown at once."""
    with only_reading():
        if contractors.by_link(secret, now=now()) is None:
            return _closed()
    intake = take_in_photos(uploads(request.files), PHOTOS_MAX)
    for code in intake.refused:
        flash(photo_problem(code), "wait")
    told = contractors.by_link(secret, now=now()) or abort(404)
    body = {name: request.form[name] for name in FIELDS if request.form.get(name)}
    try:
        following = contractors.answer(
            told, body, intake.kept, key=parts().settings.secret_key, now=now(), today=local_date(now())
        )
    except contractors.RefusedAnswer as error:
        again = contractors.by_link(secret, now=now())
        return (_page(again, secret, field_errors(error.codes)), 422) if again else _closed()
    parts().jobs.wake()
    if following:
        flash(gettext("Tack. Svaret är sparat. Länken till nästa svar är adressen till den här sidan."))
        return redirect(url_for(".ticket", secret=following), 303)
    return render_template("technician/outside_done.html", state=body.get("state", ""), final=sorted(FINAL))


def _closed() -> tuple[str, int]:
    return render_template("technician/outside_done.html", state="", final=[]), 404


def _page(told: contractors.Told, secret: str, errors: dict[str, str]) -> str:
    return render_template(
        "technician/outside.html", told=told, ticket=told.ticket, secret=secret, errors=errors, values=request.form, states=STATES,
        actions=[(code, ACTIONS[code]) for code in actions_for(told.ticket.fault_code)], causes=CAUSES,
        expires=told.dispatch.link_expires_at if told.dispatch else None,
    )  # fmt: skip
