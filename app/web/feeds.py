"""Calendar feeds: the public one, and a coordinator's own, whose address is a secret that ends with the account."""

from __future__ import annotations

from flask import url_for
from itsdangerous import BadSignature, URLSafeSerializer

from app.web.parts import parts

SALT = "walk-feed"


def feed_address(staff_id: int | None) -> str:
    """Return the address at which a member of staff's calendar program fetches all walks with their occasions."""
    return url_for("public_walks.staff_feed", token=_signer().dumps(staff_id), _external=True)


def feed_owner(token: str) -> int | None:
    """Return whose feed an address is, or None."""
    try:
        found = _signer().loads(token)
    except BadSignature:
        return None
    return found if isinstance(found, int) else None


def _signer() -> URLSafeSerializer:
    settings = parts().settings
    return URLSafeSerializer([*reversed(settings.secret_key_fallbacks), settings.secret_key], salt=SALT)
