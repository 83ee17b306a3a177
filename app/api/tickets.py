"""Tickets over the API: ETags, and no lost updates (RFC 9110, sections 8.8.3 and 13.1; RFC 6585, section 3)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError

from app.domain.people import ADMIN, COORDINATOR, TECHNICIAN, NotAllowed
from app.domain.reports import clean_text
from app.domain.states import MOVES, TICKET_WAITING, ForbiddenMove
from app.domain.tickets import ACTIONS, CAUSES
from app.services import ticket_pages, tickets
from app.services.desk_steps import undo
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now, parts
from app.web.problems import problem
from app.web.sign_in import actor
from app.web.words import field_errors

blueprint = admit(Blueprint("api_tickets", __name__, url_prefix="/api/v1/tickets"), TECHNICIAN, COORDINATOR)
KNOWN: Final = frozenset(
    {"state", "cause_code", "action_code", "switch_on_test", "parts", "note", "next_on", "reason", "assignee_id", "how"}
)
WAYS_TO_SEE: Final = ("night_check", "switch_on_test", "control", "resident")
NUMBER_MAX: Final = 10**9
ENDS: Final = frozenset({"no_fault", "deliberately_off", "forwarded", "duplicate", "became_measure"})


@blueprint.get("")
def listing() -> Response:
    """Return one page of tickets by number; `next` leads on. What is asked for and cannot be understood is 422."""
    wanted, after, whose = request.args.getlist("state"), request.args.get("after", "0"), request.args.get("assigned")
    codes = {"state": "choice_unknown"} if set(wanted) - set(MOVES["ticket"]) else {}
    codes |= {"after": "number_not_readable"} if not (after.isascii() and after.isdecimal()) else {}
    codes |= {"assigned": "choice_unknown"} if whose not in {None, "me"} else {}
    if codes:
        return problem(422, gettext("Något behöver ändras"), field_errors(codes))
    found = ticket_pages.after(min(int(after[:20]), NUMBER_MAX), actor(), wanted, mine=whose == "me")
    page, more = found[: ticket_pages.PAGE], len(found) > ticket_pages.PAGE
    onward = url_for("api_tickets.listing", after=page[-1].id, state=wanted, assigned=whose) if more else None
    return jsonify(tickets=[_public(t) for t in page], next=onward)


@blueprint.get("/<int:ticket_id>")
def show(ticket_id: int) -> Response:
    """Return one ticket with its ETag."""
    return _answer(_find(ticket_id))


@blueprint.patch("/<int:ticket_id>")
def change(ticket_id: int) -> Response:
    """Move or assign a ticket: 428 without If-Match, 412 when stale, 409 on a forbidden move, 422 with field errors."""
    found = _find(ticket_id)
    body = request.get_json(silent=True)
    refusal = _refusal(found, body)
    if refusal is not None:
        return refusal
    try:
        _carry_out(found, body or {})
    except StaleDataError:
        undo()
        return problem(412, gettext("Någon annan hann före"))
    except tickets.PhotoMissing:
        return problem(422, gettext("Något behöver ändras"), field_errors({"photos": "photo_missing"}))
    except tickets.UnknownLamp:
        return problem(422, gettext("Något behöver ändras"), field_errors({"assignee_id": "choice_unknown"}))
    parts().jobs.wake()
    return _answer(_find(ticket_id))


def _refusal(found: Any, body: Any) -> Response | None:
    """Return the problem of a request that cannot be carried out at all; forbidden moves are answered by web/problems."""
    if not request.if_match or request.if_match.star_tag:  # "any version" would be a lost update
        return problem(428, gettext("Skicka If-Match med ärendets ETag"))
    if not request.if_match.contains(f"{found.id}-{found.version}"):
        return problem(412, gettext("Någon annan hann före"))
    if not isinstance(body, dict):
        return problem(400, gettext("Det gick inte att läsa det du skickade"))
    codes = _wrong(body)
    return problem(422, gettext("Något behöver ändras"), field_errors(codes)) if codes else None


def _carry_out(found: Any, body: dict[str, Any]) -> None:
    """Carry out what the body asks: an assignment, or one move with its facts."""
    who, at, version = actor(), now(), found.version
    if "assignee_id" in body:
        if who.role not in {COORDINATOR, ADMIN}:
            raise NotAllowed("only the desk assigns")
        tickets.assign(found, version, assignee_id=body["assignee_id"], actor=who, now=at)
        return
    to, reason = body["state"], _text(body, "reason", 300)
    if to == "repaired":
        done = tickets.Repair(
            str(body.get("cause_code", "")), str(body.get("action_code", "")), _text(body, "parts", 300),
            body.get("switch_on_test"), _text(body, "note", 1000),
        )  # fmt: skip
        tickets.repair(found, version, done, (), actor=who, now=at, today=local_date(at))
    elif to in TICKET_WAITING:
        tickets.wait(found, version, to, next_on=date.fromisoformat(body["next_on"]), reason=reason, actor=who, now=at)
    elif to in ENDS:
        tickets.end(found, version, to, reason=reason, actor=who, now=at)
    elif to == "verified":
        tickets.verify(found, version, how=body.get("how", "night_check"), actor=who, now=at)
    elif to == "reopened":
        tickets.reopen(found, version, reason=reason, actor=who, now=at)
    else:
        simple = {"en_route": tickets.set_out, "on_site": tickets.arrive, "made_safe": tickets.make_safe}
        if to not in simple:
            raise ForbiddenMove("ticket", found.state, to)
        simple[to](found, version, actor=who, now=at)


def _wrong(body: dict[str, Any]) -> dict[str, str]:
    """Return the code of what is wrong beside each field's name."""
    codes = {name: "choice_unknown" for name in body if name not in KNOWN}
    state = body.get("state")
    if "assignee_id" in body:
        wanted = body["assignee_id"]
        if not (wanted is None or (type(wanted) is int and 0 < wanted <= NUMBER_MAX)):
            codes["assignee_id"] = "number_not_readable"
    elif state not in list(MOVES["ticket"]):  # lists compare anything that JSON can say; sets and mappings do not
        codes["state"] = "choice_unknown" if state else "required"
    if body.get("cause_code") not in [None, "", *CAUSES]:
        codes["cause_code"] = "choice_unknown"
    if state == "repaired" and body.get("action_code") not in list(ACTIONS):
        codes["action_code"] = "choice_unknown"
    if body.get("switch_on_test") not in (None, True, False):
        codes["switch_on_test"] = "choice_unknown"
    if state in list(TICKET_WAITING) and (wrong := _wrong_day(body.get("next_on"))):
        codes["next_on"] = wrong
    if body.get("how", "night_check") not in list(WAYS_TO_SEE):
        codes["how"] = "choice_unknown"
    texts = (name for name in ("parts", "note", "reason") if not isinstance(body.get(name, ""), str))
    return codes | dict.fromkeys(texts, "choice_unknown")


