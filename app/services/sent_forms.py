"""A form that is sent twice is carried out once: the second press finds what became of the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.models.base import db
from app.models.sent_forms import SentForm

KEPT = timedelta(days=2)


def claim(key: str, *, now: datetime) -> bool:
    """Note in the transaction that is open that a form is being carried out; False when it has been.

    The use case's own commit keeps the note, and its failure takes it back. A form that is sent while the first is still
    at work waits here until the first has ended.
    """
    db.session.execute(delete(SentForm).where(SentForm.sent_at < now - KEPT))
    insert = postgresql_insert if db.engine.dialect.name == "postgresql" else sqlite_insert
    row = insert(SentForm).values(key=key, sent_at=now, location="", said=[])
    row = row.on_conflict_do_nothing(index_elements=["key"])
    if db.session.execute(row.returning(SentForm.key)).first() is not None:
        return True
    db.session.rollback()
    return False


def keep_answer(key: str, location: str, said: Sequence[str]) -> None:
    """Keep where the first press led and what it was told; nothing when the form was not carried out."""
    db.session.execute(update(SentForm).where(SentForm.key == key).values(location=location, said=list(said)))
    db.session.commit()


def answer_of(key: str) -> tuple[str, Sequence[str]]:
    """Return where the first press led and what it was told; an empty place while that is not known yet."""
    db.session.rollback()  # what was committed since we last looked
    row = db.session.get(SentForm, key, populate_existing=True)
    return (row.location, row.said) if row is not None else ("", ())


def forget_claim() -> None:
    """Take back what a form that was not carried out had begun."""
    db.session.rollback()
