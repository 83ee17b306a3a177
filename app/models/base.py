"""The database: one session, one base class, and the care that each of the two databases needs."""

from __future__ import annotations

import importlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from geoalchemy2 import load_spatialite
from sqlalchemy import CursorResult, DateTime, Dialect, Engine, Executable, MetaData, event, func
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

SRID_WGS84 = 4326
BUSY_TIMEOUT_MS = 5000
JOBS_SETTINGS = (
    func.set_config("plan_cache_mode", "force_generic_plan", True),
    func.set_config("synchronous_commit", "off", True),
)
"""What a job may ask of PostgreSQL for its own transaction, at no cost when it is asked along with something else.

It plans nothing anew: a job asks the same few questions again and again, each answered by an index whatever its numbers
are, and planning takes as long as answering. And its commit does not wait for the disk: that the job is done is committed
after it, and whatever was committed before goes to the disk first, so a crash leaves both or a job that is done again.
"""
ROW_NUMBER_MAX = 2**31 - 1
READING_ONLY = "reading only"
MAPPED_BYTES = 2**31 - 2**16
"""How much of SQLite's file is read as memory and not by a call for each page: as much as SQLite allows."""

WRITTEN_KIB = 64 * 1024
"""How much of what a transaction writes SQLite keeps in memory until its commit; beyond it, pages go to the log again and again.

A full regrouping writes a hundred megabytes; with SQLite's own two it took a third longer to write. Others use next to nothing.
"""

_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Base(DeclarativeBase):
    """Every table's base; constraint names are spelled out so that migrations can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with a time zone: UTC in the database, also in SQLite, which has no such type."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; hand SQLite naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC, with its zone."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment_of(kept: datetime | str) -> datetime:
    """Return the moment that a column of UtcDateTime has, from how the database hands it over (SQLite: as a text)."""
    if isinstance(kept, str):
        return datetime.fromisoformat(kept).replace(tzinfo=UTC)
    return kept


class Identified:
    """A row with a number, and the times of its making and its last change (UTC)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


@contextmanager
def reading() -> Iterator[None]:
    """Within this block the database refuses to write: for pages that only show."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def set_reading(*, only: bool) -> None:
    """Say for the current request whether its transactions may only read."""
    _reading.set(only)


def engine_options(url: str) -> dict[str, Any]:
    """Return the engine options that the database behind `url` needs."""
    options: dict[str, Any] = {
        "pool_pre_ping": not url.startswith("sqlite"),
        "json_serializer": _JSON.encode,
    }
    if url.startswith("sqlite"):
        options["module"] = _sqlite_module()
        options["connect_args"] = {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
    return options


def prepare(engine: Engine) -> None:
    """Make every new connection of this engine safe: durable, spatial, and with honest transactions."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _sqlite_module() -> ModuleType:
    """The standard module when it can load extensions (Debian's can), else the wheel that can (pyenv's cannot)."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return sqlite3
    return importlib.import_module("pysqlite3.dbapi2")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    os.environ.setdefault("SPATIALITE_LIBRARY_PATH", "mod_spatialite")
    connection.isolation_level = None  # our own BEGIN below; the driver's would start too late
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA mmap_size={MAPPED_BYTES}")
    cursor.execute(f"PRAGMA cache_size=-{WRITTEN_KIB}")
    load_spatialite(connection, init_mode="EMPTY")
    if not cursor.execute("SELECT 1 FROM spatial_ref_sys WHERE srid = 4326").fetchone():
        cursor.execute("SELECT InsertEpsgSrid(4326)")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A read that turns into a write ignores busy_timeout, so a writer takes its lock at once (reliability, R5).
    # The switch is set only when it turns: setting it makes SQLite forget every statement that it has prepared.
    reading_only = _reading.get()
    if connection.info.get(READING_ONLY) is not reading_only:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading_only else 'OFF'}")
        connection.info[READING_ONLY] = reading_only
    connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if _reading.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def write(statement: Executable, rows: Sequence[Mapping[str, Any]]) -> CursorResult[Any]:
    """Carry out a statement for each of these rows; for a single one the drivers have a shorter way than for many."""
    return db.session.connection().execute(statement, rows if len(rows) > 1 else rows[0])


def write_back() -> None:
    """Carry what is committed from SQLite's log into its file, between two jobs, so that nobody's commit has to wait for it.

    Otherwise the commit that makes the log a thousand pages long does it: five to ten milliseconds, once in a hundred.
    """
    if db.engine.dialect.name == "sqlite":
        connection = db.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()


def row_number(text: str) -> int:
    """Return a row's or a page's number from an address; ValueError for what no database could hold (`type=row_number`)."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and 0 < int(text) <= ROW_NUMBER_MAX):
        raise ValueError("no number of a row")
    return int(text)


def expect_version(thing: Any, version: int | None) -> None:
    """Raise StaleDataError when somebody changed the thing after the page was shown (optimistic locking)."""
    if version is not None and thing.version != version:
        raise StaleDataError(f"{thing.__tablename__} {thing.id} is at version {thing.version}, not {version}")
