"""A photo at the desk: cover people and number plates in it, and decide who may see it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.adapters.photo_intake import cover
from app.domain.people import COORDINATOR
from app.domain.photos import BoxesUnclear, read_boxes
from app.services import photo_decisions
from app.services.desk_steps import undo
from app.web.forms import Form
from app.web.guard import admit
from app.web.parts import now, parts, random_name
from app.web.sending import only_reading
from app.web.sign_in import actor
from app.web.words import photo_problem

blueprint = admit(Blueprint("desk_photos", __name__, url_prefix="/coordinator/photos/<int:photo_id>"), COORDINATOR)
SIDES = ("left", "top", "width", "height")
CHOICES = ("approved", "hidden", "staff_only")

Page = str | Response | tuple[str, int]


@blueprint.get("")
def page(photo_id: int) -> Page:
    """Show the photo with the tool that covers, and the same boxes in numbers."""
    return _page(photo_id, {})


@blueprint.post("/cover")
def cover_up(photo_id: int) -> Page:
    """Burn the boxes in; the photo as it was is locked."""
    form = Form(request.form)
    reason, seen = form.text("reason", 1000, required=True), form.text("seen", 40)
    try:
        with only_reading():  # and give the database back while the picture is worked on
            kept_as = photo_decisions.find(photo_id)[0].public_id
        boxes = read_boxes(_rows())
    except photo_decisions.Unknown:
        abort(404)
    except BoxesUnclear as unclear:
        form.codes["boxes"] = str(unclear)
    if form.codes:
        return _page(photo_id, form.errors), 422
    if kept_as != seen:
        return _page(photo_id, {"boxes": _meanwhile()}), 409
    made = cover(seen, random_name(), boxes, parts().cleaner, parts().photo_store)
    if not made.kept:
        return _page(photo_id, {"boxes": photo_problem(made.refused[0])}), 422
    try:
        photo_decisions.cover(photo_id, seen, made.kept[0], reason, actor=actor(), now=now())
    except StaleDataError:
        undo()
        return _page(photo_id, {"boxes": _meanwhile()}), 409
    flash(gettext("Fotot är övermålat. Originalet är låst."))
    return redirect(_back(photo_id), 303)


@blueprint.post("/judge")
def judge(photo_id: int) -> Page:
    """Approve, hide or take back a photo."""
    form = Form(request.form)
    to = form.choice("to", CHOICES, required=True)
    reason = form.text("hide_reason", 1000, required=to == "hidden")
    if form.codes:
        return _page(photo_id, form.errors), 422
    try:
        photo_decisions.judge(photo_id, to, reason, actor=actor(), now=now())
    except photo_decisions.Unknown:
        abort(404)
    flash(gettext("Fotot är ändrat."))
    return redirect(_back(photo_id), 303)


def _meanwhile() -> str:
    return str(gettext("Någon annan har målat över något i fotot medan du hade det öppet. Titta på det som det är nu."))


def _rows() -> list[list[str]]:
    """The boxes as they were typed, one list of four texts each."""
    columns = [request.form.getlist(side) for side in SIDES]
    return [list(row) for row in zip(*columns, strict=False)]


def _back(photo_id: int) -> str:
    """The page of what the photo belongs to."""
    photo, thing = photo_decisions.find(photo_id)
    if photo.report_id:
        return url_for("inbox.report", report_id=thing.id)
    if photo.walk_entry_id:
        return url_for("protocols.protocol", walk_id=thing.id, _anchor=f"entry-{photo.walk_entry_id}")
    return url_for("desk_tickets.ticket", ticket_id=thing.id)


def _page(photo_id: int, errors: Mapping[str, str]) -> str:
    try:
        photo, thing = photo_decisions.find(photo_id)
    except photo_decisions.Unknown:
        abort(404)
    return render_template(
        "coordinator/photo.html", photo=photo, thing=thing, back=_back(photo_id), errors=errors, typed=request.form,
        rows=_rows() if request.method == "POST" else [], sides=SIDES, history=photo_decisions.history(photo.id),
    )  # fmt: skip
