"""The only place where a state changes.

A move checks the table (domain/states.py) and the gate (domain/people.py), writes the history line and the notices in
the transaction that is open, and asks for their delivery. It never commits: the use case does, once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert

from app.domain import notices as messages
from app.domain import states
from app.domain.people import Actor, NotAllowed, ThingFacts, may_move
from app.domain.ticket_clock import pauses_after
from app.domain.tickets import asks_for_road_plan
from app.models.base import db, write
from app.models.dark_spots import DarkSpot
from app.models.history import History
from app.models.jobs import enqueue
from app.models.lamps import Lamp
from app.models.measures import Funding, Measure, Plan
from app.models.notices import Notice
from app.models.photos import Photo
from app.models.promises import Promise
from app.models.reports import Report
from app.models.tickets import Ticket
from app.models.walks import Walk

Thing = Report | DarkSpot | Walk | Plan | Measure | Ticket | Photo | Funding | Promise

LINES = History.metadata.tables[History.__tablename__]
SILENT_REPORTS = frozenset({"withdrawn", "rejected"})


def begin(
    thing: Thing, *, actor: Actor, now: datetime, state: str | None = None, facts: Mapping[str, Any] | None = None
) -> None:
    """Give a new thing its first state, add it to the session and write its first line of history.

    Args:
        thing: not yet in the database. actor: who made it. now: the moment, with a zone. state: only for imports, the
        state it arrives in; otherwise the table's own first state. facts: of the notice, if the first state gives one.

    """
    name = _name(thing)
    thing.state = state or states.INITIAL[name]
    db.session.add(thing)
    db.session.flush()
    _remember(thing, "", actor=actor, now=now, reason="")
    kind = messages.kind_for(name, thing.state)
    if kind and isinstance(thing, Report):
        _tell([thing], kind, facts or {}, now)


class Numbered(Protocol):
    """A row that no mapped class stands behind, or is to be; it has its number already."""

    id: int
    state: str
    version: int


def begin_all(name: str, rows: Sequence[Numbered], *, actor: Actor, now: datetime) -> None:
    """Give many new rows of one kind their first state and write their first lines of history; none gives a notice.

    The caller writes the rows themselves.
    """
    for row in rows:
        row.state = ""
    _write_lines(name, rows, states.INITIAL[name], actor=actor, now=now, reason="")


def move_row(name: str, row: Numbered, to: str, *, actor: Actor, now: datetime, reason: str = "") -> bool:
    """Move one row when the table allows it, as move_if_possible(); say whether it moved. No notice: not for what gives one.

    The caller writes the row itself: its new state and version where it has the version before.
    """
    if to not in states.MOVES[name].get(row.state, set()):
        return False
    states.check(name, row.state, to, reason)
    if not may_move(actor, ThingFacts(thing=name, id=row.id), to):
        raise NotAllowed(f"{actor.role} may not move {name} {row.id} to {to}")
    _write_lines(name, [row], to, actor=actor, now=now, reason=reason)
    row.version += 1
    return True


def _write_lines(name: str, rows: Sequence[Numbered], to: str, *, actor: Actor, now: datetime, reason: str) -> None:
    if rows:
        who = {"actor_role": actor.role, "actor_id": actor.staff_id, "actor_name": actor.name}
        said = {"thing": name, "at": now, **who, "to_state": to, "reason": reason.strip()}
        lines = [{**said, "thing_id": row.id, "from_state": row.state} for row in rows]
        write(insert(LINES), lines)
    for row in rows:
        row.state = to


def move(
    thing: Thing,
    to: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    tell: bool = True,
    told: Collection[int] = (),
) -> None:
    """Move one thing to the state `to`. `tell` is False for what follows a thing whose own notice has said it already.

    `told` are the numbers of reports whose senders know it already.

    Raises:
        ForbiddenMove: the table has no such move. ReasonMissing: it must say why. NotAllowed: not this person.
        sqlalchemy InvalidRequestError: the use case did not gather the reports that must be told (lazy="raise").

    """
    name = _name(thing)
    states.check(name, thing.state, to, reason)
    if not may_move(actor, _facts(thing), to):
        raise NotAllowed(f"{actor.role} may not move {name} {thing.id} to {to}")
    before, thing.state = thing.state, to
    thing.updated_at = now
    if isinstance(thing, DarkSpot):
        thing.version += 1
    if isinstance(thing, Ticket):
        thing.pauses = pauses_after(thing.pauses or [], before, to, now)
        thing.needs_road_plan = thing.needs_road_plan or asks_for_road_plan(thing.fault_code, to)
    _remember(thing, before, actor=actor, now=now, reason=reason)
    kind = messages.kind_for(name, to, before)
    if kind and tell:
        reports = [report for report in _reports_of(thing) if report.id not in told]
        _tell(reports, kind, {"reason": reason, **(facts or {})}, now, _places_of(thing))


def move_if_possible(
    thing: Thing,
    to: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    tell: bool = True,
) -> bool:
    """Move a thing that follows another (a report its ticket) when the table allows it; say whether it moved."""
    if to not in states.MOVES[_name(thing)].get(thing.state, set()):
        return False
    move(thing, to, actor=actor, now=now, reason=reason, facts=facts, tell=tell)
    return True


def remark(thing: Thing, *, actor: Actor, now: datetime, reason: str) -> None:
    """Write a line of history for a change that leaves the state as it is: a name, a masked text, a fact.

    Raises:
        NotAllowed: not this person.

    """
    if not may_move(actor, _facts(thing), thing.state):
        raise NotAllowed(f"{actor.role} may not change {_name(thing)} {thing.id}")
    thing.updated_at = now
    if isinstance(thing, DarkSpot):
        thing.version += 1
    _remember(thing, thing.state, actor=actor, now=now, reason=reason)


def tell_some(reports: Sequence[Report], kind: str, *, now: datetime, facts: Mapping[str, Any]) -> None:
    """Tell some of those who reported of a step that concerns them and moves nothing, such as one lamp of several."""
    _tell(reports, kind, facts, now)


def note_of_lamp(lamp: Lamp, *, actor: Actor, now: datetime, reason: str, before: str | None = None) -> None:
    """Write a line of history for a light point, which has a status and no table of moves: dark on purpose, another owner."""
    lamp.updated_at = now
    db.session.add(History(
        thing="lamp", thing_id=lamp.id, at=now, actor_role=actor.role, actor_id=actor.staff_id, actor_name=actor.name,
        from_state=lamp.status if before is None else before, to_state=lamp.status, reason=reason.strip(),
    ))  # fmt: skip


def possible(thing: Thing) -> Collection[str]:
    """Return the states that may follow, for the buttons of a page."""
    return sorted(states.MOVES[_name(thing)].get(thing.state, set()))


def _name(thing: Thing) -> str:
    return str(thing.__tablename__)


def _facts(thing: Thing) -> ThingFacts:
    """Gather what the gate asks; a resident's link reaches a ticket or a spot only through their own report."""
    report_ids: frozenset[int] = frozenset()
    if isinstance(thing, Report):
        report_ids = frozenset({thing.id})
    return ThingFacts(
        thing=_name(thing),
        id=thing.id,
        district_id=getattr(thing, "district_id", None),
        assignee_id=getattr(thing, "assignee_id", None),
        report_ids=report_ids,
        contractor_id=getattr(thing, "contractor_id", None),
    )


