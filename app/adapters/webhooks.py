"""Sending a signed body to an address that the operator configured. Never to an address that came from outside.

No redirect is followed, nothing of the answer is used but its status, and no more of it than 64 KiB is read.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

TIMEOUT_S = 10
READ_MAX = 64 * 1024


class WebhookFailed(OSError):
    """The other side did not take it; it may be tried again."""


class BadAddress(ValueError):
    """This is no address that a webhook may have; the message says why."""


def check(url: str, *, plain: bool = False) -> str:
    """Return an address that a webhook may have, or raise BadAddress.

    Args:
        url: https://host[:port]/path. plain: http is taken too (inside one's own network).

    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise BadAddress("The port cannot be read.") from error
    if parts.scheme != "https" and not (plain and parts.scheme == "http"):
        raise BadAddress("The address must begin with https:// (or http:// with --plain, inside your own network).")
    if not parts.hostname or parts.username or parts.password or parts.fragment or port == 0:
        raise BadAddress("The address needs a host, and neither a user, a password nor a fragment.")
    if any(ord(sign) <= 32 or ord(sign) > 126 for sign in url):
        raise BadAddress("The address has signs that an address cannot have.")
    return url


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a JSON body and return the status, one of 200–299; raise WebhookFailed otherwise."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_S)
    )
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            "POST",
            path,
            body,
            {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Ljuspunkt", **headers},
        )
        answer = connection.getresponse()
        answer.read(READ_MAX)
    except (OSError, http.client.HTTPException) as error:
        raise WebhookFailed(f"{type(error).__name__}") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise WebhookFailed(f"HTTP {answer.status}")
    return answer.status
