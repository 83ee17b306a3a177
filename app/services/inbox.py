"""The inbox as it is read: the queue in its order with what each report probably needs, and one report as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.domain import inbox as rule
from app.domain.reports import sounds_urgent
from app.domain.states import OPEN_DARK_SPOTS, OPEN_TICKETS
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import NamedPlace
from app.models.history import History
from app.models.lamps import Lamp
from app.models.places import near
from app.models.reports import Report
from app.models.staff import Organisation
from app.models.tickets import Ticket
from app.services.desk_steps import around, history_of, of_district, organisations
from app.services.transitions import possible
from geo.nearest import distances_from_m

PAGE_SIZE = 25
NEARBY_REPORTS_M = 60.0
NEARBY_LAMPS_M = 60.0
_Thing = TypeVar("_Thing", Report, Lamp)
_WHOLE = (
    joinedload(Report.district), selectinload(Report.dark_spot), joinedload(Report.ticket), joinedload(Report.lamp),
    joinedload(Report.forwarded_to), joinedload(Report.duplicate_of), joinedload(Report.contact),
    selectinload(Report.photos), selectinload(Report.notices),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One report in the queue: its lane, the place's name, the nearest spot and ticket, and what it probably needs."""

    report: Report
    lane: int
    place: str
    spot: rule.Neighbour | None
    ticket: rule.Neighbour | None
    suggestion: rule.Suggestion


@dataclass(frozen=True)
class Queue:
    """One page of the queue, what the whole of it counts per lane, and where the next page begins."""

    rows: Sequence[Row]
    counts: dict[int, int]
    next_after: str


@dataclass(frozen=True)
class Dossier:
    """One report with all that a decision about it needs."""

    row: Row
    urgent: bool
    history: Sequence[History]
    nearby: Sequence[tuple[Report, int]]
    spots: Sequence[rule.Neighbour]
    tickets: Sequence[rule.Neighbour]
    lamps: Sequence[tuple[Lamp, int]]
    organisations: Sequence[Organisation]
    possible: Collection[str]


def queue(district_ids: Collection[int], after: str = "", size: int = PAGE_SIZE) -> Queue:
    """Return one page of unread reports: danger, held, then unread, the oldest first within each.

    `after` is the last page's `next_after`; anything unreadable gives the first page. Seven queries, whatever the size.
    """
    mine = _unread(district_ids)
    urgent = _urgent(mine)
    lane = case((Report.id.in_(urgent), rule.DANGER), (Report.state == "held", rule.HELD), else_=rule.UNREAD)
    first = _begin_after(select(Report.id).where(*mine), lane, after).order_by(lane, Report.received_at, Report.id)
    shown_ids = select(first.limit(size + 1).subquery().c.id)  # numbers first: only what is shown is read as a whole
    found = (
        select(Report)
        .where(Report.id.in_(shown_ids))
        .options(joinedload(Report.district), joinedload(Report.lamp), selectinload(Report.photos))
    )
    reports = db.session.scalars(found.order_by(lane, Report.received_at, Report.id)).all()
    shown = reports[:size]
    rows = _rows(shown, urgent)
    return Queue(rows, _counts(mine, urgent), _cursor(rows[-1]) if len(reports) > size else "")


def dossier(report_id: int) -> Dossier | None:
    """Return one report with its surroundings, or None when there is no such report."""
    report = db.session.scalars(select(Report).where(Report.id == report_id).options(*_WHOLE)).first()
    if report is None:
        return None
    here = [(report.lon, report.lat)]
    urgent = sounds_urgent(report.text)
    spots = _by_distance(report, _spots(here, []))
    tickets = _by_distance(report, _tickets(here), same_lamp=report.lamp_id)
    row = _rows([report], {report.id} if urgent else set())[0]
    return Dossier(
        row, urgent, history_of("report", report.id), _nearby(report), spots[:8], tickets[:8], _lamps(report),
        organisations(), possible(report),
    )  # fmt: skip


def danger_count(district_ids: Collection[int]) -> int:
    """Return how many unread reports have words that may mean danger."""
    return len(_urgent(_unread(district_ids)))


