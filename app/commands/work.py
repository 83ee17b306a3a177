"""Commands for the worker: `jobs work` and `spots rebuild`."""

from __future__ import annotations

import threading

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale

from app.commands.stopping import asked_to_stop
from app.services import grouping, spot_pages, work
from app.web import spot_words
from app.web.languages import STAFF_LANGUAGES
from app.web.parts import now, parts
from geo import dark_spots

jobs = AppGroup("jobs", help="The jobs that wait: grouping, letters, disposal.")
spots = AppGroup("spots", help="Dark spots.")


@jobs.command("work")
@click.option("--once", is_flag=True, help="Do what waits now, then stop.")
@with_appcontext
def work_jobs(*, once: bool) -> None:
    """Do the jobs that wait, and go on until stopped."""
    if once:
        done = parts().jobs.round()
        click.echo(f"{done} jobs done, {work.waiting(now())} left.")
        return
    with asked_to_stop() as asked:
        threading.Thread(target=dark_spots.load_loops, name="compiled loops", daemon=True).start()
        try:
            parts().jobs.start()
            click.echo("The worker is at work. Stop it with Ctrl+C.")
            asked.wait()
        finally:
            click.echo("Stopping.")
            parts().jobs.stop()


@spots.command("rebuild")
@with_appcontext
def rebuild() -> None:
    """Group all reports anew; known spots keep their number, name and work."""
    r = grouping.rebuild(now=now())
    click.echo(
        f"{r.reports} reports in {r.spots} dark spots: {r.kept} kept, {r.new} new, {r.merged} merged, {r.split} split, "
        f"{r.dormant} dormant. {r.seconds:.2f} seconds."
    )


@spots.command("why")
@click.argument("spot_id", metavar="ID")
@click.option(
    "--lang", type=click.Choice(STAFF_LANGUAGES), default="sv", show_default=True, help="Language to say it in."
)
@with_appcontext
def why(spot_id: str, *, lang: str) -> None:
    """Say what the spot's page says: why these reports are one, why it looks so, what would make it two, its score, what is new."""
    number = spot_id.upper().removeprefix("F-")
    digits = number.isascii() and number.isdecimal() and len(number) < 10
    with current_app.test_request_context(), force_locale(lang):  # words are chosen as for a page
        spot = spot_pages.open_spot(int(number), frozenset()) if digits else None
        if spot is None:
            raise click.ClickException(f"There is no dark spot {spot_id}.")
        click.echo("\n".join([f"{spot.reference} {spot.name}".rstrip(), *spot_words.why(spot)]))
