"""Dark spots: the map and the list are equals, and each spot's page reads like a short report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from unicodedata import normalize
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as AnyResponse

from app.domain import dark_spots as rule
from app.domain.drawn_shapes import Unreadable, corners
from app.domain.lamp_light import DOUBTS
from app.domain.people import COORDINATOR
from app.domain.reports import CATEGORIES
from app.domain.states import MOVES
from app.services import dark_spots, place_names, spot_decisions, spot_heat, spot_light, spot_pages, spot_reasons
from app.services import selection as selections
from app.services.desk_steps import organisations
from app.services.district_steps import quiet_ids
from app.web import light_form, light_picture, scores
from app.web.decisions import Answer, decide
from app.web.forms import Form, chosen, row_number
from app.web.guard import admit
from app.web.languages import local_date, tr
from app.web.maps import MapAsks, MapGround, MapSpot, analysis_map, outline
from app.web.parts import now
from app.web.sign_in import actor
from app.web.spot_histograms import histograms
from app.web.words import ENVIRONMENT_WORDS, field_errors
from geo.drawn import NoShape, corners_of, drawn_shape

blueprint = admit(Blueprint("dark_spots", __name__, url_prefix="/coordinator/dark-spots"), COORDINATOR)
CONFIRMED_HOW = ("visit", "walk", "working_group")
PLACES_A_YEAR, PLACES_MAX = 20, 200
SOUGHT_MAX = 80
FILTERS = ("q", "district", "band", "state", "category", "owner", "overdue", "quiet")


@blueprint.get("")
def listing() -> str | AnyResponse:
    """Show the map and the same spots as a list; a page beyond the last one leads there."""
    filters, page = _filters(), min(max(request.args.get("page", 1, type=row_number), 1), 10_000)
    spots, total = spot_pages.listing(actor().district_ids, filters, page=page)
    pages, query = -(-total // spot_pages.PAGE), chosen(request.args, FILTERS)
    if page > pages > 0:
        return redirect(url_for(".listing", page=pages, **query))
    return render_template(
        "coordinator/dark_spots.html", spots=spots, total=total, page=page, pages=pages,
        filters=filters, districts=_districts(), organisations=organisations(), months_back=spot_heat.MONTHS_BACK, today=local_date(now()), states=list(MOVES["dark_spot"]), categories=CATEGORIES,
        query=query, on_map_most=spot_pages.SPOTS_ON_MAP,
    )  # fmt: skip


@blueprint.get("/map-frame")
def map_frame() -> Response:
    """Draw the map by itself, for the frame beside the list."""
    mine = actor().district_ids
    spots = [
        MapSpot(s.id, s.shape, s.lon, s.lat, s.band, f"F-{s.id} {s.name}", url_for(".spot", spot_id=s.id))
        for s in spot_pages.on_map(mine, _filters())
    ]
    one = request.args.get("spot", type=row_number)
    ground, here = spot_pages.map_ground(one), place_names.municipality()
    centre = (here.lon, here.lat) if here else (16.36, 56.66)
    off, out = gettext("medvetet släckt"), gettext("lyser inte")
    lamps = [(x, y, f"{pole} · {off if status == 'deliberately_off' else out}") for x, y, pole, status in ground.lamps]
    asks = MapAsks(
        "" if one else url_for(".heat"), f"{url_for('.shapes')}?{urlencode(chosen(request.args, (*FILTERS, 'spot')))}"
    )
    return analysis_map(spots, MapGround(ground.districts, ground.reports, lamps), centre, asks)


@blueprint.get("/selection")
def selection() -> str:
    """Show which spots the year's walks and money go to, round by round."""
    capacity = min(max(request.args.get("places", PLACES_A_YEAR, type=int), 1), PLACES_MAX)
    chosen = selections.year(actor().district_ids, capacity=capacity, today=local_date(now()), now=now())
    return render_template("coordinator/selection.html", selection=chosen, capacity=capacity)


