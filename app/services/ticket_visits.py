"""Visits at lamps: each is kept first, then joined with what others did and what the office decided meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.adapters.photo_intake import KeptPhoto
from app.domain import ticket_visits as rule
from app.domain.people import THE_SYSTEM, Actor, NotAllowed
from app.domain.states import UNMENDED_TICKETS
from app.models.base import db, expect_version
from app.models.lamps import Lamp
from app.models.staff import Staff
from app.models.ticket_visits import TicketClaim, TicketVisit
from app.models.tickets import Ticket
from app.services.interruption_steps import broken_off
from app.services.place_names import timezone_name
from app.services.ticket_cable_steps import after_repair, split_cable
from app.services.ticket_chain_steps import LIT_AGAIN, after_photo, tell_the_chain
from app.services.ticket_lamp_steps import mended_lamps, read_visit, tell_of_own_lamps, ticked, told_of_own_lamp
from app.services.ticket_steps import open_again, theirs
from app.services.transitions import move, move_if_possible, remark
from geo.darkness import Where, is_dark

SAFETY = "Avbröt av säkerhetsskäl."
NO_FAULT = "Vi har varit på platsen och hittade inget fel."
NOT_LIT = "Lampan lyser inte vid kontroll."
LIT_AT_REPAIR = "Tändprov med foto efter mörkrets inbrott."


class UnknownTicket(LookupError):
    """There is no such ticket."""


class UnknownLamp(LookupError):
    """There is no such lamp."""


class PhotoMissing(ValueError):
    """A repair of the priority that the technician was shown needs a photo."""


class OtherVisit(ValueError):
    """The number belongs to a visit that somebody else made, or at another ticket."""


class Claimed(Exception):
    """Somebody else is on the way; `name` and `until` say who and how long."""

    def __init__(self, name: str, until: datetime) -> None:
        super().__init__(name)
        self.name, self.until = name, until


@dataclass(frozen=True)
class Seen:
    """One visit as a phone tells it; moments are corrected for its clock, `position` is (lon, lat, accuracy in metres).

    `lamp_ids` are the lamps that were mended when the ticket has several; none: all. `at_desk`: the office writes down what
    somebody told them, without a photo. `version` is that of the page on which it was pressed; a phone has none.
    """

    client_id: str
    ticket_id: int
    outcome: str
    ended_at: datetime
    base: rule.Base
    arrived_at: datetime | None = None
    made_safe_at: datetime | None = None
    cause: str = ""
    action: str = ""
    parts: str = ""
    switch_on_test: bool | None = None
    note: str = ""
    reason: str = ""
    next_on: date | None = None
    lamp_id: int | None = None
    lamp_ids: frozenset[int] = frozenset()
    at_desk: bool = False
    version: int | None = None
    position: tuple[float, float, float] | None = None


def already(client_id: str, ticket_id: int, actor: Actor) -> TicketVisit | None:
    """Return the visit that has arrived before under this number, with its ticket.

    Raises:
        OtherVisit: the number is somebody else's, or another ticket's.

    """
    found = db.session.scalars(
        select(TicketVisit).where(TicketVisit.client_id == client_id).options(joinedload(TicketVisit.ticket))
    ).first()
    if found is not None and (found.staff_id != actor.staff_id or found.ticket_id != ticket_id):
        raise OtherVisit(client_id)
    return found


def receive(seen: Seen, photos: Sequence[KeptPhoto], *, actor: Actor, now: datetime, on: date) -> TicketVisit:
    """Keep a visit and let its ticket follow, all in one commit.

    Args:
        seen: the visit. photos: cleaned and stored. actor: who made it, with the tickets that they were given. on: the
        local day on which the visit ended, for what residents read.

    Raises:
        UnknownTicket, UnknownLamp (also of another ticket's), PhotoMissing, NotAllowed, OtherVisit.

    """
    ticket, lamp = _locked(seen.ticket_id), _lamp(seen.lamp_id)
    expect_version(ticket, seen.version)
    earlier = _visits(ticket.id)
    if any(v.client_id == seen.client_id for v in earlier):
        found = already(seen.client_id, seen.ticket_id, actor)
        assert found is not None  # noqa: S101  (it is among the ticket's own)
        return found
    if seen.lamp_ids - {x.id for x in ticket.lamps}:
        raise UnknownLamp(seen.lamp_ids)
    needs_photo = seen.base.priority in rule.NEEDS_PHOTO and not seen.at_desk
    if seen.outcome == "repaired" and needs_photo and not photos and not ticket.photos:
        raise PhotoMissing
    visit = _visit_of(seen, actor, proves=bool(photos) and _seen_lit_in_the_dark(ticket, seen))
    before = [read_visit(v) for v in earlier]
    counted = ticked(ticket, [*before, visit])
    *others, last = counted.visits
    merged = rule.merge(_present(ticket), seen.base, last, others)
    row = _row(seen, merged, actor, now, proves=visit.proves)
    db.session.add(row)
    for kept in photos:
        db.session.add(after_photo(ticket, kept, now))
    shown = next((v for v in [*earlier, row] if v.client_id == merged.facts_of), None)
    left = {v.client_id for v in counted.visits if v.outcome == rule.PART}
    _show_facts(ticket, shown, lamp, whole=merged.facts_of not in left)
    if merged.leads:
        _settle(ticket, seen, actor)
    _move(ticket, merged.way, row, actor=actor, now=now, on=on)
    if left and ticket.state in UNMENDED_TICKETS:
        newly = counted.mended - ticked(ticket, before).mended
        tell_of_own_lamps(ticket, newly, now=now, on=on)
    if seen.outcome == "cable_fault" and merged.leads and merged.way:
        split_cable(ticket, next_on=seen.next_on, reason=seen.reason, actor=actor, now=now, today=on)
    if seen.outcome == rule.MANAGER_ONLY:
        broken_off(ticket, seen.note, at=seen.ended_at, actor=actor, now=now)
    _let_go(ticket.id, actor)
    db.session.commit()
    return row


def claim(ticket_id: int, *, actor: Actor, now: datetime) -> TicketClaim:
    """Say that somebody is on the way, for an hour.

    Raises:
        UnknownTicket: there is none, or it is not theirs to see. Claimed: somebody else said so, less than an hour ago.

    """
    seen = select(Ticket.id).where(Ticket.id == ticket_id, *theirs(actor))
    if actor.staff_id is None or db.session.scalar(seen) is None:
        raise UnknownTicket(ticket_id)
    found = db.session.scalars(
        select(TicketClaim).where(TicketClaim.ticket_id == ticket_id).options(joinedload(TicketClaim.staff))
    ).first()
    if found is not None and found.staff_id != actor.staff_id and found.until > now:
        raise Claimed(found.staff.name, found.until)
    if found is None:
        found = TicketClaim(ticket_id=ticket_id, staff_id=actor.staff_id)
        db.session.add(found)
    found.staff_id, found.until = actor.staff_id, now + rule.CLAIMED_FOR
    db.session.commit()
    return found


def base_of(ticket: Ticket) -> rule.Base:
    """Return what whoever has a ticket's page open knows of it."""
    return rule.Base(ticket.version, ticket.priority, ticket.due_on, ticket.assignee_id)


def mended_lamps_of(ticket: Ticket) -> frozenset[int]:
    """Return which lamps of a ticket that has several are mended; its lamps must be loaded."""
    return mended_lamps(ticket, _visits(ticket.id)) if len(ticket.lamps) > 1 else frozenset()


def of_ticket(ticket_id: int) -> Sequence[TicketVisit]:
    """Return every visit at a ticket's lamp with who made it, in the order of the field."""
    found = select(TicketVisit).where(TicketVisit.ticket_id == ticket_id).options(joinedload(TicketVisit.staff))
    return db.session.scalars(found.order_by(TicketVisit.ended_at, TicketVisit.id)).all()


def _locked(ticket_id: int) -> Ticket:
    """Return a ticket that nobody else changes until we commit, with all that follows it."""
    found = select(Ticket).where(Ticket.id == ticket_id).with_for_update(of=Ticket)
    shown = (
        selectinload(Ticket.reports), selectinload(Ticket.photos), selectinload(Ticket.lamps), joinedload(Ticket.measure),
    )  # fmt: skip
    ticket = db.session.scalars(found.options(*shown).execution_options(populate_existing=True)).first()
    if ticket is None:
        raise UnknownTicket(ticket_id)
    return ticket


def _lamp(lamp_id: int | None) -> Lamp | None:
    lamp = db.session.get(Lamp, lamp_id) if lamp_id is not None else None
    if lamp_id is not None and lamp is None:
        raise UnknownLamp(lamp_id)
    return lamp


def _visits(ticket_id: int) -> Sequence[TicketVisit]:
    found = select(TicketVisit).where(TicketVisit.ticket_id == ticket_id).options(joinedload(TicketVisit.staff))
    return db.session.scalars(found.order_by(TicketVisit.id)).all()


def _visit_of(seen: Seen, actor: Actor, *, proves: bool) -> rule.Visit:
    if actor.staff_id is None:
        raise NotAllowed("a visit is somebody's")
    return rule.Visit(
        seen.client_id, actor.staff_id, seen.outcome, seen.ended_at, seen.arrived_at, seen.made_safe_at, actor.name,
        seen.lamp_ids, proves,
    )  # fmt: skip


def _present(ticket: Ticket) -> rule.Present:
    return rule.Present(
        ticket.state, ticket.version, ticket.priority, ticket.due_on, ticket.assignee_id, ticket.verified_at,
        _names({ticket.assignee_id} - {None}),
    )  # fmt: skip


def _names(numbers: Collection[int | None]) -> Mapping[int, str]:
    if not numbers:
        return {}
    return {row.id: row.name for row in db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(numbers)))}


