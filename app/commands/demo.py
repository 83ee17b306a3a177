"""`flask demo`: a municipality that looks alive."""

from __future__ import annotations

import time
from datetime import timedelta
from random import Random

import click
from flask.cli import with_appcontext

from app.commands import demo_story
from app.commands.demo_cast import Cast
from app.domain.people import COORDINATOR, TECHNICIAN, Actor
from app.services import demo_accounts, demo_reports, demo_town, grouping
from app.services import staff as accounts
from app.web.parts import now, parts


@click.command("demo")
@click.option(
    "--reports", "count", default=400, show_default=True, type=click.IntRange(20, 200_000), help="How many reports."
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same demo.")
@click.option("--if-empty", is_flag=True, help="Do nothing when there is a municipality already.")
@with_appcontext
def demo(*, count: int, seed: int, if_empty: bool) -> None:
    """Fill an empty database with an invented municipality: two dark seasons of reports and what came of them."""
    if not demo_town.is_empty():
        if if_empty:
            return
        raise click.ClickException("There is a municipality here already. The demo is only for an empty database.")
    began, at, chance = time.perf_counter(), now(), Random(seed)  # noqa: S311  (the same seed, the same demo)
    made = demo_town.build(chance, now=at - timedelta(days=500))
    click.echo(", ".join(f"{n} {what}" for what, n in made.items()))
    cast = _cast(chance)
    told = demo_reports.imagine(count, chance, now=at)
    photos = demo_reports.scenes(chance, parts().cleaner)
    secret_key = parts().settings.secret_key
    with click.progressbar(length=len(told), label="Reports") as bar:
        before = 0
        for done in demo_reports.keep(told, chance, secret_key, photos, parts().photo_store):
            bar.update(done - before)
            before = done
    figures = grouping.rebuild(now=at - timedelta(days=75))  # before the first walk was planned
    click.echo(f"{figures.reports} reports in {figures.spots} dark spots, {figures.seconds:.1f} s")
    for chapter in demo_story.tell(cast):
        click.echo(f"  {chapter}")
    demo_reports.forget_news_from_before()
    grouping.rebuild(now=at)
    parts().jobs.round()
    parts().cleaner.close()
    click.echo(f"The demo municipality is ready. {time.perf_counter() - began:.0f} seconds.")


def _cast(chance: Random) -> Cast:
    people = {
        role: accounts.create(email, role, demo_accounts.PASSWORD, name, now=now())
        for email, role, name in demo_accounts.ACCOUNTS
    }
    coordinator, technician = people[COORDINATOR], people[TECHNICIAN]
    return Cast(
        Actor(COORDINATOR, coordinator.id, coordinator.name),
        Actor(TECHNICIAN, technician.id, technician.name),
        now(),
        chance,
    )
