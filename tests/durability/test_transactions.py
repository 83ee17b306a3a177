"""Promises about transactions: who only reads cannot write, and SQLite keeps what it has prepared from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from app.models.base import db, reading

COUNT_UP = text("UPDATE grouping_round SET number = number + 1")


def test_who_only_reads_cannot_write_and_who_writes_after_that_can(app: Flask) -> None:
    for _ in range(2):
        with reading():
            with pytest.raises(DBAPIError):
                db.session.execute(COUNT_UP)
            db.session.rollback()
        db.session.execute(COUNT_UP)
        db.session.commit()


def test_sqlite_prepares_nothing_again_when_the_next_transaction_is_of_the_same_kind(app: Flask) -> None:
    """Setting any switch makes SQLite forget every statement that it has prepared, which takes as long as answering."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a switch of SQLite")
    with _statements() as seen:
        for _ in range(3):
            db.session.execute(COUNT_UP)
            db.session.commit()
        for _ in range(3):
            with reading():
                db.session.execute(text("SELECT number FROM grouping_round"))
                db.session.rollback()
    switches = [statement for statement in seen if statement.startswith("PRAGMA")]
    assert switches[-1:] == ["PRAGMA query_only=ON"]
    assert len(switches) <= 2  # one to write, which the transaction before may have turned already, and one to read


@contextmanager
def _statements() -> Iterator[list[str]]:
    """Give the statements that are carried out meanwhile."""
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