def _row(seen: Seen, merged: rule.Merge, actor: Actor, now: datetime, *, proves: bool) -> TicketVisit:
    lon, lat, accuracy = seen.position or (None, None, None)
    return TicketVisit(
        client_id=seen.client_id, ticket_id=seen.ticket_id, staff_id=actor.staff_id, outcome=seen.outcome,
        arrived_at=seen.arrived_at, made_safe_at=seen.made_safe_at, ended_at=seen.ended_at, cause_code=seen.cause,
        action_code=seen.action, parts=seen.parts, switch_on_test=seen.switch_on_test, note=seen.note, reason=seen.reason,
        next_on=seen.next_on, lamp_id=seen.lamp_id, lon=lon, lat=lat, accuracy_m=accuracy, base_version=seen.base.version,
        base_priority=seen.base.priority, lamp_ids=sorted(seen.lamp_ids), proves=proves, leads=merged.leads, created_at=now, updated_at=now,
        notes=[{"code": n.code, **n.facts} for n in merged.notes],
    )  # fmt: skip


def _show_facts(ticket: Ticket, row: TicketVisit | None, lamp: Lamp | None, *, whole: bool) -> None:
    """Let the ticket show what the visit that counts found and did; it is mended when the `whole` of it is."""
    if row is None or row.outcome == rule.MANAGER_ONLY:
        return
    ticket.arrived_at, ticket.made_safe_at = row.arrived_at, row.made_safe_at or ticket.made_safe_at
    if row.outcome == "repaired" and whole:
        ticket.cause_code, ticket.action_code, ticket.parts = row.cause_code, row.action_code, row.parts
        ticket.switch_on_test, ticket.repaired_at, ticket.next_on = row.switch_on_test, row.ended_at, None
    if row.outcome in rule.WAITS:
        ticket.next_on, ticket.waiting_reason = row.next_on, row.reason
    ticket.note = row.note
    if lamp is not None and row.lamp_id == lamp.id and ticket.lamp_id != lamp.id:
        ticket.lamp_id, ticket.owner_id = lamp.id, lamp.owner_id
        ticket.place_at(lamp.lon, lamp.lat)


