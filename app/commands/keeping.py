"""`flask backup FILE` and `flask restore FILE`: the database and the photos together. `flask move-from`: another database's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.adapters.backup_file import BadBackup
from app.adapters.database_copy import CopyFailed
from app.commands.stopping import tidying_up
from app.services import keeping, moving
from app.services.keeping_steps import NotEmpty, missing_photos
from app.web.parts import now, parts
from config import ROOT, BadSetting, database_url


@click.command("backup")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write database and photos to FILE, while the service goes on. SECRET_KEY is not in it: keep that apart."""
    if not file.resolve().parent.is_dir():
        raise click.ClickException(f"There is no folder {file.resolve().parent}.")
    try:
        with tidying_up():
            kept = keeping.keep(file.resolve(), parts().photo_store, now=now(), each=_shown("Photos"))
    except FileExistsError as error:
        raise click.ClickException(f"{file} is there already. No backup is written over another.") from error
    except (CopyFailed, OSError) as error:
        raise click.ClickException(f"Nothing was kept. {error}") from error
    click.echo(f"{kept.rows} rows and {kept.photos} photos in {file}, {kept.bytes / 1e6:.1f} MB.")
    if kept.missing:
        raise click.ClickException(f"{kept.missing} photos that rows name are not in the store.")


@click.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also where there is something already: it is lost.")
@with_appcontext
def restore(file: Path, *, replace: bool) -> None:
    """Bring database and photos back from FILE, which is checked first, byte by byte. Stop the service before."""
    try:
        with keeping.opened(file) as found:
            _is_known(found.contents.revision)
            click.echo(f"{file} is whole. It was made {_minute(found.contents.made_at)}.")
            done = keeping.bring_back(found, parts().photo_store, replace=replace, each=_shown("Photos"))
    except BadBackup as error:
        raise click.ClickException(f"{file} cannot be brought back: {error}.") from error
    except NotEmpty as error:
        raise click.ClickException(_what_is_lost(error)) from error
    except (CopyFailed, OSError) as error:
        raise click.ClickException(f"The database is as it was. {error}") from error
    upgrade()
    click.echo(f"{done.rows} rows and {done.photos} photos are back.")
    if done.stray:
        click.echo(f"{done.stray} photos in the store belong to nothing that came back; they are left there.")
    if done.missing:
        raise click.ClickException(f"{done.missing} photos that rows name were not in the backup.")


@click.command("move-from")
@click.argument("old_url", metavar="OLD_URL", envvar="OLD_DATABASE_URL")
@with_appcontext
def move_from(old_url: str) -> None:
    """Fill this service's empty database with all rows of the one at OLD_URL, of either kind. Stop the service before."""
    upgrade()
    try:
        moved = moving.move_from(database_url(old_url, parts().settings.instance), each=_shown("Tables"))
    except NotEmpty as error:
        raise click.ClickException(f"{_counted(error)} Rows are moved only to where nobody works yet.") from error
    except (BadSetting, moving.CannotMove) as error:
        raise click.ClickException(f"Nothing was moved: {str(error).rstrip('.')}.") from error
    click.echo(
        f"{sum(moved.values())} rows of {sum(map(bool, moved.values()))} tables are here, {moved['report']} reports among them."
    )
    missing = missing_photos(parts().photo_store)
    click.echo(
        "Photos stay where PHOTO_STORE_URL says, and SECRET_KEY must stay the same: receipts' links are derived from it."
    )
    if missing:
        raise click.ClickException(f"{missing} photos that rows name are not in this store.")


def _minute(made_at: str) -> str:
    """Return when a backup was made to the minute; as it stands there when it cannot be read."""
    try:
        return f"{datetime.fromisoformat(made_at).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return made_at


def _what_is_lost(found: NotEmpty) -> str:
    return f"{_counted(found)} With --replace it is lost."


def _counted(found: NotEmpty) -> str:
    counted = ", ".join(f"{rows} in {table}" for table, rows in found.rows.items())
    newest = f" (the newest came {found.newest_at:%Y-%m-%d %H:%M} UTC)" if found.newest_at else ""
    return f"There is something in the database: {counted}{newest}."


def _is_known(revision: str) -> None:
    """Raise BadBackup when the backup is of a newer version of the service than this one."""
    known = {script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()}
    if revision not in known:
        raise BadBackup(f"its revision {revision or '(none)'} is not known to this version")


def _shown(what: str) -> Callable[[list[str]], Iterator[str]]:
    """Return a way through keys that shows how far one has come."""

    def through(keys: list[str]) -> Iterator[str]:
        with click.progressbar(keys, label=what) as bar:
            yield from bar

    return through
