"""Planning walks: the list with its yearly numbers, the planner, the printed sheet and the calendar file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.adapters.calendar import calendar
from app.domain import walks as rules
from app.domain.people import COORDINATOR
from app.domain.school_holidays import on as holiday_on
from app.services import place_names, walk_notes, walk_pages, walk_proposals, walk_signups, walk_stops, walks
from app.services.desk_steps import Desk, Unclear, undo
from app.services.school_holidays import known as known_holidays
from app.web import invitations
from app.web import walk_forms as read
from app.web.decisions import Answer, decide, desk_of
from app.web.forms import Form, row_number
from app.web.guard import admit
from app.web.languages import local_date
from app.web.paper import paper
from app.web.parts import base_url, now
from app.web.route_picture import route_picture
from app.web.sign_in import actor
from app.web.walk_calendar import occasions

blueprint = admit(Blueprint("walks", __name__, url_prefix="/coordinator/walks"), COORDINATOR)


@blueprint.get("")
def listing() -> str:
    """List the walks, and each district's number for the year."""
    year = request.args.get("year", local_date(now()).year, type=row_number)
    year = min(max(year, 2000), 2100)
    district_id = request.args.get("district", type=row_number)
    return render_template(
        "coordinator/walks.html",
        walks=walk_pages.listing(actor(), district_id),
        quotas=walk_pages.quotas(actor(), year),
        year=year,
        late_year=local_date(now()) >= date(year, *rules.WARN_FROM),
    )


@blueprint.get("/new")
def new() -> str:
    """Propose a walk in a district: its spots by score, and the evenings that are dark in time."""
    return _new_page({}, {})


@blueprint.post("/new")
def create() -> Answer | str:
    """Make a draft of what is ticked, or propose again after something was pinned or chosen away."""
    form = Form(request.form)
    if request.form.get("again"):
        return _new_page({}, request.form, again=True)
    district_id = form.number("district", required=True)
    evening, meeting = read.evening(form), read.meeting(form)
    made: Any = None
    if not form.codes and evening and district_id:
        try:
            made = walks.create(district_id, evening, meeting, _chosen(form, district_id), desk=_desk(None))
        except Unclear as unclear:
            undo()
            form.codes.update(unclear.codes)
    if made is None:
        return _new_page(form.codes, request.form), 422
    flash(gettext("Utkastet är sparat. Se över ordningen och planera sedan."))
    return redirect(url_for("walks.walk", walk_id=made.id), 303)


def _chosen(form: Form, district_id: int) -> walks.Chosen:
    spots, wanted = read.ids(form, "spots"), read.wanted(form)
    proposal = walk_proposals.propose(district_id, wanted)
    return walks.Chosen(
        spots, read.ids(form, "safe"), wanted.pinned, wanted.excluded, wanted.length_m, read.left_out(proposal, spots)
    )


@blueprint.get("/<int:walk_id>")
def walk(walk_id: int) -> str:
    """Show a walk's plan, and change it while it lies ahead."""
    return _page(_find(walk_id), {}, {})


@blueprint.post("/<int:walk_id>")
def change(walk_id: int) -> Answer:
    """Keep the plan's details."""

    def act(form: Form, desk: Desk) -> None:
        evening, meeting, details = read.evening(form), read.meeting(form), read.details(form)
        if not form.codes and evening:
            walks.change(walk_id, evening, meeting, details, desk=desk)

    return _decide(walk_id, act, gettext("Planen är sparad."))


@blueprint.post("/<int:walk_id>/stops")
def choose_stops(walk_id: int) -> Answer:
    """Visit exactly the spots that are ticked."""
    spots = read.ids(Form(request.form), "spots")
    return _decide(
        walk_id, lambda _f, desk: walk_stops.choose(walk_id, spots, desk=desk), gettext("Stoppen är ändrade.")
    )


@blueprint.post("/<int:walk_id>/stops/<int:stop_id>")
def describe_stop(walk_id: int, stop_id: int) -> Answer:
    """Keep a stop's words."""

    def act(form: Form, desk: Desk) -> None:
        title, question = form.text("stop_title", 200, required=True), form.text("question", 300)
        minutes = form.number("minutes", (1, 60), required=True) or 0
        if not form.codes:
            walk_stops.describe(
                walk_id, stop_id, title, question, minutes, accessible=form.ticked("accessible"), desk=desk
            )

    return _decide(walk_id, act, gettext("Stoppet är sparat."))


