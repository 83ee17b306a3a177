"""Visits at lamps from the phones in the vans: sent when there is coverage, kept once, and explained."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from app.domain import ticket_visits as rule
from app.domain.people import COORDINATOR, TECHNICIAN
from app.domain.reports import clean_text
from app.domain.tickets import ACTIONS, CAUSES
from app.services import ticket_visits as visits
from app.web import handing_out
from app.web.guard import admit
from app.web.languages import clock_time, local_date
from app.web.parts import now, parts
from app.web.problems import problem
from app.web.sending import only_reading, spoken, take_in_photos, uploads
from app.web.sign_in import actor
from app.web.visit_words import visit_sentence
from app.web.words import field_errors, photo_problem

blueprint = admit(Blueprint("api_visits", __name__, url_prefix="/api/v1/visits"), TECHNICIAN, COORDINATOR)
PHOTOS_MAX: Final = 3
NUMBER_MAX: Final = 2**31
LAMPS_MAX: Final = 500
TEXTS: Final = {"parts": 300, "note": 1000, "reason": 300}


@blueprint.post("")
def create() -> Response | tuple[Response, int]:
    """Keep a visit: 201 when it is new, 200 with the same answer when it has arrived before, 422 with field errors."""
    body = spoken("visit")
    if body is None:
        return problem(400, gettext("Det gick inte att läsa det du skickade"))
    codes = _wrong(body)
    given = handing_out.read(str(body.get("given", "")), actor().staff_id)
    if not codes and (given is None or given.ticket_id != body["ticket_id"]):
        codes["given"] = "not_given"
    if codes or given is None:
        return problem(422, gettext("Något behöver ändras"), field_errors(codes))
    try:
        return _keep(body, given)
    except visits.UnknownTicket as error:
        raise NotFound from error
    except visits.UnknownLamp:
        return problem(422, gettext("Något behöver ändras"), field_errors({"lamp_id": "choice_unknown"}))
    except visits.PhotoMissing:
        return problem(422, gettext("Något behöver ändras"), field_errors({"photos": "photo_missing"}))
    except visits.OtherVisit:
        return problem(409, gettext("Det här numret har redan använts för ett annat besök"))


@blueprint.post("/claims/<int:ticket_id>")
def claim(ticket_id: int) -> Response:
    """Say that somebody is on the way: 200 with until when, 409 when somebody else is."""
    try:
        found = visits.claim(ticket_id, actor=actor(), now=now())
    except visits.UnknownTicket as error:
        raise NotFound from error
    except visits.Claimed as taken:
        text = gettext(
            "%(name)s är på väg dit och har det till %(time)s.", name=taken.name, time=clock_time(taken.until)
        )
        return problem(409, gettext("Någon annan är på väg dit"), detail=text)
    return jsonify(ticket_id=ticket_id, until=found.until.isoformat())


def _keep(body: dict[str, Any], given: handing_out.Given) -> Response | tuple[Response, int]:
    who = handing_out.holder(actor(), given)
    with only_reading():
        known = visits.already(body["client_id"], given.ticket_id, who)
    if known is not None:
        return _answer(body["client_id"], given.ticket_id, ()), 200
    intake = take_in_photos(uploads(request.files), PHOTOS_MAX)  # slow, so outside of the write lock
    at = now()
    seen = _seen(body, given, at)
    visits.receive(seen, intake.kept, actor=who, now=at, on=local_date(seen.ended_at))
    parts().jobs.wake()
    return _answer(body["client_id"], given.ticket_id, intake.refused), 201


def _answer(client_id: str, ticket_id: int, refused: tuple[str, ...]) -> Response:
    row = visits.already(client_id, ticket_id, actor())
    assert row is not None  # noqa: S101  (it has just been kept)
    ticket = row.ticket
    return jsonify(
        client_id=row.client_id, leads=row.leads, explained=[visit_sentence(note) for note in row.notes],
        photo_problems=[photo_problem(code) for code in refused],
        ticket={
            "id": ticket.id, "reference": ticket.reference, "state": ticket.state, "version": ticket.version,
            "priority": ticket.priority, "due_on": ticket.due_on.isoformat(),
        },
    )  # fmt: skip


def _wrong(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the code of what is wrong beside each field's name."""
    codes = _wrong_numbers(body) | _wrong_moments(body)
    outcome = body.get("outcome")
    if outcome not in list(rule.STATE_OF) or outcome == rule.PART:
        codes["outcome"] = "choice_unknown" if outcome else "required"
    if outcome == "repaired" and body.get("action_code") not in list(ACTIONS):
        codes["action_code"] = "choice_unknown" if body.get("action_code") else "required"
    if body.get("cause_code") not in [None, "", *CAUSES]:
        codes["cause_code"] = "choice_unknown"
    if body.get("switch_on_test") not in (None, True, False):
        codes["switch_on_test"] = "choice_unknown"
    if outcome == "forwarded" and not _text(body, "reason"):
        codes["reason"] = "reason_missing"
    return codes | dict.fromkeys((n for n in TEXTS if not isinstance(body.get(n, ""), str)), "choice_unknown")


