"""`flask serve`: the service on this machine, with its worker in threads of the same process."""

from __future__ import annotations

from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from waitress import wasyncore
from waitress.server import create_server

from app.commands.stopping import asked_to_stop
from app.services import demo_accounts
from app.web.parts import parts

THREADS = 12
HEARS_WITHIN_S = 0.5
"""How long Ctrl+C may wait for the sockets."""


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=5000, type=click.IntRange(0, 65535), show_default=True, envvar="PORT", help="Port to listen on."
)
@with_appcontext
def serve(host: str, port: int) -> None:
    """Serve the pages and do the jobs until stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  (Flask's own documented way)
    sockets: dict[int, Any] = {}
    try:
        server = create_server(app, map=sockets, host=host, port=port, threads=THREADS, ident="ljuspunkt")
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --port or PORT=…"
        ) from error
    address = f"http://{host}:{port}"
    parts().listening.append(address)
    with asked_to_stop() as asked:
        try:
            parts().jobs.start()
            _greet(address)
            # The server's own way of running is stopped by an exception, which can break off anything.
            while not asked.already():
                wasyncore.loop(timeout=HEARS_WITHIN_S, map=sockets, count=1)
        finally:
            click.echo("Stopping.")
            server.task_dispatcher.shutdown()
            server.close()
            parts().jobs.stop()
            parts().cleaner.close()


def _greet(address: str) -> None:
    click.echo(f"Ljuspunkt answers on {address}")
    click.echo(f"  residents     {address}/")
    click.echo(f"  coordinators  {address}/coordinator/")
    click.echo(f"  technicians   {address}/technician/")
    accounts = demo_accounts.present()
    if accounts:
        click.echo(
            "This is the demo municipality. Its accounts are open to anybody who reads this; never keep real reports here."
        )
        for email, role in accounts:
            click.echo(f"  {role:<12} {email}")
        click.echo(f"  password     {demo_accounts.PASSWORD} (the same for all of them)")