def _settle(ticket: Ticket, seen: Seen, actor: Actor) -> None:
    """Set what belongs to the visit's outcome and to nothing else."""
    if ticket.assignee_id is None and not seen.at_desk and seen.outcome not in {rule.MANAGER_ONLY, *rule.SEEN_AT_NIGHT}:
        ticket.assignee_id = actor.staff_id


def _move(ticket: Ticket, way: Sequence[str], row: TicketVisit, *, actor: Actor, now: datetime, on: date) -> None:
    """Move the ticket along its way and let those who wait for it know; without a way the visit is only written down."""
    reason = _reason(ticket, row)
    if not way:
        beside = "" if row.leads else " (sparat bredvid)"
        remark(
            ticket, actor=actor, now=now, reason=f"Besök: {rule.OUTCOME_WORDS[row.outcome]}{beside}. {reason}".strip()
        )
        return
    facts: dict[str, Any] = {"repaired_on": on.isoformat()}
    if row.next_on is not None:
        facts["next_on"] = row.next_on.isoformat()
    for to in way:
        if to == "verified":
            how = "switch_on_test" if row.proves else "night_check"
            ticket.verified_at, ticket.verified_how, ticket.closed_at = row.ended_at, how, now
        if to == "reopened":
            opened_before = ticket.reopened_at  # the visit itself says since when the lamps are dark again
            open_again(ticket, reason, actor=actor, now=now)
            ticket.reopened_at = opened_before
        else:
            told = told_of_own_lamp(ticket) if to == "repaired" else ()
            move(ticket, to, actor=actor, now=now, reason=reason if to == way[-1] else "", facts=facts, told=told)
    _follow(ticket, way, reason, now)


