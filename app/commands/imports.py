"""Commands that take in what others made: `districts import`, `lamps import`, `reports import`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import click
from flask.cli import AppGroup, with_appcontext

from app.adapters import geofiles
from app.domain.imports import REPORT_FIELDS, BadMapping, Refused, check_categories
from app.domain.lamp_register import FIELDS as LAMP_FIELDS
from app.services import districts as district_imports
from app.services import imports as report_imports
from app.services import lamps as lamp_register
from app.services.lamp_steps import Comparison
from app.web.parts import now, parts, random_numbers

SHOWN = 20

districts = AppGroup("districts", help="The parts of the municipality.")
lamps = AppGroup("lamps", help="The light-point register.")
reports = AppGroup("reports", help="Citizen reports.")

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_CRS = click.option(
    "--crs", default="", help="Coordinate system, for a file that does not say it: EPSG:3006 for example."
)
_LAYER = click.option("--layer", default="", help="Which layer, in a file of several.")


@districts.command("import")
@_FILE
@click.option("--name-field", default="", help="Column with the names; guessed when left out.")
@click.option("--code-field", default="", help="Column with the official codes; guessed when left out.")
@click.option("--municipality", default="", help="Name of the municipality, when there is none yet.")
@_CRS
@_LAYER
@with_appcontext
def import_districts(*, file: Path, name_field: str, code_field: str, municipality: str, crs: str, layer: str) -> None:
    """Import districts from GeoJSON, GeoPackage or Shapefile: all of the file or nothing of it."""
    started = perf_counter()
    with plain_errors(file):
        content = geofiles.read(file, crs, layer)
        done = district_imports.import_districts(
            content, name_field=name_field, code_field=code_field, municipality=municipality or file.stem, now=now()
        )
    click.echo(f"{done.new} new districts, {done.changed} changed, {done.unchanged} unchanged, in {_seconds(started)}.")
    made = "made" if done.municipality_is_new else "known"
    click.echo(f"Municipality ({made}): {done.municipality}, distances measured in EPSG:{done.epsg}.")
    click.echo(f"Columns: {done.columns}.")
    if done.reports_moved:
        click.echo(f"{done.reports_moved} reports got another district.")
    say_notes(done.notes)


@lamps.command("import")
@_FILE
@click.option("--id-field", default="", help="Column with each lamp's id; guessed when left out.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    help=f"Our field and its column (nothing after = means none); fields: {', '.join(LAMP_FIELDS)}.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@_CRS
@_LAYER
@with_appcontext
def import_lamps(*, file: Path, id_field: str, mapping: tuple[str, ...], dry_run: bool, crs: str, layer: str) -> None:
    """Import lamps from GeoJSON, GeoPackage, Shapefile or CSV: all of the file or nothing of it.

    What changes in lamps that are known already is shown before anything is written.
    """
    started = perf_counter()
    with plain_errors(file):
        given = _pairs(mapping) | ({"id": id_field} if id_field else {})
        done = lamp_register.compare_file(geofiles.read(file, crs, layer), given, crs)
        _say_changes(done)
        if not dry_run:
            with click.progressbar(length=done.new + done.changed, label="Lamps") as bar:
                lamp_register.keep(done, now=now(), step=bar.update)
    click.echo(
        f"{done.new} new lamps, {done.changed} changed, {done.unchanged} unchanged, 0 refused, in {_seconds(started)}."
    )
    click.echo(f"Each is known by its {done.id_column}.")
    if dry_run:
        click.echo("Nothing was written.")
    say_notes(done.notes)


def _say_changes(done: Comparison) -> None:
    found = done.outcome()
    click.echo("Columns: " + ", ".join(f"{ours}={theirs}" for ours, theirs in found["columns"].items()) + ".")
    for name, count in found["fields"]:
        click.echo(f"  {name} differs in {count} lamps")
    for asset, rows in found["examples"][:SHOWN]:
        click.echo(f"  {asset}: " + "; ".join(f"{name} {old or '–'} → {new or '–'}" for name, old, new in rows))
    if done.new_organisations:
        click.echo(f"  new owners or operators: {', '.join(done.new_organisations)}")


@reports.command("import")
@_FILE
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    help=f"Our field and its column; fields: {', '.join(REPORT_FIELDS)}.",
)
@click.option(
    "--category",
    multiple=True,
    metavar="THEIRS=OURS",
    help="What one of their categories means here; OURS may be skip.",
)
@click.option("--municipality", default="", help="Name of the municipality, when there is none yet.")
@click.option("--timezone", default="", help="Time zone of the file's clock: Europe/Stockholm for example.")
@click.option(
    "--language",
    type=click.Choice(("sv", "en")),
    default="sv",
    show_default=True,
    help="Language of those who reported.",
)
@_CRS
@_LAYER
@with_appcontext
def import_reports(
    *,
    file: Path,
    mapping: tuple[str, ...],
    category: tuple[str, ...],
    municipality: str,
    timezone: str,
    language: str,
    crs: str,
    layer: str,
) -> None:
    """Import citizen reports from CSV, GeoJSON or another map file. A row that is here already is not imported again."""
    started = perf_counter()
    with plain_errors(file):
        wishes = report_imports.Wishes(
            _pairs(mapping), check_categories(_pairs(category)), crs, municipality or file.stem, timezone, language
        )
        content = geofiles.read(file, crs, layer)
        with click.progressbar(length=len(content.features), label="Reports") as bar:
            done = report_imports.import_reports(
                content, wishes, key=parts().settings.secret_key, draw=random_numbers, now=now(), step=bar.update
            )
    _say_reports(done, started)
    if not done.imported and not done.duplicates:
        raise click.ClickException("No report could be imported.")


def _say_reports(done: report_imports.Outcome, started: float) -> None:
    refused = done.refused.total()
    click.echo(
        f"{done.rows} rows: {done.imported} imported, {done.duplicates} duplicates, {refused} refused, in {_seconds(started)}."
    )
    for why, count in done.refused.most_common(SHOWN):
        click.echo(f"  refused {count}: {why} (first in row {done.first_refused[why]})")
    if done.made:
        click.echo(f"  municipality: {done.made}")
    if done.imported:
        click.echo("  states: " + ", ".join(f"{n} {state}" for state, n in done.states.most_common()))
        click.echo("  columns: " + ", ".join(f"{ours}={theirs}" for ours, theirs in done.columns.items() if theirs))
    for (lon, lat), count in done.fallbacks.items():
        click.echo(
            f"  {count} reports share the position {lat}, {lon}: a geocoder's fallback? They are marked as uncertain."
        )
    if done.unknown_categories:
        words = ", ".join(f"{word} ({n})" for word, n in done.unknown_categories.most_common(8))
        click.echo(
            f"  kept as “something else that can be mended”: {words}. Say what they are with --category WORD=OURS."
        )


def _pairs(given: Sequence[str]) -> dict[str, str]:
    for pair in given:
        if "=" not in pair:
            raise BadMapping(f"{pair!r} should be written as name=value.")
    return {ours.strip(): theirs.strip() for ours, theirs in (pair.split("=", 1) for pair in given)}


@contextmanager
def plain_errors(file: Path) -> Iterator[None]:
    """Turn what can go wrong with somebody's file into a sentence and a non-zero exit."""
    try:
        yield
    except (geofiles.Unreadable, BadMapping) as error:
        raise click.ClickException(str(error)) from error
    except Refused as error:
        lines = [f"Nothing was imported from {file.name}; {len(error.problems)} problem(s):"]
        lines += [f"  {problem}" for problem in error.problems]
        raise click.ClickException("\n".join(lines)) from error


def say_notes(notes: Sequence[str]) -> None:
    """Print what the operator should know, and how much more there is of it."""
    for note in notes[:SHOWN]:
        click.echo(f"  {note}")
    if len(notes) > SHOWN:
        click.echo(f"  and {len(notes) - SHOWN} more.")


def _seconds(started: float) -> str:
    return f"{perf_counter() - started:.1f} seconds"
