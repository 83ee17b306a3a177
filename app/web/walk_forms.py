"""A walk's forms as they are read, and what its pages say of it in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_decimal, gettext

from app.domain import school_holidays
from app.domain import walk_planning as planning
from app.domain import walks as rules
from app.models.walks import Walk
from app.services import school_holidays as kept_holidays
from app.services import walk_pages, walks
from app.services.walk_proposals import Proposal, Wanted
from app.web.forms import Form
from app.web.languages import local_date, timezone, tr
from app.web.parts import now
from app.web.words import error_sentence


def evening(form: Form) -> walks.Evening | None:
    """Return the evening that a form names, or None without a readable day."""
    on = form.day("on", required=True)
    light = form.choice("light", ("dark", "daylight")) or "dark"
    perspective = form.choice("perspective", rules.PERSPECTIVES) or "everyone"
    start = clock_time(form, "start")
    return walks.Evening(on, start, light, perspective) if on else None


def clock_time(form: Form, name: str) -> time | None:
    """Return a time of day, written as 17:30 or 17.30."""
    written = form.text(name, 8).replace(".", ":")
    try:
        return time.fromisoformat(written) if written else None
    except ValueError:
        form.codes[name] = "time_not_readable"
        return None


def meeting(form: Form) -> walks.Meeting:
    """Return where people meet."""
    return walks.Meeting(form.text("meeting_place", 200), form.number("meeting_at"))


def details(form: Form) -> walks.Details:
    """Return what else a plan says."""
    return walks.Details(
        title=form.text("title", 200, required=True), purpose=form.text("purpose"), mandate=form.text("mandate", 200),
        accessibility=form.text("accessibility"), cancel_rule=form.text("cancel_rule", 300),
        participants_max=_participants(form), trial_on=form.day("trial_on"),
        premeeting_on=form.day("premeeting_on"), feedback_on=form.day("feedback_on"), rewalk_on=form.day("rewalk_on"),
    )  # fmt: skip


def _participants(form: Form) -> int:
    return form.number("participants_max", (1, 999)) or rules.PARTICIPANTS_MAX


def ids(form: Form, name: str) -> list[int]:
    """Return the row numbers that were ticked under a name."""
    return [int(s) for s in form.sent.getlist(name) if s.isascii() and s.isdecimal() and len(s) < 10]


def wanted(form: Form) -> Wanted:
    """Return what the walk shall be like, from a form or an address; whatever cannot be read is left at what is usual."""
    quiet = Form(form.sent)
    return Wanted(
        length_m=planning.length_wanted(quiet.number("length_m")), stops=planning.stops_wanted(quiet.number("stops_max")),
        meeting_at=quiet.number("meeting_at"), pinned=frozenset(ids(quiet, "pin")), excluded=frozenset(ids(quiet, "not")),
    )  # fmt: skip


def left_out(proposal: Proposal, chosen: list[int]) -> list[dict[str, Any]]:
    """Return the spots of a proposal that are not visited, each with its reason, as a walk keeps them."""
    everything = [c for c in (*proposal.stops, *proposal.left) if c.spot is not None and c.spot.id not in chosen]
    return [
        {"id": c.spot.id, "name": c.name, "why": c.why.code, "facts": dict(c.why.facts)}
        if c.why
        else {"id": c.spot.id, "name": c.name, "why": "excluded", "facts": {}}
        for c in everything
        if c.spot is not None
    ]


def reason(code: str, facts: Mapping[str, Any]) -> str:
    """Return why a place was left out, in words."""
    return tr(planning.LEFT_OUT[code], **{name: format_decimal(figure) for name, figure in facts.items()})


def sentences(codes: Mapping[str, str], on: date | None) -> dict[str, str]:
    """Return the errors in words; a summer evening is answered with the first that works."""
    said = {name: error_sentence(code) for name, code in codes.items()}
    if codes.get("on") == "dark_walk_in_summer" and on:
        light = _too_light(on)  # begins with the day, which is written small in Swedish
        said["on"] = f"{light[:1].upper()}{light[1:]} {said['on']}".strip()
        if first := walk_pages.first_dark_day(max(on, local_date(now()))):
            said["on"] += " " + tr(rules.FIRST_DARK_DAY, first_on=first.isoformat())
    return said


def _too_light(on: date) -> str:
    dusk = walk_pages.evening_light(on).dusk
    if dusk is None:
        return tr(rules.NEVER_DARK, day_on=on.isoformat())
    return tr(rules.DARK_TOO_LATE, day_on=on.isoformat(), dusk=dusk.strftime("%H.%M"))


def warnings(walk: Walk) -> list[str]:
    """Return what a planner should think about, in words."""
    start = walk.starts_at.astimezone(ZoneInfo(timezone())).time() if walk.starts_at else None
    advice = rules.warnings(
        length_m=walk.length_m, stops=len(walk.stops), total_minutes=walk.minutes, participants_max=walk.participants_max,
        start=start, perspective=walk.perspective, safe_places=sum(s.safe_place for s in walk.stops),
    )  # fmt: skip
    said = [tr(a.text, **{name: format_decimal(figure) for name, figure in a.facts.items()}) for a in advice]
    day = local_date(walk.starts_at) if walk.starts_at and walk.perspective in school_holidays.AWAY else None
    away = school_holidays.on(kept_holidays.known(local_date(now())), day) if day else None
    if away is not None:
        said.append(gettext("Den dagen är det %(name)s. Barn och unga är ofta borta då.", name=away.name))
    return said
