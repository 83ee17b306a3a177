"""The register of money: budget lines, grants applied for, who draws on what, and the days that must not be missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.domain.measures import FUNDING_KINDS
from app.domain.people import COORDINATOR
from app.domain.states import FUNDING, MOVES
from app.services import funding, measure_pages
from app.services.desk_steps import Unclear
from app.web.decisions import Answer, decide
from app.web.forms import Form
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now
from app.web.sign_in import actor
from app.web.words import field_errors

blueprint = admit(Blueprint("funding", __name__, url_prefix="/coordinator/funding"), COORDINATOR)
FIRST_STATES = ("available", "idea")
SOON = timedelta(days=30)


@blueprint.get("")
def listing() -> str:
    """Show each source: amount, used, left, and where an application stands."""
    return _page({}, {})


@blueprint.post("")
def add() -> Answer:
    """Enter a source."""
    form = Form(request.form)
    terms, state = _terms(form), form.choice("state", FIRST_STATES) or "available"
    if state == "available" and not terms.amount_sek:
        form.codes.setdefault("amount_sek", "required")
    try:
        if not form.codes:
            funding.add(terms, state, actor=actor(), now=now())
    except Unclear as unclear:
        form.codes.update(unclear.codes)
    if form.codes:
        return _page(form.errors, request.form), 422
    flash(gettext("Källan är sparad."))
    return redirect(url_for("funding.listing"), 303)


@blueprint.get("/<int:funding_id>")
def source(funding_id: int) -> str:
    """Show one source, who draws on it, and what can be changed."""
    return _source_page(funding_id, {}, {})


@blueprint.post("/<int:funding_id>")
def change(funding_id: int) -> Answer:
    """Keep what the register says of a source."""

    def act(form: Form) -> None:
        terms = _terms(form)
        if not form.codes:
            funding.change(funding_id, terms, form.version, actor=actor(), now=now())

    return _decide(funding_id, act)


@blueprint.post("/<int:funding_id>/move")
def move(funding_id: int) -> Answer:
    """Move a source."""

    def act(form: Form) -> None:
        to, reason = form.choice("to", MOVES[FUNDING], required=True), form.text("reason", 500)
        if not form.codes:
            funding.move_on(funding_id, to, reason, form.version, actor=actor(), now=now())

    return _decide(funding_id, act)


def _decide(funding_id: int, act: Callable[[Form], object]) -> Answer:
    return decide(
        act, lambda codes: _source_page(funding_id, field_errors(codes), request.form), gettext("Källan är sparad."),
        url_for("funding.source", funding_id=funding_id),
    )  # fmt: skip


def _terms(form: Form) -> funding.Terms:
    year, percent = form.number("year", (2000, 2100), required=True) or 0, form.number("co_funding_percent", (0, 100))
    return funding.Terms(
        name=form.text("name", 200, required=True), kind=form.choice("kind", FUNDING_KINDS, required=True), year=year,
        amount_sek=form.money("amount_sek") or Decimal(0), decision=form.text("decision", 200), purpose=form.text("purpose", 300),
        applied_sek=form.money("applied_sek"), applied_by=form.text("applied_by", 200), co_funding_percent=percent,
        call_opens_on=form.day("call_opens_on"), call_closes_on=form.day("call_closes_on"), report_due_on=form.day("report_due_on"),
    )  # fmt: skip


def _page(errors: dict[str, str], typed: Any) -> str:
    today = local_date(now())
    return render_template(
        "coordinator/funding.html", sources=funding.sources(), year=today.year, errors=errors, typed=typed, today=today, soon=today + SOON
    )  # fmt: skip


def _source_page(funding_id: int, errors: dict[str, str], typed: Any) -> str:
    found = funding.source(funding_id) or abort(404)
    return render_template(
        "coordinator/funding_source.html", source=found, row=found.row, draws=funding.draws_on(funding_id), errors=errors, typed=typed,
        moves=sorted(MOVES[FUNDING][found.row.state]), history=measure_pages.history(FUNDING, funding_id),
    )  # fmt: skip
