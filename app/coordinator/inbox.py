"""The inbox: new reports in the order in which they should be read, and one decision at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.adapters import words
from app.domain.inbox import ANSWERS, LANE_WORDS, UNREAD, off_answer
from app.domain.people import COORDINATOR
from app.domain.states import OPEN_REPORTS
from app.domain.tickets import fault_for
from app.services import bulk_triage, inbox, triage
from app.services.desk_steps import undo
from app.services.notices import sentence
from app.web.forms import row_number
from app.web.guard import admit
from app.web.languages import local_date, tr
from app.web.parts import now, parts
from app.web.sign_in import actor
from app.web.words import ENVIRONMENT_WORDS, field_errors

blueprint = admit(Blueprint("inbox", __name__, url_prefix="/coordinator"), COORDINATOR)

Page = str | Response | tuple[str, int]


@blueprint.get("/inbox")
def queue() -> str:
    """Show the queue: danger first, then held ones, then the unread."""
    after = request.args.get("after", "")
    found = inbox.queue(actor().district_ids, after)
    return render_template(
        "coordinator/inbox.html", queue=found, lanes=LANE_WORDS, after=after, fault_for=fault_for, off_answer=_off_answer, together=_together(found),
    )  # fmt: skip


@blueprint.post("/inbox/together")
def together() -> Response:
    """Make the same decision for all reports of one place."""
    versions, target = _versions(request.form.getlist("chosen")), request.form.get("target", "")
    target_id = int(target) if target.isdecimal() and len(target) < 10 else None
    try:
        count = bulk_triage.decide(versions, _sent("action"), target_id, actor=actor(), now=now())
    except (bulk_triage.Unknown, StaleDataError):
        undo()
        flash(gettext("Någon av rapporterna är ändrad sedan du såg den. Inget är gjort. Läs igenom och försök igen."))
        return redirect(url_for(".queue"), 303)
    parts().jobs.wake()
    flash(ngettext("%(num)s rapport är klar.", "%(num)s rapporter är klara.", count))
    return redirect(_onward(), 303)


@blueprint.get("/reports/<int:report_id>")
def report(report_id: int) -> str:
    """Show one report as a whole."""
    return _page(report_id, {})


@blueprint.post("/reports/<int:report_id>/review")
def review(report_id: int) -> Page:
    """Mark as read."""
    return _decide(report_id, lambda: triage.review(report_id, desk=_desk()), gettext("Rapporten är läst."))


@blueprint.post("/reports/<int:report_id>/release")
def release(report_id: int) -> Page:
    """Let a held report count."""
    reason = _sent("release_reason")
    return _decide(report_id, lambda: triage.release(report_id, reason, desk=_desk()), gettext("Rapporten räknas nu."))


@blueprint.post("/reports/<int:report_id>/ticket")
def ticket(report_id: int) -> Page:
    """Open a lighting ticket."""
    names = ("fault_code", "lamps_affected", "lamp_id", "directions", "environment")
    sent = {name: _sent(name) for name in names}
    today = local_date(now())
    return _decide(
        report_id, lambda: triage.to_ticket(report_id, **sent, today=today, desk=_desk()), gettext("Ärendet är skapat.")
    )


@blueprint.post("/reports/<int:report_id>/attach")
def attach(report_id: int) -> Page:
    """Tie to an open ticket."""
    to = _sent("ticket_reference")
    return _decide(
        report_id, lambda: triage.attach(report_id, to, desk=_desk()), gettext("Rapporten är med i ärendet.")
    )


@blueprint.post("/reports/<int:report_id>/spot")
def spot(report_id: int) -> Page:
    """Tie to a dark spot."""
    to = _sent("spot_reference")
    said = gettext("Rapporten är med i platsens sammanställning.")
    return _decide(report_id, lambda: triage.to_spot(report_id, to, desk=_desk()), said)


@blueprint.post("/reports/<int:report_id>/duplicate")
def duplicate(report_id: int) -> Page:
    """Call it a duplicate of another report."""
    of = _sent("duplicate_of")
    said = gettext("Rapporten är dubblett. Rösten räknas.")
    return _decide(report_id, lambda: triage.duplicate(report_id, of, desk=_desk()), said)


@blueprint.post("/reports/<int:report_id>/forward")
def forward(report_id: int) -> Page:
    """Send on to another owner."""
    to, reason = _sent("organisation_id"), _sent("forward_reason")
    said = gettext("Rapporten är skickad vidare.")
    return _decide(report_id, lambda: triage.forward(report_id, to, reason, desk=_desk()), said)


@blueprint.post("/reports/<int:report_id>/reject")
def reject(report_id: int) -> Page:
    """Turn down, saying why."""
    reason = _sent("reject_reason")
    return _decide(report_id, lambda: triage.reject(report_id, reason, desk=_desk()), gettext("Rapporten är avvisad."))


@blueprint.post("/reports/<int:report_id>/answer")
def answer(report_id: int) -> Page:
    """Answer in words."""
    text = _sent("answer_text")
    return _decide(report_id, lambda: triage.answer(report_id, text, desk=_desk()), gettext("Rapporten är besvarad."))


@blueprint.post("/reports/<int:report_id>/mask")
def mask(report_id: int) -> Page:
    """Cover words that point somebody out."""
    words, reason = _sent("mask_words"), _sent("mask_reason")
    said = gettext("Orden är dolda.")
    return _decide(report_id, lambda: triage.mask(report_id, words, reason, desk=_desk()), said, stay=True)


@blueprint.post("/reports/<int:report_id>/photos/<int:photo_id>")
def photo(report_id: int, photo_id: int) -> Page:
    """Approve, hide or take back a photo."""
    to, reason = _sent("to"), _sent("photo_reason")
    return _decide(
        report_id,
        lambda: triage.judge_photo(report_id, photo_id, to, reason, actor=actor(), now=now()),
        gettext("Fotot är ändrat."),
        stay=True,
    )


def _together(found: inbox.Queue) -> dict[int, list[inbox.Row]]:
    """Return, by the number of the first of them, the rows of this page that need the same at the same place."""
    groups: dict[tuple[str, int], list[inbox.Row]] = {}
    for row in found.rows:
        if row.lane == UNREAD and row.suggestion.action in bulk_triage.ACTIONS and row.suggestion.target_id:
            groups.setdefault((row.suggestion.action, row.suggestion.target_id), []).append(row)
    return {rows[0].report.id: rows for rows in groups.values() if len(rows) > 1}


def _versions(chosen: Sequence[str]) -> dict[int, int]:
    pairs = [one.partition(":") for one in chosen[: bulk_triage.MOST + 1]]
    return {int(n): int(v) for n, _, v in pairs if n.isdecimal() and v.isdecimal() and len(n) < 10 and len(v) < 10}


def _answers() -> list[str]:
    """The plain answers in Swedish and with their day: the one who reported reads them as they are sent."""
    today = local_date(now())
    return [
        words.translate("sv", text) % {"day": words.long_date("sv", today + timedelta(days=d))}
        for text, d in ANSWERS.values()
    ]


def _off_answer(lamp: Any) -> str:
    """Return the honest answer for a lamp that is dark on purpose, in Swedish like the other plain answers; else nothing."""
    if lamp is None or lamp.status != "deliberately_off":
        return ""
    text, facts = off_answer(lamp.off_reason, lamp.off_decided_by, lamp.off_decided_on)
    said = {name: words.long_date("sv", value) if isinstance(value, date) else value for name, value in facts.items()}
    return words.translate("sv", text) % said


def _decide(report_id: int, decision: Callable[[], object], said: str, *, stay: bool = False) -> Page:
    """Make one decision; when it cannot be made, show the page again with everything that was typed."""
    try:
        decision()
    except triage.Unknown:
        abort(404)
    except triage.Unclear as unclear:
        undo()
        return _page(report_id, field_errors(unclear.errors)), 422
    except StaleDataError:
        undo()
        error = gettext("Någon annan ändrade rapporten medan du hade den öppen. Läs igenom och försök igen.")
        return _page(report_id, {"version": error}), 409
    parts().jobs.wake()
    flash(said)
    return redirect(url_for(".report", report_id=report_id) if stay else _onward(), 303)


def _onward() -> str:
    """Return the address of the queue where the keys go on: the row after the one that was decided."""
    following = request.form.get("next", type=row_number)
    anchor = f"report-{following}" if following else "queue"
    return url_for(".queue", after=_sent("after")[:80] or None, _anchor=anchor)


def _page(report_id: int, errors: Mapping[str, str]) -> str:
    dossier = inbox.dossier(report_id)
    if dossier is None:
        abort(404)
    return render_template(
        "coordinator/report.html", dossier=dossier, report=dossier.row.report, row=dossier.row, errors=errors,
        typed=request.form, fault=fault_for(dossier.row.report.categories), lanes=LANE_WORDS, sentence=sentence,
        possible=dossier.possible, organisations=[(o.id, o.name) for o in dossier.organisations],
        environments=[(code, tr(word)) for code, word in ENVIRONMENT_WORDS.items()],
        answers=_answers(), off_answer=_off_answer(dossier.row.report.lamp), asked=request.args.get("open", ""),
        onward=request.values, settled=dossier.row.report.state not in OPEN_REPORTS - {"forwarded"},
    )  # fmt: skip


def _desk() -> triage.Desk:
    given = _sent("version")
    return triage.Desk(actor(), now(), int(given) if given.isdecimal() and len(given) < 10 else 0)


def _sent(name: str) -> str:
    return request.form.get(name, "")
