"""Moving to another database: all rows of the old one, whole or not at all, into a new one where nobody works yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from app.adapters import database_move
from app.adapters.database_move import Each
from app.models.base import db, engine_options, prepare, reading
from app.services.keeping_steps import NotEmpty, what_is_there

REVISION = "SELECT version_num FROM alembic_version"


class CannotMove(RuntimeError):
    """Nothing was moved; the message says why."""


def move_from(old_url: str, *, each: Each = iter) -> dict[str, int]:
    """Fill the database of this service, which has its tables and nothing in them, with the rows of another; return how many by table.

    Raises:
        NotEmpty: somebody works with it already. CannotMove: the old one cannot be read, or is of another revision.

    """
    db.session.rollback()
    if there := what_is_there():
        raise NotEmpty(there, None)
    with _reading_from(old_url) as source, db.engine.begin() as target:
        _compare_revisions(source, target)
        try:
            moved = database_move.copy_rows(source, target, db.metadata.sorted_tables, each)
        except DBAPIError as error:
            raise CannotMove(str(error.orig)) from error
    db.session.remove()
    return moved


@contextmanager
def _reading_from(url: str) -> Iterator[Connection]:
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
            raise CannotMove(f"there is no file {address.database}")
        engine = create_engine(address, **engine_options(url))
    except (ArgumentError, SQLAlchemyError, ImportError) as error:
        raise CannotMove(str(error)) from error
    prepare(engine)
    try:
        # of one moment, as SQLite reads anyhow: somebody may have left the old service running
        level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
        with engine.connect().execution_options(**level) as connection:
            with reading():  # the old one is left as it is; the new one is written meanwhile
                connection.begin()
            yield connection
    except DBAPIError as error:
        raise CannotMove(str(error.orig)) from error
    finally:
        engine.dispose()


def _compare_revisions(source: Connection, target: Connection) -> None:
    old, new = (connection.exec_driver_sql(REVISION).scalar() for connection in (source, target))
    if old != new:
        raise CannotMove(
            f"the old database is at revision {old} and the new one at {new}: bring both to the newest first"
        )
