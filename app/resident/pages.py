"""The pages that say what this is."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Blueprint, render_template

from app.domain.retention import CONTACT, PHOTOS, REJECTED, TEXTS
from app.domain.words import N_
from app.services import place_names, retention
from app.web.guard import EVERYONE, admit
from app.web.languages import local_date, period, tr
from app.web.parts import now

STATEMENT_ON = date(2026, 11, 25)
"""When somebody last went through what the accessibility statement says."""

HOW_LONG: Final = {
    CONTACT: N_("Din kontaktuppgift tas bort %(period)s efter att din rapport är besvarad, avvisad eller återtagen."),
    PHOTOS: N_("Dina foton tas bort %(period)s efter att din rapport är besvarad, avvisad eller återtagen."),
    TEXTS: N_(
        "Din text och det som visar att flera rapporter är från dig tas bort när din rapport är besvarad, avvisad eller återtagen och det har gått %(period)s sedan den kom in. Kvar blir vad det gällde, platsen och tiden."
    ),
    REJECTED: N_("En rapport som avvisas tas bort helt %(period)s efter det."),
}

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
    kept = [line for line in retention.table(local_date(now())) if line.days is not None]
    told = {line.kind: tr(HOW_LONG[line.kind], period=period(line.days or 0)) for line in kept}
    return render_template("resident/privacy.html", municipality=place_names.municipality(), kept=kept, told=told)


@blueprint.get("/accessibility")
def accessibility() -> str:
    """Show the accessibility statement."""
    return render_template(
        "resident/accessibility.html", municipality=place_names.municipality(), statement_on=STATEMENT_ON
    )
