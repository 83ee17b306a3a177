"""What is known near a pin, in sentences: what, since when, and the day that has been promised."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.adapters.words import month
from app.domain.publication import SPOT_WORDS
from app.domain.states import TICKET_WAITING
from app.domain.tickets import FAULTS
from app.domain.words import N_
from app.services import nearby, neighbours
from app.services.nearby import KnownLamp, KnownSpot, KnownTicket
from app.web.languages import language, local_date, tr
from app.web.parts import now, random_id

REPORTED = N_("Redan anmäld %(opened_on)s.")


def ticket_title(ticket: KnownTicket) -> str:
    """Return “Släckt lampa, stolpe SK-104”."""
    what = tr(FAULTS[ticket.fault])
    return tr(N_("%(what)s, stolpe %(pole)s"), what=what, pole=ticket.pole) if ticket.pole else what


def ticket_sentence(ticket: KnownTicket, today: date) -> str:
    """Return when it was reported and when it will be mended; a day that has passed is called late."""
    opened = tr(REPORTED, opened_on=ticket.opened_on.isoformat())
    return f"{opened} {promise(ticket, today)}"


def promise(ticket: Any, today: date) -> str:
    """Return when a ticket's lamp will be mended, that it takes longer, or that it is mended; of a row or a KnownTicket."""
    if ticket.state == "repaired":
        return tr(N_("Den är lagad. Vi kontrollerar att den lyser när det är mörkt."))
    if ticket.state in TICKET_WAITING and ticket.next_on:
        return tr(N_("Det tar längre tid. Nästa besked senast %(next_on)s."), next_on=ticket.next_on.isoformat())
    if ticket.due_on < today:
        return tr(N_("Den skulle ha varit lagad %(due_on)s och är försenad."), due_on=ticket.due_on.isoformat())
    return tr(N_("Den ska vara lagad senast %(due_on)s."), due_on=ticket.due_on.isoformat())


def lamp_sentence(lamp: KnownLamp, today: date) -> str:
    """Return what everybody may know of a lamp; nothing when there is nothing to know."""
    if lamp.known is not None:
        return ticket_sentence(lamp.known, today)
    return off_sentence(lamp.off_reason, lamp.off_decided_by) if lamp.is_off else ""


def dark_on_purpose(lamp: Any) -> str:
    """Return why a lamp of the register is dark on purpose and who decided it; nothing for any other lamp."""
    return off_sentence(lamp.off_reason, lamp.off_decided_by) if lamp.status == "deliberately_off" else ""


def off_sentence(reason: str, decided_by: str) -> str:
    """Return the answer to “why is it dark?” when somebody decided so."""
    said = tr(N_("Lampan är släckt med flit. %(reason)s"), reason=reason)
    return said + (" " + tr(N_("Beslut: %(who)s."), who=decided_by) if decided_by else "")


def spot_sentences(spot: KnownSpot) -> list[str]:
    """Return the public text of an approved place (or what its state means), and the month it was last reported in."""
    said = spot.text or tr(SPOT_WORDS.get(spot.state, SPOT_WORDS["proposed"]))
    if spot.last_report_at is None:
        return [said]
    last = month(language(), local_date(spot.last_report_at))
    return [said, tr(N_("Senast rapporterad i %(month)s."), month=last)]


def what_is_near(lon: float, lat: float) -> dict[str, Any]:
    """Return what the component `near` prints for a WGS84 position."""
    found, today = nearby.around(lon, lat), local_date(now())
    return {
        "neighbour": neighbours.neighbour_at(lon, lat, today) if found.outside else None,
        "around": found,
        "tickets": [(t, ticket_title(t), ticket_sentence(t, today), random_id()) for t in found.tickets],
        "spots": [(s, spot_sentences(s), random_id()) for s in found.spots],
    }
