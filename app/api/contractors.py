"""The contractor's own system: its tickets as JSON or CSV, and answers by key. What is not theirs does not exist."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask_babel import gettext

from app.domain.contractors import COLUMNS, cell
from app.services import contractor_steps, contractors
from app.web.guard import EVERYONE, admit
from app.web.languages import local_date
from app.web.parts import now, parts
from app.web.problems import problem
from app.web.security import csrf, limiter
from app.web.sending import only_reading, spoken, take_in_photos, uploads
from app.web.tables import writer
from app.web.words import field_errors, photo_problem

blueprint = admit(Blueprint("api_contractors", __name__, url_prefix="/api/v1/contractor"), EVERYONE)
csrf.exempt(blueprint)  # no cookie is read here, so there is nothing to forge
PER_PREFIX = "120 per minute"
PHOTOS_MAX = 3


@blueprint.get("/tickets")
@limiter.limit(PER_PREFIX)
def tickets() -> Response:
    """Return the open tickets of whoever holds the key."""
    return jsonify(tickets=[contractor_steps.facts_of(t) for t in contractors.tickets_of(_who())])


@blueprint.get("/tickets.csv")
@limiter.limit(PER_PREFIX)
def table() -> Response:
    """Return the same as a table."""
    return as_csv([contractor_steps.facts_of(t) for t in contractors.tickets_of(_who())])


@blueprint.post("/tickets/<int:ticket_id>/answers")
@limiter.limit(PER_PREFIX)
def answer(ticket_id: int) -> Response:
    """Take an answer, JSON or a form with `answer` and `photos`: 200, 404 for a ticket that is not theirs, 422 with field errors; each one is written down."""
    with only_reading():
        contractors.ticket_of(_who(), ticket_id) or abort(404)
    body = spoken("answer")
    if body is None:
        return problem(400, gettext("Det gick inte att läsa det du skickade"))
    intake = take_in_photos(uploads(request.files), PHOTOS_MAX)  # slow, so outside of the write lock
    if intake.refused:
        words = {"photos": " ".join(photo_problem(code) for code in intake.refused)}
        return problem(422, gettext("Något behöver ändras"), words)
    told = contractors.ticket_of(_who(), ticket_id) or abort(404)
    try:
        contractors.answer(told, body, intake.kept, key=parts().settings.secret_key, now=now(), today=local_date(now()))
    except contractors.RefusedAnswer as error:
        return problem(422, gettext("Något behöver ändras"), field_errors(error.codes))
    parts().jobs.wake()
    found = contractors.ticket_of(_who(), ticket_id) or abort(404)
    return jsonify(contractor_steps.facts_of(found.ticket))


def as_csv(rows: list[dict[str, Any]]) -> Response:
    """Return facts of tickets as a table that opens in any spreadsheet; no cell can become a formula."""
    file = io.StringIO()
    written = writer(file)
    written.writerow(COLUMNS)
    written.writerows([cell(row[c]) for c in COLUMNS] for row in rows)
    return Response("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")


def _who() -> Any:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    found = contractors.by_key(key.strip()) if kind.lower() == "bearer" and len(key) < 200 else None
    return found or abort(401)
