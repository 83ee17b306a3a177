"""The protocol of a walk: entries stop by stop, the summary, publishing, and turning findings into measures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError

from app.domain import walks as rules
from app.domain.measures import KINDS
from app.domain.people import COORDINATOR
from app.services import protocols, walk_pages, walks
from app.services.desk_steps import Desk, Unclear, Unknown, organisations, undo
from app.web.decisions import CHANGED, Answer, decide, desk_of
from app.web.forms import Form, row_number
from app.web.guard import admit
from app.web.languages import local_date
from app.web.parts import now
from app.web.sign_in import actor
from app.web.walk_findings import compared, findings
from app.web.words import field_errors

blueprint = admit(Blueprint("protocols", __name__, url_prefix="/coordinator/walks/<int:walk_id>"), COORDINATOR)
NOTE_TRIES = 3


@blueprint.get("/protocol")
def protocol(walk_id: int) -> str:
    """Show the protocol as it stands, with what each entry suggests."""
    return _page(_find(walk_id), {}, {})


@blueprint.post("/protocol")
def summarise(walk_id: int) -> Answer:
    """Keep the summary and the numbers."""

    def act(form: Form, desk: Desk) -> None:
        summary, counts = form.text("summary", 4000), form.counts(rules.ATTENDANCE, 999)
        if not form.codes:
            protocols.summarise(walk_id, summary, counts, desk=desk)

    return _decide(walk_id, act, gettext("Protokollet är sparat."))


@blueprint.post("/publish")
def publish(walk_id: int) -> Answer:
    """Publish the protocol."""
    return _decide(
        walk_id,
        lambda _f, desk: protocols.publish(walk_id, desk=desk),
        gettext("Protokollet är publicerat. De som rapporterade får veta det."),
    )


@blueprint.post("/measures")
def suggest_all(walk_id: int) -> Answer:
    """Turn all findings into proposed measures at once."""
    today = local_date(now())
    return _decide(
        walk_id,
        lambda _f, desk: protocols.suggest_all(walk_id, today=today, desk=desk),
        gettext("Fynden är förslag till åtgärder. Se över ägare och datum."),
    )


@blueprint.post("/feedback")
def give_feedback(walk_id: int) -> Answer:
    """Record the feedback meeting."""

    def act(form: Form, desk: Desk) -> None:
        held_on, people = form.day("held_on", required=True), form.number("people", (0, 9999), required=True) or 0
        said = form.text("said", 2000, required=True)
        if held_on and not form.codes:
            protocols.give_feedback(walk_id, held_on, people, said, desk=desk)

    return _decide(walk_id, act, gettext("Återkopplingen är given. Löftet om en vandring är hållet."))


@blueprint.post("/again")
def walk_again(walk_id: int) -> Answer:
    """Plan a walk over the same stops."""
    form = Form(request.form)
    on = form.day("rewalk_date", required=True)
    made = None
    try:
        if on and not form.codes:
            made = walks.walk_again(walk_id, walks.Evening(on), desk=Desk(actor(), now(), form.version))
    except Unclear as unclear:
        undo()
        form.codes.update({"rewalk_date" if k == "on" else k: v for k, v in unclear.codes.items()})
    except Unknown:
        abort(404)
    if made is None:
        return _page(_find(walk_id), form.errors, request.form), 422
    flash(gettext("Återbesöket är ett utkast med samma stopp."))
    return redirect(url_for("walks.walk", walk_id=made.id), 303)


@blueprint.get("/stops/<int:stop_id>/entry")
def entry(walk_id: int, stop_id: int) -> str:
    """Show the form for what one group noted at a stop; `?entry=` opens one that is kept."""
    return _entry_page(_find(walk_id), stop_id, request.args.get("entry", type=row_number), {}, {})


@blueprint.post("/stops/<int:stop_id>/entry")
def note(walk_id: int, stop_id: int) -> Answer:
    """Keep what one group noted at a stop, and go on to the next stop."""
    form = Form(request.form)
    entry_id = form.number("entry_id")
    noted = _noted(form)
    try:
        if not form.codes:
            _keep(walk_id, stop_id, entry_id, noted, form)
    except StaleDataError:
        undo()
        return _entry_page(_find(walk_id), stop_id, entry_id, field_errors(CHANGED), request.form), 409
    except Unclear as unclear:
        undo()
        form.codes.update(unclear.codes)
    except Unknown:
        abort(404)
    if form.codes:
        return _entry_page(_find(walk_id), stop_id, entry_id, form.errors, request.form), 422
    flash(gettext("Anteckningen är sparad."))
    stops = [s.id for s in _find(walk_id).stops]
    after = stops[stops.index(stop_id) + 1 :]
    if "next" in request.form and after:
        return redirect(url_for("protocols.entry", walk_id=walk_id, stop_id=after[0]), 303)
    return redirect(url_for("protocols.protocol", walk_id=walk_id), 303)


@blueprint.post("/entries/<int:entry_id>/measures")
def suggest(walk_id: int, entry_id: int) -> Answer:
    """Turn an entry into proposed measures of the ticked kinds."""

    def act(form: Form, desk: Desk) -> None:
        kinds = form.choices("kinds", KINDS)
        protocols.suggest_measures(walk_id, entry_id, kinds, today=local_date(now()), desk=desk)

    return _decide(walk_id, act, gettext("Förslagen finns nu bland åtgärderna."), there=f"entry-{entry_id}")


def _decide(walk_id: int, act: Callable[[Form, Desk], object], done: str, *, there: str | None = None) -> Answer:
    return decide(
        lambda form: act(form, desk_of(form)), lambda codes: _page(_find(walk_id), field_errors(codes), request.form),
        done, url_for("protocols.protocol", walk_id=walk_id, _anchor=there),
    )  # fmt: skip


def _keep(walk_id: int, stop_id: int, entry_id: int | None, noted: protocols.Noted, form: Form) -> None:
    """Keep a note; a new one is tried again when somebody else wrote theirs at the same moment."""
    seen = form.text("seen", 40)
    for tries in range(NOTE_TRIES):
        try:
            protocols.note(walk_id, stop_id, entry_id, noted, seen=seen, desk=Desk(actor(), now(), None))
        except StaleDataError:
            if entry_id or tries == NOTE_TRIES - 1:
                raise
            undo()
        else:
            return


def _noted(form: Form) -> protocols.Noted:
    chosen = {key: form.choice(f"score_{key}", ("0", "1", "2", "3")) for key in rules.PARAMETERS}
    lux = form.decimal("lux")
    instrument = form.text("lux_instrument", 120, required=lux is not None)
    return protocols.Noted(
        group_name=form.text("group_name", 40), scores={key: int(value) for key, value in chosen.items() if value},
        observations=form.choices("observations", rules.OBSERVATIONS), note=form.text("note"), proposal=form.text("proposal"),
        dissent=form.text("dissent"), lux=lux, lux_instrument=instrument, responsible_guess_id=form.number("responsible_guess_id"),
    )  # fmt: skip


def _find(walk_id: int) -> Any:
    return walk_pages.walk(walk_id, actor()) or abort(404)


def _page(found: Any, errors: dict[str, str], typed: Any) -> str:
    measures = walk_pages.measures_of(found)
    entries = [e for s in found.stops for e in s.entries]
    taken = {e.id: {m.kind for m in measures if m.walk_entry_id == e.id} for e in entries}
    suggested = {e.id: rules.suggested_measures(e.observations) or (["other"] if e.proposal else []) for e in entries}
    kinds = {entry: [k for k in some if k not in taken[entry]] for entry, some in suggested.items()}
    return render_template(
        "coordinator/walk_protocol.html", walk=found, findings=findings(found, measures), kinds=kinds, errors=errors, typed=typed,
        writable=found.state in {"walked", "protocol_draft"}, held=found.state in rules.HELD, plans=walk_pages.plans_of(found),
        comparison=compared(found, walk_pages.earlier_of(found)), any_kinds=any(kinds.values()), today=local_date(now()),
    )  # fmt: skip


def _entry_page(found: Any, stop_id: int, entry_id: int | None, errors: dict[str, str], typed: Any) -> str:
    stop = next((s for s in found.stops if s.id == stop_id), None) or abort(404)
    kept = next((e for e in stop.entries if e.id == entry_id), None)
    values = typed or _as_typed(kept)
    return render_template(
        "coordinator/walk_entry.html", walk=found, stop=stop, entry=kept, errors=errors, values=values,
        theirs=kept if "version" in errors else None, mark=protocols.mark(kept) if kept else "",
        seen=typed.getlist("observations") if typed else list(kept.observations) if kept else [],
        organisations=organisations(),
    )  # fmt: skip


def _as_typed(kept: Any) -> dict[str, Any]:
    """A kept entry as its form would send it."""
    if kept is None:
        return {}
    names = ("group_name", "note", "proposal", "dissent", "lux_instrument")
    values: dict[str, Any] = {name: getattr(kept, name) for name in names}
    values |= {
        "lux": "" if kept.lux is None else f"{kept.lux:g}".replace(".", ","),
        "responsible_guess_id": kept.responsible_guess_id or "",
    }
    return values | {f"score_{key}": str(score) for key, score in kept.scores.items()}
