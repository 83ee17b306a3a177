"""Every state that a thing can be in, and every move between them (domain brief, section 2.4 and 3.5).

`MOVES[thing][from]` is the set of states that may follow. What is not in the table is forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REPORT: Final = "report"
DARK_SPOT: Final = "dark_spot"
WALK: Final = "walk"
PLAN: Final = "plan"
MEASURE: Final = "measure"
TICKET: Final = "ticket"
PHOTO: Final = "photo"
FUNDING: Final = "funding"
PROMISE: Final = "promise"

INITIAL: Final[Mapping[str, str]] = {
    REPORT: "received",
    DARK_SPOT: "proposed",
    WALK: "draft",
    PLAN: "draft",
    MEASURE: "proposed",
    TICKET: "new",
    PHOTO: "staff_only",
    FUNDING: "idea",
    PROMISE: "proposed",
}

_REPORT: Final = {
    "received": {"held", "reviewed", "ticketed", "in_spot", "forwarded", "duplicate", "rejected", "withdrawn"},
    "held": {"reviewed", "ticketed", "in_spot", "forwarded", "duplicate", "rejected", "withdrawn"},
    "reviewed": {"ticketed", "in_spot", "forwarded", "duplicate", "rejected", "answered", "withdrawn"},
    "ticketed": {"reviewed", "in_spot", "forwarded", "duplicate", "rejected", "answered", "withdrawn"},
    "in_spot": {"reviewed", "ticketed", "forwarded", "duplicate", "rejected", "answered", "withdrawn"},
    "forwarded": {"reviewed", "answered", "withdrawn"},
    "duplicate": {"reviewed", "answered", "withdrawn"},
    "rejected": {"reviewed", "withdrawn"},
    "answered": {"reopened", "withdrawn"},
    "reopened": {"reviewed", "ticketed", "in_spot", "forwarded", "duplicate", "rejected", "answered", "withdrawn"},
    "withdrawn": set[str](),
}

_DARK_SPOT: Final = {
    "proposed": {"confirmed", "dismissed", "merged", "dormant"},
    "confirmed": {"on_walk", "in_plan", "dismissed", "merged", "dormant", "remedied"},
    "dismissed": {"proposed"},
    "merged": {"proposed", "confirmed", "on_walk", "in_plan", "reopened"},  # back to where it was, when it is undone
    "dormant": {"proposed", "confirmed", "reopened"},
    "on_walk": {"confirmed", "in_plan", "dismissed", "merged", "remedied"},
    "in_plan": {"on_walk", "remedied", "dismissed", "merged"},
    "remedied": {"followed_up", "reopened"},
    "followed_up": {"closed", "reopened"},
    "closed": {"reopened"},
    "reopened": {"confirmed", "on_walk", "in_plan", "dismissed", "merged", "remedied"},
}

_WALK: Final = {
    "draft": {"planned", "cancelled"},
    "planned": {"invited", "walked", "cancelled", "draft"},
    "invited": {"walked", "cancelled"},
    "walked": {"protocol_draft"},
    "protocol_draft": {"protocol_published"},
    "protocol_published": {"feedback_given"},
    "feedback_given": {"followed_up"},
    "followed_up": {"finished"},
    "finished": set[str](),
    "cancelled": {"draft"},
}

_PLAN: Final = {
    "draft": {"circulated", "decided", "not_needed"},
    "circulated": {"draft", "decided", "not_needed"},
    "decided": {"ongoing"},
    "ongoing": {"followed_up"},
    "followed_up": {"finished", "ongoing"},
    "finished": set[str](),
    "not_needed": {"draft"},
}

_MEASURE_WAITING: Final = {"waiting_owner", "waiting_season", "waiting_funds", "waiting_permit", "paused"}
_MEASURE: Final = {
    "proposed": {"assessed", "decided", "rejected"} | _MEASURE_WAITING,
    "assessed": {"decided", "rejected"} | _MEASURE_WAITING,
    "decided": {"funded", "ordered", "ongoing", "rejected"} | _MEASURE_WAITING,
    "funded": {"ordered", "ongoing"} | _MEASURE_WAITING,
    "ordered": {"ongoing", "done"} | _MEASURE_WAITING,
    "ongoing": {"done"} | _MEASURE_WAITING,
    "done": {"verified", "ongoing"},
    "verified": {"effect_followed_up", "ongoing"},
    "effect_followed_up": {"ongoing"},
    "rejected": {"proposed"},
} | {
    waiting: (_MEASURE_WAITING - {waiting}) | {"assessed", "decided", "funded", "ordered", "ongoing", "rejected"}
    for waiting in _MEASURE_WAITING
}

TICKET_WAITING: Final = {"waiting_grid_owner", "waiting_material", "waiting_digging", "waiting_other_owner"}
_TICKET_ENDS: Final = {"duplicate", "no_fault", "deliberately_off", "forwarded", "became_measure"}
_TICKET_WORK: Final = {"made_safe", "provisional", "repaired"} | TICKET_WAITING | _TICKET_ENDS
_TICKET: Final = {
    "new": {"triaged", "assigned", "on_site"} | _TICKET_ENDS,
    "triaged": {"assigned", "en_route", "on_site"} | TICKET_WAITING | _TICKET_ENDS,
    "assigned": {"triaged", "en_route", "on_site"} | TICKET_WAITING | _TICKET_ENDS,
    "en_route": {"assigned", "on_site"},
    "on_site": {"assigned"} | _TICKET_WORK,
    "made_safe": {"assigned", "provisional", "repaired"} | TICKET_WAITING,
    "provisional": {"on_site", "repaired"} | TICKET_WAITING,
    "repaired": {"verified", "reopened"},
    "verified": {"closed", "reopened"},
    "closed": {"reopened"},
    "no_fault": {"reopened", "closed", "repaired"},
    "deliberately_off": {"reopened", "closed", "repaired"},
    "forwarded": {"reopened", "closed", "repaired"},
    "duplicate": {"reopened"},
    "became_measure": {"reopened"},
    "reopened": {"triaged", "assigned", "en_route", "on_site"} | TICKET_WAITING | _TICKET_ENDS,
} | {waiting: TICKET_WAITING | {"assigned", "en_route", "on_site"} | _TICKET_ENDS for waiting in TICKET_WAITING}

_PHOTO: Final = {
    "staff_only": {"approved", "hidden"},
    "approved": {"staff_only", "hidden"},
    "hidden": {"staff_only"},
}

_FUNDING: Final = {
    "idea": {"applied", "available"},
    "applied": {"granted", "refused", "idea"},
    "granted": {"available"},
    "refused": {"idea"},
    "available": {"used_up"},
    "used_up": {"available", "reported"},
    "reported": set[str](),
}

_PROMISE: Final = {
    "proposed": {"decided"},
    "decided": {"ongoing", "proposed"},
    "ongoing": {"fulfilled", "partly", "not_fulfilled"},
    "fulfilled": {"follow_up_published", "ongoing"},
    "partly": {"follow_up_published", "ongoing"},
    "not_fulfilled": {"follow_up_published", "ongoing"},
    "follow_up_published": set[str](),
}

MOVES: Final[Mapping[str, Mapping[str, set[str]]]] = {
    REPORT: _REPORT,
    DARK_SPOT: _DARK_SPOT,
    WALK: _WALK,
    PLAN: _PLAN,
    MEASURE: _MEASURE,
    TICKET: _TICKET,
    PHOTO: _PHOTO,
    FUNDING: _FUNDING,
    PROMISE: _PROMISE,
}

NEEDS_REASON: Final[Mapping[str, set[str]]] = {
    REPORT: {"held", "rejected", "forwarded"},
    DARK_SPOT: {"dismissed"},
    WALK: {"cancelled"},
    PLAN: {"not_needed"},
    MEASURE: {"rejected"} | _MEASURE_WAITING,
    TICKET: TICKET_WAITING | {"deliberately_off", "forwarded"},
    PHOTO: {"hidden"},
    FUNDING: {"refused"},
    PROMISE: {"partly", "not_fulfilled"},
}

AFTER_TICKET: Final[Mapping[str, str]] = {
    "no_fault": "answered", "deliberately_off": "rejected", "forwarded": "forwarded", "duplicate": "reviewed",
    "became_measure": "reviewed",
}  # fmt: skip
"""Where the reports of a ticket go that ended without a repair."""

OPEN_REPORTS: Final = frozenset(set(_REPORT) - {"rejected", "withdrawn", "answered", "duplicate"})
OPEN_TICKETS: Final = frozenset(set(_TICKET) - {"verified", "closed"} - _TICKET_ENDS)
UNMENDED_TICKETS: Final = OPEN_TICKETS - {"repaired"}
"""Open tickets whose light is not mended yet: these alone can be late."""
OPEN_DARK_SPOTS: Final = frozenset(set(_DARK_SPOT) - {"dismissed", "merged", "closed"})
OPEN_MEASURES: Final = frozenset(set(_MEASURE) - {"rejected", "verified", "effect_followed_up"})
UNDONE_MEASURES: Final = OPEN_MEASURES - {"done"}
"""Open measures that are not carried out yet: these alone can be late."""
COUNTING_REPORTS: Final = frozenset(set(_REPORT) - {"rejected", "withdrawn"})
"""Reports whose voice counts towards a dark spot; held ones count with a cap (scoring)."""


class ForbiddenMove(ValueError):
    """The table has no such move. `thing`, `current` and `wanted` say which."""

    def __init__(self, thing: str, current: str, wanted: str) -> None:
        super().__init__(f"{thing}: {current} -> {wanted}")
        self.thing, self.current, self.wanted = thing, current, wanted


class ReasonMissing(ValueError):
    """The move must say why, because somebody will ask."""


def check(thing: str, current: str, wanted: str, reason: str | None) -> None:
    """Raise ForbiddenMove or ReasonMissing unless the move is in the table and says why where it must."""
    if wanted not in MOVES[thing].get(current, set()):
        raise ForbiddenMove(thing, current, wanted)
    if wanted in NEEDS_REASON[thing] and not (reason or "").strip():
        raise ReasonMissing(f"{thing} -> {wanted}")
