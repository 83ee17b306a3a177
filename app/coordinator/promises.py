"""Citizen promises at the desk: text, decision, activities with their three blocks, and how far they have come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.domain.people import COORDINATOR
from app.domain.promises import COUNTERS, PER, agreement_warns
from app.domain.states import MOVES, PROMISE
from app.services import place_names, promises
from app.services.desk_steps import Desk, Unclear, organisations, undo
from app.services.promises import Shown
from app.web.decisions import Answer, decide
from app.web.forms import Form
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now
from app.web.sign_in import actor
from app.web.words import field_errors

blueprint = admit(Blueprint("promises", __name__, url_prefix="/coordinator/promises"), COORDINATOR)
TARGET_MAX = 1_000


@blueprint.get("")
def listing() -> str:
    """Show every promise with its progress, and a form for a new one."""
    return _list_page({}, {})


@blueprint.post("")
def create() -> Answer:
    """Write down a proposal."""
    form = Form(request.form)
    terms = _terms(form)
    try:
        if terms is not None:
            made = promises.create(terms, desk=Desk(actor(), now()))
            flash(gettext("Löftet är sparat som förslag."))
            return redirect(url_for("promises.promise", promise_id=made.id), 303)
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    return _list_page(form.errors, request.form), 422


@blueprint.get("/<int:promise_id>")
def promise(promise_id: int) -> str:
    """Show one promise."""
    return _page(promise_id, {}, {})


@blueprint.post("/<int:promise_id>")
def change(promise_id: int) -> Answer:
    """Keep a promise's text."""

    def act(form: Form, desk: Desk) -> None:
        terms = _terms(form)
        if terms is not None:
            promises.change(promise_id, terms, desk=desk)

    return _decide(promise_id, act)


@blueprint.post("/<int:promise_id>/move")
def move(promise_id: int) -> Answer:
    """Move a promise."""

    def act(form: Form, desk: Desk) -> None:
        to, reason = form.choice("to", MOVES[PROMISE], required=True), form.text("reason", 500)
        if not form.codes:
            promises.move_on(promise_id, to, reason, desk=desk)

    return _decide(promise_id, act)


@blueprint.post("/<int:promise_id>/activities")
def activity(promise_id: int) -> Answer:
    """Add an activity, or change the one whose number comes along."""

    def act(form: Form, desk: Desk) -> None:
        block, number = _block(form), form.number("activity_id")
        if not form.codes:
            promises.set_activity(promise_id, number, block, desk=desk)

    return _decide(promise_id, act)


@blueprint.post("/<int:promise_id>/activities/<int:activity_id>/remove")
def remove(promise_id: int, activity_id: int) -> Answer:
    """Take an activity out of a proposal."""
    return _decide(promise_id, lambda _form, desk: promises.remove_activity(promise_id, activity_id, desk=desk))


def _terms(form: Form) -> promises.Terms | None:
    begins_on, ends_on = form.day("begins_on", required=True), form.day("ends_on", required=True)
    text = form.text("text", 500, required=True)
    sent = form.sent.getlist("districts")
    districts = {int(v) for v in sent if v.isascii() and v.isdecimal() and len(v) < 10}
    terms = {
        "parties": form.text("parties", 300), "agreement": form.text("agreement", 200),
        "agreement_ends_on": form.day("agreement_ends_on"), "decision_body": form.text("decision_body", 200),
        "decision_on": form.day("decision_on"), "decision_reference": form.text("decision_reference", 100),
        "outcome": form.text("outcome", 4000),
    }  # fmt: skip
    if form.codes or begins_on is None or ends_on is None:
        return None
    return promises.Terms(text=text, begins_on=begins_on, ends_on=ends_on, district_ids=districts, **terms)  # type: ignore[arg-type]


def _block(form: Form) -> promises.Block:
    owner = form.number("responsible_id")
    if owner is not None and owner not in {o.id for o in organisations()}:
        form.codes["responsible_id"] = "choice_unknown"
    target, counted = (
        form.number("target", (1, TARGET_MAX), required=True),
        form.number("counted_by_hand", (0, 100_000)),
    )
    return promises.Block(
        text=form.text("activity_text", 500, required=True), responsible_id=owner, responsible_role=form.text("responsible_role", 120),
        implementation=form.text("implementation"), follow_up=form.text("follow_up"), follow_up_on=form.day("follow_up_on"),
        counter=form.choice("counter", COUNTERS, required=True), target=target or 1, per=form.choice("per", PER, required=True),
        counted_by_hand=counted or 0,
    )  # fmt: skip


def _decide(promise_id: int, act: Callable[[Form, Desk], object]) -> Answer:
    return decide(
        lambda form: act(form, Desk(actor(), now(), form.version or 0)), lambda codes: _page(promise_id, field_errors(codes), request.form),
        gettext("Sparat."), url_for("promises.promise", promise_id=promise_id),
    )  # fmt: skip


def _list_page(errors: Mapping[str, str], values: Any) -> str:
    return render_template(
        "coordinator/promises.html", shown=promises.listing(), errors=errors, values=values, today=local_date(now()),
        districts=place_names.districts(), agreement_warns=agreement_warns, promise=None,
    )  # fmt: skip


def _page(promise_id: int, errors: Mapping[str, str], values: Any) -> str:
    found: Shown = promises.one(promise_id) or abort(404)
    names = {d.id: d.name for d in place_names.districts()}
    return render_template(
        "coordinator/promise.html", found=found, promise=found.promise, errors=errors, values=values, names=names,
        districts=place_names.districts(), organisations=organisations(), counters=COUNTERS, per=PER,
        possible=sorted(MOVES[PROMISE][found.promise.state]), history=promises.history(promise_id),
        today=local_date(now()), agreement_warns=agreement_warns,
    )  # fmt: skip
