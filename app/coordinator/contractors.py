"""Those outside, at the desk: a ticket goes out or comes back, a link ends, and every answer can be read."""

from __future__ import annotations

import io

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as AnyResponse

from app.domain.contractors import CHANNELS, COLUMNS, cell
from app.domain.people import COORDINATOR
from app.services import contractor_pages, contractor_steps, contractors, tickets
from app.services.desk_steps import undo
from app.web.forms import Form
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now, parts
from app.web.sign_in import actor
from app.web.tables import writer

blueprint = admit(Blueprint("contractors", __name__, url_prefix="/coordinator/contractors"), COORDINATOR)


@blueprint.get("")
def overview() -> str:
    """Show whom we can send to, what did not arrive, and the answers that came last."""
    return render_template(
        "coordinator/contractors.html", contractors=contractor_pages.all_of_them(), failing=contractor_pages.failing(),
        answers=contractor_pages.newest_answers(), channels=CHANNELS,
    )  # fmt: skip


@blueprint.get("/<int:contractor_id>.csv")
def table(contractor_id: int) -> Response:
    """Give a contractor's open tickets as a file to send by hand."""
    found = next((c for c in contractor_pages.all_of_them() if c.id == contractor_id), None) or abort(404)
    file = io.StringIO()
    written = writer(file)
    written.writerow(COLUMNS)
    for ticket in contractors.tickets_of(found):
        row = contractor_steps.facts_of(ticket)
        written.writerow([cell(row[c]) for c in COLUMNS])
    answer = Response("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="arenden-{contractor_id}-{local_date(now())}.csv"'
    return answer


@blueprint.post("/tickets/<int:ticket_id>")
def send(ticket_id: int) -> AnyResponse:
    """Send a ticket out, or take it back."""
    found = tickets.open_ticket(ticket_id, actor()) or abort(404)
    form = Form(request.form)
    chosen = form.number("contractor_id")
    try:
        contractors.send(found, form.version, chosen, actor=actor(), now=now())
        flash(
            gettext("Ärendet är skickat.")
            if chosen
            else gettext("Ärendet är tillbaka hos oss. Länkar som var ute gäller inte längre.")
        )
    except (StaleDataError, contractors.Unknown):
        undo()
        flash(gettext("Någon annan hann före. Se vad som ändrades och gör om det som behövs."))
    parts().jobs.wake()
    return redirect(url_for("desk_tickets.ticket", ticket_id=ticket_id), 303)


@blueprint.post("/links/<int:dispatch_id>/revoke")
def revoke(dispatch_id: int) -> AnyResponse:
    """End a link."""
    try:
        ticket_id = contractors.revoke(dispatch_id, now=now())
    except contractors.Unknown:
        abort(404)
    flash(gettext("Länken gäller inte längre."))
    return redirect(url_for("desk_tickets.ticket", ticket_id=ticket_id), 303)
