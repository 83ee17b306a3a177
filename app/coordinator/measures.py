"""Measures as a list, the question to an outside owner, and looking back at what was done."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answered

from app.domain import follow_ups as follow_up_rules
from app.domain import measures as rules
from app.domain.people import COORDINATOR
from app.services import follow_ups, funding, measure_pages, owner_requests
from app.services.desk_steps import Unclear, Unknown, organisations, undo
from app.web.forms import Form, chosen, row_number
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now, parts
from app.web.sign_in import actor
from app.web.words import field_errors

blueprint = admit(Blueprint("measures", __name__, url_prefix="/coordinator"), COORDINATOR)
FILTERS = ("owner", "overdue", "missing", "money", "column")


@blueprint.get("/measures")
def listing() -> str:
    """List every measure with its trio, filtered by owner, source of money, what is late and what lacks something."""
    filters, today = measure_pages.filters_of(request.args), local_date(now())
    page = min(max(request.args.get("page", 1, type=row_number), 1), 10_000)
    cards, total = measure_pages.listing(actor(), filters, today, page)
    return render_template(
        "coordinator/measures.html", cards=cards, total=total, page=page, pages=-(-total // measure_pages.ROWS_A_PAGE), filters=filters,
        query=chosen(request.args, FILTERS), sources=funding.sources(),
        organisations=organisations(), due=follow_ups.due(actor(), today), words=rules.COLUMN_WORDS,
    )  # fmt: skip


@blueprint.post("/measures/<int:measure_id>/ask-owner")
def ask_owner(measure_id: int) -> Response | Answered:
    """Write to the outside owner who is responsible."""
    if measure_pages.measure(measure_id, actor(), local_date(now())) is None:
        abort(404)
    try:
        settings = parts().settings
        owner_requests.ask(
            measure_id, keys=(settings.secret_key, *settings.secret_key_fallbacks), actor=actor(), now=now()
        )
    except Unclear as unclear:
        undo()
        for sentence in field_errors(unclear.codes).values():
            flash(sentence)
        return redirect(url_for("plans.measure", measure_id=measure_id), 303)
    parts().jobs.wake()
    flash(gettext("Frågan är skickad. Vi påminner efter 14 och 30 dagar."))
    return redirect(url_for("plans.measure", measure_id=measure_id), 303)


@blueprint.post("/follow-ups/<int:follow_up_id>")
def look_back(follow_up_id: int) -> Response | Answered:
    """Keep what a look back found."""
    form = Form(request.form)
    effect, note, lux = form.choice("effect", follow_up_rules.EFFECTS), form.text("note", 1000), form.decimal("lux_now")
    measure_id = form.number("measure_id") or 0
    if measure_pages.measure(measure_id, actor(), local_date(now())) is None:
        abort(404)
    try:
        if not form.codes:
            follow_ups.look_back(follow_up_id, effect, note, lux, actor=actor(), now=now(), today=local_date(now()))
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    except Unknown:
        abort(404)
    for sentence in form.errors.values():
        flash(sentence)
    if not form.codes:
        flash(gettext("Uppföljningen är sparad."))
    return redirect(url_for("plans.measure", measure_id=measure_id, _anchor="follow-ups"), 303)
