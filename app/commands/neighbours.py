"""`flask neighbours import FILE`: who is responsible where we are not."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from app.adapters import geofiles
from app.commands.imports import plain_errors
from app.services import neighbours as service
from app.web.languages import local_date
from app.web.parts import now

neighbours = AppGroup("neighbours", help="The municipalities around ours.")


@neighbours.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name-field", default="", help="Column with the names; guessed when left out.")
@click.option("--url-field", default="", help="Column with the address of each one's own page (https).")
@click.option("--crs", default="", help="Coordinate system, for a file that does not say it.")
@with_appcontext
def import_neighbours(*, file: Path, name_field: str, url_field: str, crs: str) -> None:
    """Import the neighbours' areas, so that a place outside is answered with whose it is. All of the file or nothing."""
    with plain_errors(file):
        content = geofiles.read(file, crs, "")
        count = service.import_neighbours(
            content, name_field=name_field, url_field=url_field, now=now(), today=local_date(now())
        )
    click.echo(f"{count} neighbours. A place outside ours is now answered with its municipality.")
