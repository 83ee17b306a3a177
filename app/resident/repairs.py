"""What everybody may read of the light: how long mending takes, and how much was mended. No places, no ranking."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.services import ticket_numbers
from app.web.guard import EVERYONE, admit
from app.web.languages import local_date
from app.web.parts import now

blueprint = admit(Blueprint("repairs", __name__), EVERYONE)


@blueprint.get("/repairs")
def page() -> str:
    """Show repair times and work done during the last year."""
    found = ticket_numbers.of_the_public(now=now(), today=local_date(now()))
    lines = [line for line in found.by_fault if line.mended]
    return render_template("resident/repairs.html", whole=found.whole, lines=lines)
