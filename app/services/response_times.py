"""The municipality's response times and priority matrix: what is in force, what was, and a new version from a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.domain.tickets import PriorityRow, ResponseTimes
from app.models.base import db
from app.models.districts import Rule
from app.services.ticket_steps import priority_matrix, response_times

KINDS = ("response_times", "priority_matrix")


class AlreadyDated(ValueError):
    """There is a version from that day."""


def in_force(today: date) -> tuple[ResponseTimes, Sequence[PriorityRow]]:
    """Return the times and the matrix that hold today."""
    return response_times(today), priority_matrix(today)


def versions() -> Sequence[Rule]:
    """Return every version of both, newest first."""
    return db.session.scalars(
        select(Rule).where(Rule.kind.in_(KINDS)).order_by(Rule.valid_from.desc(), Rule.kind)
    ).all()


def decide(kind: str, value: dict[str, Any], *, valid_from: date, decision: str, now: datetime) -> None:
    """Write a new version that holds from a day on. Older ones stay: tickets keep the promise they were given."""
    same = select(Rule.id).where(Rule.kind == kind, Rule.valid_from == valid_from)
    if db.session.scalars(same).first() is not None:
        raise AlreadyDated
    db.session.add(
        Rule(kind=kind, valid_from=valid_from, value=value, decision=decision, created_at=now, updated_at=now)
    )
    db.session.commit()
