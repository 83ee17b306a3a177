"""What the pages about plans and measures show. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.domain import measures as rules
from app.domain.people import Actor
from app.models import areas
from app.models.base import db, row_number
from app.models.dark_spots import DarkSpot
from app.models.districts import District
from app.models.history import History
from app.models.measures import Measure, MeasureFunding, OwnerRequest, Plan
from app.services.late_steps import late_measures

CARDS_A_COLUMN, CARDS_OF_A_PLAN = 40, 300
ROWS_A_PAGE = 100
SETTLED: Final = (*rules.COLUMNS["finished"], *rules.COLUMNS["rejected"])
_SPOTS_NAME: Final = joinedload(Measure.dark_spot).load_only(DarkSpot.name)
"""A card needs no more of its place, whose score and counts take longer to read than all the rest of the card."""


@dataclass(frozen=True)
class Card:
    """A measure on the board with what it lacks and whether its day has passed."""

    measure: Measure
    missing: tuple[str, ...]
    overdue: bool


@dataclass(frozen=True)
class Column:
    """A column of the board: its first cards, and how many measures stand in it."""

    cards: Sequence[Card]
    total: int


@dataclass(frozen=True)
class Filters:
    """What the board shows: one owner's, only the overdue, only those that lack something, only one of its columns."""

    responsible_id: int | None = None
    overdue: bool = False
    missing: bool = False
    funding_id: int | None = None
    column: str = ""


def filters_of(values: Any) -> Filters:
    """Return the filters of an address."""
    return Filters(
        values.get("owner", type=row_number), overdue=bool(values.get("overdue")), missing=bool(values.get("missing")),
        funding_id=values.get("money", type=row_number), column=column if (column := values.get("column", "")) in rules.COLUMNS else "",
    )  # fmt: skip


def board(actor: Actor, filters: Filters, today: date, plan_id: int | None = None) -> Mapping[str, Column]:
    """Return the measures by column of the board: of each column the first cards, and the number of all.

    What is open comes with the nearest day first, what is settled with the latest first.
    """
    of_state = {state: column for column, states in rules.COLUMNS.items() for state in states}
    column = case(of_state, value=Measure.state, else_="proposed")
    numbered = (
        select(
            Measure.id, column.label("column"), func.count().over(partition_by=column).label("total"),
            func.row_number().over(partition_by=column, order_by=_nearest_first()).label("place"),
        ).where(*_asked(actor, filters, today, plan_id)).subquery()
    )  # fmt: skip
    found = select(Measure, numbered.c.column, numbered.c.total).join(numbered, numbered.c.id == Measure.id)
    cards: dict[str, list[Card]] = {column: [] for column in rules.COLUMNS}
    totals = dict.fromkeys(rules.COLUMNS, 0)
    most = CARDS_A_COLUMN if plan_id is None else CARDS_OF_A_PLAN
    shown = found.where(numbered.c.place <= most).order_by(numbered.c.place).options(_SPOTS_NAME, *_trio())
    for measure, name, total in db.session.execute(shown):
        cards[name].append(_card(measure, today))
        totals[name] = total
    return {name: Column(cards[name], totals[name]) for name in rules.COLUMNS}


def listing(actor: Actor, filters: Filters, today: date, page: int) -> tuple[list[Card], int]:
    """Return one page (from 1) of the measures, those with the nearest day first, and how many there are in all."""
    asked = _asked(actor, filters, today, None)
    found = select(Measure).where(*asked).order_by(*_nearest_first()).options(_SPOTS_NAME, *_trio())
    rows = db.session.scalars(found.limit(ROWS_A_PAGE).offset((page - 1) * ROWS_A_PAGE))
    cards = [_card(m, today) for m in rows]
    return cards, db.session.scalar(select(func.count()).select_from(Measure).where(*asked)) or 0


def plans(actor: Actor) -> list[tuple[Plan, int, int]]:
    """Return the plans, newest first, each with its number of measures and how many are finished."""
    mine = [Plan.district_id.in_(actor.district_ids)] if actor.district_ids else []
    rows = db.session.scalars(
        select(Plan).where(*mine).order_by(Plan.id.desc()).options(joinedload(Plan.district))
    ).all()
    counts: dict[int | None, list[str]] = {}
    states = select(Measure.plan_id, Measure.state).where(Measure.plan_id.is_not(None))
    for plan_id, state in db.session.execute(states):
        counts.setdefault(plan_id, []).append(state)
    return [(p, len(counts.get(p.id, [])), sum(s in rules.FINISHED for s in counts.get(p.id, []))) for p in rows]


def plan(plan_id: int, actor: Actor) -> Plan | None:
    """Return a plan with its district and walks, or None when it is not this person's to see."""
    mine = [Plan.district_id.in_(actor.district_ids)] if actor.district_ids else []
    found = select(Plan).where(Plan.id == plan_id, *mine)
    return db.session.scalars(found.options(joinedload(Plan.district), selectinload(Plan.walks))).first()


