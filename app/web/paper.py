"""A page as a document: the same words as on the screen, drawn on A4 as a tagged PDF that can be kept and sent on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, current_app, render_template

from app.adapters import pdf
from app.adapters.photo_intake import key
from app.services import photos
from app.web.parts import base_url, parts
from app.web.sign_in import signed_in_role


def paper(template: str, filename: str, **context: Any) -> Response:
    """Return a page (that extends base_paper.html) as a PDF to keep under a file name."""
    return as_file(draw(template, **context), filename, "application/pdf")


def draw(template: str, **context: Any) -> bytes:
    """Return a page as the bytes of a PDF. Photos come along as far as this reader may see them."""
    static = Path(str(current_app.static_folder))
    return pdf.draw(render_template(template, **context), base_url=base_url(), static=static, photo=_photo)


def as_file(data: bytes, filename: str, media_type: str) -> Response:
    """Return bytes as a file that the browser keeps; the name is ours and in ASCII."""
    answer = Response(data, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def _photo(public_id: str, variant: str) -> bytes | None:
    found = photos.find(public_id, variant)
    if found is None or not photos.may_see(found, is_staff=signed_in_role() is not None, has_key=False):
        return None
    try:
        return parts().photo_store.get(key(public_id, variant))
    except KeyError:
        return None
