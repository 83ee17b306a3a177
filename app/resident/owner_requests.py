"""The page behind an outside owner's link: what is asked, and one answer. No account, nothing else to see."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.services import owner_requests
from app.services.desk_steps import Unclear, Unknown, undo
from app.web.forms import Form
from app.web.guard import EVERYONE, admit
from app.web.languages import local_date
from app.web.parts import now, parts

blueprint = admit(Blueprint("owner", __name__, url_prefix="/owner"), EVERYONE)


@blueprint.get("/<token>")
def question(token: str) -> str:
    """Show what is asked, or what was answered."""
    return _page(token, {}, {})


@blueprint.post("/<token>")
def answer(token: str) -> Response | tuple[str, int]:
    """Keep the answer, once."""
    form = Form(request.form)
    given = owner_requests.Answer(
        form.choice("answer", owner_requests.ANSWERS, required=True),
        form.text("reason", 500),
        form.day("will_be_done_on"),
    )
    try:
        if not form.codes:
            owner_requests.answer(token, given, now=now())
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    except Unknown:
        if owner_requests.by_token(token) is None:
            abort(404)
    if form.codes:
        return _page(token, form.errors, request.form), 422
    parts().jobs.wake()
    return redirect(url_for("owner.question", token=token), 303)


def _page(token: str, errors: dict[str, str], typed: Any) -> str:
    row = owner_requests.by_token(token) or abort(404)
    closed = row.expires_on < local_date(now())
    return render_template("resident/owner_request.html", row=row, closed=closed, errors=errors, typed=typed)
