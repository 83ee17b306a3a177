"""`flask staff create`: an account."""

from __future__ import annotations

import secrets

import click
from flask.cli import AppGroup, with_appcontext

from app.domain.people import STAFF_ROLES
from app.services import staff as accounts
from app.web.parts import now

staff = AppGroup("staff", help="Accounts for those who work here.")


@staff.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice(STAFF_ROLES), required=True, help="What the account may do.")
@click.option("--name", default="", help="Name to show; the address when left out.")
@click.option("--password", default="", help="At least twelve characters; generated and shown once when left out.")
@with_appcontext
def create(email: str, role: str, name: str, password: str) -> None:
    """Make an account, or give an existing one a new role and password and end its sign-ins."""
    chosen = password or secrets.token_urlsafe(15)
    try:
        made = accounts.create(email, role, chosen, name, now=now())
    except accounts.BadAccount as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{made.email} is a {made.role}.")
    if not password:
        click.echo(f"Password (shown once): {chosen}")