def _unread(district_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    scope = of_district(Report.district_id, district_ids)
    unread = Report.state.in_(rule.UNREAD_STATES)
    return (unread,) if scope is None else (unread, scope)


def _urgent(mine: tuple[ColumnElement[bool], ...]) -> set[int]:
    written = select(Report.id, Report.text).where(*mine, Report.text != "")  # twenty LIKE for each would cost more
    return {row.id for row in db.session.execute(written) if sounds_urgent(row.text)}


def _counts(mine: tuple[ColumnElement[bool], ...], urgent: Collection[int]) -> dict[int, int]:
    held = case((Report.state == "held", rule.HELD), else_=rule.UNREAD)
    kind = case((Report.id.in_(urgent), rule.DANGER), else_=held)
    found = db.session.execute(select(kind, func.count()).where(*mine).group_by(kind)).all()
    return {rule.DANGER: 0, rule.HELD: 0, rule.UNREAD: 0} | {int(k): n for k, n in found}


def _cursor(row: Row) -> str:
    return f"{row.lane}_{row.report.received_at.timestamp():.6f}_{row.report.id}"


def _begin_after(found: Select[int], lane: ColumnElement[int], after: str) -> Select[int]:
    try:
        kind, at, number = after.split("_")
        lane_no, moment, last = int(kind), datetime.fromtimestamp(float(at), UTC), int(number)
    except (ValueError, OverflowError, OSError):
        return found
    same_lane = or_(Report.received_at > moment, and_(Report.received_at == moment, Report.id > last))
    return found.where(or_(lane > lane_no, and_(lane == lane_no, same_lane)))


def _rows(reports: Sequence[Report], urgent: Collection[int]) -> list[Row]:
    if not reports:
        return []
    places = [(r.lon, r.lat) for r in reports]
    spots = _spots(places, [r.dark_spot_id for r in reports if r.dark_spot_id])
    tickets, names = _tickets(places), _names(places)
    return [_row(r, spots, tickets, names, urgent=r.id in urgent) for r in reports]


def _row(
    report: Report, spots: Sequence[_Near], tickets: Sequence[_Near], names: Sequence[_Near], *, urgent: bool
) -> Row:
    own = [s for s in spots if s.id == report.dark_spot_id]
    near_spots = _by_distance(report, own or spots, own_id=report.dark_spot_id)
    near_tickets = _by_distance(report, tickets, same_lamp=report.lamp_id)
    named = _by_distance(report, names)
    spot, ticket = (near_spots[0] if near_spots else None), (near_tickets[0] if near_tickets else None)
    place = named[0].name if named else report.directions
    off = report.lamp.off_reason or "–" if report.lamp is not None and report.lamp.status == "deliberately_off" else ""
    suggestion = rule.suggest(report.state, report.categories, spot, ticket, in_spot=bool(own), off_because=off)
    return Row(report, rule.lane(report.state, urgent=urgent), place, spot, ticket, suggestion)


@dataclass(frozen=True)
class _Near:
    id: int
    name: str
    lon: float
    lat: float
    lamp_id: int | None = None


def _spots(places: Collection[tuple[float, float]], ids: Collection[int]) -> list[_Near]:
    close = or_(around(DarkSpot, places, rule.LOOK_AROUND_M), DarkSpot.id.in_(ids))
    found = select(DarkSpot.id, DarkSpot.name, DarkSpot.lon, DarkSpot.lat)
    rows = db.session.execute(found.where(DarkSpot.state.in_(OPEN_DARK_SPOTS), close))
    return [_Near(r.id, f"F-{r.id} {r.name}".strip(), r.lon, r.lat) for r in rows]


def _tickets(places: Collection[tuple[float, float]]) -> list[_Near]:
    found = select(Ticket.id, Ticket.lon, Ticket.lat, Ticket.lamp_id)
    rows = db.session.execute(found.where(Ticket.state.in_(OPEN_TICKETS), around(Ticket, places, rule.LOOK_AROUND_M)))
    return [_Near(r.id, f"B-{r.id}", r.lon, r.lat, r.lamp_id) for r in rows]


def _names(places: Collection[tuple[float, float]]) -> list[_Near]:
    found = select(NamedPlace.id, NamedPlace.name, NamedPlace.lon, NamedPlace.lat)
    rows = db.session.execute(found.where(around(NamedPlace, places, rule.LOOK_AROUND_M)))
    return [_Near(r.id, r.name, r.lon, r.lat) for r in rows]


def _by_distance(
    report: Report, things: Iterable[_Near], *, same_lamp: int | None = None, own_id: int | None = None
) -> list[rule.Neighbour]:
    """Return the things within sight of a report, nearest first; those at the same lamp before all others."""
    known = list(things)
    if not known:
        return []
    metres = distances_from_m(report.lon, report.lat, np.array([(t.lon, t.lat) for t in known]))
    found = [
        rule.Neighbour(t.id, t.name, float(m), same=same_lamp is not None and t.lamp_id == same_lamp)
        for t, m in zip(known, metres, strict=True)
        if m <= rule.LOOK_AROUND_M or t.id == own_id
    ]
    return sorted(found, key=lambda n: (not n.same, n.distance_m, n.id))


def _nearby(report: Report) -> list[tuple[Report, int]]:
    close = near(Report, report.lon, report.lat, NEARBY_REPORTS_M), Report.id != report.id
    newest = select(Report).where(*close).order_by(Report.received_at.desc(), Report.id.desc()).limit(12)
    return _with_metres(report, db.session.scalars(newest).all())


def _lamps(report: Report) -> list[tuple[Lamp, int]]:
    close = near(Lamp, report.lon, report.lat, NEARBY_LAMPS_M)
    lamps = list(db.session.scalars(select(Lamp).where(close).order_by(Lamp.id).limit(40)))
    if report.lamp is not None and report.lamp not in lamps:
        lamps.append(report.lamp)
    return sorted(_with_metres(report, lamps), key=lambda pair: (pair[0].id != report.lamp_id, pair[1]))[:12]


def _with_metres(report: Report, things: Sequence[_Thing]) -> list[tuple[_Thing, int]]:
    if not things:
        return []
    metres = distances_from_m(report.lon, report.lat, np.array([(t.lon, t.lat) for t in things]))
    return [(t, round(float(m))) for t, m in zip(things, metres, strict=True)]