def published_plan(plan_id: int) -> tuple[Plan, Sequence[Measure]] | None:
    """Return a plan that has been decided, with its measures, for everybody; or None."""
    found = select(Plan).where(Plan.id == plan_id, Plan.state.in_(rules.PLAN_PUBLISHED))
    row = db.session.scalars(found.options(joinedload(Plan.district), selectinload(Plan.walks))).first()
    return (row, measures_of_plan(plan_id)) if row else None


def measures_of_plan(plan_id: int) -> Sequence[Measure]:
    """Return a plan's measures with their trio, those with the nearest day first."""
    return db.session.scalars(_with_trio(select(Measure).where(Measure.plan_id == plan_id))).all()


def measure(measure_id: int, actor: Actor, today: date) -> Card | None:
    """Return a measure with all that its page shows, or None when it is not this person's to see."""
    found = select(Measure).where(Measure.id == measure_id, *_own(actor))
    row = db.session.scalars(
        _with_trio(found).options(
            joinedload(Measure.district),
            selectinload(Measure.tickets),
            selectinload(Measure.owner_requests).joinedload(OwnerRequest.organisation),
        )
    ).first()
    return _card(row, today) if row else None


def costs(plan_id: int) -> tuple[float, float]:
    """Return the sum of estimated and of actual costs of a plan, in kronor."""
    total = select(func.sum(Measure.cost_estimate_sek), func.sum(Measure.cost_actual_sek))
    estimated, actual = db.session.execute(total.where(Measure.plan_id == plan_id, Measure.state != "rejected")).one()
    return float(estimated or 0), float(actual or 0)


def spot(spot_id: int) -> DarkSpot | None:
    """Return a dark spot that a measure is proposed for."""
    return db.session.scalars(
        select(DarkSpot).where(DarkSpot.id == spot_id).options(joinedload(DarkSpot.district))
    ).first()


def districts(actor: Actor) -> list[District]:
    """Return the districts that a coordinator may plan in."""
    return [d for d in areas.districts() if not actor.district_ids or d.id in actor.district_ids]


def history(thing: str, thing_id: int) -> Sequence[History]:
    """Return what happened to a plan or a measure, oldest first."""
    found = select(History).where(History.thing == thing, History.thing_id == thing_id).order_by(History.id)
    return db.session.scalars(found).all()


def _own(actor: Actor) -> list[ColumnElement[bool]]:
    return (
        [or_(Measure.district_id.in_(actor.district_ids), Measure.district_id.is_(None))] if actor.district_ids else []
    )


def _asked(actor: Actor, filters: Filters, today: date, plan_id: int | None) -> list[ColumnElement[bool]]:
    asked = _own(actor)
    if plan_id is not None:
        asked.append(Measure.plan_id == plan_id)
    if filters.responsible_id is not None:
        asked.append(Measure.responsible_id == filters.responsible_id)
    if filters.funding_id is not None:
        asked.append(Measure.funding.any(MeasureFunding.funding_id == filters.funding_id))
    if filters.overdue:
        asked.append(late_measures(today))
    if filters.missing:
        asked += [Measure.state.not_in(SETTLED), _lacks_something()]
    if filters.column:
        asked.append(Measure.state.in_(rules.COLUMNS[filters.column]))
    return asked


def _lacks_something() -> ColumnElement[bool]:
    """What rules.missing says, as a condition."""
    without_money = Measure.cost_estimate_sek.is_(None) & ~Measure.funding.any()
    return or_(Measure.responsible_id.is_(None), Measure.deadline.is_(None) & Measure.next_on.is_(None), without_money)


def _nearest_first() -> Sequence[Any]:
    settled = Measure.state.in_(SETTLED)
    return (
        case((settled, 1), else_=0), case((~settled, Measure.deadline)).asc().nulls_first(),
        case((settled, Measure.updated_at)).desc(), Measure.id,
    )  # fmt: skip


def _trio() -> Sequence[ExecutableOption]:
    return (
        joinedload(Measure.responsible), joinedload(Measure.plan), selectinload(Measure.funding).joinedload(MeasureFunding.funding)
    )  # fmt: skip


def _with_trio(found: Select[Measure]) -> Select[Measure]:
    ordered = found.order_by(Measure.deadline.asc().nulls_first(), Measure.id)
    return ordered.options(joinedload(Measure.dark_spot), *_trio())


def _card(row: Measure, today: date) -> Card:
    gaps = rules.missing(
        responsible=row.responsible_id is not None,
        deadline=row.deadline,
        next_on=row.next_on,
        cost_known=row.cost_estimate_sek is not None or bool(row.funding),
    )
    return Card(
        row,
        () if row.state in SETTLED else gaps,
        rules.is_overdue(rules.due_on(row.deadline, row.next_on), row.state, today),
    )
