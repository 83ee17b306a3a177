"""What `make run` starts: tables brought up to date, the demo loaded where there is no municipality, then the server.

Tables and server share one process, because starting Python is most of the waiting. The demo has one of its own, once:
it closes behind itself what the server goes on to use.
"""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

from flask.cli import ScriptInfo
from flask_migrate import upgrade

from app.models.base import db
from app.services.place_names import municipality
from wsgi import app


def main(*options: str) -> None:
    """Prepare what is missing and serve; `options` are those of `flask serve`."""
    with app.app_context():
        upgrade()
        empty = municipality() is None
        db.session.remove()
        db.engine.dispose()
    if empty:
        subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "demo"], check=True, env=_with_address(options))
    door = ScriptInfo(create_app=lambda: app)
    app.cli.commands["serve"].main(list(options), "serve", obj=door, standalone_mode=False)


def _with_address(options: tuple[str, ...]) -> dict[str, str]:
    """Return the environment in which the demo's letters lead to the server that is about to start."""
    given = dict(pairwise(options))
    address = f"http://{given.get('--host', '127.0.0.1')}:{given.get('--port', '5000')}"
    return {"BASE_URL": address, **{name: value for name, value in os.environ.items() if value or name != "BASE_URL"}}


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
