"""When a dark spot may be shown in public (domain brief, 4.6): so many voices that no single person is pointed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.words import N_

REPORTERS_MIN: Final = 3
REPORTERS_MIN_AMONG_FEW: Final = 5
HOMES_FEW: Final = 8
HOMES_WITHIN_M: Final = 50.0
DAYS_MIN: Final = 2


def may_be_public(reporters: int, days: int, *, on_walk: bool, homes: int = 0) -> bool:
    """Say whether a place may be public: three reporters on two days, or a walk that confirmed it.

    Where so few live that neighbours could guess who it was (`homes` are those within 50 m), five are needed. On a walk
    the municipality is the source, not a person, so one report is enough.
    """
    needed = REPORTERS_MIN_AMONG_FEW if 0 < homes < HOMES_FEW else REPORTERS_MIN
    return on_walk or (reporters >= needed and days >= DAYS_MIN)


HIDDEN_FAULTS: Final = frozenset({"B03", "B08", "B14"})
"""A whole section without current, a light into somebody's home, a dead cable: known to us, shown to nobody else."""
UNSAFE_UNTIL_SECURED: Final = frozenset({"B10", "B11", "B12"})
SECURED: Final = frozenset({"made_safe", "provisional", "repaired"})
NEAR_M: Final = 75.0
LAMPS_SHOWN: Final = 400

SPOT_WORDS: Final[Mapping[str, str]] = {
    "proposed": N_("Vi ser över platsen."),
    "confirmed": N_("Vi ser över platsen."),
    "dormant": N_("Vi ser över platsen."),
    "reopened": N_("Vi ser över platsen igen."),
    "on_walk": N_("En trygghetsvandring besöker platsen."),
    "in_plan": N_("Åtgärder är planerade."),
    "remedied": N_("Åtgärder är gjorda. Vi följer upp."),
    "followed_up": N_("Åtgärder är gjorda. Vi har följt upp."),
}


def may_tell_of_ticket(fault: str, priority: str, state: str, *, has_lamp: bool) -> bool:
    """Say whether everybody may read of a lighting ticket: at a lamp of the register, and no danger (4.6, 4.9).

    A ticket without a lamp lies where one person stood, so it is nobody else's to see. An open hatch or a hanging
    cable is not told of until it has been made safe.
    """
    if not has_lamp or fault in HIDDEN_FAULTS:
        return False
    return state in SECURED or (priority != "P1" and fault not in UNSAFE_UNTIL_SECURED)


CATEGORY_OF_FAULT: Final[Mapping[str, str]] = {
    "B01": "lamp_out", "B02": "lamp_out", "B04": "flickering", "B05": "lamp_out", "B06": "flickering",
    "B07": "lamp_out", "B09": "obscured", "B13": "damage", "B15": "damage", "B16": "no_lamp",
}  # fmt: skip
"""What a resident would have chosen for a fault, when they say “me too”."""
