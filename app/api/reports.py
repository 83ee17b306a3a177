"""Reports over the API: the phone's queue, and systems of others (design, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask_babel import gettext

from app.domain.reports import whole
from app.services import reports
from app.web.guard import EVERYONE, admit
from app.web.problems import problem
from app.web.reporter import voice_of
from app.web.security import REPORTS_PER_PREFIX, csrf, is_from_elsewhere, limiter
from app.web.sending import Refused, fields, send, uploads
from app.web.serializers import report_for_receipt
from app.web.words import field_errors, photo_problem

blueprint = admit(Blueprint("api_reports", __name__, url_prefix="/api/v1"), EVERYONE)
csrf.exempt(blueprint)  # the only cookie read here says which browser it is, and no other site can make it be sent
LIST_FIELDS = frozenset({"categories", "staged_photos"})
LENGTH_MAX = 5000


@blueprint.post("/reports")
@limiter.limit(REPORTS_PER_PREFIX)
def create() -> Response:
    """Keep one report; 201 when it is new, 200 on a repeat, 409 for the same id with another body, 422 with errors."""
    if is_from_elsewhere():
        return problem(403, gettext("Det här skickades från en annan webbplats"))
    sent = _sent()
    if isinstance(sent, Response):
        return sent
    sent["reporter_key"] = [
        voice_of(request)
    ]  # the same person as in the form and in “Jag med”; nobody names themselves
    try:
        received = send(sent, uploads(request.files))
    except Refused as error:
        return problem(422, gettext("Något i rapporten behöver ändras"), field_errors(error.errors))
    except reports.OutsideMunicipality:
        return problem(422, gettext("Platsen ligger utanför kommunen"), field_errors({"lat": "outside"}))
    except reports.OtherBody:
        return problem(409, gettext("Det här numret har redan använts för en annan rapport"))
    body = {
        "receipt": received.receipt,
        "reference": received.reference,
        "url": url_for("report.receipt", receipt=received.receipt, _external=True),
        "photos_refused": list(received.refused),
        "photo_problems": list(dict.fromkeys(photo_problem(code) for code in received.refused)),  # each said once
        "photos_again": list(received.again),
    }
    response = jsonify(body)
    response.status_code = 201 if received.is_new else 200
    response.headers["Location"] = url_for("api_reports.show", receipt=received.receipt)
    return response


@blueprint.get("/reports/<receipt>")
def show(receipt: str) -> Response:
    """Return a report to the one who holds its secret."""
    report = reports.by_receipt(receipt)
    if report is None:
        abort(404)
    return jsonify(report_for_receipt(report))


def _sent() -> dict[str, list[str]] | Response:
    """Return the fields of a JSON or multipart body, or the problem that it cannot be read."""
    found = _from_json(request.get_json(silent=True)) if request.is_json else fields(request.form)
    key = request.headers.get("Idempotency-Key", "")
    if found is None:
        return problem(400, gettext("Det gick inte att läsa det du skickade"))
    if key:
        given = found.setdefault("client_id", [key])
        if given != [key]:
            return problem(422, gettext("Något i rapporten behöver ändras"), field_errors({"client_id": "key_differs"}))
    return found


def _from_json(body: Any) -> dict[str, list[str]] | None:
    """Return a JSON object as lists of texts; None for anything that is not a flat object of texts and numbers."""
    if not isinstance(body, Mapping):
        return None
    found: dict[str, list[str]] = {}
    for name, value in body.items():
        values = value if isinstance(value, list) and name in LIST_FIELDS else [value]
        if not all(isinstance(v, str | int | float | bool | None) for v in values):
            return None
        texts = [_text(v) for v in values if v is not None]
        if any(len(t) > LENGTH_MAX for t in texts):
            return None
        found[str(name)] = texts
    return found


def _text(value: str | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".12f").rstrip("0").rstrip(".")
    return whole(str(value))
