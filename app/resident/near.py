"""Is it known already? What everybody may know near a pin, and “Jag med” in one tap."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.domain.reports import is_position
from app.services import place_names, reports, voices
from app.web.guard import EVERYONE, admit
from app.web.languages import language
from app.web.nearby import what_is_near
from app.web.parts import now, parts, random_numbers
from app.web.reporter import voice_of, with_reporter
from app.web.security import REPORTS_PER_PREFIX, csrf, is_from_elsewhere, limiter

blueprint = admit(Blueprint("near", __name__, url_prefix="/near"), EVERYONE)
csrf.exempt(blueprint)  # a page kept on the phone has no token; what another site's page sends is refused by its origin


@blueprint.get("")
def around() -> Response | tuple[str, int]:
    """Return a part of the report page: where the pin is, and what is known there; nothing for no position."""
    lon, lat = request.args.get("lon", type=float), request.args.get("lat", type=float)
    lamp = reports.place_of_pole(request.args.get("pole", "")[:40])
    if lamp is not None:
        lon, lat = lamp.lon, lamp.lat
    if lon is None or lat is None or not is_position(lon, lat):
        return "", 204
    known = what_is_near(lon, lat)
    page = render_template("resident/near.html", municipality=place_names.municipality(), lamp=lamp, **known)
    return with_reporter(make_response(page))


@blueprint.post("/<kind>/<int:number>/me-too")
@limiter.limit(REPORTS_PER_PREFIX)
def me_too(kind: str, number: int) -> Response:
    """Count one more voice and go to its receipt, as for a report of one's own."""
    if is_from_elsewhere():
        abort(403)
    voice = voices.Voice(_client_id(), voice_of(request), language(), _severity())
    again = voices.has_spoken(kind, number, voice.reporter_key)
    numbers = random_numbers(5 * reports.REFERENCE_TRIES)
    try:
        received = voices.join(kind, number, voice, keys=parts().keys, reference_numbers=numbers, now=now())
    except voices.NotPublic:
        abort(404)
    except voices.OtherBody:
        fresh = voices.Voice(str(uuid.uuid4()), voice.reporter_key, voice.lang, voice.severity)
        received = voices.join(kind, number, fresh, keys=parts().keys, reference_numbers=numbers, now=now())
    parts().jobs.wake()
    flash(gettext("Du har redan sagt till. Vi räknar dig en gång.") if again else gettext("Tack. Din röst räknas med."))
    there = url_for(
        "report.receipt", receipt=received.receipt, _anchor="given"
    )  # the phone keeps it where its others lie
    return with_reporter(make_response(redirect(there, 303)))


def _client_id() -> str:
    try:
        return str(uuid.UUID(request.form.get("client_id", "")))
    except ValueError:
        return str(uuid.uuid4())


def _severity() -> int | None:
    given = request.form.get("severity", "")
    return int(given) if given in {"1", "2", "3"} else None