def _wrong_numbers(body: Mapping[str, Any]) -> dict[str, str]:
    codes = {} if _is_uuid(body.get("client_id")) else {"client_id": "client_id_not_readable"}
    if not _is_row(body.get("ticket_id")):
        codes["ticket_id"] = "number_not_readable"
    if body.get("lamp_id") is not None and not _is_row(body["lamp_id"]):
        codes["lamp_id"] = "number_not_readable"
    lamp_ids = body.get("lamp_ids") or []
    if not isinstance(lamp_ids, list) or len(lamp_ids) > LAMPS_MAX or not all(map(_is_row, lamp_ids)):
        codes["lamp_ids"] = "number_not_readable"
    return codes


def _wrong_moments(body: Mapping[str, Any]) -> dict[str, str]:
    needed, may = ("ended_at", "sent_at"), ("arrived_at", "made_safe_at")
    given = (*needed, *(name for name in may if body.get(name) is not None))
    codes = {name: "date_not_readable" for name in given if _moment(body.get(name)) is None}
    if body.get("outcome") in list(rule.WAITS) and _day(body.get("next_on")) is None:
        codes["next_on"] = "date_not_readable" if body.get("next_on") else "next_date_missing"
    return codes


def _seen(body: Mapping[str, Any], given: handing_out.Given, at: datetime) -> visits.Seen:
    sent_at = _moment(body["sent_at"]) or at

    def when(name: str) -> datetime | None:
        said = _moment(body.get(name))
        return rule.field_time(said, sent_at, at) if said is not None else None

    return visits.Seen(
        client_id=body["client_id"], ticket_id=given.ticket_id, outcome=body["outcome"], ended_at=when("ended_at") or at,
        base=given.base, arrived_at=when("arrived_at"), made_safe_at=when("made_safe_at"),
        cause=body.get("cause_code") or "", action=body.get("action_code") or "", parts=_text(body, "parts"),
        switch_on_test=body.get("switch_on_test"), note=_text(body, "note"), reason=_text(body, "reason"),
        next_on=_day(body.get("next_on")), lamp_id=body.get("lamp_id"), position=_position(body),
        lamp_ids=frozenset(body.get("lamp_ids") or ()),
    )  # fmt: skip


def _position(body: Mapping[str, Any]) -> tuple[float, float, float] | None:
    found = [body.get(name) for name in ("lon", "lat", "accuracy_m")]
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in found):
        return None
    lon, lat, accuracy = (float(v) for v in found)  # type: ignore[arg-type]
    inside = -180 <= lon <= 180 and -90 <= lat <= 90 and 0 <= accuracy <= 1e6
    return (lon, lat, accuracy) if inside else None


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    return clean_text(value)[: TEXTS[name]] if isinstance(value, str) else ""


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None and 2000 <= found.year <= 2100 else None


def _day(value: Any) -> date | None:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and 2000 <= found.year <= 2100 else None


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _is_row(value: Any) -> bool:
    return type(value) is int and 0 < value < NUMBER_MAX