@blueprint.get("/<int:spot_id>")
def spot(spot_id: int) -> str | AnyResponse:
    """Show one dark spot; one that was merged leads to the spot that it became."""
    found = _find(spot_id)
    if found.state == "merged" and found.merged_into_id:
        return redirect(url_for(".spot", spot_id=found.merged_into_id))
    return _page(found, {}, {})


@blueprint.post("/<int:spot_id>/confirm")
def confirm(spot_id: int) -> Answer:
    """Confirm."""

    def act(found: Any, form: Form) -> None:
        how = form.choice("how", CONFIRMED_HOW, required=True)
        if not form.codes:
            dark_spots.confirm(found, _version(form), how=how, actor=actor(), now=now())

    return _decide(
        spot_id, act, gettext("Platsen är bekräftad. Väntan på beslut räknas inte längre, så poängen kan sjunka.")
    )


@blueprint.post("/<int:spot_id>/dismiss")
def dismiss(spot_id: int) -> Answer:
    """Dismiss, with a reason."""

    def act(found: Any, form: Form) -> None:
        reason = form.text("reason", 500, required=True)
        if not form.codes:
            dark_spots.dismiss(found, _version(form), reason=reason, actor=actor(), now=now())

    return _decide(spot_id, act, gettext("Platsen är avfärdad. Den finns kvar med skälet."))


@blueprint.post("/<int:spot_id>/reopen")
def reopen(spot_id: int) -> Answer:
    """Open again, saying why."""

    def act(found: Any, form: Form) -> None:
        reason = form.text("reopen_reason", 500, required=True)
        if not form.codes:
            dark_spots.reopen(found, _version(form), reason=reason, actor=actor(), now=now())

    return _decide(spot_id, act, gettext("Platsen är öppnad igen."))


@blueprint.post("/<int:spot_id>/name")
def name(spot_id: int) -> Answer:
    """Name."""

    def act(found: Any, form: Form) -> None:
        words = form.text("name", 200, required=True)
        if not form.codes:
            spot_decisions.name(found, _version(form), words=words, actor=actor(), now=now())

    return _decide(spot_id, act, gettext("Platsen har sitt nya namn."))


@blueprint.post("/<int:spot_id>/facts")
def facts(spot_id: int) -> Answer:
    """Write down what is known of the place."""

    def act(found: Any, form: Form) -> None:
        owners = {o.id for o in organisations()}
        given = dark_spots.Facts(
            form.choice("environment", ENVIRONMENT_WORDS), form.choice("light_fact", rule.LIGHT_WORDS) or "unknown",
            form.choice("flow", rule.FLOW_WORDS) or "unknown", form.choices("context", rule.EXPOSED),
            _owner(form, "owner_land_id", owners), _owner(form, "owner_light_id", owners),
            _owner(form, "owner_vegetation_id", owners),
        )  # fmt: skip
        if not form.codes:
            dark_spots.set_facts(found, _version(form), given, actor=actor(), now=now())

    return _decide(spot_id, act, gettext("Uppgifterna är sparade, och poängen är räknad om."))


@blueprint.post("/<int:spot_id>/publish")
def publish(spot_id: int) -> Answer:
    """Show the place in public, or not."""

    def act(found: Any, form: Form) -> object:
        public = form.ticked("public")
        text = form.text("public_text", 500, required=public)
        try:
            if not form.codes:
                dark_spots.publish(found, _version(form), public=public, text=text, actor=actor(), now=now())
        except dark_spots.NotPublishable:
            form.codes["public"] = "not_publishable"
        return gettext("Platsen visas offentligt.") if public else gettext("Platsen visas inte offentligt.")

    return _decide(spot_id, act)


@blueprint.post("/<int:spot_id>/pin")
def pin(spot_id: int) -> Answer:
    """Keep together, or let go."""

    def act(found: Any, form: Form) -> object:
        pinned = form.ticked("pinned")
        spot_decisions.pin(found, _version(form), pinned=pinned, actor=actor(), now=now())
        return gettext("Platsen hålls samman.") if pinned else gettext("Platsen delas in av sig själv igen.")

    return _decide(spot_id, act)


