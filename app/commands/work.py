"""Commands for the worker: `jobs work` and `spots rebuild`."""

from __future__ import annotations

import threading

import click
from flask.cli import AppGroup, with_appcontext

from app.commands.stopping import asked_to_stop
from app.services import grouping, spot_pages, spot_reasons, work
from app.web import scores
from app.web.languages import tr
from app.web.parts import now, parts
from app.web.words import SCORE_WORDS
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
            asked.get()
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
@with_appcontext
def why(spot_id: str) -> None:
    """Say why these reports are one dark spot, why it looks so, what would make it two, how its score adds up, what is new."""
    number = spot_id.upper().removeprefix("F-")
    digits = number.isascii() and number.isdecimal() and len(number) < 10
    spot = spot_pages.open_spot(int(number), frozenset()) if digits else None
    if spot is None:
        raise click.ClickException(f"There is no dark spot {spot_id}.")
    click.echo(f"{spot.reference} {spot.name}")
    if spot.merged_into_id:
        click.echo(f"It is part of F-{spot.merged_into_id} now.")
        return
    found = spot_reasons.explain(spot)
    for title, reasons in (("Together", found.together), ("Shape", found.shape), ("Two", found.two)):
        for reason in reasons:
            click.echo(f"{title + ':':10}{tr(reason.text, **reason.facts)}")
    click.echo(
        f"{'Score:':10}{spot.score:.1f}, {spot.score_low:.1f} to {spot.score_high:.1f}, band {spot.band}, version {spot.score_version}"
    )
    for line in scores.lines(spot.score_parts):
        click.echo(f"{line.points:9.1f} {line.sentence}")
    _say_what_is_new(spot.score, spot.band, found.since)


def _say_what_is_new(points: float, band: str, since: spot_reasons.Since | None) -> None:
    if since is None:
        click.echo(f"{'New:':10}scored for the first time; nothing to compare with yet.")
        return
    click.echo(
        f"{'New:':10}since {since.day}: {since.points:.1f} to {points:.1f}, band {since.band} to {band}, {since.came} new reports."
    )
    for change in since.changes:
        click.echo(f"          {tr(SCORE_WORDS[change.key])}: {change.before:.1f} to {change.now:.1f}")
    for line in since.done:
        click.echo(f"          {line.at:%Y-%m-%d %H:%M} {line.to_state} {line.reason}".rstrip())
