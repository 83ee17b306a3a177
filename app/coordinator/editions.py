"""Situation reports at the desk: a draft with its sources, issued once; and what the law of 2023 asks for."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as AnyResponse

from app.domain.editions import FRAMING, SOURCES, quarter_before
from app.domain.measures import KINDS
from app.domain.people import COORDINATOR
from app.services import editions, place_names, statutory_report
from app.services.desk_steps import Desk, Unclear, Unknown, undo
from app.web.forms import Form
from app.web.guard import admit
from app.web.languages import local_date, tr
from app.web.paper import as_file, paper
from app.web.parts import now, parts
from app.web.sign_in import actor
from app.web.tables import headings, writer
from app.web.words import STATE_WORDS

blueprint = admit(Blueprint("editions", __name__, url_prefix="/coordinator"), COORDINATOR)
Answer = AnyResponse | tuple[str, int]
LINK_MAX = 300
MEASURE_STATES: Final = STATE_WORDS["measure"]
COLUMNS: Final = ("område", "problem", "personer", "åtgärd", "läge", "beslutad_eller_skäl", "uppföljning")


@blueprint.get("/editions")
def listing() -> str:
    """Show each district with its last edition and its draft."""
    return _list_page({}, {})


@blueprint.post("/editions")
def begin() -> Answer:
    """Begin a draft for a district or for the whole municipality."""
    form = Form(request.form)
    district_id, today = form.number("district"), local_date(now())
    try:
        if not form.codes:
            title = gettext("Lägesbild %(day)s", day=quarter_before(today)[1].isoformat()[:7])
            made = editions.draft(district_id, title, quarter_before(today), desk=Desk(actor(), now()))
            return redirect(url_for("editions.edition", edition_id=made.id), 303)
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    return _list_page(form.errors, request.form), 422


@blueprint.get("/editions/<int:edition_id>")
def edition(edition_id: int) -> str | AnyResponse:
    """Show a draft with its form; an issued one is shown as everybody sees it."""
    found = editions.one(edition_id) or abort(404)
    if found.issued_at is not None:
        return redirect(url_for("public_editions.edition", edition_id=edition_id))
    return _page(found, {}, {})


@blueprint.post("/editions/<int:edition_id>")
def keep(edition_id: int) -> Answer:
    """Keep the draft, or issue it."""
    form, desk = Form(request.form), Desk(actor(), now(), Form(request.form).version or 0)
    said = _draft(form)
    try:
        if said is not None and form.ticked("issue"):
            made = editions.issue(edition_id, said, desk=desk)
            parts().jobs.wake()
            flash(gettext("Lägesbilden är utgiven. Den ändras inte mer."))
            return redirect(url_for("public_editions.edition", edition_id=made.id), 303)
        if said is not None:
            editions.change(edition_id, said, desk=desk)
            flash(gettext("Sparat."))
            return redirect(url_for("editions.edition", edition_id=edition_id), 303)
    except Unknown:
        abort(404)
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    except StaleDataError:
        undo()
        error = gettext("Någon annan ändrade utkastet medan du hade det öppet. Läs igenom och försök igen.")
        return _page(editions.one(edition_id) or abort(404), {"version": error}, request.form), 409
    return _page(editions.one(edition_id) or abort(404), form.errors, request.form), 422


@blueprint.post("/editions/<int:edition_id>/discard")
def discard(edition_id: int) -> AnyResponse:
    """Throw a draft away."""
    try:
        editions.discard(edition_id, desk=Desk(actor(), now(), Form(request.form).version or 0))
    except Unknown:
        abort(404)
    flash(gettext("Utkastet är borttaget."))
    return redirect(url_for("editions.listing"), 303)


@blueprint.get("/statutory")
def statutory() -> str:
    """Show what the municipality needs for its picture of the situation under lag (2023:196)."""
    return render_template("coordinator/statutory.html", **_statutory())


@blueprint.get("/statutory.<any(pdf,csv):kind>")
def statutory_file(kind: str) -> Response:
    """Give the same on paper, or its chain of problem, measure and follow-up as a table."""
    name = f"lag-2023-196-{local_date(now())}"
    if kind == "pdf":
        return paper("paper/statutory.html", f"{name}.pdf", **_statutory())
    file = io.StringIO()
    table = writer(file)
    table.writerow(headings(COLUMNS))
    table.writerows(_row(link) for link in _statutory()["found"].chain)
    return as_file(("\ufeff" + file.getvalue()).encode(), f"{name}.csv", "text/csv; charset=utf-8")


def _row(link: statutory_report.Link) -> list[str | int]:
    followed = link.followed_on.isoformat() if link.followed_on else ""
    return [
        link.district, link.problem, "" if link.reporters is None else link.reporters, f"{tr(KINDS[link.kind])}: {link.measure}",
        tr(MEASURE_STATES[link.state]), link.reason or (link.deadline.isoformat() if link.deadline else ""), followed,
    ]  # fmt: skip


def _statutory() -> dict[str, Any]:
    form, today = Form(request.args), local_date(now())
    begins_on, ends_on = form.day("begins_on"), form.day("ends_on")
    if begins_on and ends_on and ends_on < begins_on:
        form.codes["ends_on"] = "ends_before_it_begins_swapped"
        begins_on, ends_on = ends_on, begins_on
    if begins_on is None or ends_on is None:
        begins_on, ends_on = today - timedelta(days=365), today
    found = statutory_report.gather(begins_on, ends_on, district_ids=actor().district_ids)
    return {
        "found": found, "begins_on": begins_on, "ends_on": ends_on, "today": today, "framing": FRAMING,
        "municipality": place_names.municipality(), "errors": form.errors,
    }  # fmt: skip


def _draft(form: Form) -> editions.Draft | None:
    begins_on, ends_on = form.day("begins_on", required=True), form.day("ends_on", required=True)
    title, picture, efforts = (
        form.text("title", 200, required=True),
        form.text("picture", 8000),
        form.text("efforts", 8000),
    )
    sources = {key: _source(form, key) for key in SOURCES if form.ticked(f"source_{key}")}
    if form.codes or begins_on is None or ends_on is None:
        return None
    return editions.Draft(title, begins_on, ends_on, picture, efforts, sources)


def _source(form: Form, key: str) -> dict[str, str]:
    day, link = form.day(f"source_{key}_on"), form.text(f"source_{key}_link", LINK_MAX)
    return {"on": day.isoformat() if day else "", "link": link}


def _list_page(errors: Mapping[str, str], values: Any) -> str:
    found = editions.listing(actor().district_ids, today=local_date(now()))
    return render_template("coordinator/editions.html", found=found, errors=errors, values=values)


def _page(found: Any, errors: Mapping[str, str], values: Any) -> str:
    kept = {source["key"]: source for source in found.sources}
    return render_template(
        "coordinator/edition.html", edition=found, figures=editions.preview(found), sources=SOURCES, kept=kept,
        errors=errors, values=values, today=local_date(now()),
    )  # fmt: skip
