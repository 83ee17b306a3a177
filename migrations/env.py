"""Alembic's way into the app: the same models, on both databases."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.util import CommandError
from flask import current_app
from geoalchemy2 import alembic_helpers
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.models.base import Base
from app.web.telling import in_words

config = context.config
metadata = Base.metadata


def _include_object(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    # SpatiaLite's own tables are not ours to drop.
    if kind == "table" and name not in metadata.tables:
        return False
    if kind == "index" and name and (name.startswith("idx_") or name.endswith("_geography")):
        return False  # spatial indexes are written by hand in the revisions; the models do not name them
    return bool(alembic_helpers.include_object(thing, name, kind, reflected, compare_to))


def run_migrations() -> None:
    """Run them over the app's engine, or over the engine that a test hands in."""
    engine = config.attributes.get("connection") or current_app.extensions["migrate"].db.engine
    try:
        with engine.connect() as connection:
            _run(connection)
    except (OperationalError, ProgrammingError) as error:
        raise CommandError(in_words(error)) from error


def _run(connection: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=_include_object,
        render_item=alembic_helpers.render_item,
        process_revision_directives=alembic_helpers.writer,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run_migrations()
