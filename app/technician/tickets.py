"""Tickets in the van: nearest first, large buttons, few taps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.adapters.photo_intake import KeptPhoto
from app.domain.people import COORDINATOR, TECHNICIAN, Actor
from app.domain.states import MOVES, ForbiddenMove
from app.domain.tickets import ACTIONS, CAUSES, actions_for
from app.services import ticket_pages, ticket_visits, tickets
from app.services.desk_steps import history_of, undo
from app.web.forms import Form, row_number
from app.web.guard import admit
from app.web.languages import clock_time, local_date
from app.web.parts import now, parts, random_name
from app.web.sending import only_reading, take_in_photos, uploads
from app.web.sign_in import actor
from app.web.words import photo_problem

blueprint = admit(Blueprint("technician", __name__, url_prefix="/technician"), TECHNICIAN, COORDINATOR)
PHOTOS_MAX = 3
WAITS = ("waiting_grid_owner", "waiting_material", "waiting_digging", "waiting_other_owner")
ENDS = ("no_fault", "forwarded")
COMMON_ACTIONS = 8
PAGES_MAX = 10_000
SEVERAL = 2
NEXT_NEWS = timedelta(days=7)
Answer = Response | tuple[str, int]


@blueprint.get("/", endpoint="tickets")
def tickets_list() -> str:
    """Show open tickets, nearest first when the phone says where it is."""
    page, here = min(max(request.args.get("page", 1, type=row_number), 1), PAGES_MAX), _here()
    lines, total = ticket_pages.round_list(actor(), here, today=local_date(now()), page=page)
    return render_template(
        "technician/tickets.html", lines=lines, total=total, page=page, here=here, pages=-(-total // ticket_pages.PAGE)
    )


@blueprint.get("/tickets/<int:ticket_id>")
def ticket(ticket_id: int) -> str:
    """Show one ticket."""
    return _page(_find(ticket_id), {}, {})


@blueprint.post("/tickets/<int:ticket_id>/set-out")
def set_out(ticket_id: int) -> Answer:
    """On the way."""
    return _decide(ticket_id, lambda t, f: tickets.set_out(t, f.version, actor=actor(), now=now()), claims=True)


@blueprint.post("/tickets/<int:ticket_id>/arrive")
def arrive(ticket_id: int) -> Answer:
    """On site."""
    return _decide(ticket_id, lambda t, f: tickets.arrive(t, f.version, actor=actor(), now=now()), claims=True)


@blueprint.post("/tickets/<int:ticket_id>/make-safe")
def make_safe(ticket_id: int) -> Answer:
    """Made safe."""
    return _decide(ticket_id, lambda t, f: tickets.make_safe(t, f.version, actor=actor(), now=now()))


@blueprint.post("/tickets/<int:ticket_id>/repair")
def repair(ticket_id: int) -> Answer:
    """Mended: cause, action, switch-on test, photo."""
    with only_reading():
        _find(ticket_id)  # theirs, before anything is kept
    intake = take_in_photos(uploads(request.files), PHOTOS_MAX)  # slow, so outside of the write lock
    for code in intake.refused:
        flash(photo_problem(code), "wait")

    def act(found: Any, form: Form) -> None:
        tried = form.choice("switch_on_test", ("yes", "no"))
        done = tickets.Repair(
            form.choice("cause", CAUSES), form.choice("action", ACTIONS, required=True), form.text("parts", 300),
            None if not tried else tried == "yes", form.text("note", 1000),
        )  # fmt: skip
        lamp_ids = _lamps_said(found, form)
        if form.codes:
            if intake.kept and len(found.photos) < PHOTOS_MAX:
                tickets.keep_photos(found, intake.kept, now=now())
                flash(gettext("Fotot är sparat med ärendet. Du behöver inte ta det igen."))
            return
        try:
            if lamp_ids:
                _mend_some(found, form.version, done, lamp_ids, intake.kept)
                return
            tickets.repair(found, form.version, done, intake.kept, actor=actor(), now=now(), today=local_date(now()))
        except tickets.PhotoMissing:
            form.codes["photos"] = "photo_missing"

    return _decide(ticket_id, act)


def _lamps_said(found: Any, form: Form) -> frozenset[int]:
    """Return the lamps that were ticked of a ticket that has several; none when these are all that it has."""
    if len(found.lamps) < SEVERAL:
        return frozenset()
    said = frozenset(lamp.id for lamp in found.lamps if str(lamp.id) in request.form.getlist("lamp_ids"))
    if not said:
        form.codes["lamp_ids"] = "required"
    return said if len(said) < len(found.lamps) else frozenset()


def _mend_some(
    found: Any, version: int | None, done: tickets.Repair, lamp_ids: frozenset[int], photos: Sequence[KeptPhoto]
) -> None:
    at = now()
    seen = ticket_visits.Seen(
        random_name(), found.id, "repaired", at, ticket_visits.base_of(found), found.arrived_at, found.made_safe_at,
        done.cause, done.action, done.parts, done.switch_on_test, done.note, lamp_ids=lamp_ids, version=version,
    )  # fmt: skip
    ticket_visits.receive(seen, photos, actor=actor(), now=at, on=local_date(at))


@blueprint.post("/tickets/<int:ticket_id>/wait")
def wait(ticket_id: int) -> Answer:
    """Waits for somebody else, with the day of the next news."""

    def act(found: Any, form: Form) -> None:
        to = form.choice("to", WAITS, required=True)
        next_on = form.day("next_on", required=True)
        reason = form.text("reason", 300) or gettext("Väntar på andra.")
        if next_on is not None and next_on < local_date(now()):
            form.codes["next_on"] = "day_passed"
        if not form.codes and next_on is not None:
            tickets.wait(found, form.version, to, next_on=next_on, reason=reason, actor=actor(), now=now())

    return _decide(ticket_id, act)


@blueprint.post("/tickets/<int:ticket_id>/end")
def end(ticket_id: int) -> Answer:
    """No fault found, or somebody else's lamp."""

    def act(found: Any, form: Form) -> None:
        to = form.choice("to", ENDS, required=True)
        reason = form.text("reason", 300, required=to == "forwarded") or gettext(
            "Vi har varit på platsen och hittade inget fel."
        )
        if "reason" in form.codes:  # the page has two reasons
            form.codes["owner-reason"] = form.codes.pop("reason")
        if not form.codes:
            tickets.end(found, form.version, to, reason=reason, actor=actor(), now=now())

    return _decide(ticket_id, act)


