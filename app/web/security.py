"""Headers, CSRF and limits: the same on every answer (reliability, T4–T7, T13, R28)."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from time import time
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask import Response as Answer
from flask_compress import Compress
from flask_limiter import Limiter
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from config import Settings

REPORTS_PER_PREFIX: Final = "60 per minute; 600 per hour; 1500 per day"
SIGN_INS_PER_ACCOUNT: Final = "10 per 15 minutes"

NAMES_TYPE: Final = "application/vnd.ljuspunkt.names+json"
COMPRESSED: Final = (
    "text/css", "text/javascript", "application/geo+json", "application/manifest+json", "image/svg+xml", NAMES_TYPE,
)  # fmt: skip

PARTS: Final = frozenset({"text/css", "text/javascript", "image/svg+xml"})
PARTS_POLICY: Final = "default-src 'none'; script-src 'self'; frame-ancestors 'none'"
"""What a script or a style may do by itself: the photo worker loads one more script, and that is all."""

csrf = CSRFProtect()


PLAIN_PAGES: Final = frozenset({"resident", "places", "phone"})
"""Doors whose pages hold nothing that a stranger wrote."""


class CarefulCompress(Compress):
    """Compresses what cannot betray a secret: a page only when no stranger has written in it (BREACH, 2013)."""

    def after_request(self, response: Answer | None) -> Answer:
        """Leave a page alone that may show, beside the form's token, what somebody typed."""
        plain = request.blueprint in PLAIN_PAGES or request.endpoint == "report.form"
        asked = request.method == "GET" and request.query_string in {b"", b"shell=1"}
        if response is not None and response.mimetype == "text/html" and not (plain and asked):
            return response
        return super().after_request(response)


compress = CarefulCompress()
_salt = secrets.token_bytes(32)  # of this process, never written down: no register of addresses


def network_key() -> str:
    """Return a pseudonym of the sender's network (/24 or /64) that cannot be turned back."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  (a name for "unknown")
    except ValueError:
        return "unknown"
    prefix = ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False)
    return hmac.new(_salt, str(prefix).encode(), hashlib.sha256).hexdigest()[:32]


def account_key() -> str:
    """Return the key of a sign-in attempt: the account and the network together, so nobody can lock others out."""
    email = request.form.get("email", "").strip().lower()
    return hmac.new(_salt, f"{network_key()}|{email}".encode(), hashlib.sha256).hexdigest()[:32]


def origins(tile_url: str) -> tuple[str, str]:
    """Return the hosts that map pictures and map data may come from: ours alone, unless the operator named another."""
    parts = urlsplit(tile_url)
    if parts.scheme not in {"http", "https"}:
        return "", ""
    origin = f" {parts.scheme}://{parts.netloc.replace('{s}', '*')}"
    return ("", origin) if tile_url.endswith(".pmtiles") else (origin, "")


limiter = Limiter(key_func=network_key, headers_enabled=True, strategy="moving-window")


def wait_s() -> int | None:
    """Return the seconds until every limit that this request broke lets one more in; None when it broke none."""
    broken = [limit.reset_at for limit in limiter.current_limits if limit.breached]
    return max(1, int(max(broken) - time())) if broken else None  # the limits go by the machine's own clock


def is_ours() -> bool:
    """Tell whether a form came from a page of ours; for a door that would rather show the form again than an error."""
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return True
    try:
        csrf.protect()
    except CSRFError:
        return False
    return True


def is_from_elsewhere() -> bool:
    """Tell whether another site's page sent this: every browser says so itself, and a program has no cookies to misuse."""
    said = request.headers.get("Sec-Fetch-Site")
    if said:
        return said == "cross-site"
    origin = request.headers.get("Origin", "")
    return (
        origin not in {"", "null"} and urlsplit(origin).netloc != request.host
    )  # "null": our own pages name no referrer


def csp_nonce() -> str:
    """Return this answer's nonce, the same however often a template asks."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def install(app: Flask, settings: Settings) -> None:
    """Put CSRF, limits and headers around every request."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        SESSION_COOKIE_NAME="__Host-session" if settings.base_url.startswith("https://") else "session",
        WTF_CSRF_TIME_LIMIT=None,  # a form may lie open over night; the token dies with the session
        MAX_CONTENT_LENGTH=3 * settings.photo_bytes_max + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,  # under 64 KiB, Werkzeug refuses photos too
        MAX_FORM_PARTS=200,
        COMPRESS_MIMETYPES=[*COMPRESSED, "text/html"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,  # one more than usual: a tenth less on the line for a thousandth of a second
        MAP_ORIGINS=origins(settings.tile_url),
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=settings.jobs_url if settings.jobs_url.startswith("redis") else "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    compress.init_app(app)
    limiter.init_app(app)
    app.after_request(_headers)
    app.after_request(_whole)  # registered after the compression, so it comes before it
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def _whole(response: Response) -> Response:
    """Read a static text file into memory: what is streamed could only be compressed in ways that few clients know."""
    if request.endpoint == "static" and response.mimetype in COMPRESSED and response.status_code == 200:
        file: Any = response.response
        response.direct_passthrough = False
        response.make_sequence()
        file.close()  # not only when the answer has been sent, which on a weak line is late
    return response


def _headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint in {"static", "phone.styles"} and response.mimetype in PARTS:
        return _lean(response)
    response.headers.setdefault("Content-Security-Policy", _policy())
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _lean(response: Response) -> Response:
    """Leave out what means something on a page only: thirty files, half a kilobyte each, are seconds on a weak line."""
    response.headers.setdefault("Content-Security-Policy", PARTS_POLICY)
    for name in ("Content-Disposition", "Expires", "Last-Modified", "Accept-Ranges"):  # the entity tag says enough
        response.headers.pop(name, None)
    return response


def _policy() -> str:
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    pictures, data = current_app.config["MAP_ORIGINS"]
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{nonce}",
            f"style-src 'self'{nonce}",
            f"img-src 'self' data: blob:{pictures}",
            f"connect-src 'self'{data}",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "frame-src 'self'",
            "frame-ancestors 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )
