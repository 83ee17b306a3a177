"""Errors as people and programs can read them: a page, or problem+json (RFC 9457) under /api/."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from math import ceil
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, g, render_template, request
from flask.json.provider import DefaultJSONProvider
from flask_babel import gettext, ngettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.adapters.photo_store import StoreFull
from app.domain.people import TECHNICIAN, NotAllowed
from app.domain.states import ForbiddenMove, ReasonMissing
from app.models.base import set_reading
from app.services.desk_steps import undo
from app.web.parts import do_without_database
from app.web.security import wait_s
from app.web.sign_in import signed_in_role

log = logging.getLogger(__name__)
NOT_WORDS = frozenset(
    {"csrf_token", "once", "version", "password", "client_id", "lat", "lon", "accuracy_m", "method", "lang"}
)
MINUTES_SAID = 60
"""A longer wait is said in hours."""


class Json(DefaultJSONProvider):
    """JSON in and out; what is nested so deeply that reading it would break is as unreadable as any other nonsense."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return what the text says, or raise ValueError."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def problem(status: int, title: str, errors: Mapping[str, str] | None = None, **extra: Any) -> Response:
    """Return an error as problem+json."""
    body: dict[str, Any] = {"type": "about:blank", "status": status, "title": title, **extra}
    if errors:
        body["errors"] = dict(errors)
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json")


def install(app: Flask) -> None:
    """Answer every error in words."""
    app.json = Json(app)
    app.jinja_env.globals["written"] = written
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(ForbiddenMove, _forbidden_move)
    app.register_error_handler(ReasonMissing, _reason_missing)
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(StoreFull, _store_full)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, _unexpected)


def answer(status: int, title: str, text: str) -> tuple[str | Response, int]:
    """Return an error in the form that the caller reads; what had been begun is not done."""
    undo()  # after a failed flush the page could not even ask for the municipality's name
    set_reading(only=True)  # and while another writes, only a reader gets it
    if request.path.startswith("/api/"):
        return problem(status, title, detail=text), status
    page = {"status": status, "title": title, "text": text}
    try:
        return render_template("error.html", base=_base(status), **page), status
    except OperationalError:
        undo()
        do_without_database()
        return render_template("error.html", base=_base(500), **page), status


def _base(status: int) -> str:
    """Return the frame of the page: staff keep their own menu, when the database can say who they are."""
    role = None if status >= 500 else signed_in_role()
    return {None: "base_resident.html", TECHNICIAN: "base_van.html"}.get(role, "base_desk.html")


def written() -> list[str]:
    """Return what the person wrote in the form that could not be kept, so that it can be copied and is never lost."""
    if request.method != "POST" or request.is_json:
        return []
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # the form itself was what could not be read
        return []
    return [text for name, value in sent if name not in NOT_WORDS and len(text := value.strip()) > 3 and " " in text]


def _without_slash() -> str:
    """Return the address of the page that this one is with a slash too many at its end, or nothing."""
    plain = "/" + request.path.strip("/")
    if request.method not in {"GET", "HEAD"} or not request.path.endswith("/") or plain == "/":
        return ""
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not adapter.test(plain, "GET"):
        return ""
    query = request.query_string.decode("latin-1")
    return quote(request.script_root + plain) + (f"?{query}" if query else "")


