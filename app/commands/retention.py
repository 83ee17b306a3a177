"""`flask retention …`: how long what people sent is kept, and disposing of it as the decisions say."""

from __future__ import annotations

import secrets
from datetime import datetime

import click
from flask.cli import AppGroup, with_appcontext

from app.domain.retention import DAYS_MAX, KINDS, Keeping
from app.services import retention as service
from app.web.parts import now, parts

retention = AppGroup("retention", help="How long what people sent is kept (gallring).")


@retention.command("set")
@click.argument("kind", type=click.Choice(tuple(KINDS)))
@click.option("--days", required=True, type=click.IntRange(1, DAYS_MAX), help="For how many days it is kept.")
@click.option("--decision", required=True, help="Which decision says so: body, date or number. History keeps it.")
@click.option("--from", "begins", metavar="DAY", type=click.DateTime(["%Y-%m-%d"]), help="From when on; today.")
@with_appcontext
def set_(kind: str, days: int, decision: str, begins: datetime | None) -> None:
    """Write into the retention table for how long KIND is kept. The worker disposes each night from then on."""
    if not decision.strip():
        raise click.ClickException("Name the decision.")
    first = begins.date() if begins else service.local_day(now())
    service.decide(kind, days, decision.strip()[:200], valid_from=first, now=now())
    click.echo(f"{kind}: kept for {days} days from {first} on, as {decision.strip()} says.")


@retention.command("show")
@with_appcontext
def show() -> None:
    """Say for how long each kind is kept today, and by which decision."""
    for keeping in service.table(service.local_day(now())):
        click.echo(f"{keeping.kind}: {_said(keeping)} ({KINDS[keeping.kind]}).")


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only count.")
@with_appcontext
def run(*, dry_run: bool) -> None:
    """Dispose of what is kept long enough, as the retention table says. No decision, no deletion."""
    done = service.run(salt=secrets.token_hex(16), now=now(), only_count=dry_run)
    if not dry_run:
        parts().jobs.round()  # the files of what is gone
    for line in done:
        if line.keeping.days is None:
            click.echo(f"{line.keeping.kind}: nothing is deleted, for no decision says so.")
        else:
            click.echo(
                f"{line.keeping.kind}: {line.reports} reports {'would be' if dry_run else 'are'} concerned, {_said(line.keeping)}."
            )
    if all(line.keeping.days is None for line in done):
        raise click.ClickException("There is no decision on disposal. `retention set` writes one into the table.")


def _said(keeping: Keeping) -> str:
    if keeping.days is None:
        return "kept for ever, for no decision says otherwise"
    return f"kept for {keeping.days} days as {keeping.decision} says"
