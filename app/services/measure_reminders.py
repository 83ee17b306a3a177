"""Reminding our own units of a measure whose day has passed: the day after, and twice more. Outside owners have their link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.adapters.mail import Letter, Mail, compose
from app.domain.people import THE_SYSTEM
from app.domain.states import OPEN_MEASURES
from app.models import areas
from app.models.base import db
from app.models.measures import Measure
from app.services.reminder_steps import due_of, look_again
from app.services.transitions import remark

TIMES: Final = 3
AGAIN_AFTER: Final = timedelta(days=14)
SETTLED: Final = ("proposed", "done")
"""What nobody has decided yet is late for nobody, and what is done only waits to be looked at."""


def remind(payload: Mapping[str, Any], *, mail: Mail, base_url: str, now: datetime) -> int:
    """Write to the unit that answers for a measure whose day has passed; return how many letters went.

    Nothing is written when the day was moved, somebody outside answers for it, or it is done: then another look was
    asked for, or none is needed.
    """
    found = select(Measure).where(Measure.id == int(payload["measure_id"]))
    with_place = joinedload(Measure.dark_spot), joinedload(Measure.responsible)
    measure = db.session.scalars(found.options(*with_place)).first()
    due = date.fromisoformat(str(payload["due"]))
    if measure is None or measure.state not in OPEN_MEASURES or measure.state in SETTLED or due_of(measure) != due:
        return 0
    owner, number = measure.responsible, int(payload["number"])
    if owner is None or owner.external or not owner.email:
        return 0
    letter = _letter(measure, owner.email, due, number, base_url)
    remark(measure, actor=THE_SYSTEM, now=now, reason=f"{owner.name} påmind, skulle vara klart {due.isoformat()}")
    if number < TIMES:
        look_again(measure.id, due, number + 1, now + AGAIN_AFTER, now)
    db.session.commit()
    mail.send(letter)
    return 1


def _letter(measure: Measure, to: str, due: date, number: int, base_url: str) -> Letter:
    row = areas.municipality()
    values = {
        "what": measure.description, "reference": measure.reference, "due": due.isoformat(), "again": number > 1,
        "place": measure.dark_spot.name if measure.dark_spot else "", "link": f"{base_url}/coordinator/measures/{measure.id}",
        "municipality": row.name if row else "",
    }  # fmt: skip
    return compose(f"measure-{measure.id}-{due.isoformat()}-{number}", to, "sv", "owner_reminder", values)
