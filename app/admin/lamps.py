"""The light-point register comes in by page: a file, its columns, what would change, and only then the writing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app.domain.imports import BadMapping
from app.domain.lamp_register import FIELD_WORDS, FIELDS
from app.domain.people import ADMIN
from app.services import register_files
from app.web.guard import admit
from app.web.lamp_words import problem_sentence
from app.web.parts import now, parts
from app.web.sign_in import actor

blueprint = admit(Blueprint("register", __name__, url_prefix="/admin/lamps"), ADMIN)
LOOK_AGAIN_S = "2"
NEEDED = ("id", "lon", "lat")


@blueprint.get("")
def files() -> str:
    """List the files that came last, and take a new one."""
    return _list({})


@blueprint.post("")
def take_in() -> AnyResponse | tuple[str, int]:
    """Take a file in; nothing of it is in the register yet."""
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    if sent is None or not sent.filename:
        return _list({"file": gettext("Välj en fil.")}), 422
    if not content:
        return _list({"file": gettext("Filen %(name)s är tom. Välj en annan.", name=sent.filename)}), 422
    kept = register_files.take_in(
        sent.filename or "", content, crs=request.form.get("crs", "").strip(), layer=request.form.get("layer", "").strip(),
        by=actor().name, now=now(),
    )  # fmt: skip
    parts().jobs.wake()
    return redirect(url_for(".file", file_id=kept.id), 303)


@blueprint.get("/files/<int:file_id>")
def file(file_id: int) -> Response:
    """Show what a file holds, what it would change, or what it has changed."""
    return _page(file_id, {}, {})


@blueprint.post("/files/<int:file_id>/columns")
def columns(file_id: int) -> AnyResponse | tuple[Response, int]:
    """Say which column is which, and compare."""
    mapping = {name: request.form.get(f"column_{name}", "") for name in FIELDS}
    kept = register_files.find(file_id) or abort(404)
    if kept.outcome.get("placed"):
        mapping.pop("lon")
        mapping.pop("lat")
    try:
        register_files.choose(file_id, mapping, now=now())
    except register_files.NotNow:
        flash(gettext("Filen är upptagen just nu. Se vad som hände."))
    except BadMapping:
        missing = next((name for name in NEEDED if not mapping.get(name, "")), "id")
        return _page(
            file_id, {f"column_{missing}": gettext("Välj kolumnen. Utan den går det inte att läsa in.")}, mapping
        ), 422
    parts().jobs.wake()
    return redirect(url_for(".file", file_id=file_id), 303)


@blueprint.post("/files/<int:file_id>/write")
def write(file_id: int) -> AnyResponse:
    """Write what the comparison showed."""
    try:
        register_files.accept(file_id, now=now())
        parts().jobs.wake()
    except register_files.NotNow:
        flash(gettext("Filen är upptagen just nu. Se vad som hände."))
    return redirect(url_for(".file", file_id=file_id), 303)


@blueprint.post("/files/<int:file_id>/throw-away")
def throw_away(file_id: int) -> AnyResponse:
    """Forget a file."""
    try:
        register_files.throw_away(file_id)
        flash(gettext("Filen är borta. Registret är som det var."))
    except register_files.NotNow:
        flash(gettext("Filen är upptagen just nu. Se vad som hände."))
        return redirect(url_for(".file", file_id=file_id), 303)
    return redirect(url_for(".files"), 303)


def _list(errors: dict[str, str]) -> str:
    return render_template("admin/lamps.html", files=register_files.newest(), errors=errors)


def _page(file_id: int, errors: dict[str, str], chosen: dict[str, Any]) -> Response:
    kept = register_files.find(file_id) or abort(404)
    at_work = kept.status in register_files.AT_WORK
    answer = make_response(
        render_template(
            "admin/lamp_file.html", file=kept, at_work=at_work, errors=errors, words=FIELD_WORDS, needed=NEEDED, said=problem_sentence,
            fields=[f for f in FIELDS if not (kept.outcome.get("placed") and f in {"lon", "lat"})],
            chosen=chosen or kept.mapping or kept.outcome.get("guessed", {}),
        )
    )  # fmt: skip
    if at_work:
        answer.headers["Refresh"] = LOOK_AGAIN_S
    return answer
