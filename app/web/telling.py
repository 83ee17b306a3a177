"""What a command says when the database is not there, or not as this version needs it: one line, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

LACKS = ("no such table", "no such column", "does not exist")
"""How SQLite and PostgreSQL say that a table or a column is not there."""
NO_POSTGIS = 'geometry" does not exist'


def told(command: click.Command) -> click.Command:
    """Return a command, with those under it, that says so."""
    for under in getattr(command, "commands", {}).values():
        told(under)
    if command.callback is not None:
        command.callback = _told(command.callback)
    return command


def _told(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def tell(*args: Any, **options: Any) -> Any:
        try:
            return callback(*args, **options)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(in_words(error)) from error

    return tell


def in_words(error: OperationalError | ProgrammingError) -> str:
    """Return what happened in one line, without the question that was asked."""
    said = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
    if NO_POSTGIS in said:
        return "PostGIS is not in this database. Run in it first: CREATE EXTENSION postgis;"
    if any(words in said for words in LACKS) and ("relation" in said or "column" in said or "table" in said):
        return f"The database has not got its tables, or older ones ({said}). Run first: flask --app wsgi db upgrade"
    return f"The database does not answer as it should: {said}"
