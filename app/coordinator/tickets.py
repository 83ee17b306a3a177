"""Lighting tickets at the desk: what is open, late, and whose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.domain.contractors import CHANNELS
from app.domain.people import COORDINATOR
from app.domain.states import MOVES, OPEN_TICKETS, UNMENDED_TICKETS
from app.services import (
    contractor_pages,
    contractors,
    new_tickets,
    place_names,
    staff,
    ticket_clocks,
    ticket_pages,
    ticket_visits,
    tickets,
)
from app.services.desk_steps import history_of
from app.web.decisions import Answer, decide
from app.web.forms import Form, row_number
from app.web.guard import admit
from app.web.languages import local_date, long_date, moment, tr
from app.web.parts import now, random_name
from app.web.sign_in import actor
from app.web.visit_words import VisitLine
from app.web.words import field_errors

blueprint = admit(Blueprint("desk_tickets", __name__, url_prefix="/coordinator/tickets"), COORDINATOR)
ENDS = ("deliberately_off", "forwarded", "duplicate", "became_measure", "no_fault")
PAGES_MAX = 10_000


@blueprint.get("")
def listing() -> str:
    """List tickets, the longest overdue first."""
    page = min(max(request.args.get("page", 1, type=row_number), 1), PAGES_MAX)
    state = request.args.get("state", "")
    state = state if state in MOVES["ticket"] else ""
    overdue = bool(request.args.get("overdue"))
    lines, total = ticket_pages.desk_list(actor(), state, overdue=overdue, today=local_date(now()), page=page)
    return render_template(
        "coordinator/tickets.html", lines=lines, total=total, page=page, pages=-(-total // ticket_pages.PAGE), state=state,
        overdue=overdue, states=list(MOVES["ticket"]), role=actor().role,
    )  # fmt: skip


@blueprint.get("/<int:ticket_id>")
def ticket(ticket_id: int) -> str:
    """Show one ticket."""
    return _page(_find(ticket_id), {}, {})


@blueprint.post("/<int:ticket_id>/assign")
def assign(ticket_id: int) -> Answer:
    """Give it to a technician, or to nobody."""

    def act(found: Any, form: Form) -> None:
        assignee_id = form.number("assignee_id")
        try:
            if not form.codes:
                tickets.assign(found, form.version, assignee_id=assignee_id, actor=actor(), now=now())
        except tickets.UnknownLamp:
            form.codes["assignee_id"] = "choice_unknown"

    return _decide(ticket_id, act)


@blueprint.post("/<int:ticket_id>/verify")
def verify(ticket_id: int) -> Answer:
    """Say that somebody has seen it shine."""

    def act(found: Any, form: Form) -> None:
        how = form.choice("how", ("night_check", "control", "resident"), required=True)
        if not form.codes:
            tickets.verify(found, form.version, how=how, actor=actor(), now=now())

    return _decide(ticket_id, act)


@blueprint.post("/<int:ticket_id>/reopen")
def reopen(ticket_id: int) -> Answer:
    """Open again, with a reason."""

    def act(found: Any, form: Form) -> None:
        reason = form.text("reason", 300, required=True)
        if not form.codes:
            tickets.reopen(found, form.version, reason=reason, actor=actor(), now=now())

    return _decide(ticket_id, act)


@blueprint.post("/<int:ticket_id>/end")
def end(ticket_id: int) -> Answer:
    """End without a repair, with a reason that residents read."""

    def act(found: Any, form: Form) -> None:
        to, reason = form.choice("to", ENDS, required=True), form.text("end_reason", 300, required=True)
        if not form.codes:
            tickets.end(found, form.version, to, reason=reason, actor=actor(), now=now())

    answer = _decide(ticket_id, act)
    made = tickets.measure_of(ticket_id) if request.form.get("to") == "became_measure" else None
    if made is None or not isinstance(answer, Response):
        return answer
    flash(gettext("Ärendet är nu ett förslag till åtgärd. Ge det en ansvarig, ett datum och pengar."))
    return redirect(url_for("plans.measure", measure_id=made), 303)


@blueprint.post("/<int:ticket_id>/called")
def called(ticket_id: int) -> Answer:
    """Write down that somebody was called about a danger."""

    def act(found: Any, form: Form) -> None:
        whom = form.text("called_whom", 200, required=True)
        if not form.codes:
            new_tickets.note_call(found, form.version, whom=whom, actor=actor(), now=now())

    return _decide(ticket_id, act)


@blueprint.post("/<int:ticket_id>/needs")
def needs(ticket_id: int) -> Answer:
    """Write down whether the work needs a road plan or a lift."""

    def act(found: Any, form: Form) -> None:
        road_plan, lift = (request.form.get(name) == "1" for name in ("needs_road_plan", "needs_lift"))
        tickets.note_needs(found, form.version, road_plan=road_plan, lift=lift, actor=actor(), now=now())

    return _decide(ticket_id, act)


@blueprint.post("/<int:ticket_id>/lamps")
def lamps(ticket_id: int) -> Answer:
    """Tick off lamps of a ticket that has several, as somebody has told the desk."""

    def act(found: Any, form: Form) -> None:
        said = frozenset(lamp.id for lamp in found.lamps if str(lamp.id) in request.form.getlist("lamp_ids"))
        if not said:
            form.codes["lamp_ids"] = "required"
            return
        at = now()
        base = ticket_visits.base_of(found)
        seen = ticket_visits.Seen(
            random_name(), found.id, "repaired", at, base, lamp_ids=said, at_desk=True, version=form.version
        )
        ticket_visits.receive(seen, (), actor=actor(), now=at, on=local_date(at))

    return _decide(ticket_id, act)


def _find(ticket_id: int) -> Any:
    return tickets.open_ticket(ticket_id, actor()) or abort(404)


def _decide(ticket_id: int, act: Callable[[Any, Form], object]) -> Answer:
    found = _find(ticket_id)
    return decide(
        lambda form: act(found, form), lambda codes: _page(_find(ticket_id), field_errors(codes), request.form),
        gettext("Sparat."), url_for("desk_tickets.ticket", ticket_id=ticket_id),
    )  # fmt: skip


def _page(found: Any, errors: dict[str, str], values: Any) -> str:
    times = ticket_clocks.times_of(found, now=now())
    first, here = times.first_due, place_names.municipality()
    more = {
        "clock": times.clock, "clock_due": times.clock_due, "source": tr(times.source),
        "mended": ticket_visits.mended_lamps_of(found), "may_tick": found.state in UNMENDED_TICKETS,
        "first_due": moment(first) if isinstance(first, datetime) else long_date(first) if first else "",
    }  # fmt: skip
    return render_template(
        "coordinator/ticket.html", ticket=found, errors=errors, values=values, technicians=staff.technicians(), more=more,
        history=history_of("ticket", found.id), ends=[e for e in ENDS if e in MOVES["ticket"][found.state]],
        times=ticket_pages.times_at_pole(found, now=now()), overdue=ticket_pages.is_late(found, local_date(now())),
        fault_number=here.fault_number if here else "", outside=contractor_pages.outside_of(found.id), contractors=contractors.everyone(),
        channels=CHANNELS, open_states=OPEN_TICKETS, visits=[VisitLine(v) for v in ticket_visits.of_ticket(found.id)],
    )  # fmt: skip
