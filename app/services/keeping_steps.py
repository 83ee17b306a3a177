"""What lies in the database and in the photo store, for whoever carries it away or puts something else in its place. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import inspect

from app.adapters import database_copy
from app.adapters.photo_store import PhotoStore
from app.models.base import db, reading
from app.services.photo_key_steps import named_keys

MATTER: Final = ("report", "staff", "municipality", "district", "lamp", "dark_spot", "ticket", "walk")
"""Tables of which one row means that somebody works with this database."""


class NotEmpty(RuntimeError):
    """There is something in the database that would be lost: how many rows in the tables that matter, and the newest report's time."""

    def __init__(self, rows: dict[str, int], newest_at: datetime | None) -> None:
        super().__init__(rows, newest_at)
        self.rows, self.newest_at = rows, newest_at


def missing_photos(store: PhotoStore) -> int:
    """Return how many photos rows name that the store does not have."""
    return len(named() - set(store.keys()))


def what_is_there() -> dict[str, int]:
    """Return how many rows there are in the tables that matter, without those that have none; there may be no tables at all."""
    with reading(), db.engine.connect() as connection:
        there = [name for name in tables() if name in MATTER]
        return {name: rows for name, rows in database_copy.count_rows(connection, there).items() if rows}


def named() -> set[str]:
    """Return the store's keys of all photos that rows name."""
    found = set(named_keys())
    db.session.rollback()
    return found


def tables() -> list[str]:
    """Return our tables that are there."""
    return sorted(set(inspect(db.engine).get_table_names()) & set(db.metadata.tables))
