"""Closed until opened: every route, tried by everyone."""

from __future__ import annotations

from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from app.web.guard import admitted
from tests.builders import Scene
from tests.house.access_table import ACCESS, ANYBODY

ROLES = ("nobody", "technician", "coordinator", "admin")
NUMBER, NAME = "999999999", "finns-inte"


def address(app: Flask, rule: Rule) -> str:
    """Return an address of this route that leads to nothing, so that only the door is tried."""
    values = {}
    for name, converter in rule._converters.items():
        choices = sorted(getattr(converter, "items", ()))
        values[name] = choices[0] if choices else NUMBER if isinstance(converter, IntegerConverter) else NAME
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def refused(client: FlaskClient, method: str, where: str) -> bool:
    """Say whether the door stayed shut: 401, 403, or the way to the sign-in page."""
    answer = client.open(where, method=method)
    to_sign_in = answer.status_code in {302, 303} and "/login" in answer.headers.get("Location", "")
    return answer.status_code in {401, 403} or to_sign_in


@pytest.fixture
def browser(scene: Scene, role: str) -> FlaskClient:
    """Return a browser in which this role is signed in."""
    return scene.app.test_client() if role == "nobody" else scene.signed_in(role)


def test_every_route_has_a_row_in_the_access_table_and_every_row_a_route(built_app: Flask) -> None:
    assert {rule.endpoint for rule in built_app.url_map.iter_rules()} == set(ACCESS)


def test_the_guard_admits_to_each_blueprint_whom_the_table_names(built_app: Flask) -> None:
    for endpoint, roles in ACCESS.items():
        admits = set(admitted(built_app, endpoint))
        assert admits, f"{endpoint} has not said who may enter"
        expected = {"everyone"} if roles == ANYBODY else set(roles)
        assert admits == expected, endpoint


@pytest.mark.parametrize("role", ROLES)
def test_nobody_passes_a_door_that_the_table_keeps_shut(browser: FlaskClient, scene: Scene, role: str) -> None:
    passed = []
    for rule, method in product(scene.app.url_map.iter_rules(), ("GET", "POST", "PATCH", "PUT", "DELETE")):
        if method not in (rule.methods or ()) or role in ACCESS.get(rule.endpoint, ()):
            continue
        if not refused(browser, method, address(scene.app, rule)):
            passed.append(f"{method} {rule}")
    assert passed == []


@pytest.mark.parametrize("role", ROLES)
def test_a_door_that_the_table_opens_lets_its_people_through(browser: FlaskClient, scene: Scene, role: str) -> None:
    stopped = []
    for rule in scene.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or role not in ACCESS.get(rule.endpoint, ()):
            continue
        if rule.endpoint in {"account.login", "photos.photo"} or rule.endpoint.startswith("api_contractors."):
            continue  # they say themselves whom they send where
        if refused(browser, "GET", address(scene.app, rule)):
            stopped.append(str(rule))
    assert stopped == []


@pytest.mark.parametrize("role", ["technician", "coordinator"])
def test_signing_out_shuts_every_door_again_at_once(browser: FlaskClient, role: str) -> None:
    home = {"technician": "/technician/", "coordinator": "/coordinator/"}[role]
    assert browser.get(home).status_code == 200
    browser.post("/logout")
    assert refused(browser, "GET", home)
