"""Lighting tickets: an evening in the van, the two steps of closing, and what follows for those who reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.adapters.photo_intake import KeptPhoto
from app.domain.notices import kind_for
from app.domain.people import SYSTEM, TECHNICIAN, THE_SYSTEM, Actor, NotAllowed
from app.domain.states import AFTER_TICKET
from app.domain.words import N_
from app.models.base import db, expect_version
from app.models.contractors import Contractor
from app.models.lamps import Lamp
from app.models.measures import Measure
from app.models.photos import Photo
from app.models.reports import Report
from app.models.staff import Staff
from app.models.tickets import Ticket
from app.services.interruption_steps import broken_off
from app.services.ticket_cable_steps import after_repair
from app.services.ticket_chain_steps import LIT_AGAIN, QUIET_AFTER, after_photo, tell_the_chain
from app.services.ticket_lamp_steps import told_of_own_lamp
from app.services.ticket_steps import open_again
from app.services.transitions import begin, move, move_if_possible, remark

NOT_SEEN_AT_NIGHT = N_("Belysningen är lagad. Den är inte kontrollerad i mörker.")
NOT_LIT = N_("Lampan lyser inte vid kontroll.")
SAFETY = "Avbröt av säkerhetsskäl."
PHOTO_NEEDED = frozenset({"P1", "P2"})


class PhotoMissing(ValueError):
    """A repair of this priority needs a photo."""


class UnknownLamp(LookupError):
    """There is no such lamp."""


@dataclass(frozen=True)
class Repair:
    """What was found and done: codes of domain.tickets.CAUSES and ACTIONS, and whether the lamp was tried."""

    cause: str
    action: str
    parts: str
    switch_on_test: bool | None
    note: str


def open_ticket(ticket_id: int, actor: Actor) -> Ticket | None:
    """Return a ticket with all that its page shows, or None when it is another technician's or another district's."""
    shown = (
        joinedload(Ticket.lamp).joinedload(Lamp.owner), selectinload(Ticket.lamps).joinedload(Lamp.owner),
        joinedload(Ticket.contractor).joinedload(Contractor.organisation), joinedload(Ticket.district), joinedload(Ticket.owner),
        joinedload(Ticket.assignee), joinedload(Ticket.dark_spot), joinedload(Ticket.measure),
        selectinload(Ticket.photos), selectinload(Ticket.reports).selectinload(Report.photos.and_(Photo.state != "hidden")),
    )  # fmt: skip
    found = select(Ticket).where(Ticket.id == ticket_id).options(*shown).execution_options(populate_existing=True)
    ticket = db.session.scalars(found).first()
    return ticket if ticket is not None and may_see(ticket, actor) else None


def taken_over(ticket_id: int, actor: Actor) -> Ticket | None:
    """Return a ticket that another technician has, with who and where, to the one who cannot open it; else None."""
    found = select(Ticket).where(Ticket.id == ticket_id).options(joinedload(Ticket.assignee), joinedload(Ticket.lamp))
    ticket = db.session.scalars(found).first()
    here = not actor.district_ids or ticket is None or ticket.district_id in {None, *actor.district_ids}
    return ticket if ticket is not None and ticket.assignee is not None and here else None


def may_see(ticket: Ticket, actor: Actor) -> bool:
    """A technician sees own tickets, those of nobody, and what is mended (anybody looks at night); districts limit both roles."""
    if actor.role == TECHNICIAN and ticket.assignee_id is not None:
        if ticket.assignee_id == actor.staff_id:
            return True
        if ticket.state != "repaired":
            return False
    return not actor.district_ids or ticket.district_id is None or ticket.district_id in actor.district_ids


def measure_of(ticket_id: int) -> int | None:
    """Return the number of the measure that a ticket belongs to or became."""
    return db.session.scalar(select(Ticket.measure_id).where(Ticket.id == ticket_id))


def set_out(ticket: Ticket, version: int | None, *, actor: Actor, now: datetime) -> None:
    """Say that somebody is on the way; a ticket of nobody becomes theirs."""
    expect_version(ticket, version)
    _take(ticket, actor)
    if ticket.state == "new":
        move(ticket, "assigned", actor=actor, now=now)
    move(ticket, "en_route", actor=actor, now=now)
    db.session.commit()


def arrive(ticket: Ticket, version: int | None, *, actor: Actor, now: datetime) -> None:
    """Stamp the arrival."""
    expect_version(ticket, version)
    _take(ticket, actor)
    ticket.arrived_at = now
    move(ticket, "on_site", actor=actor, now=now)
    db.session.commit()


def make_safe(ticket: Ticket, version: int | None, *, actor: Actor, now: datetime) -> None:
    """Say that nobody can be hurt any more."""
    expect_version(ticket, version)
    ticket.made_safe_at = now
    move(ticket, "made_safe", actor=actor, now=now)
    db.session.commit()


def repair(
    ticket: Ticket,
    version: int | None,
    done: Repair,
    photos: Sequence[KeptPhoto],
    *,
    actor: Actor,
    now: datetime,
    today: date,
) -> None:
    """Close the first step: the technician's word that it is mended. Danger and dark passages need a photo."""
    expect_version(ticket, version)
    if ticket.priority in PHOTO_NEEDED and not photos and not ticket.photos:
        raise PhotoMissing
    ticket.cause_code, ticket.action_code, ticket.parts = done.cause, done.action, done.parts
    ticket.switch_on_test, ticket.note, ticket.repaired_at, ticket.next_on = done.switch_on_test, done.note, now, None
    for kept in photos:
        db.session.add(after_photo(ticket, kept, now))
    told = told_of_own_lamp(ticket)
    move(ticket, "repaired", actor=actor, now=now, facts={"repaired_on": today.isoformat()}, told=told)
    after_repair(ticket, now)
    db.session.commit()