def _remember(thing: Thing, before: str, *, actor: Actor, now: datetime, reason: str) -> None:
    db.session.add(History(**_line(thing, before, actor=actor, now=now, reason=reason)))


def _line(thing: Thing, before: str, *, actor: Actor, now: datetime, reason: str) -> dict[str, Any]:
    return {
        "thing": _name(thing), "thing_id": thing.id, "at": now, "actor_role": actor.role, "actor_id": actor.staff_id,
        "actor_name": actor.name, "from_state": before, "to_state": thing.state, "reason": reason.strip(),
    }  # fmt: skip


def _reports_of(thing: Thing) -> Sequence[Report]:
    """The reports whose senders are told. Reading what was not gathered raises, and that is the guard."""
    if isinstance(thing, Report):
        return [thing]
    if isinstance(thing, Measure):
        return thing.dark_spot.reports if thing.dark_spot_id and thing.dark_spot else []
    if isinstance(thing, Walk):
        reports = [r for stop in thing.stops if stop.dark_spot_id and stop.dark_spot for r in stop.dark_spot.reports]
        return list({r.id: r for r in reports}.values())
    if isinstance(thing, Ticket | DarkSpot):
        return thing.reports
    return []


def _places_of(thing: Thing) -> Mapping[int | None, str]:
    """The name of each place that a walk visits, so that everybody is told of their own."""
    if not isinstance(thing, Walk):
        return {}
    return {stop.dark_spot_id: stop.dark_spot.name for stop in thing.stops if stop.dark_spot_id and stop.dark_spot}


def _tell(
    reports: Sequence[Report],
    kind: str,
    facts: Mapping[str, Any],
    now: datetime,
    places: Mapping[int | None, str] | None = None,
) -> None:
    own = kind.startswith("report.")
    told = [r for r in reports if own or r.state not in SILENT_REPORTS]
    for report in told:
        place = (places or {}).get(report.dark_spot_id)
        known = {k: v for k, v in {"place": place, **facts}.items() if v}
        db.session.add(Notice(report_id=report.id, at=now, kind=kind, facts=known))
    if told:
        enqueue("deliver_notices", "deliver_notices", now=now)
