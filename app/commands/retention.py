"""`flask retention …`: how long what people sent is kept, and disposing of it as the decisions say."""

from __future__ import annotations

import secrets
from datetime import datetime

import click
from flask.cli import AppGroup, with_appcontext

from app.domain.retention import DAYS_MAX, DECISION_LENGTH_MAX, KINDS, Keeping
from app.services import retention as service
from app.web.parts import now, parts

retention = AppGroup("retention", help="How long what people sent is kept (gallring).")


@retention.command("set", epilog=" ".join(f"{kind}: {what}." for kind, what in KINDS.items()))
@click.argument("kind", type=click.Choice(tuple(KINDS)))
@click.option("--days", type=click.IntRange(1, DAYS_MAX), help="For how many days it is kept.")
@click.option("--for-ever", is_flag=True, help="It is kept, whatever was decided before.")
@click.option("--decision", required=True, help="Which decision says so: body, date or number. History keeps it.")
@click.option(
    "--from", "begins", metavar="DAY", type=click.DateTime(["%Y-%m-%d"]), help="From when on (2027-01-01); today."
)
@with_appcontext
def set_(kind: str, days: int | None, decision: str, begins: datetime | None, *, for_ever: bool) -> None:
    """Write into the retention table for how long KIND is kept. The worker disposes each night from then on."""
    named = " ".join(decision.split())
    if not named:
        raise click.ClickException("Name the decision.")
    if len(named) > DECISION_LENGTH_MAX:
        raise click.ClickException(
            f"The decision's name has at most {DECISION_LENGTH_MAX} characters, not {len(named)}."
        )
    if for_ever == bool(days):
        raise click.UsageError("Say either --days or --for-ever.")
    first = begins.date() if begins else service.local_day(now())
    before = service.decide(kind, days, named, valid_from=first, now=now())
    click.echo(f"{kind}: {_said(Keeping(kind, days, named))} from {first} on.")
    if before:
        click.echo(f"In place of what was written for that day: {_said(before)}.")


@retention.command("show")
@with_appcontext
def show() -> None:
    """Say for how long each kind is kept today, by which decision, and what is decided for later."""
    today = service.local_day(now())
    for keeping in service.table(today):
        click.echo(f"{keeping.kind}: {_said(keeping)} ({KINDS[keeping.kind]}).")
    for first, keeping in service.coming(today):
        click.echo(f"{keeping.kind} from {first} on: {_said(keeping)}.")


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only count.")
@with_appcontext
def run(*, dry_run: bool) -> None:
    """Dispose of what is kept long enough, as the retention table says. No decision, no deletion."""
    done = service.run(salt=secrets.token_hex(16), now=now(), only_count=dry_run)
    if not dry_run:
        parts().jobs.round()  # the files of what is gone
    verb = "would be concerned" if dry_run else "concerned"
    for line in done:
        if line.keeping.days is None:
            click.echo(f"{line.keeping.kind}: nothing is deleted, {_said(line.keeping)}.")
        else:
            click.echo(f"{line.keeping.kind}: reports {verb}: {line.reports}; {_said(line.keeping)}.")
    if not any(line.keeping.decision for line in done):
        raise click.ClickException("There is no decision on disposal. `retention set` writes one into the table.")


def _said(keeping: Keeping) -> str:
    if not keeping.decision:
        return "kept for ever, for no decision says otherwise"
    time = "for ever" if keeping.days is None else f"for {keeping.days} day{'s' if keeping.days > 1 else ''}"
    return f"kept {time} as {keeping.decision} says"
