"""The walking network's command: `network import`."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import click
from flask.cli import AppGroup, with_appcontext

from app.adapters import walk_network_files
from app.commands.imports import plain_errors
from app.services import walk_network

network = AppGroup("network", help="The ways that walks are planned on.")


@network.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--crs", default="", help="Coordinate system of a file of lines that does not say it: EPSG:3006 for example."
)
@with_appcontext
def import_network(*, file: Path, crs: str) -> None:
    """Take in the ways of an OpenStreetMap extract (.osm, .pbf) or of lines (.geojson, .gpkg, .shp), in place of those before."""
    started = perf_counter()
    with plain_errors(file):
        content = walk_network_files.read(file, crs)
        with click.progressbar(length=len(content.ways), label="Ways") as bar:
            done = walk_network.replace(content, step=bar.update)
    click.echo(
        f"{done.ways} ways, {done.metres / 1000:.1f} km, in place of {done.before} before, in {perf_counter() - started:.1f} seconds."
    )
    click.echo(f"  {done.steps} that wheels cannot take, {done.lit} that the map calls lit.")
    for why, count in content.left.most_common():
        click.echo(f"  left out {count}: {why}")
