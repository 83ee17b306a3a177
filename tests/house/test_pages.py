"""Every page that can be opened is a whole page."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import Scene
from tests.house.access_table import ACCESS
from tests.house.pages import faults
from tests.house.test_access import ROLES

FRAMES = ("/map-frame",)  # folium's own page, shown inside one of ours


@pytest.fixture
def things(scene: Scene) -> dict[str, object]:
    """Return something to put into every address that wants a number or a name."""
    members = scene.reports_at(3)
    receipt = scene.last_receipt
    return {
        "report_id": members[0].id, "receipt": receipt, "spot_id": scene.spot(*members).id, "slug": scene.oxhagen.slug,
        "district_id": scene.oxhagen.id,
    }  # fmt: skip


def addresses(app: Flask, role: str, things: dict[str, object]) -> list[str]:
    """Return the address of every page that this role may open and that we have something for."""
    routes = app.url_map.bind("localhost")
    return [
        routes.build(rule.endpoint, {name: things[name] for name in rule.arguments})
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.endpoint.startswith(("operations.", "static", "api_contractors."))  # these ask for a key
        and role in ACCESS.get(rule.endpoint, ())
        and rule.arguments <= set(things)
    ]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_and_is_whole_for_whoever_may_see_it(
    scene: Scene, things: dict[str, object], role: str
) -> None:
    browser: FlaskClient = scene.app.test_client() if role == "nobody" else scene.signed_in(role)
    wrong: dict[str, list[str]] = {}
    for address in addresses(scene.app, role, things):
        answer = browser.get(address)
        if answer.status_code >= 400:
            wrong[address] = [f"answers {answer.status_code}"]
        elif answer.mimetype == "text/html" and answer.status_code == 200:
            found = faults(scene.app, answer.text) if not address.endswith(FRAMES) else []
            if found:
                wrong[address] = found
    assert wrong == {}
