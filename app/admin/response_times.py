"""Response times and priorities: dated data that an administrator decides, never code."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.domain.dated_rules import ROWS_MAX, Read, as_form, read_matrix, read_times
from app.domain.people import ADMIN
from app.domain.tickets import PRIORITIES
from app.services import response_times
from app.web.forms import Form
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now
from app.web.sign_in import actor
from app.web.words import ENVIRONMENT_WORDS, field_errors

blueprint = admit(Blueprint("response_times", __name__, url_prefix="/admin/response-times"), ADMIN)
SPARE_ROWS: Final = 3
Answer = Response | tuple[str, int]


@blueprint.get("")
def page() -> str:
    """Show what is in force, and what was."""
    return _page({}, None, None)


@blueprint.post("/times")
def times() -> Answer:
    """Decide new response times from a day."""
    read = read_times(request.form, request.form.getlist("working"), request.form.getlist("by_patrol"))
    return _decide("response_times", read, lambda errors: _page(errors, request.form, None))


@blueprint.post("/matrix")
def matrix() -> Answer:
    """Decide a new priority matrix from a day."""
    rows = [
        {
            "code": request.form.get(f"code_{n}", ""), "reason": request.form.get(f"reason_{n}", "").strip(),
            "faults": request.form.get(f"faults_{n}", ""), "least_lamps": request.form.get(f"least_{n}", "").strip(),
            "environments": request.form.getlist(f"environments_{n}"), "band": request.form.get(f"band_{n}", ""),
        }
        for n in range(ROWS_MAX)
    ]  # fmt: skip
    return _decide(
        "priority_matrix", read_matrix(rows, list(ENVIRONMENT_WORDS)), lambda errors: _page(errors, None, rows)
    )


def _decide(kind: str, read: Read, again: Any) -> Answer:
    form, prefix = Form(request.form), f"{kind}_"
    day = form.day(f"{prefix}from", required=True)
    decision = form.text(f"{prefix}decision", 200, required=True)
    if day is not None and day < local_date(now()):
        form.codes[f"{prefix}from"] = "day_passed"
    codes = {**read.codes, **form.codes}
    if not codes and day is not None:
        try:
            response_times.decide(kind, read.value, valid_from=day, decision=decision, now=now())
        except response_times.AlreadyDated:
            codes[f"{prefix}from"] = "day_taken"
    if codes:
        return again(field_errors(codes)), 422
    flash(gettext("Beslutet är infört. Ärenden som redan är öppna behåller sitt löfte."))
    return redirect(url_for(".page"), 303)


def _page(errors: dict[str, str], sent: Any, rows: Any) -> str:
    held, held_rows = response_times.in_force(local_date(now()))
    shown = rows if rows is not None else [
        {"code": r.code, "reason": r.reason, "faults": " ".join(r.faults), "least_lamps": r.least_lamps, "environments": r.environments,
         "band": " ".join(r.bands)}
        for r in held_rows
    ] + [{}] * SPARE_ROWS  # fmt: skip
    while rows is not None and shown and not shown[-1].get("code") and not shown[-1].get("reason"):
        shown.pop()
    return render_template(
        "admin/response_times.html", errors=errors, sent=request.form if errors else {}, values=sent if sent is not None else as_form(held),
        working=request.form.getlist("working") if sent is not None else held.working,
        by_patrol=request.form.getlist("by_patrol") if sent is not None else held.by_patrol, rows=shown, priorities=PRIORITIES,
        versions=response_times.versions(), role=actor().role,
    )  # fmt: skip
