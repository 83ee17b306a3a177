"""Who acts, and what each may do to what (design, invariant on the gate)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RESIDENT: Final = "resident"
COORDINATOR: Final = "coordinator"
TECHNICIAN: Final = "technician"
ADMIN: Final = "admin"
SYSTEM: Final = "system"
CONTRACTOR: Final = "contractor"
STAFF_ROLES: Final = (COORDINATOR, TECHNICIAN, ADMIN)


@dataclass(frozen=True)
class Actor:
    """The one who acts.

    `report_id` is the report whose secret link a resident holds; `district_ids` limits a coordinator (empty: the whole
    municipality). `ticket_ids` are tickets that a technician proved to have been given for the day, for what comes back
    later: whoever was sent there may say what they did there.
    """

    role: str
    staff_id: int | None = None
    name: str = ""
    report_id: int | None = None
    district_ids: frozenset[int] = frozenset()
    contractor_id: int | None = None
    ticket_ids: frozenset[int] = frozenset()


THE_SYSTEM: Final = Actor(SYSTEM)

_RESIDENT_MOVES: Final = {
    "report": {"withdrawn", "reopened", "received"},
    "ticket": {"reopened"},
    "dark_spot": {"reopened"},
}
_TECHNICIAN_THINGS: Final = {"ticket"}
CONTRACTOR_MOVES: Final = frozenset(
    {
        "on_site",
        "made_safe",
        "repaired",
        "no_fault",
        "waiting_grid_owner",
        "waiting_material",
        "waiting_digging",
        "waiting_other_owner",
    }
)
"""What somebody outside may say of a ticket that was sent to them; everything else is decided here."""


class NotAllowed(PermissionError):
    """This person may not do this to this thing."""


@dataclass(frozen=True)
class ThingFacts:
    """What the gate needs to know of the thing that moves."""

    thing: str
    id: int | None
    district_id: int | None = None
    assignee_id: int | None = None
    report_ids: frozenset[int] = frozenset()
    contractor_id: int | None = None


def may_move(actor: Actor, facts: ThingFacts, to: str) -> bool:
    """Say whether `actor` may move the thing to the state `to`. Closed until opened: what is not named is no.

    A technician's move on a ticket reaches its reports, spot and measure as THE_SYSTEM, never as the technician.
    """
    if actor.role in {SYSTEM, ADMIN}:
        return True
    if actor.role == COORDINATOR:
        return not actor.district_ids or facts.district_id is None or facts.district_id in actor.district_ids
    if actor.role == TECHNICIAN:
        return facts.thing in _TECHNICIAN_THINGS and (
            facts.assignee_id in {None, actor.staff_id} or facts.id in actor.ticket_ids
        )
    if actor.role == CONTRACTOR:
        sent = actor.contractor_id is not None and facts.contractor_id == actor.contractor_id
        return facts.thing == "ticket" and sent and to in CONTRACTOR_MOVES
    if actor.role == RESIDENT:
        return to in _RESIDENT_MOVES.get(facts.thing, set()) and actor.report_id in facts.report_ids
    return False
