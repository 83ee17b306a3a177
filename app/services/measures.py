"""Measures: say what shall be done, by whom, when and for how much, and move them on. One function, one commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app.domain import measures as rules
from app.domain.funding import MAY_BE_DRAWN, may_draw, others_share_missing
from app.domain.measure_details import needed_before_decision
from app.domain.people import THE_SYSTEM, Actor, NotAllowed, ThingFacts, may_move
from app.domain.states import MOVES, REPORT
from app.domain.words import N_
from app.models.base import db, expect_version
from app.models.dark_spots import DarkSpot
from app.models.districts import District
from app.models.measures import Funding, Measure, MeasureFunding, Plan
from app.models.staff import Organisation
from app.models.tickets import Ticket
from app.services.desk_steps import Unclear, Unknown
from app.services.follow_up_steps import schedule
from app.services.measure_steps import settle_spot, take_into_plan
from app.services.reminder_steps import watch
from app.services.ticket_steps import Fault, attach_reports, open_ticket
from app.services.transitions import begin, move, remark


@dataclass(frozen=True)
class Desk:
    """Who decides, when, and about which version of the measure; `today` is the local date."""

    actor: Actor
    now: datetime
    today: date
    version: int | None = None


@dataclass(frozen=True)
class Terms:
    """What a measure says. Costs in kronor."""

    kind: str
    description: str
    responsible_id: int | None
    responsible_role: str
    deadline: date | None
    next_on: date | None
    cost_estimate_sek: Decimal | None
    cost_actual_sek: Decimal | None
    quick_win: bool
    plan_id: int | None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A move: where to, why, and the next date where one is needed."""

    to: str
    reason: str = ""
    next_on: date | None = None


def create(spot_id: int | None, district_id: int | None, terms: Terms, *, desk: Desk) -> Measure:
    """Propose a measure for a dark spot, or for a district as a whole."""
    spot = db.session.get(DarkSpot, spot_id) if spot_id else None
    if spot_id and spot is None:
        raise Unclear({"spot": "spot_unknown"})
    district = spot.district_id if spot else district_id
    if district is None or db.session.get(District, district) is None:
        raise Unclear({"district": "required"})
    if not may_move(desk.actor, ThingFacts("measure", None, district), "proposed"):
        raise NotAllowed(f"{desk.actor.role} may not propose a measure in district {district}")
    _check(terms, desk.today)
    measure = Measure(
        dark_spot_id=spot.id if spot else None,
        district_id=district,
        created_at=desk.now,
        updated_at=desk.now,
        **{**vars(terms), "details": dict(terms.details)},
    )
    begin(measure, actor=desk.actor, now=desk.now)
    db.session.commit()
    return measure


def change(measure_id: int, terms: Terms, *, desk: Desk) -> Measure:
    """Keep what the form says of a measure."""
    measure = _shown(measure_id, desk)
    _check(terms, desk.today, measure_id)
    for name, value in vars(terms).items():
        setattr(measure, name, dict(value) if name == "details" else value)
    watch(measure, desk.now)
    remark(measure, actor=desk.actor, now=desk.now, reason=N_("Uppgifterna ändrade"))
    db.session.commit()
    return measure


def passed_days(terms: Terms, today: date, measure_id: int | None = None) -> dict[str, str]:
    """Return the codes of promised days that have passed and did not stand there already, also for a form with other mistakes."""
    kept = db.session.get(Measure, measure_id) if measure_id else None
    days = {name: (getattr(terms, name), getattr(kept, name, None)) for name in ("deadline", "next_on")}
    return {name: "day_passed" for name, (said, was) in days.items() if said and said != was and said < today}


def draw(measure_id: int, funding_id: int | None, amount: Decimal | None, *, desk: Desk) -> Measure:
    """Let a measure draw an amount from a source (nothing: give it back); never more than is left."""
    measure = _shown(measure_id, desk)
    # The source is locked until the commit, so that two measures cannot both draw the last krona.
    source = db.session.get(Funding, funding_id, with_for_update=True) if funding_id else None
    if source is None:
        raise Unclear({"funding_id": "required"})
    if amount and source.state not in MAY_BE_DRAWN:
        raise Unclear({"funding_id": "money_not_there"})
    if amount and source.co_funding_percent:
        if measure.cost_estimate_sek is None:
            raise Unclear({"amount": "cost_unknown"})
        if others_share_missing(measure.cost_estimate_sek, amount, source.co_funding_percent):
            raise Unclear({"amount": "others_must_pay"})
    others = select(MeasureFunding.amount_sek).where(
        MeasureFunding.funding_id == source.id, MeasureFunding.measure_id != measure.id
    )
    wanted = amount or Decimal(0)
    if not may_draw(source.amount_sek, db.session.scalars(others).all(), wanted):
        raise Unclear({"amount": "too_much_money"})
    row = next((f for f in measure.funding if f.funding_id == source.id), None)
    if row is None and wanted:
        measure.funding.append(MeasureFunding(funding_id=source.id, amount_sek=wanted))
    elif row is not None and wanted:
        row.amount_sek = wanted
    elif row is not None:
        measure.funding.remove(row)
    remark(measure, actor=desk.actor, now=desk.now, reason=f"{source.name}: {wanted} kr")
    flag_modified(measure, "updated_at")  # only rows beside it changed; the version counts up all the same
    db.session.commit()
    return measure


