"""A ticket as the phone in the van keeps it: numbers for the route, words for the page, nothing about who reported."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.domain.states import TICKET
from app.domain.ticket_causes import ends_together
from app.domain.ticket_visits import NEEDS_PHOTO
from app.domain.tickets import FAULTS
from app.web import handing_out
from app.web.languages import clock_time, long_date, tr
from app.web.visit_words import outcome_word
from app.web.words import CATEGORY_WORDS, STATE_WORDS

PHOTOS_OFFLINE = 3
SEVERAL = 2


def stop_line(stop: Any, today: date, staff_id: int | None) -> dict[str, Any]:
    """Return one stop of a day (services.ticket_days.Stop) as plain data."""
    ticket, lamp = stop.ticket, stop.ticket.lamp
    return {
        **_ticket(ticket, staff_id), "group": stop.group, "group_name": _group_name(ticket),
        "priority_reason": tr(ticket.priority_reason), "due_on": ticket.due_on.isoformat(),
        "overdue": ticket.due_on < today, "directions": ticket.directions, "lamps_affected": ticket.lamps_affected,
        "needs_lift": ticket.needs_lift, "needs_road_plan": ticket.needs_road_plan, "needs_photo": ticket.priority in NEEDS_PHOTO, "lamp_text": _lamp_text(lamp),
        "owner": lamp.owner.name if lamp and lamp.owner else "", "times": stop.times,
        "mine": ticket.assignee_id is not None and ticket.assignee_id == staff_id,
        "waiting": _waits(ticket), "together": ends_together(ticket.fault_code, ticket.state),
        "reports": [_report(r) for r in ticket.reports], "photos": _photos(ticket),
        "photos_after": len(ticket.photos),
        "around": [_lamp_near(lamp, away) for lamp, away in stop.lamps],
        "lamps": _own_lamps(ticket, stop.mended), "claim": _claim(stop.claim, staff_id),
        "visits": [_visit(v) for v in stop.visits],
    }  # fmt: skip


def night_line(ticket: Any, staff_id: int | None) -> dict[str, Any]:
    """Return one ticket of the evening round as plain data."""
    repaired_on = ticket.repaired_at.date().isoformat() if ticket.repaired_at else ""
    return {**_ticket(ticket, staff_id), "repaired_on": repaired_on, "directions": ticket.directions}


def _ticket(ticket: Any, staff_id: int | None) -> dict[str, Any]:
    lamp = ticket.lamp
    return {
        "id": ticket.id, "reference": ticket.reference, "given": handing_out.sign(ticket, staff_id),
        "url": url_for("technician.ticket", ticket_id=ticket.id), "version": ticket.version, "state": ticket.state,
        "arrived_at": _since(ticket, ticket.arrived_at), "made_safe_at": _since(ticket, ticket.made_safe_at),
        "state_word": tr(STATE_WORDS[TICKET][ticket.state]), "priority": ticket.priority,
        "pole": (lamp.pole_number or lamp.asset_id) if lamp else "", "lamp_id": ticket.lamp_id,
        "fault_code": ticket.fault_code, "fault": tr(FAULTS[ticket.fault_code]), "lon": ticket.lon, "lat": ticket.lat,
        "district": ticket.district.name if ticket.district else "", "section": lamp.section if lamp else "",
    }  # fmt: skip


def _waits(ticket: Any) -> str:
    """Return what a ticket waits for, until when and why; "" for one that does not wait."""
    if not ticket.state.startswith("waiting_"):
        return ""
    until = gettext("Nästa besked %(day)s", day=long_date(ticket.next_on)) if ticket.next_on else ""
    said = (tr(STATE_WORDS[TICKET][ticket.state]), until, ticket.waiting_reason, ticket.note)
    return " · ".join(part for part in said if part)


def _group_name(ticket: Any) -> str:
    lamp = ticket.lamp
    if lamp is None or not lamp.cabinet:
        return str(ticket.district.name) if ticket.district else str(gettext("Utan område"))
    return str(gettext("Central %(cabinet)s", cabinet=lamp.cabinet))


def _lamp_text(lamp: Any) -> str:
    """Return what somebody takes along: source, watts, height, cabinet and section."""
    if lamp is None:
        return ""
    parts = [
        lamp.light_source,
        f"{lamp.power_w:g} W" if lamp.power_w else "",
        f"{lamp.height_m:g} m" if lamp.height_m else "",
    ]
    place = [gettext("central %(name)s", name=lamp.cabinet) if lamp.cabinet else ""]
    place.append(gettext("sektion %(name)s", name=lamp.section) if lamp.section else "")
    return " · ".join(part for part in [*parts, *place] if part)


def _report(report: Any) -> dict[str, Any]:
    return {
        "day": report.received_at.date().isoformat(), "text": report.text,
        "what": ", ".join(tr(CATEGORY_WORDS.get(code, code)) for code in report.categories),
    }  # fmt: skip


def _photos(ticket: Any) -> list[str]:
    """Return the addresses of the photos that are worth their weight: the newest before, then after."""
    of_reports = [photo for report in reversed(ticket.reports) for photo in report.photos]
    chosen = [*of_reports, *ticket.photos][:PHOTOS_OFFLINE]
    return [url_for("photos.photo", public_id=photo.public_id, variant="small") for photo in chosen]


def _lamp_near(lamp: Any, away_m: float) -> dict[str, Any]:
    return {
        "id": lamp.id, "pole": lamp.pole_number or lamp.asset_id, "m": round(away_m), "lon": lamp.lon, "lat": lamp.lat,
    }  # fmt: skip


def _since(ticket: Any, at: Any) -> str | None:
    """Return when somebody came or made it safe, while they are still there."""
    return at.isoformat() if at and ticket.state in {"on_site", "made_safe"} else None


def _own_lamps(ticket: Any, mended: frozenset[int]) -> list[dict[str, Any]]:
    """Return the lamps of a ticket that has several, to be ticked off one by one."""
    if len(ticket.lamps) < SEVERAL:
        return []
    return [{"id": x.id, "pole": x.pole_number or x.asset_id, "mended": x.id in mended} for x in ticket.lamps]


def _claim(claim: Any, staff_id: int | None) -> str:
    if claim is None or claim.staff_id == staff_id:
        return ""
    return str(gettext(
        "%(name)s är på väg dit och har det till %(time)s.", name=claim.staff.name, time=clock_time(claim.until)
    ))  # fmt: skip


def _visit(visit: Any) -> str:
    return str(gettext(
        "%(day)s %(name)s: %(what)s", day=visit.ended_at.date().isoformat(), name=visit.staff.name,
        what=outcome_word(visit.outcome),
    ))  # fmt: skip
