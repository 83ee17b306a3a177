"""What a phone keeps by itself: pages without secrets, and every file that they need."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.reports import URGENT_WORDS, sounds_urgent
from app.models.base import db
from app.models.districts import NamedPlace
from app.models.reports import Report
from app.web import shell
from tests.builders import Scene


@pytest.mark.parametrize("page", shell.PAGES)
def test_a_page_to_keep_is_the_same_for_everybody_and_holds_no_secret(
    scene: Scene, client: FlaskClient, page: str
) -> None:
    first, second = client.get(f"{page}?shell=1"), scene.app.test_client().get(f"{page}?shell=1")
    assert first.status_code == 200
    assert first.data == second.data
    assert b"csrf_token" not in first.data
    assert not re.search(rb"[0-9a-f]{8}-[0-9a-f]{4}-", first.data)
    assert "Set-Cookie" not in first.headers


def test_a_page_that_is_not_to_be_kept_has_its_form_token_and_its_number(scene: Scene, client: FlaskClient) -> None:
    page = client.get("/report").text
    assert 'name="csrf_token"' in page
    assert re.search(r'name="client_id" value="[0-9a-f-]{36}"', page)


def test_the_service_worker_keeps_every_file_that_its_pages_ask_for(scene: Scene, client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    kept = json.loads(answer.text.splitlines()[0].removeprefix("const PHONE = ").rstrip(";"))
    assert answer.headers["Cache-Control"] == "no-cache"
    asked = set()
    for page in kept["pages"]:
        asked |= set(re.findall(r'(?:href|src)="(/static/[^"]+|/resident.css)"', client.get(f"{page}?shell=1").text))
    assert asked <= set(kept["files"])
    assert {"/static/js/paint_over.js", "/static/js/photo_worker.js"} <= set(kept["files"])
    for address in [*kept["files"], *kept["data"]]:
        with client.get(address) as found:
            assert found.status_code == 200, address


def test_what_is_kept_gets_another_version_when_one_file_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = shell.version()
    assert shell.version.__wrapped__() == before
    changed = tmp_path / "service_worker.js"
    changed.write_text("// another\n")
    monkeypatch.setattr(shell, "WORKER", str(changed))
    assert shell.version.__wrapped__() != before


def test_the_home_screen_gets_a_name_and_an_icon_that_betray_nothing(scene: Scene, client: FlaskClient) -> None:
    manifest = client.get("/manifest.webmanifest").json
    assert manifest["name"] == manifest["short_name"] == "Ljuspunkt"
    assert "description" not in manifest
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as found:
            assert found.mimetype == "image/png"


def test_the_phone_learns_the_urgent_words_from_the_same_list_as_the_server(client: FlaskClient, scene: Scene) -> None:
    assert URGENT_WORDS in client.get("/report").text
    assert sounds_urgent("Det är någon som jagar mig")
    assert not sounds_urgent("Nu är lampan släckt igen")


def test_a_place_chosen_in_the_list_is_enough_for_a_report_from_the_phones_queue(
    scene: Scene, client: FlaskClient
) -> None:
    place = NamedPlace(
        name="Oxhagstorget", lon=16.335, lat=56.676, district_id=scene.oxhagen.id, created_at=scene.now,
        updated_at=scene.now,
    )  # fmt: skip
    db.session.add(place)
    db.session.commit()
    sent = {"client_id": "0b7b9f5e-4a43-4d3d-9a36-2a5f0f3b7a01", "place_id": place.id, "categories": ["lamp_out"]}
    assert client.post("/api/v1/reports", json=sent).status_code == 201
    report = db.session.scalars(select(Report)).one()
    assert (report.method, round(report.lon, 3)) == ("list", 16.335)


def test_the_phones_queue_is_told_in_words_why_a_photo_was_not_kept(scene: Scene, client: FlaskClient) -> None:
    sent = {
        "client_id": "0b7b9f5e-4a43-4d3d-9a36-2a5f0f3b7a02", "lat": "56.676", "lon": "16.335", "categories": "lamp_out",
        "photos": (io.BytesIO(b"no photo at all"), "photo.jpg"),
    }  # fmt: skip
    said = client.post("/api/v1/reports", data=sent, content_type="multipart/form-data").json
    assert said["photos_refused"] == ["not_an_image"]
    assert "inte ett foto" in said["photo_problems"][0]
