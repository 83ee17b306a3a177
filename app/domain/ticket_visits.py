"""Visits at a lamp, made with or without coverage, and how those of several people become one ticket.

Three rules, in this order, and each can be told to the one it meets:

1. Every visit is kept, whatever became of it.
2. What somebody saw in the field wins over what the office believed: a mended lamp is mended. Among visits the later in
   the field counts, not the later in the queue, so the order of sending changes nothing.
3. What is urgent, when it is promised and who shall do it, the office says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.domain.states import MOVES, TICKET, TICKET_WAITING
from app.domain.words import N_

PART: Final = "part"
"""Some lamps of a ticket are mended and others left: never said by a phone, but what the visits add up to (ticket_lamps)."""
STATE_OF: Final[Mapping[str, str]] = {
    "repaired": "repaired",
    PART: "assigned",
    "no_fault": "no_fault",
    "forwarded": "forwarded",
    "cable_fault": "waiting_grid_owner",
    "broken_off": "assigned",
    "lit": "verified",
    "not_lit": "reopened",
    **{code: code for code in sorted(TICKET_WAITING)},
}
OUTCOME_WORDS: Final[Mapping[str, str]] = {
    "repaired": N_("Lagad"),
    PART: N_("Några lampor lagade"),
    "no_fault": N_("Inget fel hittat"),
    "forwarded": N_("Någon annans lampa"),
    "cable_fault": N_("Kabelfel"),
    "broken_off": N_("Avbrutet av säkerhetsskäl"),
    "lit": N_("Lyser"),
    "not_lit": N_("Lyser inte"),
    "waiting_grid_owner": N_("Väntar på nätägare"),
    "waiting_material": N_("Väntar på material"),
    "waiting_digging": N_("Väntar på grävning"),
    "waiting_other_owner": N_("Väntar på annan ägare"),
}
WAITS: Final = frozenset({"cable_fault", *TICKET_WAITING})
SEEN_AT_NIGHT: Final = frozenset({"lit", "not_lit"})
NEEDS_PHOTO: Final = frozenset({"P1", "P2"})
MANAGER_ONLY: Final = "broken_off"
"""An interruption for somebody's safety: for the manager, never public, and never counted against a place."""

CLAIMED_FOR: Final = timedelta(minutes=60)
CLOCK_TRUST: Final = timedelta(days=14)
"""A visit that lay longer than this on a phone is dated when it arrives: the phone's clock is not believed."""

_ENDED_BY_OFFICE: Final = frozenset({"no_fault", "deliberately_off", "forwarded", "duplicate", "became_measure"})
_ON_THE_WAY: Final = frozenset({"on_site", "made_safe", "assigned", "reopened"})
_DONE: Final = frozenset({"verified", "closed"})


@dataclass(frozen=True)
class Visit:
    """One person at one lamp: when they came, made it safe and left (UTC), and how it ended (a key of STATE_OF).

    `lamp_ids` are those that were mended when the ticket has several (none: all). `proves` says of a repair that it was seen
    to shine after dusk, tried and photographed: it counts as mended and lit at the same moment.
    """

    client_id: str
    staff_id: int
    outcome: str
    ended_at: datetime
    arrived_at: datetime | None = None
    made_safe_at: datetime | None = None
    name: str = ""
    lamp_ids: frozenset[int] = frozenset()
    proves: bool = False

    @property
    def state(self) -> str:
        """The state of the ticket when nothing came after this visit."""
        return "verified" if self.proves else STATE_OF[self.outcome]

    @property
    def seen(self) -> str:
        """How it ended, for what comes after it: a repair that proves itself was seen to shine."""
        return "lit" if self.proves else self.outcome


@dataclass(frozen=True)
class Base:
    """What the phone knew of the ticket when it left coverage."""

    version: int
    priority: str
    due_on: date | None = None
    assignee_id: int | None = None