def step(measure_id: int, wanted: Step, *, desk: Desk) -> Measure:
    """Move a measure: decide, reject, wait, begin, finish, verify. What follows for spot, ticket and reports follows here."""
    measure = _shown(measure_id, desk)
    next_on = wanted.next_on or (None if wanted.to in rules.WAITING else measure.next_on)
    lacks = rules.move_needs(
        wanted.to,
        responsible=measure.responsible_id is not None,
        deadline=measure.deadline,
        next_on=next_on,
        reason=wanted.reason,
        today=desk.today,
    )
    if wanted.to == "decided":
        lacks |= needed_before_decision(measure.kind, measure.details)
    if lacks:
        raise Unclear(lacks)
    _keep_reasons(measure, wanted, next_on, desk.now)
    move(measure, wanted.to, actor=desk.actor, now=desk.now, reason=wanted.reason, facts=_facts(measure))
    watch(measure, desk.now)
    spot = measure.dark_spot
    if spot is not None and wanted.to == "decided":
        take_into_plan(spot, now=desk.now)
        if measure.kind in rules.LIGHTING_KINDS and not measure.tickets:
            _open_lighting_ticket(measure, spot, desk)
    if wanted.to == "verified":
        schedule(measure, now=desk.now)
    if spot is not None and wanted.to in {"verified", "rejected"}:
        settle_spot(spot, now=desk.now)
    db.session.commit()
    return measure


def _keep_reasons(measure: Measure, wanted: Step, next_on: date | None, now: datetime) -> None:
    measure.next_on = next_on
    if wanted.to in rules.WAITING:
        measure.waiting_reason = wanted.reason[:300]
    elif wanted.to == "rejected":
        measure.reject_reason = wanted.reason[:500]
    elif wanted.to == "done":
        measure.done_at = now


def _open_lighting_ticket(measure: Measure, spot: DarkSpot, desk: Desk) -> Ticket:
    """Open the ticket that a lighting decision needs; its day is the decision's, so that residents are told one day."""
    fault = Fault(
        rules.FAULT_FOR[measure.kind], spot.lon, spot.lat, directions=spot.name[:300], environment=spot.environment or None,
        dark_spot_id=spot.id, band=spot.band, measure_id=measure.id,
    )  # fmt: skip
    ticket = open_ticket(fault, [], actor=THE_SYSTEM, report_actor=THE_SYSTEM, now=desk.now, today=desk.today)
    ticket.due_on = measure.deadline or ticket.due_on
    ticket.note = measure.description
    open_reports = [r for r in spot.reports if r.ticket_id is None and "ticketed" in MOVES[REPORT][r.state]]
    attach_reports(ticket, open_reports, actor=THE_SYSTEM, now=desk.now)
    return ticket


def _facts(measure: Measure) -> dict[str, str]:
    facts = {"what": measure.description.rstrip(".")}
    if measure.deadline:
        facts["due_on"] = measure.deadline.isoformat()
    if measure.next_on:
        facts["next_on"] = measure.next_on.isoformat()
    return facts


def _check(terms: Terms, today: date, measure_id: int | None = None) -> None:
    if passed := passed_days(terms, today, measure_id):
        raise Unclear(passed)
    if terms.responsible_id and db.session.get(Organisation, terms.responsible_id) is None:
        raise Unclear({"responsible_id": "choice_unknown"})
    if terms.plan_id and db.session.get(Plan, terms.plan_id) is None:
        raise Unclear({"plan_id": "choice_unknown"})


def _shown(measure_id: int, desk: Desk) -> Measure:
    found = select(Measure).where(Measure.id == measure_id)
    spot = joinedload(Measure.dark_spot)
    own = (joinedload(Measure.responsible), selectinload(Measure.funding), selectinload(Measure.tickets))
    reached = (spot.selectinload(DarkSpot.reports), spot.selectinload(DarkSpot.measures))
    measure = db.session.scalars(found.options(*own, *reached)).first()
    if measure is None:
        raise Unknown
    expect_version(measure, desk.version)
    return measure
