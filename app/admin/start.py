"""Where an administrator begins: what only they decide."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.domain.people import ADMIN
from app.web.guard import admit

blueprint = admit(Blueprint("admin", __name__, url_prefix="/admin"), ADMIN)


@blueprint.get("")
def page() -> str:
    """Show the way to the register's files and to the response times."""
    return render_template("admin/start.html")
