"""The inbox: which report is read first, and what each of them probably needs (domain brief, 6.2 Inkorg).

A suggestion is never a decision. It carries its reason so that a person can see at once whether it holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.domain.reports import FAULT_CATEGORIES, LIGHTING_CATEGORIES
from app.domain.words import N_

UNREAD_STATES: Final = ("received", "held", "reopened")
DANGER, HELD, UNREAD = 0, 1, 2
LANE_WORDS: Final[Mapping[int, str]] = {
    DANGER: N_("Läs först: kan vara fara"),
    HELD: N_("Spärrad för granskning"),
    UNREAD: N_("Oläst"),
}
NEAR_SPOT_M: Final = 75.0
NEAR_TICKET_M: Final = 20.0
MAYBE_SAME_LAMP_M: Final = 40.0
"""Closer than poles usually stand to each other: a ticket here may be for the same lamp, seen from elsewhere."""
LOOK_AROUND_M: Final = 250.0
NOT_BECAUSE_OFF: Final = frozenset({"damage", "flickering", "no_lamp", "underpass"})
"""What a lamp that is dark on purpose does not explain: such a report is read by somebody first."""


@dataclass(frozen=True)
class Neighbour:
    """A dark spot, ticket or lamp near a report: its number, name and distance in metres; `same` when it is the same lamp."""

    id: int
    name: str
    distance_m: float
    same: bool = False


@dataclass(frozen=True)
class Suggestion:
    """What a report probably needs: an action of the report's page, its target, and why, as a sentence with facts."""

    action: str
    label: str
    reason: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    target_id: int | None = None


def lane(state: str, *, urgent: bool) -> int:
    """Return where a report stands in the queue: danger first, then held ones, then the unread."""
    if urgent:
        return DANGER
    return HELD if state == "held" else UNREAD


def suggest(
    state: str,
    categories: Collection[str],
    spot: Neighbour | None,
    ticket: Neighbour | None,
    *,
    in_spot: bool,
    off_because: str = "",
) -> Suggestion:
    """Return what a report probably needs.

    Args:
        state: of the report. categories: as the resident chose them. spot: the dark spot it lies in (`in_spot`) or the
        nearest open one. ticket: the nearest open ticket. off_because: why the report's own lamp is dark on purpose.

    """
    if state == "held":
        return Suggestion("release", N_("Granska spärren"), N_("Många nya rapporter på kort tid på samma plats."))
    chosen = set(categories)
    if off_because and "lamp_out" in chosen and not chosen & NOT_BECAUSE_OFF:
        return Suggestion(
            "answer",
            N_("Svara att den är släckt med flit"),
            N_("Lampan är släckt med flit. %(why)s"),
            {"why": off_because},
        )
    if ticket and chosen & LIGHTING_CATEGORIES and (ticket.same or ticket.distance_m <= NEAR_TICKET_M):
        return _to_ticket(ticket)
    if chosen & FAULT_CATEGORIES and ticket and ticket.distance_m <= MAYBE_SAME_LAMP_M:
        return Suggestion(
            "ticket", N_("Skapa belysningsärende"),
            N_("Ärendet %(name)s ligger %(metres)s meter bort och kan gälla samma lampa. Läs det innan du skapar ett nytt."),
            {"name": ticket.name, "metres": round(ticket.distance_m)},
        )  # fmt: skip
    if chosen & FAULT_CATEGORIES:
        return Suggestion(
            "ticket", N_("Skapa belysningsärende"), N_("En lampa som är trasig väntar aldrig på en sammanställning.")
        )
    if spot and in_spot:
        return Suggestion(
            "spot", N_("Koppla till %(name)s"), N_("Rapporten ligger i den platsen."), {"name": spot.name}, spot.id
        )
    if spot and spot.distance_m <= NEAR_SPOT_M:
        return Suggestion(
            "spot", N_("Koppla till %(name)s"), N_("Platsen ligger %(metres)s meter bort."),
            {"name": spot.name, "metres": round(spot.distance_m)}, spot.id,
        )  # fmt: skip
    return Suggestion(
        "review", N_("Markera som läst"), N_("Ingen känd plats nära. Kommer fler rapporter hit blir det en ny plats.")
    )


def off_answer(reason: str, decided_by: str, decided_on: date | None) -> tuple[str, dict[str, str | date]]:
    """Return what somebody is told who reported a lamp that is dark on purpose (B17): why, who decided it and when."""
    facts: dict[str, str | date] = {"reason": reason.rstrip(" .") or "–", "who": decided_by, "day": decided_on or ""}
    if decided_by and decided_on:
        return N_(
            "Lampan är inte trasig, den är släckt med flit. Skälet är: %(reason)s. %(who)s beslutade det %(day)s."
        ), facts
    if decided_by:
        return N_(
            "Lampan är inte trasig, den är släckt med flit. Skälet är: %(reason)s. Beslutet togs av %(who)s."
        ), facts
    return N_("Lampan är inte trasig, den är släckt med flit. Skälet är: %(reason)s."), facts


def _to_ticket(ticket: Neighbour) -> Suggestion:
    reason = (
        N_("Samma lampa har redan ett öppet ärende.")
        if ticket.same
        else N_("Ett öppet ärende finns %(metres)s meter bort.")
    )
    facts: dict[str, str | int] = {"name": ticket.name, "metres": round(ticket.distance_m)}
    return Suggestion("attach", N_("Lägg till i %(name)s"), reason, facts, ticket.id)


ANSWERS: Final[Mapping[str, tuple[str, int]]] = {
    "lit": (N_("Lampan lyser igen sedan %(day)s. Tack för att du sade till."), 0),
    "cleared": (N_("Vi har röjt sly och buskar så att ljuset når fram. Det blev klart %(day)s."), 0),
    "cleaned": (N_("Vi har lagat och städat på platsen. Det blev klart %(day)s."), 0),
    "walk": (
        N_("Vi går till platsen på en trygghetsvandring. Det vi kommer fram till finns att läsa senast %(day)s."),
        60,
    ),
    "owner": (N_("Platsen är inte kommunens. Vi har sagt till ägaren, som ska svara senast %(day)s."), 30),
    "no": (N_("Vi gör inget på platsen nu. Skäl: "), 0),
}
"""Plain answers for each outcome: the words, and how many days from today the day in them lies."""