@dataclass(frozen=True)
class Present:
    """What the office's ticket says when the visit arrives; `names` are those of people by number."""

    state: str
    version: int
    priority: str
    due_on: date
    assignee_id: int | None
    verified_at: datetime | None = None
    names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """One thing that was different when the visit arrived: a code of NOTES, with its facts."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Merge:
    """The states to move through, whether it is this visit that counts, what has to be explained.

    `facts_of` is the visit whose findings the ticket shows from now on; empty: they stay as they are.
    """

    way: tuple[str, ...]
    leads: bool
    notes: tuple[Note, ...]
    facts_of: str = ""


NOTES: Final[Mapping[str, str]] = {
    "priority": N_("Kontoret ändrade prioriteten från %(was)s till %(is)s medan du var ute. Kontorets prioritet gäller."),
    "due": N_("Kontoret ändrade dagen det ska vara klart till %(due_on)s. Den dagen gäller."),
    "assignee": N_("Kontoret gav ärendet till %(name)s medan du var ute. Det du gjorde på platsen gäller."),
    "other_visit": N_("%(name)s var också där (%(outcome)s). Båda besöken är sparade."),
    "later_visit": N_("%(name)s var där efter dig (%(outcome)s). Det senaste besöket gäller, ditt är sparat bredvid."),
    "mended_before": N_("%(name)s hade redan lagat lampan. Därför gäller lagningen, och ditt besök är sparat som kontroll."),
    "part_before": N_("%(name)s hade lagat några av lamporna. Resten är kvar att laga, och ditt besök är sparat som kontroll."),
    "ended_but_mended": N_("Kontoret hade avslutat ärendet (%(state)s), men du lagade lampan. Lagningen gäller."),
    "ended": N_("Kontoret avslutade ärendet medan du var ute (%(state)s). Det gäller, och ditt besök är sparat."),
    "seen_lit": N_("Någon har redan sett lampan lysa. Det gäller, och ditt besök är sparat bredvid."),
    "state": N_("Ärendet var redan i läget %(state)s. Ditt besök är sparat bredvid."),
}  # fmt: skip


def field_time(said: datetime, sent_at: datetime, arrived: datetime) -> datetime:
    """Return when something happened in the field, by our clock: the phone's error is what it says at sending.

    Args:
        said: by the phone's clock. sent_at: the phone's clock when it sent. arrived: ours when it arrived.

    """
    corrected = said + (arrived - sent_at)
    return corrected if arrived - CLOCK_TRUST <= corrected <= arrived else arrived


def standing(visits: Collection[Visit]) -> Visit | None:
    """Return the visit that a ticket stands by: the same one in whatever order they arrived.

    The latest in the field counts, with exceptions that a foreman would make: "no fault" after a repair confirms the repair,
    nobody mends what was seen to shine (at the repair itself or later) until somebody has seen it dark, an interruption or a
    repair of some of the lamps leaves what is known of the rest, and a night check says something only of a repair.
    """
    found: Visit | None = None
    mended: Visit | None = None
    lit: Visit | None = None
    for visit in sorted(visits, key=lambda v: (v.ended_at, v.client_id)):
        before = found.seen if found else ""
        if visit.outcome == "repaired":
            mended = visit
            if before != "lit":  # something was wrong again since it was seen to shine, so somebody must look again
                found, lit = visit, visit if visit.proves else None
        elif visit.outcome == "no_fault" and (mended is not None or before == PART):
            found = lit or mended or found
        elif not _says_nothing(visit.outcome, before, mended=mended is not None):
            found = visit
            lit = visit if visit.outcome == "lit" and mended is not None else lit
    return found


def _says_nothing(outcome: str, before: str, *, mended: bool) -> bool:
    """Say whether a visit leaves what stood before it: an interruption, or a night check of what nobody had mended."""
    if outcome in {MANAGER_ONLY, PART}:
        return before not in {"", MANAGER_ONLY, PART}
    if outcome == "not_lit":
        return before not in {"", "repaired", *SEEN_AT_NIGHT}
    return outcome == "lit" and before not in {"", *SEEN_AT_NIGHT} and not mended


def merge(present: Present, base: Base, visit: Visit, earlier: Sequence[Visit]) -> Merge:
    """Decide what a visit does to its ticket; `earlier` are the visits that arrived before it, in any order."""
    notes, together = _office_changes(present, base, visit), [*earlier, visit]
    leader = standing(together) or visit
    at_work = [replace(v, proves=False) for v in together if v.outcome not in SEEN_AT_NIGHT]
    worker = leader if leader.outcome not in SEEN_AT_NIGHT else standing(at_work)
    facts_of = worker.client_id if worker else ""
    by_field = any(v.state == present.state for v in earlier)
    mended = any(v.outcome == "repaired" for v in together)
    way = _way(present, leader, by_field=by_field, mended=mended, last_at=max(v.ended_at for v in together))
    if leader is not visit:
        before = {"repaired": "mended_before", PART: "part_before"} if visit.outcome == "no_fault" else {}
        code = before.get(leader.outcome, "later_visit")
        return Merge(way or (), False, (*notes, _of(code, leader)), facts_of if way is not None else "")
    others = tuple(_of("other_visit", v) for v in earlier if v.staff_id != visit.staff_id)[-1:]
    if way is None:
        code = "ended" if present.state in _ENDED_BY_OFFICE else "seen_lit" if present.state in _DONE else "state"
        return Merge((), False, (*notes, Note(code, {"state": present.state}), *others))
    if present.state in _ENDED_BY_OFFICE and way and not by_field:
        others = (Note("ended_but_mended", {"state": present.state}), *others)
    return Merge(way, True, (*notes, *others), facts_of)


def _office_changes(present: Present, base: Base, visit: Visit) -> tuple[Note, ...]:
    found = []
    if present.priority != base.priority:
        found.append(Note("priority", {"was": base.priority, "is": present.priority}))
    elif base.due_on is not None and present.due_on != base.due_on:
        found.append(Note("due", {"due_on": present.due_on.isoformat()}))
    if present.assignee_id not in {None, visit.staff_id, base.assignee_id}:
        found.append(Note("assignee", {"name": present.names.get(present.assignee_id or 0, "")}))
    return tuple(found)


def _of(code: str, visit: Visit) -> Note:
    return Note(code, {"name": visit.name, "outcome": visit.outcome})


def _way(present: Present, leader: Visit, *, by_field: bool, mended: bool, last_at: datetime) -> tuple[str, ...] | None:
    """Return the states from the present one to that of the visit which counts, or None when the present one stands.

    `by_field` says that an earlier visit, and not the office, brought the ticket to where it is; `mended` that some visit
    mended the lamp, without which nobody can have seen it shine again; `last_at` is the moment of the last visit.
    """
    state, to = present.state, leader.state
    if state == to:
        return ()
    if state in _ENDED_BY_OFFICE and (leader.outcome == "repaired" or not by_field):
        fits = leader.outcome == "repaired" and "repaired" in MOVES[TICKET][state]
        return (("repaired", to) if leader.proves else (to,)) if fits else None
    seen_later = present.verified_at is None or present.verified_at >= leader.ended_at
    if state in _DONE and to == "repaired" and by_field and present.verified_at and present.verified_at <= last_at:
        return _shortest(state, to)  # dark again after it was seen to shine, and mended again: somebody must look again
    if state in _DONE and (to in {"repaired", "verified", "no_fault", "assigned"} or seen_later):
        return None
    if state == "repaired" and to in {"no_fault", "assigned"}:
        return None
    if to in {"verified", "reopened"} and state not in {"repaired", *_DONE}:
        first = _through(state, "repaired", leader) if mended else None
        return None if first is None else (*first, to)
    return _through(state, to, leader)


def _through(state: str, to: str, leader: Visit) -> tuple[str, ...] | None:
    """Return the moves to a state, by way of `made_safe` when the visit made something safe."""
    if leader.made_safe_at is not None and state != "made_safe":
        first, then = _shortest(state, "made_safe"), _shortest("made_safe", to)
        if first is not None and then is not None:
            return (*first, *then)
    return _shortest(state, to)


def _shortest(state: str, to: str) -> tuple[str, ...] | None:
    """Return the fewest moves from one state to another through states of the work itself."""
    ways: list[tuple[str, ...]] = [()]
    seen = {state}
    while ways:
        longer = []
        for way in ways:
            after = MOVES[TICKET][way[-1] if way else state]
            if to in after:
                return (*way, to)
            longer += [(*way, via) for via in sorted(after & _ON_THE_WAY - seen)]
        seen |= {way[-1] for way in longer}
        ways = longer
    return None
