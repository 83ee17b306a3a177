"""The API's own description (OpenAPI 3.1): built from the rules that check what is sent, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Response, jsonify

from app.domain import reports, tickets
from app.domain.contractors import COLUMNS
from app.domain.notices import PUBLIC_STATUS
from app.domain.states import MOVES, TICKET_WAITING
from app.domain.ticket_visits import STATE_OF
from app.web.guard import EVERYONE, admit

blueprint = admit(Blueprint("openapi", __name__, url_prefix="/api/v1"), EVERYONE)
Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "number"}
WHOLE: Final[Schema] = {"type": "integer"}
BOOL: Final[Schema] = {"type": "boolean"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
UUID: Final[Schema] = {"type": "string", "format": "uuid"}
FILES: Final[Schema] = {"type": "array", "maxItems": 3, "items": {"type": "string", "contentMediaType": "image/*"}}


def _one_of(values: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


def _list(schema: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": schema, **more}


def _object(required: Sequence[str] = (), **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


REPORT: Final = _object(
    ("client_id", "lat", "lon", "categories"),
    client_id=UUID, lat=NUMBER | {"minimum": -90, "maximum": 90}, lon=NUMBER | {"minimum": -180, "maximum": 180},
    accuracy_m=NUMBER | {"minimum": 0}, method=_one_of(reports.METHODS), severity=WHOLE | {"minimum": 1, "maximum": 3},
    categories=_list(_one_of(reports.CATEGORIES), minItems=1), when_felt=_one_of(reports.WHEN_FELT),
    text=TEXT | {"maxLength": reports.TEXT_LENGTH_MAX}, contact=TEXT, pole_number=TEXT | {"maxLength": reports.POLE_LENGTH_MAX},
    directions=TEXT | {"maxLength": reports.DIRECTIONS_LENGTH_MAX}, lang=_one_of(reports.LANGUAGES), queued_at=MOMENT,
)  # fmt: skip
KEPT: Final = _object(
    ("receipt", "url"), receipt=TEXT, reference=TEXT, url=TEXT | {"format": "uri"}, photos_refused=_list(TEXT),
    photo_problems=_list(TEXT), photos_again=_list(WHOLE),
)  # fmt: skip
RECEIPT: Final = _object(
    reference=TEXT, status=_one_of(sorted(set(PUBLIC_STATUS.values()))), received_at=MOMENT, lat=NUMBER, lon=NUMBER,
    categories=_list(TEXT), severity=WHOLE, text=TEXT, photos=_list(TEXT), timeline=_list(_object(at=MOMENT, text=TEXT)),
)  # fmt: skip
TICKET: Final = _object(
    id=WHOLE, reference=TEXT, state=_one_of(list(MOVES["ticket"])), version=WHOLE, fault_code=_one_of(list(tickets.FAULTS)),
    priority=TEXT, priority_reason=TEXT, pole_number=TEXT, asset_id=TEXT, lat=NUMBER, lon=NUMBER, district=TEXT,
    lamps_affected=WHOLE, assignee_id=WHOLE, opened_on=DAY, due_on=DAY, next_on=DAY, report_count=WHOLE,
)  # fmt: skip
MOVE: Final = _object(
    state=_one_of(list(MOVES["ticket"])), assignee_id=WHOLE, reason=TEXT, parts=TEXT, note=TEXT, switch_on_test=BOOL,
    next_on=DAY | {"description": f"needed with {', '.join(sorted(TICKET_WAITING))}"},
    action_code=_one_of(list(tickets.ACTIONS)), cause_code=_one_of(list(tickets.CAUSES)), how=TEXT,
)  # fmt: skip
VISIT: Final = _object(
    ("client_id", "ticket_id", "given", "outcome", "ended_at", "sent_at"),
    client_id=UUID, ticket_id=WHOLE, given=TEXT, outcome=_one_of(list(STATE_OF)), ended_at=MOMENT, sent_at=MOMENT,
    arrived_at=MOMENT, made_safe_at=MOMENT, action_code=_one_of(list(tickets.ACTIONS)), switch_on_test=BOOL, parts=TEXT,
    cause_code=_one_of(list(tickets.CAUSES)), note=TEXT, reason=TEXT, next_on=DAY, lamp_id=WHOLE,
)  # fmt: skip
ORDER: Final = _object() | {"properties": dict.fromkeys(COLUMNS, TEXT)}
PROBLEM: Final = _object(("type", "status", "title"), type=TEXT, status=WHOLE, title=TEXT, errors={"type": "object"})


def _operation(
    what: str, good: Mapping[int, Schema | None], bad: str = "", body: Schema | None = None, **more: Any
) -> dict[str, Any]:
    """Return one operation: `good` by status with its schema, `bad` the other statuses, all of them problems."""
    answers: dict[str, Any] = {
        str(status): {"description": what, **({"content": {"application/json": {"schema": schema}}} if schema else {})}
        for status, schema in good.items()
    }
    trouble = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    answers |= {status: {"description": REASONS[status], **trouble} for status in bad.split()}
    found: dict[str, Any] = {"summary": what, "responses": answers, **more}
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


REASONS: Final = {
    "400": "the body cannot be read", "401": "no key, or an unknown one", "403": "not for this person",
    "404": "not there, or not theirs", "409": "used for something else, or a move that the state forbids",
    "412": "somebody was faster", "422": "fields with errors, by name", "428": "If-Match is missing",
    "429": "too many; Retry-After says when",
}  # fmt: skip


def _in_path(name: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(name: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _with_photos(operation: dict[str, Any], part: str | None, schema: Schema) -> dict[str, Any]:
    """Let an operation take a form with photos too: fields beside them, or the JSON in one field."""
    fields = {**schema["properties"], "photos": FILES} if part is None else {part: TEXT, "photos": FILES}
    operation["requestBody"]["content"]["multipart/form-data"] = {"schema": {"type": "object", "properties": fields}}
    return operation


def _paths() -> dict[str, Any]:
    ticket = [_in_path("ticket_id", WHOLE)]
    key: list[dict[str, list[str]]] = [{"contractor": []}]
    signed_in: list[dict[str, list[str]]] = [{"session": []}]
    once = {"name": "Idempotency-Key", "in": "header", "schema": UUID, "description": "the same as client_id"}
    match = {"name": "If-Match", "in": "header", "required": True, "schema": TEXT}
    report = _operation(
        "Send a report; 201 when it is new, 200 when it came before", {201: KEPT, 200: KEPT}, "400 403 409 422 429",
        REPORT, parameters=[once],
    )  # fmt: skip
    visit = _operation("Keep a visit at a lamp", {201: None, 200: None}, "400 404 409 422", VISIT, security=signed_in)
    answer = _operation(
        "Answer for a ticket", {200: ORDER}, "400 401 404 422 429", MOVE, security=key, parameters=ticket
    )
    change = _operation(
        "Move or assign a ticket", {200: TICKET}, "400 403 404 409 412 422 428", MOVE, security=signed_in,
        parameters=[*ticket, match],
    )  # fmt: skip
    page = _object(tickets=_list(TICKET), next=TEXT)
    return {
        "/openapi.json": {"get": _operation("This description", {200: {"type": "object"}})},
        "/reports": {"post": _with_photos(report, None, REPORT)},
        "/reports/{receipt}": {
            "get": _operation(
                "Read a report by its secret", {200: RECEIPT}, "404", parameters=[_in_path("receipt", TEXT)]
            )
        },
        "/tickets": {
            "get": _operation(
                "List tickets, a page at a time",
                {200: page},
                "422",
                security=signed_in,
                parameters=[
                    _in_query("state", _list(_one_of(list(MOVES["ticket"])))),
                    _in_query("assigned", _one_of(["me"])),
                    _in_query("after", WHOLE),
                ],
            )
        },
        "/tickets/{ticket_id}": {
            "get": _operation(
                "Read a ticket with its ETag", {200: TICKET}, "404", security=signed_in, parameters=ticket
            ),
            "patch": change,
        },
        "/visits": {"post": _with_photos(visit, "visit", VISIT)},
        "/visits/claims/{ticket_id}": {
            "post": _operation(
                "Say that one is on the way", {200: None}, "404 409", security=signed_in, parameters=ticket
            )
        },
        "/contractor/tickets": {
            "get": _operation("List one's open tickets", {200: _object(tickets=_list(ORDER))}, "401 429", security=key)
        },
        "/contractor/tickets.csv": {"get": _operation("The same as a table", {200: None}, "401 429", security=key)},
        "/contractor/tickets/{ticket_id}/answers": {"post": _with_photos(answer, "answer", MOVE)},
    }


@blueprint.get("/openapi.json")
def description() -> Response:
    """Return the description; anybody may read it."""
    schemes = {
        "contractor": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "session"},
    }
    return jsonify(
        openapi="3.1.0", info={"title": "Ljuspunkt", "version": "1"}, servers=[{"url": "/api/v1"}], paths=_paths(),
        components={"schemas": {"Problem": PROBLEM}, "securitySchemes": schemes},
    )  # fmt: skip
