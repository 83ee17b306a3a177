"""The pages that say what this is."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template
from markupsafe import Markup

from app.services import place_names, retention
from app.web.guard import EVERYONE, admit
from app.web.languages import local_date
from app.web.parts import now

STATEMENT_ON = date(2026, 11, 25)
"""When somebody last went through what the accessibility statement says."""

blueprint = admit(Blueprint("resident", __name__), EVERYONE)


@blueprint.get("/")
def start() -> str:
    """Show what this is, the 112 line and one large button."""
    return render_template("resident/start.html", municipality=place_names.municipality())


@blueprint.get("/about")
def about() -> str:
    """Say what trygghet means here, and what happens to a report."""
    return render_template("resident/about.html", municipality=place_names.municipality())


@blueprint.get("/privacy")
def privacy() -> str:
    """Say what is kept of what somebody sends, and for how long."""
    kept = {line.kind: line for line in retention.table(local_date(now())) if line.days is not None}
    named = [Markup("<bdi>{}</bdi>").format(name) for name in dict.fromkeys(line.decision for line in kept.values())]
    return render_template(
        "resident/privacy.html", municipality=place_names.municipality(), kept=kept, decisions=Markup(", ").join(named)
    )


@blueprint.get("/accessibility")
def accessibility() -> str:
    """Show the accessibility statement."""
    return render_template(
        "resident/accessibility.html", municipality=place_names.municipality(), statement_on=STATEMENT_ON
    )