def _follow(ticket: Ticket, way: Sequence[str], reason: str, now: datetime) -> None:
    end = way[-1]
    if "repaired" in way:
        after_repair(ticket, now)
    if end == "verified":
        tell_the_chain(ticket, LIT_AGAIN, now)
    elif end in {"no_fault", "forwarded"}:
        ticket.closed_at = now
        for report in ticket.reports:
            move_if_possible(report, "answered", actor=THE_SYSTEM, now=now, reason=reason, tell=False)


def _seen_lit_in_the_dark(ticket: Ticket, seen: Seen) -> bool:
    """Say whether the repair proves itself (domain brief, 3.5): tried and lit, all of it, and after civil dusk."""
    where = Where(ticket.lon, ticket.lat, timezone_name())
    whole = not seen.lamp_ids or seen.lamp_ids >= {lamp.id for lamp in ticket.lamps}
    return seen.outcome == "repaired" and whole and seen.switch_on_test is True and is_dark(seen.ended_at, where)


def _reason(ticket: Ticket, row: TicketVisit) -> str:
    if row.proves:
        return LIT_AT_REPAIR
    if row.outcome == "repaired" and row.lamp_ids:
        names = [lamp.pole_number or lamp.asset_id for lamp in ticket.lamps if lamp.id in row.lamp_ids]
        return f"{', '.join(names)}. {row.reason}".strip()
    if row.outcome == rule.MANAGER_ONLY:
        return f"{SAFETY} {row.note}".strip()
    if row.outcome in rule.WAITS:
        return row.reason or "Väntar på andra."
    if row.outcome == "no_fault":
        return row.reason or NO_FAULT
    return NOT_LIT if row.outcome == "not_lit" else row.reason


def _let_go(ticket_id: int, actor: Actor) -> None:
    claim_row = db.session.get(TicketClaim, ticket_id)
    if claim_row is not None and claim_row.staff_id == actor.staff_id:
        db.session.delete(claim_row)
