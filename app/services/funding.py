"""The register of money: sources with their amounts, what measures draw from them, and applications on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.domain.funding import Balance, balance
from app.domain.people import Actor
from app.models.base import db, expect_version
from app.models.measures import Funding, Measure, MeasureFunding
from app.services.desk_steps import Unclear, Unknown
from app.services.transitions import begin, move, remark


@dataclass(frozen=True)
class Source:
    """A source with its balance, the next day that somebody must act on, and whether that day has passed."""

    row: Funding
    balance: Balance


@dataclass(frozen=True)
class Draw:
    """What one measure draws, and which part of its cost that is (whole per cent, None when the cost is unknown)."""

    measure: Measure
    amount: Decimal
    share: int | None


@dataclass(frozen=True)
class Terms:
    """What the register says of a source. Amounts in kronor."""

    name: str
    kind: str
    year: int
    amount_sek: Decimal
    decision: str
    purpose: str
    applied_sek: Decimal | None = None
    applied_by: str = ""
    co_funding_percent: int | None = None
    call_opens_on: date | None = None
    call_closes_on: date | None = None
    report_due_on: date | None = None


def sources(year: int | None = None) -> list[Source]:
    """Return the sources, newest year first, each with its balance: two queries, whatever their number."""
    found = select(Funding).order_by(Funding.year.desc(), Funding.name)
    if year is not None:
        found = found.where(Funding.year == year)
    rows: Sequence[Funding] = db.session.scalars(found).all()
    draws: dict[int, list[Decimal]] = {}
    for funding_id, amount in db.session.execute(select(MeasureFunding.funding_id, MeasureFunding.amount_sek)):
        draws.setdefault(funding_id, []).append(Decimal(amount))
    return [Source(row, balance(Decimal(row.amount_sek), draws.get(row.id, []))) for row in rows]


def source(funding_id: int) -> Source | None:
    """Return one source with its balance, or None."""
    row = db.session.get(Funding, funding_id)
    if row is None:
        return None
    amounts = db.session.scalars(select(MeasureFunding.amount_sek).where(MeasureFunding.funding_id == row.id))
    return Source(row, balance(Decimal(row.amount_sek), [Decimal(a) for a in amounts]))


def draws_on(funding_id: int) -> list[Draw]:
    """Return which measures draw on a source, and how large a part of each cost that is."""
    rows = db.session.execute(
        select(Measure, MeasureFunding.amount_sek)
        .join(MeasureFunding, MeasureFunding.measure_id == Measure.id)
        .where(MeasureFunding.funding_id == funding_id)
        .order_by(Measure.id)
        .options(joinedload(Measure.responsible))
    )
    return [
        Draw(m, amount, round(100 * amount / m.cost_estimate_sek) if m.cost_estimate_sek else None)
        for m, amount in rows
    ]


def add(terms: Terms, state: str, *, actor: Actor, now: datetime) -> Funding:
    """Enter a source of money: a budget line that is there, or an idea to apply for."""
    _check_call(terms)
    row = Funding(**vars(terms), created_at=now, updated_at=now)
    begin(row, actor=actor, now=now, state=state)
    db.session.commit()
    return row


def _check_call(terms: Terms) -> None:
    if terms.call_opens_on and terms.call_closes_on and terms.call_closes_on < terms.call_opens_on:
        raise Unclear({"call_closes_on": "ends_before_it_begins"})


def change(funding_id: int, terms: Terms, version: int | None, *, actor: Actor, now: datetime) -> Funding:
    """Keep what the register says; a source is never cut below what measures already draw.

    Raises:
        Unknown: no such source. Unclear: less than is drawn. StaleDataError: somebody else was faster.

    """
    row = db.session.get(Funding, funding_id, with_for_update=True)
    if row is None:
        raise Unknown
    expect_version(row, version)
    _check_call(terms)
    drawn = db.session.scalar(
        select(func.sum(MeasureFunding.amount_sek)).where(MeasureFunding.funding_id == row.id)
    ) or Decimal(0)
    if terms.amount_sek < Decimal(drawn):
        raise Unclear({"amount_sek": "less_than_drawn"})
    for name, value in vars(terms).items():
        setattr(row, name, value)
    remark(row, actor=actor, now=now, reason=f"Uppgifterna ändrade, {terms.amount_sek} kr")
    db.session.commit()
    return row


def move_on(funding_id: int, to: str, reason: str, version: int | None, *, actor: Actor, now: datetime) -> Funding:
    """Move a source: applied for, granted or refused, available, used up, reported."""
    row = db.session.get(Funding, funding_id)
    if row is None:
        raise Unknown
    expect_version(row, version)
    if to == "applied" and row.applied_sek is None:
        raise Unclear({"applied_sek": "required"})
    if to == "refused" and not reason:
        raise Unclear({"reason": "reason_missing"})
    if to in {"granted", "available"} and row.amount_sek <= 0:
        raise Unclear({"amount_sek": "required"})
    move(row, to, actor=actor, now=now, reason=reason)
    db.session.commit()
    return row
