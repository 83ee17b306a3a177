"""The outbox of work: rows written in the same commit as what caused them, done later by a worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, UtcDateTime, db


class Job(Base):
    """One piece of work. `pending_key` is unique while it waits, so that ten causes make one job."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_done_run", "done_at", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    pending_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    taken_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")


def enqueue(
    kind: str,
    key: str | None = None,
    *,
    now: datetime,
    payload: dict[str, Any] | None = None,
    run_at: datetime | None = None,
) -> None:
    """Add work to the transaction that is open, to be done now or at `run_at`; while the same key waits, nothing is added."""
    insert = postgresql_insert if db.engine.dialect.name == "postgresql" else sqlite_insert
    row = insert(Job).values(
        kind=kind, pending_key=key, payload=payload or {}, created_at=now, run_at=run_at or now, attempts=0, error=""
    )
    db.session.execute(row.on_conflict_do_nothing(index_elements=["pending_key"]))


def enqueue_for_night(kind: str, at: timedelta, *, now: datetime) -> None:
    """Ask, in the transaction that is open, for work of the next night, `at` after midnight (UTC); twice is once."""
    enqueue(kind, f"{kind} after {now.date()}", now=now, run_at=night_after(now, at))


def night_after(now: datetime, at: timedelta) -> datetime:
    """Return the moment `at` after the next midnight (UTC)."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) + at
