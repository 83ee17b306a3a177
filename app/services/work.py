"""The worker's round: take the jobs that are due, do each in its own commit, try again what failed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from app.models.base import db, write_back
from app.models.jobs import Job, enqueue_for_night

LEASE = timedelta(minutes=10)
ATTEMPTS_MAX = 20
DONE_KEPT = timedelta(days=30)
"""How long a job that is done can be looked at: what it was told may name somebody, and there are thousands a month."""
FORGET_DONE = "forget_done_jobs"
NIGHTLY_AT = timedelta(hours=2, minutes=30)
log = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any], datetime], object]


def run_due(
    handlers: Mapping[str, Handler], *, clock: Callable[[], datetime], nightly: Iterable[str] = (), most: int = 200
) -> int:
    """Do the jobs that are due, oldest first; return how many were done. `nightly`: kinds to be done every night as well.

    A job is taken with a lease in its own commit; a worker that dies leaves it to the next after the lease. Handlers
    are idempotent: they read what is to be done from the database.
    """
    for kind in nightly:
        enqueue_for_night(kind, NIGHTLY_AT, now=clock())
    db.session.commit()
    done = 0
    for _ in range(most):
        job = _take(clock())
        if job is None:
            break
        done += _do(job, handlers, clock)
        write_back()
    return done


def waiting(now: datetime) -> int:
    """Return how many jobs are due; those of a later hour do not wait for anybody."""
    due = select(func.count()).select_from(Job).where(Job.done_at.is_(None), Job.run_at <= now)
    return db.session.scalar(due) or 0


def forget_done(now: datetime) -> int:
    """Delete the jobs that were done long ago; return how many. Those that failed stay, for somebody to look at."""
    gone = db.session.scalars(delete(Job).where(Job.done_at < now - DONE_KEPT).returning(Job.id)).all()
    db.session.commit()
    return len(gone)


def _take(now: datetime) -> Job | None:
    free = or_(Job.taken_until.is_(None), Job.taken_until < now)
    found = select(Job).where(Job.done_at.is_(None), Job.run_at <= now, free, Job.attempts < ATTEMPTS_MAX)
    job = db.session.scalars(found.order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)).first()
    if job is None:
        db.session.rollback()
        return None
    # The key is given up when work begins, so that a cause that comes now makes a new job and is not forgotten.
    job.pending_key, job.taken_until, job.attempts = None, now + LEASE, job.attempts + 1
    db.session.commit()
    return job


def _do(job: Job, handlers: Mapping[str, Handler], clock: Callable[[], datetime]) -> int:
    try:
        handlers[job.kind](job.payload, clock())
    except Exception as error:
        db.session.rollback()
        if isinstance(error, OSError):  # nobody answers out there: tried again, and no fault of ours to trace
            log.warning("job %s (%s) failed: %s", job.id, job.kind, error)
        else:
            log.exception("job %s (%s) failed", job.id, job.kind)
        delay = timedelta(seconds=min(2**job.attempts, 3600))
        _settle(job.id, taken_until=None, run_at=clock() + delay, error=type(error).__name__)
        return 0
    _settle(job.id, done_at=clock(), error="")
    return 1


def _settle(job_id: int, **values: Any) -> None:
    db.session.execute(update(Job).where(Job.id == job_id).values(**values))
    db.session.commit()