def _wrong_day(value: Any) -> str:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        return "date_not_readable"
    return "day_passed" if day < local_date(now()) else ""


def _text(body: dict[str, Any], name: str, longest: int) -> str:
    return clean_text(body.get(name, ""))[:longest]


def _find(ticket_id: int) -> Any:
    return tickets.open_ticket(ticket_id, actor()) or abort(404)


def _etag(ticket: Any) -> str:
    return f'"{ticket.id}-{ticket.version}"'


def _answer(ticket: Any) -> Response:
    response = jsonify(_public(ticket))
    response.headers["ETag"] = _etag(ticket)
    return response


def _public(ticket: Any) -> dict[str, Any]:
    """Return what another system may know of a ticket; nothing about those who reported."""
    lamp = ticket.lamp
    return {
        "id": ticket.id, "reference": ticket.reference, "state": ticket.state, "version": ticket.version,
        "fault_code": ticket.fault_code, "lamps_affected": ticket.lamps_affected, "priority": ticket.priority,
        "priority_reason": ticket.priority_reason, "pole_number": lamp.pole_number if lamp else None,
        "asset_id": lamp.asset_id if lamp else None, "lat": ticket.lat, "lon": ticket.lon, "directions": ticket.directions,
        "district": ticket.district.name if ticket.district else None, "assignee_id": ticket.assignee_id,
        "opened_on": ticket.opened_on.isoformat(), "due_on": ticket.due_on.isoformat(),
        "next_on": ticket.next_on.isoformat() if ticket.next_on else None, "cause_code": ticket.cause_code,
        "action_code": ticket.action_code, "switch_on_test": ticket.switch_on_test, "report_count": len(ticket.reports),
        "repaired_at": ticket.repaired_at.isoformat() if ticket.repaired_at else None,
        "verified_at": ticket.verified_at.isoformat() if ticket.verified_at else None, "verified_how": ticket.verified_how,
    }  # fmt: skip