@blueprint.post("/<int:spot_id>/merge")
def merge(spot_id: int) -> Answer:
    """Merge into another spot."""
    into = request.form.get("into", "").strip().upper().removeprefix("F-")

    def act(found: Any, form: Form) -> None:
        form.text("into", 11, required=True)
        target = (
            spot_pages.open_spot(int(into), actor().district_ids)
            if into.isascii() and into.isdecimal() and len(into) < 10
            else None
        )
        if target is None and not form.codes:
            form.codes["into"] = "spot_unknown"
        if target is None:
            return
        try:
            meant = bool(form.sent.get("far_apart"))
            spot_decisions.merge(found, _version(form), target, actor=actor(), now=now(), far_apart=meant)
        except spot_decisions.NotMergeable:
            form.codes["into"] = "spot_not_mergeable"
        except spot_decisions.FarApart as error:
            form.codes["far_apart"] = f"spots_far_apart:{error.metres:.0f}"

    return _decide(spot_id, act, gettext("%(spot)s är nu en del av %(into)s.", spot=f"F-{spot_id}", into=f"F-{into}"))


@blueprint.post("/<int:spot_id>/split")
def split(spot_id: int) -> Answer:
    """Make the chosen reports a spot of their own."""

    def act(found: Any, form: Form) -> object:
        chosen = {
            int(part) for part in form.sent.getlist("part") if part.isascii() and part.isdecimal() and len(part) < 10
        }
        try:
            part = spot_decisions.split(found, _version(form), chosen, actor=actor(), now=now())
        except spot_decisions.NotDivisible:
            form.codes["part"] = "spot_not_divisible"
            return ""
        return gettext("De rapporter du valde är en egen plats nu: %(spot)s.", spot=part.reference)

    return _decide(spot_id, act)


@blueprint.post("/<int:spot_id>/undo")
def undo_decision(spot_id: int) -> Answer:
    """Take back a merge, a split, a name or a pin."""

    def act(found: Any, form: Form) -> None:
        try:
            spot_decisions.undo(form.number("decision") or 0, found, _version(form), actor=actor(), now=now())
        except spot_decisions.NotUndoable:
            form.codes["decision"] = "decision_not_undoable"

    return _decide(spot_id, act, gettext("Beslutet är ångrat. Det står kvar i listan, med att det är ångrat."))


@blueprint.post("/<int:spot_id>/shape")
def shape(spot_id: int) -> Answer:
    """Draw the place's shape, or correct it."""

    def act(found: Any, form: Form) -> None:
        kind = form.choice("shape_kind", ("area", "line"), required=True)
        try:
            drawn = drawn_shape(
                corners(form.text("corners", 4000, required=True), (found.lon, found.lat)), area=kind == "area"
            )
        except (Unreadable, NoShape) as unreadable:
            form.codes.setdefault("corners", unreadable.code)
            return
        if not form.codes:
            dark_spots.reshape(found, _version(form), drawn, actor=actor(), now=now())

    return _decide(spot_id, act, gettext("Formen är sparad. Platsen hålls samman så."))


@blueprint.get("/shapes.json")
def shapes() -> Response:
    """Give the shapes of the spots that the map shows from near, by their numbers; `box` is west, south, east, north."""
    try:
        west, south, east, north = (float(side) for side in request.args.get("box", "").split(","))
    except ValueError:
        return jsonify({})  # nothing is in view
    found = spot_pages.shapes_within(actor().district_ids, _filters(), (west, south, east, north))
    return jsonify({str(number): outline(shape) for number, shape in found.items()})


