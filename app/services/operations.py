"""What those who run the service ask: is everything reachable, and how much is there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.adapters.jobs import Jobs
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.jobs import Job
from app.models.notices import Notice
from app.models.reports import Report
from app.models.tickets import Ticket

STUCK_AFTER = timedelta(minutes=15)


class _Store(Protocol):
    def healthy(self) -> bool: ...


def ready(store: _Store, jobs: Jobs, *, now: datetime) -> dict[str, bool]:
    """Return which of database, photo store and jobs can be reached (jobs: none has waited for a quarter of an hour)."""
    return {"database": _database(), "photo_store": store.healthy(), "jobs": _jobs(jobs, now)}


def counts(*, now: datetime) -> dict[str, int]:
    """Return how many rows there are of what matters, and how much work waits for a worker; work for a later hour does not."""
    tables = {"reports": Report, "dark_spots": DarkSpot, "tickets": Ticket, "notices": Notice}
    found = {name: db.session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}
    waiting = select(func.count()).select_from(Job).where(Job.done_at.is_(None), Job.run_at <= now)
    unsent = select(func.count()).select_from(Notice).where(Notice.handled_at.is_(None))
    return {**found, "jobs_waiting": db.session.scalar(waiting) or 0, "notices_waiting": db.session.scalar(unsent) or 0}


def _database() -> bool:
    try:
        return db.session.execute(text("SELECT 1")).scalar() == 1
    except SQLAlchemyError:
        return False


def _jobs(jobs: Jobs, now: datetime) -> bool:
    try:
        jobs.huey.pending_count()
        late = select(func.count()).select_from(Job).where(Job.done_at.is_(None), Job.run_at < now - STUCK_AFTER)
        return not db.session.scalar(late)
    except (SQLAlchemyError, OSError):
        return False
