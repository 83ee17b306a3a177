"""The rule that is in force on a day: dated data, never code."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.models.base import db
from app.models.districts import Rule


def rule_on(kind: str, day: date) -> dict[str, Any] | None:
    """Return the value of the newest rule of this kind that has begun on `day`, or None when there is none."""
    found = (
        select(Rule.value).where(Rule.kind == kind, Rule.valid_from <= day).order_by(Rule.valid_from.desc()).limit(1)
    )
    return db.session.scalars(found).first()
