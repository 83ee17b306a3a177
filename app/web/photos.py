"""Serving photos: never by a guessable address, never in public without approval."""

from __future__ import annotations

import hashlib
import hmac

from flask import Blueprint, Response, abort, request, url_for

from app.adapters.photo_intake import key
from app.services import photos
from app.web.guard import EVERYONE, admit
from app.web.parts import parts
from app.web.sign_in import signed_in_role

blueprint = admit(Blueprint("photos", __name__), EVERYONE)


@blueprint.get("/photos/<public_id>/<variant>")
def photo(public_id: str, variant: str) -> Response:
    """Send one size of a photo to staff, to whoever holds the receipt's key, or to all when it was approved."""
    found = photos.find(public_id, variant)
    if found is None or not photos.may_see(found, is_staff=signed_in_role() is not None, has_key=_has_key(public_id)):
        abort(404)
    data = parts().photo_store.get(key(public_id, variant))
    response = Response(data, mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def receipt_address(public_id: str, variant: str) -> str:
    """Return the address of a photo for the one who holds the receipt it belongs to."""
    return url_for("photos.photo", public_id=public_id, variant=variant, k=_key_of(public_id, parts().keys.current))


def _key_of(public_id: str, secret: str) -> str:
    return hmac.new(secret.encode(), b"photo:" + public_id.encode(), hashlib.sha256).hexdigest()[:32]


def _has_key(public_id: str) -> bool:
    given = request.args.get("k", "")
    return any(hmac.compare_digest(given.encode(), _key_of(public_id, k).encode()) for k in parts().keys.all())
