"""Keeping everything in one file, and bringing it back: the database first, then the photos that its rows name.

A photo is never changed and is written before its row, so whatever a row names at the moment of the copy is in the store
already. Going back it is the other way about: photos first, so that no row is ever without its photo.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from app.adapters import backup_file, database_copy
from app.adapters.backup_file import BadBackup, Contents
from app.adapters.photo_store import PhotoStore
from app.models.base import db, reading
from app.models.reports import Report
from app.services.keeping_steps import NotEmpty, named, tables, what_is_there

REVISION: Final = "alembic_version"
Each = Callable[[list[str]], Any]
"""Goes through keys and may show how far one has come."""


@dataclass(frozen=True)
class Kept:
    """What a backup has, in figures; `missing` are photos that rows name and the store or the backup did not have.

    `stray` are photos in the store that no row names after all came back.
    """

    rows: int
    photos: int
    missing: int
    bytes: int = 0
    stray: int = 0


def keep(file: Path, store: PhotoStore, *, now: datetime, each: Each = iter) -> Kept:
    """Write the database and the photos to one file, while the service goes on.

    Raises:
        FileExistsError: there is such a file. CopyFailed: the database could not be copied. StoreUnreachable.

    """
    db.session.rollback()
    kind = db.engine.dialect.name
    with (
        reading(),  # nobody who writes is held up
        backup_file.writing(file) as backup,
        tempfile.TemporaryDirectory(dir=file.parent) as folder,
    ):
        copy = Path(folder) / database_copy.NAMES[kind]
        before, revision = named(), _revision()
        rows = database_copy.copy_out(db.engine, copy, tables())
        backup.add_file(copy.name, copy)
        copy.unlink()
        since = named()
        kept = set(_put_in(backup, store, each(sorted(before | since))))
        missing = (before & since) - kept  # what is named before the copy and after it is named in it
        backup.close(Contents(kind, revision or "", now.isoformat(), rows))
    return Kept(sum(rows.values()), len(kept), len(missing), file.stat().st_size)


@contextmanager
def opened(file: Path) -> Iterator[backup_file.Reader]:
    """Give a backup that is whole and of this kind of database.

    Raises:
        BadBackup: it is not.

    """
    with backup_file.opened(file) as backup:
        kind = db.engine.dialect.name
        if backup.contents.kind != kind:
            raise BadBackup(f"it is of {backup.contents.kind}, and DATABASE_URL names {kind}")
        backup.check(database_copy.NAMES[kind])
        yield backup


def bring_back(backup: backup_file.Reader, store: PhotoStore, *, replace: bool, each: Each = iter) -> Kept:
    """Let database and photos be what a backup has; the database is brought back whole or stays as it is.

    Args:
        replace: also where there is something that is lost by it.

    Raises:
        NotEmpty: there is, and `replace` does not allow it. CopyFailed: the database is as it was. StoreFull.

    """
    db.session.rollback()
    if not replace and (lost := what_is_there()):
        newest_at = db.session.scalar(select(func.max(Report.received_at))) if lost.get("report") else None
        db.session.rollback()
        raise NotEmpty(lost, newest_at)
    said, name = backup.contents, database_copy.NAMES[db.engine.dialect.name]
    for photo in each(said.photos):
        store.put(photo, backup.photo(photo))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        backup.take_out(name, copy)
        expected = database_copy.Expected(said.revision, said.rows)
        database_copy.copy_in(db.engine, copy, {*tables(), *said.rows, REVISION}, expected)
    db.session.remove()
    names = named()
    missing, stray = names - set(said.photos), set(store.keys()) - names
    return Kept(sum(said.rows.values()), len(said.photos), len(missing), stray=len(stray))


def _put_in(backup: backup_file.Writer, store: PhotoStore, names: Any) -> Iterator[str]:
    for name in names:
        try:
            data = store.get(name)
        except KeyError:
            continue  # deleted meanwhile, as a decision said
        backup.add_photo(name, data)
        yield name


def _revision() -> str | None:
    with db.engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT version_num FROM {REVISION}").scalar()  # noqa: S608  (our own word)
    return str(found) if found else None
