"""Several faults with probably one cause: found among what is open, and made one ticket with its lamps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.domain import ticket_causes as rule
from app.domain.people import Actor
from app.domain.states import MOVES, OPEN_TICKETS, UNMENDED_TICKETS
from app.models.areas import municipality
from app.models.base import db
from app.models.lamps import Lamp
from app.models.reports import Report
from app.models.tickets import Ticket, ticket_lamp
from app.services.ticket_steps import Fault, attach_reports, judge, open_ticket
from app.services.transitions import move, remark
from geo.projection import SWEREF99_TM, to_metres

LOOK_BACK = timedelta(days=45)
WAITING_REPORTS = ("received", "reviewed")
MOST = 5000


class NothingToJoin(ValueError):
    """Fewer than three lamps are left of what was to become one ticket: somebody was faster."""


def suggestions(actor: Actor, *, now: datetime) -> list[rule.Cause]:
    """Return the groups of open tickets and waiting reports that suggest one cause, the largest first."""
    return rule.causes(*_dark(actor, now))


def join_up(lamp_ids: Collection[int], *, actor: Actor, now: datetime, today: date) -> Ticket:
    """Make one ticket of what is open at these lamps: the oldest takes the lamps and reports, the others end as duplicates.

    Raises:
        NothingToJoin: what was suggested is no longer so.

    """
    cause = next((c for c in suggestions(actor, now=now) if {x.lamp_id for x in c.lamps} & set(lamp_ids)), None)
    if cause is None:
        raise NothingToJoin
    tickets = _tickets(cause.ticket_ids)
    lamps = list(
        db.session.scalars(select(Lamp).where(Lamp.id.in_([x.lamp_id for x in cause.lamps])).order_by(Lamp.id))
    )
    reports = list(db.session.scalars(select(Report).where(Report.id.in_(cause.report_ids)).order_by(Report.id)))
    if tickets:
        main = tickets[0]
    else:
        fault = Fault(cause.fault, lamps[0].lon, lamps[0].lat, len(lamps), lamps[0], source="report")
        main = open_ticket(fault, [], actor=actor, report_actor=actor, now=now, today=today)
        db.session.refresh(main, ["reports", "lamps"])
    main.lamps = lamps
    main.fault_code, main.lamps_affected = cause.fault, max(len(lamps), main.lamps_affected)
    judge(main, None, None, today=today)
    attach_reports(main, reports, actor=actor, now=now)
    for other in tickets[1:]:
        _into(main, other, actor, now)
    remark(
        main,
        actor=actor,
        now=now,
        reason=f"Ett ärende för {len(lamps)} lampor: {', '.join(x.pole_number or x.asset_id for x in lamps)}"[:1000],
    )
    db.session.commit()
    return main


def _into(main: Ticket, other: Ticket, actor: Actor, now: datetime) -> None:
    if "duplicate" not in MOVES["ticket"].get(other.state, set()):
        return  # somebody is at work there
    for report in list(other.reports):
        report.ticket_id = main.id
    other.closed_at = now
    db.session.flush()
    db.session.refresh(other, ["reports"])
    move(other, "duplicate", actor=actor, now=now, reason=f"Samma orsak som {main.reference}.")


def _tickets(ids: Sequence[int]) -> list[Ticket]:
    found = select(Ticket).where(Ticket.id.in_(ids), Ticket.state.in_(OPEN_TICKETS)).order_by(Ticket.id)
    return list(db.session.scalars(found.options(selectinload(Ticket.reports), selectinload(Ticket.lamps))))


def _dark(actor: Actor, now: datetime) -> tuple[list[rule.DarkLamp], dict[tuple[str, str], int]]:
    open_now = (
        Ticket.state.in_(UNMENDED_TICKETS),
        Ticket.fault_code.in_(rule.OUT),
        Ticket.created_at > now - LOOK_BACK,
    )
    mine = (Ticket.district_id.is_(None) | Ticket.district_id.in_(actor.district_ids),) if actor.district_ids else ()
    said: dict[int, tuple[set[int], set[int]]] = {}
    single = select(Ticket.lamp_id, Ticket.id).where(*open_now, *mine, Ticket.lamp_id.is_not(None)).limit(MOST)
    several = select(ticket_lamp.c.lamp_id, Ticket.id).join(Ticket, Ticket.id == ticket_lamp.c.ticket_id)
    for found in (single, several.where(*open_now, *mine).limit(MOST)):
        for lamp_id, ticket_id in db.session.execute(found):
            if lamp_id is not None:
                said.setdefault(lamp_id, (set(), set()))[0].add(ticket_id)
    waiting = select(Report.lamp_id, Report.id, Report.categories).where(
        Report.lamp_id.is_not(None),
        Report.ticket_id.is_(None),
        Report.state.in_(WAITING_REPORTS),
        Report.received_at > now - LOOK_BACK,
    )
    for lamp_id, report_id, categories in db.session.execute(waiting.limit(MOST)):
        if lamp_id is not None and "lamp_out" in categories and (not actor.district_ids or lamp_id in said):
            said.setdefault(lamp_id, (set(), set()))[1].add(report_id)
    if not said:
        return [], {}
    return _placed(said)


def _placed(said: dict[int, tuple[set[int], set[int]]]) -> tuple[list[rule.DarkLamp], dict[tuple[str, str], int]]:
    here = municipality()
    wanted = select(Lamp.id, Lamp.cabinet, Lamp.section, Lamp.lon, Lamp.lat)
    rows = db.session.execute(wanted.where(Lamp.id.in_(said), Lamp.status != "deliberately_off")).all()
    metres = to_metres(np.array([(r.lon, r.lat) for r in rows]).reshape(-1, 2), here.epsg if here else SWEREF99_TM)
    lamps = [
        rule.DarkLamp(
            r.id, r.cabinet, r.section, float(x), float(y), frozenset(said[r.id][0]), frozenset(said[r.id][1])
        )
        for r, (x, y) in zip(rows, metres, strict=True)
    ]
    return lamps, _section_sizes(lamps)


def _section_sizes(lamps: Sequence[rule.DarkLamp]) -> dict[tuple[str, str], int]:
    """Return how many lamps each section has, for the cabinets where enough are dark to ask."""
    dark = Counter(x.cabinet for x in lamps if x.section)
    asked = [cabinet for cabinet, n in dark.items() if n >= rule.LEAST]
    if not asked:
        return {}
    counted = select(Lamp.cabinet, Lamp.section, func.count()).where(Lamp.cabinet.in_(asked), Lamp.section != "")
    return {(c, s): n for c, s, n in db.session.execute(counted.group_by(Lamp.cabinet, Lamp.section))}
