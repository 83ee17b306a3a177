"""`flask basemap build FILE`: the resident's map out of an OpenStreetMap extract."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import click
from flask.cli import AppGroup, with_appcontext

from app.adapters.tiles import NotMade
from app.commands.imports import plain_errors
from app.services import basemap as maps
from app.web.parts import now, parts

basemap = AppGroup("basemap", help="The map under the resident's pin.")


@basemap.command("build")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def build(*, file: Path) -> None:
    """Make our own map (PMTiles) and the names to search for out of an OpenStreetMap extract, XML or PBF."""
    started, folder = perf_counter(), parts().settings.instance
    with plain_errors(file), click.progressbar(length=file.stat().st_size if file.is_file() else 1, label="Map") as bar:
        try:
            made = maps.build(
                file, folder, now=now(), step=lambda read: bar.update(read * 60)
            )  # about 60 bytes a thing
        except NotMade as error:
            raise click.ClickException(f"The tile maker stopped: {error}") from error
        bar.update(bar.length or 0)
    click.echo(f"{made.features} things drawn, {made.whole_bytes / 1000:.0f} kB: {folder / maps.WHOLE}")
    click.echo(_town(made))
    click.echo(f"{made.names} names and {made.addresses} addresses can be searched for.")
    if made.broken:
        click.echo(f"  {made.broken} things left out: they go beyond the edge of the extract, or do not close.")
    click.echo(f"{perf_counter() - started:.1f} seconds.")


def _town(made: maps.Built) -> str:
    if not made.town_bytes:
        return "No copy for the phone: " + (
            "it would be more than 4 MB." if made.town_without_buildings else "nothing is built up here."
        )
    less = ", without buildings" if made.town_without_buildings else ""
    return (
        f"{made.town_bytes / 1000:.0f} kB of it (where people live{less}) are kept on phones for when there is no net."
    )
