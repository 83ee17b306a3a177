"""The calendar of walks of all kinds, month by month, with what others arrange, and the address of its feed."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answered

from app.domain import school_holidays
from app.domain import walks as rules
from app.domain.people import COORDINATOR
from app.services import school_holidays as kept_holidays
from app.services import walk_pages, walk_signups
from app.web.feeds import feed_address
from app.web.forms import Form
from app.web.guard import admit
from app.web.languages import local_date, timezone
from app.web.parts import now
from app.web.sign_in import actor
from app.web.walk_forms import clock_time

blueprint = admit(Blueprint("calendar", __name__, url_prefix="/coordinator/calendar"), COORDINATOR)


@blueprint.get("")
def month() -> str:
    """Show a month; `month=2026-12` chooses it."""
    return _page({}, {})


@blueprint.post("")
def add() -> Answered | tuple[str, int]:
    """Enter a walk that somebody else arranges."""
    form = Form(request.form)
    kind, title = form.choice("kind", rules.OTHER_WALKS, required=True), form.text("title", 200, required=True)
    on, start, minutes = (
        form.day("on", required=True),
        clock_time(form, "start"),
        form.number("minutes", (1, 600)) or 90,
    )
    if start is None:
        form.codes.setdefault("start", "required")
    if on is not None and on < local_date(now()):
        form.codes["on"] = "day_passed"
    if form.codes or on is None or start is None:
        return _page(form.errors, request.form), 422
    other = walk_signups.Other(
        kind, title, form.text("organiser", 200), form.number("district"), datetime.combine(on, start, ZoneInfo(timezone())),
        minutes, form.text("meeting_place", 200),
    )  # fmt: skip
    clash = walk_signups.add_other(other, now=now())
    flash(gettext("Vandringen står i kalendern."))
    if clash:
        flash(gettext("Samma kväll i samma område: %(titles)s. Prata ihop er.", titles=", ".join(clash)))
    return redirect(url_for("calendar.month", month=on.strftime("%Y-%m")), 303)


@blueprint.post("/school-holidays")
def set_holidays() -> Response | Answered | tuple[str, int]:
    """Keep the school holidays, one on a line."""
    form = Form(request.form)
    found, unread = school_holidays.read(form.text("holidays", 6000))
    if unread:
        said = gettext("Raden ”%(line)s” gick inte att läsa. Skriv namn, första dag och sista dag.", line=unread)
        return _page({"holidays": said}, request.form), 422
    kept_holidays.decide(found, actor=actor(), today=local_date(now()), now=now())
    flash(gettext("Skolloven är sparade."))
    return redirect(url_for("calendar.month", _anchor="school-holidays"), 303)


@blueprint.post("/<int:other_id>/cancel")
def cancel(other_id: int) -> Response | Answered:
    """Call off somebody else's walk, or take that back."""
    if not walk_signups.cancel_other(other_id, now=now()):
        abort(404)
    flash(gettext("Kalendern är ändrad."))
    return redirect(url_for("calendar.month", month=request.form.get("month") or None), 303)


def _page(errors: dict[str, str], typed: Any) -> str:
    first = _month(request.args.get("month", ""))
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    zone = ZoneInfo(timezone())
    begins, ends = datetime.combine(first, time(), zone), datetime.combine(following, time(), zone)
    holidays = kept_holidays.known(local_date(now()))
    walks, others = walk_signups.calendar_of(actor(), begins, ends)
    return render_template(
        "coordinator/walk_calendar.html", first=first, following=following, before=before, errors=errors, typed=typed,
        entries=sorted([*walks, *others], key=lambda w: w.starts_at), districts=walk_pages.districts(actor()),
        holidays=[h for h in holidays if h.first < following and h.last >= first], holiday_text=school_holidays.written(holidays),
        KINDS=rules.OTHER_WALKS, feed=feed_address(actor().staff_id),
    )  # fmt: skip


def _month(written: str) -> date:
    """Return the first day of a month; this month for what is none, and for what no calendar goes on from."""
    try:
        first = date.fromisoformat(f"{written}-01")
    except ValueError:
        first = date.min
    return first if date.min.year < first.year < date.max.year else local_date(now()).replace(day=1)
