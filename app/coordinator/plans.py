"""Plans and measures: the board with owner, date and money on every card, and the moves of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.domain import follow_ups as follow_up_rules
from app.domain import measure_details as detail_rules
from app.domain import measures as rules
from app.domain.people import COORDINATOR
from app.domain.states import MEASURE, MOVES, PLAN
from app.services import follow_ups, funding, measure_pages, measures, owner_requests, place_names, plans
from app.services.desk_steps import Desk, Unclear, Unknown, organisations, undo
from app.web.decisions import Answer, decide, desk_of
from app.web.forms import Form, row_number
from app.web.guard import admit
from app.web.languages import local_date
from app.web.paper import paper
from app.web.parts import now
from app.web.sign_in import actor
from app.web.words import field_errors

blueprint = admit(Blueprint("plans", __name__, url_prefix="/coordinator"), COORDINATOR)


@blueprint.get("/plans")
def board() -> str:
    """Show every plan, and every measure by state."""
    return _board_page({}, {})


@blueprint.post("/plans")
def create() -> Answer:
    """Begin a plan: of a walk's measures, or empty for a district."""
    form, desk = Form(request.form), Desk(actor(), now())
    walk_id = form.number("walk")
    made = None
    try:
        if walk_id:
            made = plans.from_walk(walk_id, desk=desk)
        else:
            title, district_id = form.text("title", 200, required=True), form.number("district", required=True)
            if not form.codes and district_id:
                made = plans.create(title, district_id, desk=desk)
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    except Unknown:
        abort(404)
    if made is None:
        return _board_page(form.errors, request.form), 422
    flash(gettext("Planen är påbörjad."))
    return redirect(url_for("plans.plan", plan_id=made.id), 303)


@blueprint.get("/plans/<int:plan_id>")
def plan(plan_id: int) -> str:
    """Show a plan with its board."""
    return _plan_page(plan_id, {}, {})


@blueprint.get("/plans/<int:plan_id>.pdf")
def plan_pdf(plan_id: int) -> Answer:
    """Return a plan as a tagged PDF for those concerned: with owners, roles and money."""
    found = measure_pages.plan(plan_id, actor()) or abort(404)
    return paper(
        "paper/plan.html", f"{found.reference}.pdf", plan=found, measures=measure_pages.measures_of_plan(plan_id), full=True,
        today=local_date(now()), municipality=place_names.municipality(),
    )  # fmt: skip


@blueprint.post("/plans/<int:plan_id>")
def change_plan(plan_id: int) -> Answer:
    """Keep a plan's text."""

    def act(form: Form, desk: Desk) -> None:
        terms = plans.Terms(
            title=form.text("title", 200, required=True), goal=form.text("goal"), child_perspective=form.text("child_perspective"),
            equality_perspective=form.text("equality_perspective"), decision_body=form.text("decision_body", 200),
            decision_on=form.day("decision_on"), decision_reference=form.text("decision_reference", 100), parties=form.text("parties", 500), reviews=form.days("reviews"),
        )  # fmt: skip
        if not form.codes:
            plans.change(plan_id, terms, desk=desk)

    return _decide_plan(plan_id, act)


@blueprint.post("/plans/<int:plan_id>/move")
def move_plan(plan_id: int) -> Answer:
    """Move a plan."""

    def act(form: Form, desk: Desk) -> None:
        to, reason = form.choice("to", MOVES[PLAN], required=True), form.text("reason", 500)
        if not form.codes:
            plans.move_on(plan_id, to, reason, desk=desk)

    return _decide_plan(plan_id, act)


@blueprint.get("/measures/new")
def new_measure() -> str:
    """Show the form for a new measure; `spot`, `plan` and `district` say what it is for."""
    return _new_measure_page({}, {})


@blueprint.post("/measures/new")
def create_measure() -> Answer:
    """Propose a measure."""
    form = Form(request.form)
    spot_id, district_id, terms = form.number("spot"), form.number("district"), _terms(form)
    form.codes |= measures.passed_days(terms, local_date(now()))
    made = None
    if not form.codes:
        try:
            made = measures.create(spot_id, district_id, terms, desk=_desk(None))
        except Unclear as unclear:
            undo()
            form.codes.update(unclear.codes)
    if made is None:
        return _new_measure_page(form.errors, request.form), 422
    flash(gettext("Åtgärden %(reference)s är föreslagen.", reference=made.reference))
    return redirect(url_for("plans.measure", measure_id=made.id), 303)


@blueprint.get("/measures/<int:measure_id>")
def measure(measure_id: int) -> str:
    """Show a measure, its money and its moves."""
    return _measure_page(measure_id, {}, {})


@blueprint.post("/measures/<int:measure_id>")
def change_measure(measure_id: int) -> Answer:
    """Keep what a measure says."""

    def act(form: Form, desk: measures.Desk) -> None:
        terms = _terms(form)
        form.codes |= measures.passed_days(terms, desk.today, measure_id)
        if not form.codes:
            measures.change(measure_id, terms, desk=desk)

    return _decide(measure_id, act, gettext("Åtgärden är sparad."))


@blueprint.post("/measures/<int:measure_id>/funding")
def draw(measure_id: int) -> Answer:
    """Draw money from a source."""

    def act(form: Form, desk: measures.Desk) -> None:
        source, amount = form.number("funding_id", required=True), form.money("amount")
        if not form.codes:
            measures.draw(measure_id, source, amount, desk=desk)

    return _decide(measure_id, act, gettext("Pengarna är avsatta."))


