"""A decided plan is read by everybody, and those concerned get it with owners and money."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.models.measures import Plan
from tests.adapters.test_pdf import insides
from tests.builders import Scene
from tests.coordinator.test_plans import a_measure, act, newest


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    """The coordinator's browser."""
    return scene.signed_in("coordinator")


def test_a_plan_is_public_when_it_is_decided_and_says_its_no_with_the_reason(scene: Scene, desk: FlaskClient) -> None:
    assert (
        desk.post("/coordinator/plans", data={"title": "Plan för Oxhagen", "district": scene.oxhagen.id}).status_code
        == 303
    )
    plan = newest(Plan)
    no = a_measure(scene, desk, description="Kamera vid torget", plan_id=plan.id)
    a_measure(scene, desk, description="Röj sly vid tunneln", plan_id=plan.id, cost_estimate_sek="21500")
    act(desk, no, "/move", to="rejected", reason="Ljus och röjning prövas först.")
    anybody = scene.app.test_client()
    assert anybody.get(f"/plans/{plan.id}").status_code == 404
    act(
        desk,
        plan,
        "",
        title="Plan för Oxhagen",
        goal="Färre undviker tunneln",
        decision_body="Nämnden",
        decision_on="2026-11-20",
    )
    assert act(desk, plan, "/move", to="decided").status_code == 303
    page = anybody.get(f"/plans/{plan.id}").text
    assert "Ljus och röjning prövas först" in page
    assert "Färre undviker tunneln" in page
    assert "21 500" not in page.replace("\xa0", " ")
    paper = anybody.get(f"/plans/{plan.id}.pdf")
    assert re.search(rb"/Marked\s+true", insides(paper.data))
    assert desk.get(f"/coordinator/plans/{plan.id}.pdf").mimetype == "application/pdf"
    assert anybody.get(f"/coordinator/plans/{plan.id}.pdf").status_code in {302, 401}


def test_a_plan_names_its_parties_and_every_day_on_which_it_is_looked_at_again(scene: Scene, desk: FlaskClient) -> None:
    desk.post("/coordinator/plans", data={"title": "Ljus längs ån", "district": scene.oxhagen.id})
    plan = newest(Plan)
    said = {"version": plan.version, "title": plan.title, "parties": "Kommunen, Polisen"}
    refused = desk.post(f"/coordinator/plans/{plan.id}", data={**said, "reviews": "i maj"})
    assert refused.status_code == 422
    assert 'value="i maj"' in refused.text
    kept = desk.post(f"/coordinator/plans/{plan.id}", data={**said, "reviews": "2028-05-25, 2027-05-25"})
    assert kept.status_code == 303
    page = desk.get(f"/coordinator/plans/{plan.id}").text
    assert "Kommunen, Polisen" in page
    assert page.index("25 maj 2027") < page.index("25 maj 2028")
