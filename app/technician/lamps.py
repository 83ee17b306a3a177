"""One pole in the van: what the register says of it, and a draft when that is wrong."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.domain.imports import number
from app.domain.people import COORDINATOR, TECHNICIAN
from app.services import lamp_pages, lamps
from app.services.desk_steps import Unclear, undo
from app.web.forms import Form
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now
from app.web.sign_in import actor

blueprint = admit(Blueprint("van_lamps", __name__, url_prefix="/technician/lamps"), TECHNICIAN, COORDINATOR)


@blueprint.get("/new")
def new() -> str:
    """Offer to add a pole that the register does not have."""
    return _page(None, {}, {})


@blueprint.post("/new")
def add() -> Response | tuple[str, int]:
    """Keep the draft of a pole that the register does not have."""
    return _keep(None)


@blueprint.get("/<int:lamp_id>")
def lamp(lamp_id: int) -> str:
    """Show a pole."""
    return _page(lamp_pages.find(lamp_id) or abort(404), {}, {})


@blueprint.post("/<int:lamp_id>")
def correct(lamp_id: int) -> Response | tuple[str, int]:
    """Keep what is wrong with a pole in the register, as a draft."""
    return _keep(lamp_pages.find(lamp_id) or abort(404))


def _keep(found: Any) -> Response | tuple[str, int]:
    form = Form(request.form)
    draft = lamps.Draft(
        "added" if found is None else form.choice("kind", lamps.KINDS), found.id if found is not None else None,
        form.number("ticket_id"), number(request.form.get("lon", "")), number(request.form.get("lat", "")),
        form.text("pole_number", 80), form.text("note", 500),
    )  # fmt: skip
    try:
        lamps.suggest(draft, actor=actor(), now=now(), today=local_date(now()))
    except Unclear as error:
        undo()
        form.codes.update(error.codes)
        return _page(found, form.errors, request.form), 422
    if draft.kind == "plate":
        flash(gettext("Skylten har fått ett eget ärende."))
    flash(gettext("Tack. Rättelsen väntar på kontoret. Ärendet går att stänga ändå."))
    return redirect(url_for(".new" if found is None else ".lamp", lamp_id=found.id if found is not None else None), 303)


def _page(found: Any, errors: dict[str, str], values: Any) -> str:
    return render_template(
        "technician/lamp.html", lamp=found, errors=errors, values=values, kinds=[k for k in lamps.KINDS if k != "added"]
    )
