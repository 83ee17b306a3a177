"""The browser's random token, so that one person counts once; it says nothing about who they are."""

from __future__ import annotations

import hashlib
from typing import Final, TypeVar

from flask import Request, request
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response as AnyResponse

from app.web.parts import now, parts, random_name
from app.web.security import network_key

R = TypeVar("R", bound=AnyResponse)
COOKIE: Final = "reporter"
YEAR_S: Final = 365 * 24 * 3600


def reporter_of(asked: Request) -> str:
    """Return the token that the browser brought, or nothing when it is none of ours: one cannot be invented."""
    try:
        return _signer().unsign(asked.cookies.get(COOKIE, "")[:200]).decode()
    except BadSignature:
        return ""


def voice_of(asked: Request) -> str:
    """Return by whom a report is, for counting people: the browser's own token, or the network's one voice a day."""
    return reporter_of(asked) or network_voice()


def network_voice() -> str:
    """Return one voice a day for all that comes from one network without a token: a program is no crowd (T13).

    It is derived with a key that lives as long as this process and is written down nowhere.
    """
    return f"{network_key()} {now().date()}"


def with_reporter(response: R) -> R:
    """Give the browser a token when it has none of ours."""
    if not reporter_of(request):
        token = _signer().sign(random_name()).decode()
        response.set_cookie(COOKIE, token, max_age=YEAR_S, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def _signer() -> Signer:
    settings = parts().settings
    return Signer([*settings.secret_key_fallbacks, settings.secret_key], salt="reporter", digest_method=hashlib.sha256)