@blueprint.post("/tickets/<int:ticket_id>/break-off")
def break_off(ticket_id: int) -> Answer:
    """Left for one's own safety."""
    return _decide(
        ticket_id, lambda t, f: tickets.break_off(t, f.version, note=f.text("note", 300), actor=actor(), now=now())
    )


@blueprint.post("/tickets/<int:ticket_id>/pole")
def pole(ticket_id: int) -> Answer:
    """Another pole than the ticket says."""

    def act(found: Any, form: Form) -> None:
        lamp_id = form.number("lamp_id")
        if lamp_id is None:
            form.codes["lamp_id"] = "lamp_not_chosen"
        try:
            if lamp_id is not None:
                tickets.correct_pole(found, form.version, lamp_id=lamp_id, actor=actor(), now=now())
        except tickets.UnknownLamp:
            form.codes["lamp_id"] = "choice_unknown"

    return _decide(ticket_id, act)


@blueprint.post("/tickets/<int:ticket_id>/verify")
def verify(ticket_id: int) -> Answer:
    """Seen to shine: by a switch-on test with photo, or on the evening round."""

    def act(found: Any, form: Form) -> None:
        how = form.choice("how", ("switch_on_test", "night_check"), required=True)
        who = _at_night(ticket_id) if how == "night_check" else actor()
        try:
            if not form.codes:
                tickets.verify(found, form.version, how=how, actor=who, now=now())
        except tickets.PhotoMissing:
            form.codes["photos"] = "photo_missing"

    return _decide(ticket_id, act)


