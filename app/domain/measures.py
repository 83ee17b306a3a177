"""Measures: their kinds, and the trio that each of them needs (domain brief, 2.4 Åtgärd)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from app.domain.states import UNDONE_MEASURES
from app.domain.words import N_

KINDS: Final[Mapping[str, str]] = {
    "lighting_new": N_("Ny belysning"),
    "lighting_repair": N_("Laga belysning"),
    "brush_clearing": N_("Slyröjning"),
    "clean_and_tidy": N_("Helt, rent och snyggt"),
    "camera": N_("Kamerabevakning"),
    "signs": N_("Skyltning"),
    "sight_lines": N_("Siktröjning"),
    "walkway": N_("Gångväg"),
    "presence": N_("Närvaro"),
    "dialogue": N_("Dialog"),
    "other": N_("Annat"),
}
LIGHTING_KINDS: Final = frozenset({"lighting_new", "lighting_repair"})
FAULT_FOR: Final[Mapping[str, str]] = {"lighting_new": "B16", "lighting_repair": "B01"}
FUNDING_KINDS: Final[Mapping[str, str]] = {
    "operating": N_("Driftbudget"),
    "investment": N_("Investering"),
    "safety_package": N_("Trygghetspaket"),
    "state_grant": N_("Statsbidrag"),
    "eu": N_("EU-bidrag"),
    "property_owner": N_("Fastighetsägare"),
    "association": N_("Förening"),
}


def missing(*, responsible: bool, deadline: date | None, next_on: date | None, cost_known: bool) -> tuple[str, ...]:
    """Return which of the trio owner, date and money is missing; an empty tuple is a measure that can happen."""
    gaps = []
    if not responsible:
        gaps.append("owner")
    if deadline is None and next_on is None:
        gaps.append("date")
    if not cost_known:
        gaps.append("money")
    return tuple(gaps)


MISSING_WORDS: Final[Mapping[str, str]] = {
    "owner": N_("ansvarig saknas"),
    "date": N_("datum saknas"),
    "money": N_("pengar saknas"),
}


def due_on(deadline: date | None, next_on: date | None) -> date | None:
    """Return the day on which somebody waits for a measure: of the next word about it, else of its end."""
    return next_on or deadline


def is_overdue(due: date | None, state: str, today: date) -> bool:
    """True when the day has passed and the work is neither done nor turned down."""
    return due is not None and due < today and state in UNDONE_MEASURES


COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "proposed": ("proposed", "assessed"),
    "decided": ("decided", "funded", "ordered"),
    "waiting": ("waiting_owner", "waiting_season", "waiting_funds", "waiting_permit", "paused"),
    "ongoing": ("ongoing",),
    "finished": ("done", "verified", "effect_followed_up"),
    "rejected": ("rejected",),
}
COLUMN_WORDS: Final[Mapping[str, str]] = {
    "proposed": N_("Föreslagen"),
    "decided": N_("Beslutad"),
    "waiting": N_("Väntar"),
    "ongoing": N_("Pågår"),
    "finished": N_("Klar"),
    "rejected": N_("Avslagen"),
}
PLAN_PUBLISHED: Final = frozenset({"decided", "ongoing", "followed_up", "finished"})
WAITING: Final = frozenset(COLUMNS["waiting"])
FINISHED: Final = frozenset({"verified", "effect_followed_up"})
OWN_DEADLINE_DAYS: Final = 182
"""The municipality's own target: within six months of the walk (domain brief, 2.1)."""


def column_of(state: str) -> str:
    """Return the column of the board that a state stands in."""
    return next(column for column, states in COLUMNS.items() if state in states)


def proposed_deadline(today: date, *, own: bool) -> date | None:
    """Return the day that a new measure is proposed to be done by; an outside owner names it themselves."""
    return today + timedelta(days=OWN_DEADLINE_DAYS) if own else None


def move_needs(
    to: str, *, responsible: bool, deadline: date | None, next_on: date | None, reason: str, today: date
) -> dict[str, str]:
    """Return what a move lacks, as the code of an error beside each field's name.

    A decision has an owner and a day, because residents are told both; waiting has a next date and a reason; a no has
    a reason that the public reads. A day that residents are promised has not passed already.
    """
    lacks = {}
    if to == "decided" and not responsible:
        lacks["responsible_id"] = "owner_missing"
    if to == "decided" and deadline is None:
        lacks["deadline"] = "deadline_missing"
    if to == "decided" and deadline is not None and deadline < today:
        lacks["deadline"] = "day_passed"
    if to in WAITING and (next_on is None or next_on < today):
        lacks["next_on"] = "next_date_missing" if next_on is None else "day_passed"
    if (to in WAITING or to == "rejected") and not reason.strip():
        lacks["reason"] = "reason_missing"
    return lacks


def place_is_finished(states: list[str]) -> bool:
    """Say whether all that was decided for a place is done and seen: at least one verified, the rest turned down."""
    return any(s in FINISHED for s in states) and all(s in FINISHED or s == "rejected" for s in states)
