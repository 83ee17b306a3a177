"""Tickets that begin at the desk: by hand, from a spot, from a patrol; and several faults that are one."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.domain.imports import number
from app.domain.people import COORDINATOR
from app.domain.tickets import DANGEROUS, FAULTS
from app.services import new_tickets, place_names, ticket_causes
from app.services.desk_steps import Unclear, undo
from app.web.forms import Form, row_number
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now, parts
from app.web.sign_in import actor
from app.web.words import ENVIRONMENT_WORDS

blueprint = admit(Blueprint("new_tickets", __name__, url_prefix="/coordinator/tickets"), COORDINATOR)
SOURCES: Final = ("hand", "patrol", "spot")
BY_HAND: Final = tuple(code for code in FAULTS if code not in {"B17", "B18", "B19"})


@blueprint.get("/new")
def new() -> str:
    """Begin a ticket, perhaps at a lamp or a spot."""
    begun = new_tickets.beginning(request.args.get("lamp", type=row_number), request.args.get("spot", type=row_number))
    values = {
        "pole": begun.pole, "lat": begun.lat if begun.lat is not None else "", "lon": begun.lon if begun.lon is not None else "",
        "fault_code": begun.fault, "source": begun.source, "spot_id": begun.spot_id or "", "environment": begun.environment,
        "directions": begun.directions, "lamps_affected": 1,
    }  # fmt: skip
    return _page(values, {})


@blueprint.post("/new")
def create() -> Response | tuple[str, int]:
    """Open it, or join the ticket that the lamp has."""
    form = Form(request.form)
    lon, lat = _degrees("lon", 180), _degrees("lat", 90)
    unread = [name for name, value in (("lat", lat), ("lon", lon)) if value is None and form.text(name, 40)]
    wish = new_tickets.Wish(
        form.choice("fault_code", BY_HAND, required=True), form.choice("source", SOURCES) or "hand", form.text("pole", 80), None,
        lon, lat, form.number("spot_id"),
        form.number("lamps_affected", (1, new_tickets.LAMPS_MAX)) or 1, form.choice("environment", ENVIRONMENT_WORDS), form.text("directions", 300),
        form.text("called_whom", 200),
    )  # fmt: skip
    if form.codes and not unread:
        return _page(request.form, form.errors), 422
    try:
        ticket, how = new_tickets.open_by_hand(wish, actor=actor(), now=now(), today=local_date(now()), unread=unread)
    except Unclear as error:
        undo()
        form.codes.update(error.codes)
        return _page(request.form, form.errors), 422
    parts().jobs.wake()
    flash(
        {
            "opened": gettext("Ärendet är skapat."),
            "joined": gettext("Lampan hade redan ett öppet ärende. Det här är det."),
            "reopened": gettext("Lampan lagades för mindre än två veckor sedan. Ärendet är öppnat igen för samma lag."),
        }[how]
    )
    return redirect(url_for("desk_tickets.ticket", ticket_id=ticket.id), 303)


@blueprint.get("/causes")
def causes() -> str:
    """List faults that suggest one cause."""
    found = ticket_causes.suggestions(actor(), now=now())
    return render_template("coordinator/ticket_causes.html", causes=found)


@blueprint.post("/causes")
def join() -> Response:
    """Make one ticket of them."""
    lamp_ids = [int(n) for n in request.form.getlist("lamp_id") if n.isascii() and n.isdecimal() and len(n) < 10]
    try:
        ticket = ticket_causes.join_up(lamp_ids, actor=actor(), now=now(), today=local_date(now()))
    except ticket_causes.NothingToJoin:
        undo()
        flash(gettext("Någon annan hann före. Se vad som ändrades och gör om det som behövs."))
        return redirect(url_for(".causes"), 303)
    parts().jobs.wake()
    flash(gettext("Nu är det ett ärende med alla sina lampor."))
    return redirect(url_for("desk_tickets.ticket", ticket_id=ticket.id), 303)


def _degrees(name: str, most: float) -> float | None:
    value = number(request.form.get(name, ""))
    return value if value is not None and abs(value) <= most else None


def _page(values: Any, errors: dict[str, str]) -> str:
    return render_template(
        "coordinator/ticket_new.html", values=values, errors=errors, faults={c: FAULTS[c] for c in BY_HAND}, dangerous=sorted(DANGEROUS),
        municipality=place_names.municipality(), at=_at(values),
    )  # fmt: skip


def _at(values: Any) -> tuple[float, float] | None:
    """Return where the map opens: longitude and latitude as they were written, when both can be read."""
    lon, lat = number(values.get("lon", "")), number(values.get("lat", ""))
    return (lon, lat) if lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90 else None