@blueprint.post("/tickets/<int:ticket_id>/not-lit")
def not_lit(ticket_id: int) -> Answer:
    """Seen not to shine on the evening round."""
    who = _at_night(ticket_id)
    return _decide(ticket_id, lambda t, f: tickets.reopen(t, f.version, reason=tickets.NOT_LIT, actor=who, now=now()))


def _at_night(ticket_id: int) -> Actor:
    """Return the one who drives the evening round: what a colleague mended is theirs to look at."""
    return replace(actor(), ticket_ids=frozenset({ticket_id}))


@blueprint.get("/night-check")
def night_check() -> str:
    """Show what is mended and has not been seen at night: one tap each."""
    return render_template(
        "technician/night_check.html",
        lines=ticket_pages.repaired_list(actor(), _here(), today=local_date(now())),
        here=_here(),
        where=_where(),
    )


def _here() -> tuple[float, float] | None:
    lat, lon = request.args.get("lat", type=float), request.args.get("lon", type=float)
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return lon, lat


def _where() -> dict[str, Any]:
    """Return the position for the next page's address, so that distances stay."""
    here = _here()
    return {"lat": here[1], "lon": here[0]} if here else {}


def _find(ticket_id: int) -> Any:
    """Return a ticket of this technician's own; say who has it when it has become somebody else's."""
    found = tickets.open_ticket(ticket_id, actor())
    if found is None:
        abort(make_response(_taken_over(ticket_id)))
    return found


def _taken_over(ticket_id: int) -> Answer:
    taken = tickets.taken_over(ticket_id, actor()) or abort(404)
    return render_template("technician/taken_over.html", ticket=taken, where=_where()), 404


def _decide(ticket_id: int, act: Callable[[Any, Form], object], *, claims: bool = False) -> Answer:
    """Carry out one decision; on wrong input, or when somebody was faster, show the ticket with what was written.

    With `claims` the one who acts is on the way from now on, unless somebody else is.
    """
    found, form = _find(ticket_id), Form(request.form)
    try:
        if claims:
            ticket_visits.claim(ticket_id, actor=actor(), now=now())
        act(found, form)
    except ticket_visits.Claimed as taken:
        undo()
        until = clock_time(taken.until)
        text = gettext("%(name)s är på väg dit och har det till %(time)s.", name=taken.name, time=until)
        return _page(_find(ticket_id), {"version": text}, request.form), 409
    except (StaleDataError, ForbiddenMove):
        undo()
        before = {"version": gettext("Någon annan hann före. Se vad som ändrades och gör om det som behövs.")}
        if any(file.filename for file in request.files.getlist("photos")):
            before["photos"] = gettext("Fotot följde inte med. Ta det igen om det behövs.")
        return _page(_find(ticket_id), before, request.form), 409
    if form.codes:
        return _page(_find(ticket_id), form.errors, request.form), 422
    parts().jobs.wake()
    flash(gettext("Sparat."))
    if request.form.get("back") == "night":
        return redirect(url_for("technician.night_check", **_where()), 303)
    return redirect(url_for("technician.ticket", ticket_id=ticket_id, **_where()), 303)


def _page(found: Any, errors: dict[str, str], values: Any) -> str:
    today, actions = local_date(now()), actions_for(found.fault_code)
    moves = MOVES["ticket"][found.state]
    return render_template(
        "technician/ticket.html", ticket=found, errors=errors, values=values, times=ticket_pages.times_at_pole(found, now=now()),
        line=ticket_pages.line_of(found, _here(), today), lamps=ticket_pages.lamps_around(found), moves=moves,
        waits=[code for code in WAITS if code in moves], where=_where(), photo_needed=found.priority in tickets.PHOTO_NEEDED,
        common=actions[:COMMON_ACTIONS], rarer=actions[COMMON_ACTIONS:], soon=(today + NEXT_NEWS).isoformat(),
        mended=ticket_visits.mended_lamps_of(found),
        changes=history_of("ticket", found.id)[-3:] if "version" in errors else (),
    )  # fmt: skip