@blueprint.post("/<int:walk_id>/stops/<int:stop_id>/<any(up, down, remove):where_to>")
def shift_stop(walk_id: int, stop_id: int, where_to: str) -> Answer:
    """Move a stop up or down, or take it away."""
    return _decide(
        walk_id,
        lambda _f, desk: walk_stops.shift(walk_id, stop_id, where_to, desk=desk),
        gettext("Ordningen är ändrad."),
    )


@blueprint.post("/<int:walk_id>/order")
def order(walk_id: int) -> Answer:
    """Put the stops in the order of the shortest loop."""
    return _decide(
        walk_id, lambda _f, desk: walk_stops.shortest(walk_id, desk=desk), gettext("Stoppen ligger i kortaste ordning.")
    )


@blueprint.post("/<int:walk_id>/reorder")
def reorder(walk_id: int) -> Answer:
    """Put the stops in the order that they were dragged to."""
    stops = read.ids(Form(request.form), "stops")
    return _decide(
        walk_id, lambda _f, desk: walk_stops.reorder(walk_id, stops, desk=desk), gettext("Ordningen är ändrad.")
    )


@blueprint.post("/<int:walk_id>/trial")
def trial(walk_id: int) -> Answer:
    """Note that the trial walk has been done."""

    def act(form: Form, desk: Desk) -> None:
        on = form.day("trial_done_on", required=True)
        if on and not form.codes:
            walks.try_out(walk_id, on, desk=desk)

    return _decide(walk_id, act, gettext("Provgången är antecknad."))


@blueprint.post("/<int:walk_id>/safe-places")
def add_safe_place(walk_id: int) -> Answer:
    """Add a place that feels safe."""

    def act(form: Form, desk: Desk) -> None:
        place, title = form.number("named_place_id", required=True), form.text("safe_title", 200)
        if not form.codes:
            walk_stops.add_safe_place(walk_id, place, title, desk=desk)

    return _decide(walk_id, act, gettext("Den trygga platsen är med."))


@blueprint.post("/<int:walk_id>/plan")
def plan(walk_id: int) -> Answer:
    """Plan the draft and tell those who reported."""
    return _decide(
        walk_id,
        lambda _f, desk: walks.plan(walk_id, desk=desk),
        gettext("Vandringen är planerad. De som rapporterade får veta dagen."),
    )


@blueprint.post("/<int:walk_id>/cancel")
def cancel(walk_id: int) -> Answer:
    """Call the walk off, with a reason."""

    def act(form: Form, desk: Desk) -> None:
        reason = form.text("reason", 300, required=True)
        if not form.codes:
            walks.cancel(walk_id, reason, desk=desk)

    return _decide(walk_id, act, gettext("Vandringen är inställd."))


@blueprint.post("/<int:walk_id>/hold")
def hold(walk_id: int) -> Answer:
    """Say that it was held, and how many came."""

    def act(form: Form, desk: Desk) -> None:
        counts = form.counts(rules.ATTENDANCE, 999)
        if not form.codes:
            walks.hold(walk_id, counts, before_its_day=form.ticked("held_early"), desk=desk)

    return _decide(
        walk_id, act, gettext("Vandringen är genomförd. Skriv protokollet medan ni minns."), to="protocols.protocol"
    )


@blueprint.post("/<int:walk_id>/move")
def move_on(walk_id: int) -> Answer:
    """Move it one step."""
    to = request.form.get("to", "")
    return _decide(walk_id, lambda _f, desk: walks.move_on(walk_id, to, desk=desk), gettext("Läget är ändrat."))


@blueprint.get("/<int:walk_id>/print")
def sheet(walk_id: int) -> str:
    """Show the sheet that goes along on the walk."""
    return render_template("coordinator/print/walk.html", **_sheet(_find(walk_id)))