def _page_of_form() -> str:
    """Return the nearest page above an address that only takes forms: a page that came back with errors was opened again."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None or request.method not in {"GET", "HEAD"} or request.path.startswith("/api/"):
        return ""
    parts = request.path.strip("/").split("/")
    above = ("/" + "/".join(parts[:n]) for n in range(len(parts) - 1, -1, -1))
    return next((quote(request.script_root + path) for path in above if adapter.test(path, "GET")), "")


def _http(error: HTTPException) -> tuple[str | Response, int] | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    if code == 404 and (there := _without_slash()):
        return Response(status=308, headers={"Location": there}), 308
    if code == 405 and (page := _page_of_form()):
        return Response(status=303, headers={"Location": page}), 303
    wait = wait_s() if code == 429 else None
    titles = {
        400: (gettext("Det gick inte att läsa det du skickade"), gettext("Gå tillbaka och försök igen.")),
        401: (gettext("Du behöver logga in"), gettext("Logga in och försök igen.")),
        403: (gettext("Du får inte se den här sidan"), gettext("Din roll ger inte tillgång hit.")),
        404: _nothing_there(),
        405: (gettext("Det går inte att göra så här"), gettext("Gå tillbaka och försök igen.")),
        413: (gettext("Det du skickade är för stort"), gettext("Skicka färre eller mindre foton. Ett foto får vara högst 20 MB.")),
        429: (gettext("Vänta en stund"), _too_many(wait)),
    }  # fmt: skip
    title, text = titles.get(code, (gettext("Något gick fel"), gettext("Försök igen om en stund.")))
    body, status = answer(code, title, text)
    response = app_response(body, status)
    for name, value in error.get_headers():
        if name.lower() in {"retry-after", "allow", "www-authenticate"}:
            response.headers[name] = value
    if code == 429:
        response.headers.setdefault("Retry-After", str(wait or 60))
    return response, status


def _too_many(seconds: int | None) -> str:
    """Return when somebody may try again; the usual minute when nobody knows."""
    minutes = ceil((seconds or 0) / 60)
    if not minutes:
        said = gettext("Det har kommit många försök på kort tid. Försök igen om en minut.")
    elif minutes <= MINUTES_SAID:
        said = ngettext(
            "Det har kommit många försök på kort tid. Försök igen om %(num)s minut.",
            "Det har kommit många försök på kort tid. Försök igen om %(num)s minuter.",
            minutes,
        )
    else:
        said = ngettext(
            "Det har kommit många försök på kort tid. Försök igen om %(num)s timme.",
            "Det har kommit många försök på kort tid. Försök igen om %(num)s timmar.",
            ceil(minutes / 60),
        )
    return str(said)


def _nothing_there() -> tuple[str, str]:
    if request.path.startswith("/r/"):
        text = gettext("Länken kan vara felskriven. Det kan också vara en rapport som kommunen inte sparar längre.")
        return gettext("Rapporten finns inte"), text
    return gettext("Sidan finns inte"), gettext("Länken kan vara gammal eller felskriven.")


def app_response(body: str | Response, status: int) -> Response:
    """Return a body as a response."""
    return body if isinstance(body, Response) else Response(body, status=status, mimetype="text/html")


def _csrf(_error: CSRFError) -> tuple[str | Response, int]:
    if request.path.startswith("/api/"):
        return answer(
            400, gettext("CSRF-token saknas eller gäller inte"),
            gettext("Skicka sidans csrf_token i huvudet X-CSRFToken. Den gäller så länge inloggningen gäller."),
        )  # fmt: skip
    return answer(
        400,
        gettext("Sidan hade legat öppen för länge"),
        gettext("Gå tillbaka, ladda om sidan och försök igen. Det du skrev finns kvar."),
    )


def _stale(_error: StaleDataError) -> tuple[str | Response, int]:
    return answer(
        409,
        gettext("Någon annan hann före"),
        gettext("Det här ändrades medan du hade sidan öppen. Ladda om sidan och se vad som ändrades."),
    )


def _forbidden_move(error: ForbiddenMove) -> tuple[str | Response, int]:
    log.info("forbidden move: %s", error)
    return answer(
        409,
        gettext("Det går inte från det här läget"),
        gettext("Läget kan ha ändrats. Ladda om sidan och försök igen."),
    )


def _reason_missing(_error: ReasonMissing) -> tuple[str | Response, int]:
    return answer(
        422, gettext("Skriv ett skäl"), gettext("Det här beslutet behöver ett skäl som går att läsa efteråt.")
    )


def _not_allowed(_error: NotAllowed) -> tuple[str | Response, int]:
    return answer(
        403, gettext("Du får inte göra det här"), gettext("Det hör till ett annat område eller en annan person.")
    )


def _database_busy(error: OperationalError) -> tuple[Response, int]:
    text = str(error.orig).lower()
    full = "full" in text or "no space" in text
    status, wait = (507, "120") if full else (503, "5")
    log.warning("database %s: %s", "full" if full else "busy", request.endpoint)
    body, _ = answer(
        status,
        gettext("Vi kan inte ta emot just nu"),
        gettext("Försök igen om en stund. Det du skrev finns kvar om du går tillbaka."),
    )
    response = app_response(body, status)
    response.headers["Retry-After"] = wait
    return response, status


def _store_full(_error: StoreFull) -> tuple[Response, int]:
    body, _ = answer(
        507,
        gettext("Vi kan inte ta emot foton just nu"),
        gettext("Skicka rapporten utan foto, eller försök igen om en stund."),
    )
    response = app_response(body, 507)
    response.headers["Retry-After"] = "120"
    return response, 507


def _unexpected(error: Exception) -> tuple[str | Response, int]:
    number = secrets.token_hex(4)
    log.error("unexpected error %s at %s", number, request.endpoint, exc_info=error)
    g.error_number = number
    return answer(
        500, gettext("Något gick fel hos oss"), gettext("Felet är noterat med nummer %(number)s.", number=number)
    )
