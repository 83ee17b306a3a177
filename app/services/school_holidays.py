"""The municipality's school holidays: dated data that the coordinator keeps, for planning walks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from app.domain import school_holidays as rules
from app.domain.people import COORDINATOR, Actor, NotAllowed
from app.domain.school_holidays import SchoolHoliday
from app.models.base import db
from app.models.districts import Rule
from app.models.rules import rule_on

KIND: Final = "school_holidays"


def known(today: date) -> list[SchoolHoliday]:
    """Return the holidays that are in force today, past and ahead."""
    return rules.of_rule(rule_on(KIND, today))


def decide(holidays: Sequence[SchoolHoliday], *, actor: Actor, today: date, now: datetime) -> None:
    """Let these be the holidays from today on; what was in force on earlier days stays.

    Raises:
        NotAllowed: a coordinator of some districts may not change what the municipality has.

    """
    if actor.role == COORDINATOR and actor.district_ids:
        raise NotAllowed("a coordinator of some districts may not change the municipality's school holidays")
    row = db.session.scalars(select(Rule).where(Rule.kind == KIND, Rule.valid_from == today)).first()
    if row is None:
        row = Rule(kind=KIND, valid_from=today, decision="", created_at=now)
        db.session.add(row)
    row.value, row.decision, row.updated_at = rules.as_rule(holidays), f"Infört av {actor.name}"[:200], now
    db.session.commit()
