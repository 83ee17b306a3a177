"""The light-point register at the desk: list, map, one lamp, what is dark on purpose, and corrections from the field."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app.domain.lamp_register import FIELD_WORDS, STATUSES
from app.domain.people import COORDINATOR
from app.domain.reports import is_position
from app.services import lamp_pages, lamps, place_names
from app.services.desk_steps import Unclear, organisations, undo
from app.web.forms import Form, row_number
from app.web.guard import admit
from app.web.parts import now
from app.web.sign_in import actor

blueprint = admit(Blueprint("desk_lamps", __name__, url_prefix="/coordinator/lamps"), COORDINATOR)
PAGES_MAX = 10_000
BOX_DEGREES_MAX = 0.2
Answer = AnyResponse | tuple[str, int]


@blueprint.get("")
def listing() -> str:
    """List lamps, or those nearest to a position."""
    page = min(max(request.args.get("page", 1, type=row_number), 1), PAGES_MAX)
    status = request.args.get("status", "")
    wanted = lamp_pages.Wanted(
        request.args.get("q", "").strip()[:80], request.args.get("cabinet", "").strip()[:60],
        status if status in STATUSES else "", request.args.get("owner", type=row_number),
    )  # fmt: skip
    here = _position(request.args.get("lat", type=float), request.args.get("lon", type=float))
    if here:
        rows, total = lamp_pages.nearest(*here, 25, only=wanted.status), 0
    else:
        found, total = lamp_pages.listing(wanted, page)
        rows = [(lamp, None) for lamp in found]  # type: ignore[misc]
    return render_template(
        "coordinator/lamps.html", rows=rows, total=total, page=page, pages=-(-total // lamp_pages.PAGE), wanted=wanted, here=here,
        statuses=STATUSES, owners=organisations(), drafts=len(lamp_pages.drafts()), municipality=place_names.municipality(),
        role=actor().role,
    )  # fmt: skip


@blueprint.get("/map.geojson")
def geojson() -> Response:
    """Return the lamps of a small box of the map, with whether each is already reported."""
    west, south, east, north = (request.args.get(name, 0.0, type=float) for name in ("west", "south", "east", "north"))
    if not (0 <= east - west <= BOX_DEGREES_MAX and 0 <= north - south <= BOX_DEGREES_MAX):
        abort(400)
    features = [
        {
            "type": "Feature", "geometry": {"type": "Point", "coordinates": [lamp.lon, lamp.lat]},
            "properties": {"id": lamp.id, "name": lamp.pole_number or lamp.asset_id, "status": lamp.status, "reported": reported,
                           "address": url_for(".lamp", lamp_id=lamp.id)},
        }
        for lamp, reported in lamp_pages.in_box(west, south, east, north)
    ]  # fmt: skip
    return jsonify(type="FeatureCollection", features=features)


@blueprint.get("/corrections")
def corrections() -> str:
    """List what the field says of the register."""
    return render_template("coordinator/lamp_corrections.html", drafts=lamp_pages.drafts())


@blueprint.post("/corrections/<int:correction_id>")
def settle(correction_id: int) -> AnyResponse:
    """Accept a correction or turn it down."""
    form = Form(request.form)
    accept = form.choice("decision", ("accept", "reject"), required=True) == "accept"
    try:
        if not form.codes:
            lamps.settle(correction_id, accept=accept, answer=form.text("answer", 500), actor=actor(), now=now())
            flash(gettext("Rättelsen är införd.") if accept else gettext("Rättelsen är avslagen."))
    except Unclear:
        undo()
        flash(gettext("Någon annan hann före. Se vad som ändrades och gör om det som behövs."))
    return redirect(url_for(".corrections"), 303)


@blueprint.get("/<int:lamp_id>")
def lamp(lamp_id: int) -> str:
    """Show one lamp."""
    return _page(lamp_id, {}, {})


@blueprint.post("/<int:lamp_id>/off")
def off(lamp_id: int) -> Answer:
    """Note that it is dark on purpose."""
    form = Form(request.form)
    reason, by = form.text("off_reason", 300), form.text("off_decided_by", 200)
    return _change(
        lamp_id, form, lambda day, **who: lamps.switch_off(lamp_id, reason=reason, decided_by=by, decided_on=day, **who)
    )


@blueprint.post("/<int:lamp_id>/on")
def on(lamp_id: int) -> Answer:
    """Note that it is to shine again."""
    return _change(lamp_id, Form(request.form), lambda _, **who: lamps.switch_on(lamp_id, **who))


@blueprint.post("/<int:lamp_id>/owner")
def owner(lamp_id: int) -> Answer:
    """Say whose it is."""
    form = Form(request.form)
    owned, run = form.number("owner_id"), form.number("operator_id")
    return _change(lamp_id, form, lambda _, **who: lamps.belongs_to(lamp_id, owner_id=owned, operator_id=run, **who))


def _change(lamp_id: int, form: Form, act: Any) -> Answer:
    day = form.day("off_decided_on")
    try:
        if not form.codes:
            act(day, actor=actor(), now=now())
    except Unclear as error:
        undo()
        if "lamp_id" in error.codes:
            abort(404)
        form.codes.update(error.codes)
    if form.codes:
        return _page(lamp_id, form.errors, request.form), 422
    flash(gettext("Sparat."))
    return redirect(url_for(".lamp", lamp_id=lamp_id), 303)


def _page(lamp_id: int, errors: dict[str, str], values: Any) -> str:
    found = lamp_pages.dossier(lamp_id) or abort(404)
    return render_template(
        "coordinator/lamp.html", found=found, lamp=found.lamp, errors=errors, values=values, words=FIELD_WORDS,
        statuses=STATUSES, owners=organisations(),
    )  # fmt: skip


def _position(lat: float | None, lon: float | None) -> tuple[float, float] | None:
    return (lon, lat) if lat is not None and lon is not None and is_position(lon, lat) else None