@blueprint.get("/heat.json")
def heat() -> Response:
    """Give how many reports fell where, in a span of months and of hours of the day; for those who work here only."""
    months = spot_heat.Months.of(request.args.get("month", 0, type=int), request.args.get("span", 12, type=int))
    hours = request.args.get("from", 0, type=int) % 24, min(max(request.args.get("to", 24, type=int), 0), 24)
    found = spot_heat.cells(actor().district_ids, months, hours, today=local_date(now()))
    return jsonify({"cells": found.cells, "reports": found.reports})


def _filters() -> spot_pages.Filters:
    asked, today = request.args, local_date(now())
    return spot_pages.Filters(
        request.args.get("district", type=row_number),
        asked["band"] if asked.get("band") in {"A", "B", "C"} else "",
        asked["state"] if asked.get("state") in MOVES["dark_spot"] else "",
        asked["category"] if asked.get("category") in CATEGORIES else "",
        request.args.get("spot", type=row_number),
        request.args.get("owner", type=row_number),
        today if asked.get("overdue") else None,
        quiet_ids(now=now(), today=today) if asked.get("quiet") else None,
        " ".join(normalize("NFC", asked.get("q", "")).split())[:SOUGHT_MAX],
    )


def _districts() -> list[Any]:
    mine = actor().district_ids
    return [d for d in place_names.districts() if not mine or d.id in mine]


def _find(spot_id: int) -> Any:
    return spot_pages.open_spot(spot_id, actor().district_ids) or abort(404)


def _owner(form: Form, name: str, known: Collection[int]) -> int | None:
    number = form.number(name)
    if number is not None and number not in known:
        form.codes[name] = "choice_unknown"
    return number


def _version(form: Form) -> int:
    """A form without the version that it showed counts as stale."""
    return form.version or 0


def _decide(spot_id: int, act: Callable[[Any, Form], object], said: str = "") -> Answer:
    """Make one decision; when it cannot be made, show the page again with everything that was typed."""
    return decide(
        lambda form: act(_standing(spot_id), form),
        lambda codes: _page(_what_became_of(spot_id), field_errors(codes), request.form),
        said or gettext("Sparat."), url_for(".spot", spot_id=spot_id),
    )  # fmt: skip


def _standing(spot_id: int) -> Any:
    """Return a spot to decide about; one that was merged meanwhile stands no more, whichever version the form shows."""
    found = _find(spot_id)
    if found.state == "merged":
        raise StaleDataError(f"{found.reference} was merged")
    return found


def _what_became_of(spot_id: int) -> Any:
    """Return the spot, or the one that it is part of by now, and say so."""
    found = _find(spot_id)
    while found.state == "merged" and found.merged_into_id:
        found = _find(found.merged_into_id)
    if found.id != spot_id:
        flash(gettext("%(spot)s är nu en del av %(into)s.", spot=f"F-{spot_id}", into=found.reference))
    return found


def _page(found: Any, errors: Mapping[str, str], values: Any) -> str:
    kept = found.score_parts
    return render_template(
        "coordinator/dark_spot.html", spot=found, errors=errors, values=values, around=spot_pages.around_spot(found),
        sentences=scores.lines(kept), unknown=[line for line in scores.lines(kept) if line.unknown],
        correction=scores.correction(kept), without=scores.without_correction(kept), band_of=rule.band, corners=corners_of(spot_pages.shape(found)), histograms=histograms(found.reports),
        possible=MOVES["dark_spot"][found.state], why=spot_reasons.explain(found), decisions=spot_decisions.decisions(found.id),
        NOT_GROUPED=rule.NOT_GROUPED, **_light(found),
    )  # fmt: skip


def _light(found: Any) -> dict[str, Any]:
    """Return the light along the spot's path for its page, with the lamp that somebody tries out."""
    tried = light_form.read(request.args)
    light = spot_light.picture(found, tried.proposal)
    return {
        "light": light,
        "drawing": light_picture.draw(light),
        "verdict": light_picture.verdict(light),
        "tried": tried,
        "doubt": tr(DOUBTS[light.doubt[0]], n=light.doubt[1]) if light.doubt[0] else "",
    }
