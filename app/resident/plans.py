"""Local action plans for everybody, once they are decided: what is done, by whom and when, and what is not."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template

from app.services import measure_pages, place_names
from app.web.guard import EVERYONE, admit
from app.web.languages import local_date
from app.web.paper import paper
from app.web.parts import now

blueprint = admit(Blueprint("public_plans", __name__, url_prefix="/plans"), EVERYONE)


@blueprint.get("/<int:plan_id>")
def plan(plan_id: int) -> str:
    """Show a decided plan."""
    return render_template("resident/plan.html", **_published(plan_id))


@blueprint.get("/<int:plan_id>.pdf")
def pdf(plan_id: int) -> Response:
    """Return a decided plan as a tagged PDF."""
    found = _published(plan_id)
    return paper("paper/plan.html", f"{found['plan'].reference}.pdf", **found)


def _published(plan_id: int) -> dict[str, Any]:
    row, measures = measure_pages.published_plan(plan_id) or abort(404)
    municipality = place_names.municipality()
    return {"plan": row, "measures": measures, "today": local_date(now()), "municipality": municipality, "full": False}