@blueprint.post("/measures/<int:measure_id>/move")
def move_measure(measure_id: int) -> Answer:
    """Move a measure."""

    def act(form: Form, desk: measures.Desk) -> None:
        step = measures.Step(
            form.choice("to", MOVES[MEASURE], required=True), form.text("reason", 500), form.day("move_next_on")
        )
        if form.codes:
            return
        try:
            measures.step(measure_id, step, desk=desk)
        except Unclear as unclear:  # the page has a next date of its own beside the move
            raise Unclear({"move_next_on" if k == "next_on" else k: v for k, v in unclear.codes.items()}) from unclear

    return _decide(measure_id, act, gettext("Läget är ändrat. De som rapporterade platsen får veta det."))


def _decide(measure_id: int, act: Callable[[Form, measures.Desk], object], done: str) -> Answer:
    """Do one thing to a measure; on wrong input show the page again with the errors and what was written."""
    if measure_pages.measure(measure_id, actor(), local_date(now())) is None:
        abort(404)
    return decide(
        lambda form: act(form, _desk(form.version)), lambda codes: _measure_page(measure_id, field_errors(codes), request.form),
        done, url_for("plans.measure", measure_id=measure_id),
    )  # fmt: skip


def _decide_plan(plan_id: int, act: Callable[[Form, Desk], object]) -> Answer:
    if measure_pages.plan(plan_id, actor()) is None:
        abort(404)
    return decide(
        lambda form: act(form, desk_of(form)), lambda codes: _plan_page(plan_id, field_errors(codes), request.form),
        gettext("Planen är sparad."), url_for("plans.plan", plan_id=plan_id),
    )  # fmt: skip


def _desk(version: int | None) -> measures.Desk:
    return measures.Desk(actor(), now(), local_date(now()), version)


def _terms(form: Form) -> measures.Terms:
    kind = form.choice("kind", rules.KINDS, required=True)
    return measures.Terms(
        kind=kind, details=_details(form, kind), description=form.text("description", required=True),
        responsible_id=form.number("responsible_id"), responsible_role=form.text("responsible_role", 120),
        deadline=form.day("deadline"), next_on=form.day("next_on"), cost_estimate_sek=form.money("cost_estimate_sek"),
        cost_actual_sek=form.money("cost_actual_sek"), quick_win=form.ticked("quick_win"), plan_id=form.number("plan_id"),
    )  # fmt: skip


def _filters() -> measure_pages.Filters:
    return measure_pages.filters_of(request.args)


def _details(form: Form, kind: str) -> dict[str, Any]:
    """Return what this kind of measure says of itself; a date is kept as it is written in JSON."""
    found: dict[str, Any] = {}
    for field in detail_rules.FIELDS.get(kind, ()):
        if field.type == detail_rules.DAY:
            day = form.day(field.name)
            found[field.name] = day.isoformat() if day else None
        elif field.type == detail_rules.CHECK:
            found[field.name] = form.ticked(field.name)
        elif field.type == detail_rules.NUMBER:
            found[field.name] = form.decimal(field.name)
        else:
            found[field.name] = form.text(field.name, 500)
    return {name: value for name, value in found.items() if value}


def _board_page(errors: dict[str, str], typed: Any) -> str:
    return render_template(
        "coordinator/plans.html", plans=measure_pages.plans(actor()), board=measure_pages.board(actor(), _filters(), local_date(now())),
        filters=_filters(), sources=funding.sources(), organisations=organisations(), districts=measure_pages.districts(actor()), errors=errors,
        typed=typed, words=rules.COLUMN_WORDS,
    )  # fmt: skip


def _plan_page(plan_id: int, errors: dict[str, str], typed: Any) -> str:
    found = measure_pages.plan(plan_id, actor()) or abort(404)
    return render_template(
        "coordinator/plan.html", plan=found, board=measure_pages.board(actor(), _filters(), local_date(now()), plan_id), filters=_filters(), sources=funding.sources(),
        organisations=organisations(), costs=measure_pages.costs(plan_id), history=measure_pages.history(PLAN, plan_id),
        moves=sorted(MOVES[PLAN][found.state]), PLAN_PUBLISHED=rules.PLAN_PUBLISHED, errors=errors, typed=typed, words=rules.COLUMN_WORDS,
    )  # fmt: skip


def _new_measure_page(errors: dict[str, str], typed: Any) -> str:
    values = typed or request.args
    spot_id = values.get("spot", type=row_number)
    return render_template(
        "coordinator/measure_new.html", spot=measure_pages.spot(spot_id) if spot_id else None, values=values, errors=errors,
        organisations=organisations(), districts=measure_pages.districts(actor()), plans=measure_pages.plans(actor()),
        FIELDS=detail_rules.FIELDS,
    )  # fmt: skip


def _measure_page(measure_id: int, errors: dict[str, str], typed: Any) -> str:
    card = measure_pages.measure(measure_id, actor(), local_date(now())) or abort(404)
    return render_template(
        "coordinator/measure.html", card=card, measure=card.measure, sources=funding.sources(), errors=errors, typed=typed,
        moves=[to for states in rules.COLUMNS.values() for to in states if to in MOVES[MEASURE][card.measure.state]],
        waiting=rules.WAITING, organisations=organisations(), plans=measure_pages.plans(actor()),
        history=measure_pages.history(MEASURE, measure_id), opens_ticket=rules.LIGHTING_KINDS, FIELDS=detail_rules.FIELDS,
        requests=card.measure.owner_requests, silent=lambda r: owner_requests.silent(r, local_date(now())),
        can_ask=bool(card.measure.responsible and card.measure.responsible.external) and all(r.answer for r in card.measure.owner_requests),
        looks=follow_ups.of_measure(card.measure, now=now(), today=local_date(now())), EFFECTS=follow_up_rules.EFFECTS,
        out_of_season=detail_rules.out_of_season(card.measure.kind, card.measure.details, card.measure.deadline),
    )  # fmt: skip