@blueprint.get("/<int:walk_id>/print.pdf")
def sheet_pdf(walk_id: int) -> Response:
    """Return the same sheet as a tagged PDF."""
    found = _find(walk_id)
    return paper("paper/walk_sheet.html", f"{found.reference}-stopp.pdf", **_sheet(found))


@blueprint.get("/<int:walk_id>/pack.pdf")
def pack(walk_id: int) -> Response:
    """Return all that is printed for a walk as one tagged PDF: the sheet, the poster and the invitation as a letter."""
    found = _find(walk_id)
    lang, audience = invitations.asked_for(request.args)
    return paper(
        "paper/walk_pack.html", f"{found.reference}-utskriftspaket.pdf", **_sheet(found), text=invitations.text(found, lang, audience),
        link=invitations.link(found), qr=invitations.qr(invitations.link(found)),
    )  # fmt: skip


def _sheet(found: Any) -> dict[str, Any]:
    return {
        "walk": found, "picture": route_picture(found, walk_pages.around(found)), "municipality": place_names.municipality(),
        "questions": rules.QUESTIONS, "owners": walk_signups.owners_on_the_way(found),
        "groups": [(g, invitations.qr(f"{base_url()}/walk/{g.code}")) for g in walk_notes.groups(found.id)],
    }  # fmt: skip


@blueprint.get("/<int:walk_id>.ics")
def ical(walk_id: int) -> Response:
    """Return the walk's occasions as a calendar file."""
    found = _find(walk_id)
    body = calendar(occasions(found), stamp=found.updated_at, sequence=found.version, name=found.title)
    headers = {"Content-Disposition": f'attachment; filename="{found.reference}.ics"'}
    return Response(body, mimetype="text/calendar", headers=headers)


def _decide(walk_id: int, act: Callable[[Form, Desk], object], done: str, *, to: str = "walks.walk") -> Answer:
    return decide(
        lambda form: act(form, desk_of(form)), lambda codes: _page(_find(walk_id), dict(codes), request.form),
        done, url_for(to, walk_id=walk_id),
    )  # fmt: skip


def _desk(version: int | None) -> Desk:
    return Desk(actor(), now(), version)


def _find(walk_id: int) -> Any:
    return walk_pages.walk(walk_id, actor()) or abort(404)


def _new_page(codes: dict[str, str], typed: Any, *, again: bool = False) -> str:
    values = typed or request.args
    form = Form(values)
    districts = walk_pages.districts(actor())
    district = next((d for d in districts if d.id == values.get("district", type=row_number)), None)
    evenings, holidays = walk_pages.evenings_ahead(local_date(now())), known_holidays(local_date(now()))
    on = form.day("on")
    return render_template(
        "coordinator/walk_new.html", districts=districts, district=district, evenings=evenings, values=values,
        on=on or (evenings[0].on if evenings else None), errors=read.sentences(codes, on), wanted=read.wanted(form),
        proposal=walk_proposals.propose(district.id, read.wanted(form)) if district else None, reason=read.reason,
        ticked=(read.ids(form, "spots"), read.ids(form, "safe")) if typed and not again else None,
        places=walk_pages.named_places(district.id) if district else [], light=walk_pages.evening_light(on) if on else None,
        holiday=lambda day: holiday_on(holidays, day),
        quota=walk_pages.quota_of(district, local_date(now()).year) if district else None,
    )  # fmt: skip


def _page(found: Any, codes: dict[str, str], typed: Any) -> str:
    ahead = found.state in rules.STILL_AHEAD
    editable = found.state in rules.EDITABLE
    return render_template(
        "coordinator/walk.html", walk=found, errors=read.sentences(codes, Form(typed).day("on") if typed else None), typed=typed, ahead=ahead,
        editable=editable, picture=route_picture(found, walk_pages.around(found)), warnings=read.warnings(found) if ahead else [],
        spots=walk_proposals.open_spots(found.district_id) if editable else [], history=walk_pages.history(found),
        places=walk_pages.named_places(found.district_id) if ahead else [], plans=walk_pages.plans_of(found), reason=read.reason,
        light=walk_pages.evening_light(local_date(found.starts_at)) if found.starts_at else None, today=local_date(now()),
        early=found.starts_at is not None and local_date(found.starts_at) > local_date(now()),
    )  # fmt: skip
