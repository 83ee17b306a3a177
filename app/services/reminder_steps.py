"""When somebody must look at a measure again: the morning after its day. None of it commits."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from app.domain.measures import due_on
from app.domain.states import OPEN_MEASURES
from app.models.jobs import enqueue
from app.models.measures import Measure

REMIND: Final = "remind_measure"
MORNING: Final = time(6, tzinfo=UTC)


def due_of(measure: Measure) -> date | None:
    """Return the day on which somebody is waiting for a measure."""
    return due_on(measure.deadline, measure.next_on)


def watch(measure: Measure, now: datetime) -> None:
    """Ask for a look at the measure on the morning after its day."""
    due = due_of(measure)
    if due is not None and measure.state in OPEN_MEASURES:
        look_again(measure.id, due, 1, datetime.combine(due + timedelta(days=1), MORNING), now)


def look_again(measure_id: int, due: date, number: int, run_at: datetime, now: datetime) -> None:
    """Ask for the look with this number at a measure that was due on a day."""
    payload = {"measure_id": measure_id, "due": due.isoformat(), "number": number}
    enqueue(REMIND, f"{REMIND}_{measure_id}_{due.isoformat()}_{number}", now=now, payload=payload, run_at=run_at)