def keep_photos(ticket: Ticket, photos: Sequence[KeptPhoto], *, now: datetime) -> None:
    """Keep photos with a ticket whose form came back, so that nobody has to take them again."""
    db.session.add_all([after_photo(ticket, kept, now) for kept in photos])
    db.session.commit()


def wait(
    ticket: Ticket, version: int | None, to: str, *, next_on: date, reason: str, actor: Actor, now: datetime
) -> None:
    """Say what the work waits for and when there is news; the resident's clock goes on."""
    expect_version(ticket, version)
    ticket.next_on, ticket.waiting_reason = next_on, reason
    move(ticket, to, actor=actor, now=now, reason=reason, facts={"next_on": next_on.isoformat()})
    db.session.commit()


def end(ticket: Ticket, version: int | None, to: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """End without a repair: no fault, somebody else's lamp, deliberately off, or a proposal for new light.

    Its reports follow, and say the same. The proposal is made in the same commit, tied to the ticket and its reports.
    """
    expect_version(ticket, version)
    if to == "became_measure":
        _propose_light(ticket, reason, actor=actor, now=now)
    ticket.closed_at = now
    told = kind_for("ticket", to) is not None
    move(ticket, to, actor=actor, now=now, reason=reason)
    for report in ticket.reports:
        move_if_possible(report, AFTER_TICKET[to], actor=THE_SYSTEM, now=now, reason=reason, tell=not told)
    db.session.commit()


def break_off(ticket: Ticket, version: int | None, *, note: str, actor: Actor, now: datetime) -> None:
    """Leave for one's own safety: those who lead the work are told at once; nothing of it is ever public."""
    expect_version(ticket, version)
    move(ticket, "assigned", actor=actor, now=now, reason=f"{SAFETY} {note}".strip())
    broken_off(ticket, note, at=now, actor=actor, now=now)
    db.session.commit()


def correct_pole(ticket: Ticket, version: int | None, *, lamp_id: int, actor: Actor, now: datetime) -> None:
    """Point the ticket at the lamp that is really dark."""
    expect_version(ticket, version)
    lamp = db.session.get(Lamp, lamp_id)
    if lamp is None:
        raise UnknownLamp(lamp_id)
    ticket.lamp_id, ticket.owner_id = lamp.id, lamp.owner_id
    ticket.place_at(lamp.lon, lamp.lat)
    remark(ticket, actor=actor, now=now, reason=f"Rättad stolpe: {lamp.pole_number or lamp.asset_id}.")
    db.session.commit()


def note_needs(
    ticket: Ticket, version: int | None, *, road_plan: bool, lift: bool, actor: Actor, now: datetime
) -> None:
    """Write down what the work needs: a plan for how traffic is led past it (TA-plan), a lift."""
    expect_version(ticket, version)
    ticket.needs_road_plan, ticket.needs_lift = road_plan, lift
    needs = [word for word, needed in (("TA-plan", road_plan), ("lift", lift)) if needed]
    remark(ticket, actor=actor, now=now, reason=f"Behövs för arbetet: {', '.join(needs) or 'inget särskilt'}.")
    db.session.commit()


def assign(ticket: Ticket, version: int | None, *, assignee_id: int | None, actor: Actor, now: datetime) -> None:
    """Give a ticket to a technician, or to nobody."""
    expect_version(ticket, version)
    assignee = db.session.get(Staff, assignee_id) if assignee_id is not None else None
    if assignee_id is not None and (assignee is None or assignee.role != TECHNICIAN or not assignee.active):
        raise UnknownLamp(assignee_id)
    ticket.assignee_id = assignee_id
    wanted = "assigned" if assignee_id is not None else "triaged"
    if not move_if_possible(ticket, wanted, actor=actor, now=now):
        remark(ticket, actor=actor, now=now, reason=f"Tilldelad: {assignee.name if assignee else 'ingen'}.")
    db.session.commit()


def verify(ticket: Ticket, version: int | None, *, how: str, actor: Actor, now: datetime) -> None:
    """Close the second step: somebody has seen the light (`switch_on_test`, `night_check`, `resident`, `control`)."""
    expect_version(ticket, version)
    if how == "switch_on_test" and not (ticket.switch_on_test and ticket.photos):
        raise PhotoMissing
    ticket.verified_at, ticket.verified_how, ticket.closed_at = now, how, now
    move(ticket, "verified", actor=actor, now=now)
    tell_the_chain(ticket, LIT_AGAIN, now)
    db.session.commit()


def reopen(ticket: Ticket, version: int | None, *, reason: str, actor: Actor, now: datetime) -> None:
    """Open again for the same team."""
    expect_version(ticket, version)
    open_again(ticket, reason, actor=actor, now=now)
    db.session.commit()


def close_quiet(*, now: datetime) -> int:
    """Close what was mended a week ago and nobody has objected to, saying that it was not seen at night."""
    found = select(Ticket).where(Ticket.state == "repaired", Ticket.repaired_at < now - QUIET_AFTER)
    tickets = db.session.scalars(found.options(selectinload(Ticket.reports), joinedload(Ticket.measure))).all()
    for ticket in tickets:
        ticket.verified_how, ticket.closed_at = "not_seen_at_night", now
        for to in ("verified", "closed"):
            move(ticket, to, actor=THE_SYSTEM, now=now, reason=NOT_SEEN_AT_NIGHT)
        tell_the_chain(ticket, NOT_SEEN_AT_NIGHT, now)
    db.session.commit()
    return len(tickets)


def _propose_light(ticket: Ticket, reason: str, *, actor: Actor, now: datetime) -> None:
    measure = Measure(
        kind="lighting_new", description=reason, dark_spot_id=ticket.dark_spot_id, district_id=ticket.district_id,
        created_at=now, updated_at=now,
    )  # fmt: skip
    begin(measure, actor=actor, now=now)
    ticket.measure_id = measure.id


def _take(ticket: Ticket, actor: Actor) -> None:
    if actor.role == TECHNICIAN and ticket.assignee_id is None:
        ticket.assignee_id = actor.staff_id
    elif actor.role == SYSTEM:
        raise NotAllowed
