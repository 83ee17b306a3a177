"""`flask originals dispose`: carrying out a decision on disposal."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext

from app.services import disposal
from app.web.parts import now, parts

originals = AppGroup("originals", help="What was covered in texts and photos, and is locked.")


@originals.command("dispose")
@click.argument("before", metavar="DAY", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--decision", required=True, help="Which decision says so: body, date or number. History keeps it.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@with_appcontext
def dispose(before: datetime, decision: str, *, dry_run: bool) -> None:
    """Delete for good the originals that were locked before DAY."""
    if not decision.strip():
        raise click.ClickException("Name the decision.")
    done = disposal.dispose(before.replace(tzinfo=UTC), decision.strip()[:200], now=now(), only_count=dry_run)
    if not dry_run:
        parts().jobs.round()  # their files
    click.echo(f"{done.texts} texts and {done.photos} photos {'would be' if dry_run else 'are'} deleted.")
