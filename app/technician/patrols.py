"""A dark lamp that the patrol finds: a ticket from the van, at a pole that is near or by its number."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.domain.imports import number
from app.domain.people import COORDINATOR, TECHNICIAN
from app.domain.reports import is_position
from app.domain.tickets import DANGEROUS, FAULTS, SEEN_ON_PATROL
from app.services import lamp_pages, new_tickets, place_names
from app.services.desk_steps import Unclear, undo
from app.web.forms import Form
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now, parts
from app.web.sign_in import actor

blueprint = admit(Blueprint("van_patrols", __name__, url_prefix="/technician/patrol"), TECHNICIAN, COORDINATOR)
NEAR_M: Final = 300.0
LAMPS_NEAR: Final = 6


@blueprint.get("")
def new() -> str:
    """Ask which pole and what is wrong; with a position the poles around can be pressed."""
    return _page({"pole": request.args.get("pole", "")[:80]}, {})


@blueprint.post("")
def create() -> Response | tuple[str, int]:
    """Open the ticket, or join the one that the lamp has."""
    form = Form(request.form)
    pole = form.text("pole", 80)
    wish = new_tickets.Wish(
        form.choice("fault_code", SEEN_ON_PATROL, required=True), "patrol", pole, None if pole else form.number("lamp_id"),
        number(request.form.get("lon", "")), number(request.form.get("lat", "")),
        lamps_affected=form.number("lamps_affected", (1, new_tickets.LAMPS_MAX)) or 1, directions=form.text("directions", 300),
        called_whom=form.text("called_whom", 200), from_afar=bool(request.form.get("offline")),
    )  # fmt: skip
    if form.codes:
        return _page(request.form, form.errors), 422
    try:
        ticket, how = new_tickets.open_by_hand(wish, actor=actor(), now=now(), today=local_date(now()))
    except Unclear as error:
        undo()
        form.codes.update(
            {"pole" if name == "lat" else name: code for name, code in error.codes.items()}
        )  # of the phone
        return _page(request.form, form.errors), 422
    parts().jobs.wake()
    said = {
        "opened": gettext("Ärende %(reference)s är skapat.", reference=ticket.reference),
        "joined": gettext("Lampan hade redan ett öppet ärende, %(reference)s.", reference=ticket.reference),
        "reopened": gettext("Ärende %(reference)s är öppnat igen.", reference=ticket.reference),
    }
    flash(said[how])
    return redirect(url_for(".new", lat=request.form.get("lat") or None, lon=request.form.get("lon") or None), 303)


def _page(values: Any, errors: dict[str, str]) -> str:
    lon, lat = (number(request.values.get(name, "")) for name in ("lon", "lat"))
    placed = lon is not None and lat is not None and is_position(lon, lat)
    found = lamp_pages.nearest(lon or 0.0, lat or 0.0, LAMPS_NEAR) if placed else []
    return render_template(
        "technician/patrol.html", values=values, errors=errors, faults={code: FAULTS[code] for code in SEEN_ON_PATROL},
        lamps=[(lamp, metres) for lamp, metres in found if metres <= NEAR_M], lon=lon if placed else "", lat=lat if placed else "",
        dangerous=sorted(DANGEROUS), municipality=place_names.municipality(),
    )  # fmt: skip
