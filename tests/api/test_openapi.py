"""The API's description names every door of the API, and nothing that is not there."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from app.domain.reports import CATEGORIES
from tests.builders import Scene

METHODS = {"GET", "POST", "PATCH", "PUT", "DELETE"}


def test_the_description_names_every_door_of_the_api_and_no_other(scene: Scene, client: FlaskClient) -> None:
    told = client.get("/api/v1/openapi.json").json
    described = {(path, method.upper()) for path, item in told["paths"].items() for method in item}
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method)
        for rule in scene.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in METHODS & set(rule.methods or ())
    }
    assert described == there


def test_a_report_made_by_the_description_alone_is_taken(scene: Scene, client: FlaskClient) -> None:
    told = client.get("/api/v1/openapi.json").json
    schema = told["paths"]["/reports"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["categories"]["items"]["enum"] == list(CATEGORIES)
    examples = {"uuid": "5f0c2a4e-8f0b-4a55-9d1a-0d8a3a6b7c11", "lat": 56.676, "lon": 16.335}
    sent = {
        name: examples.get(name) or examples.get(schema["properties"][name].get("format", "")) or [CATEGORIES[0]]
        for name in schema["required"]
    }
    assert client.post("/api/v1/reports", json=sent).status_code == 201
