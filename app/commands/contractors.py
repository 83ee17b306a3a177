"""`flask contractors …`: how those outside are reached. Addresses are set here alone, never by a page or a client."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from app.adapters import webhooks
from app.services import contractor_pages
from app.web.parts import now, parts

contractors = AppGroup("contractors", help="Those outside who mend lamps.")


@contractors.command("set")
@click.argument("name")
@click.option("--email", default=None, help="Their address for tickets.")
@click.option("--mail/--no-mail", "by_mail", default=None, help="Whether each ticket is mailed.")
@click.option("--webhook", default=None, help="Address that gets each ticket as signed JSON; empty for none.")
@click.option("--plain", is_flag=True, help="Take an http:// address, inside your own network.")
@click.option("--new-secret", is_flag=True, help="End the webhook's signing secret and make a new one.")
@click.option("--active/--resting", default=True, help="Whether they are sent anything.")
@with_appcontext
def set_up(
    *,
    name: str,
    email: str | None,
    by_mail: bool | None,
    webhook: str | None,
    plain: bool,
    new_secret: bool,
    active: bool,
) -> None:
    """Make a contractor, or change how one is reached; what is left out stays as it is."""
    try:
        url = webhooks.check(webhook, plain=plain) if webhook else webhook
        made, secret = contractor_pages.set_up(
            name, email=email, by_mail=by_mail, webhook_url=url, new_secret=new_secret, active=active,
            key=parts().settings.secret_key, now=now(),
        )  # fmt: skip
    except (webhooks.BadAddress, contractor_pages.BadContractor) as error:
        raise click.ClickException(str(error)) from error
    ways = [word for word, used in (("mail", made.by_mail), ("webhook", bool(made.webhook_url)), ("CSV", True)) if used]
    click.echo(f"{name.strip()} is reached by {', '.join(ways)}{'' if made.active else ', and rests'}.")
    if secret:
        click.echo(f"Signing secret of the webhook: {secret}")


@contractors.command("key")
@click.argument("name")
@with_appcontext
def key(name: str) -> None:
    """Give a contractor's own system a new key for its answers; the old one ends."""
    try:
        made = contractor_pages.new_key(name, now=now())
    except contractor_pages.BadContractor as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Key (shown once): {made}")


@contractors.command("list")
@with_appcontext
def listing() -> None:
    """Show who can be sent tickets, and how."""
    found = contractor_pages.all_of_them()
    for c in found:
        ways = [
            word
            for word, used in (("mail " + c.organisation.email, c.by_mail), (c.webhook_url, bool(c.webhook_url)))
            if used
        ]
        click.echo(
            f"{c.organisation.name}: {', '.join(ways) or 'CSV'}{'' if c.active else ' (rests)'}{', has a key' if c.api_key_hash else ''}"
        )
    click.echo(f"{len(found)} contractors.")
