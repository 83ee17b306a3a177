"""The programs' door for reports: the phone's queue and other systems."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.models.base import db
from app.models.photos import Photo
from app.models.reports import Report
from tests.builders import Scene, jpeg


def body(**fields: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "lat": 56.676,
        "lon": 16.335,
        "categories": ["lamp_out"],
        "severity": 2,
        **fields,
    }


def count_reports() -> int:
    return db.session.scalar(select(func.count()).select_from(Report)) or 0


def test_a_report_as_json_gets_a_receipt_that_opens_it(scene: Scene, client: FlaskClient) -> None:
    answer = client.post("/api/v1/reports", json=body(text="Mörkt vid tunneln"))
    assert answer.status_code == 201
    found = client.get(f"/api/v1/reports/{answer.json['receipt']}")
    assert found.json["text"] == "Mörkt vid tunneln"
    assert found.json["status"] == "received"
    assert (found.json["lat"], found.json["lon"]) == (56.676, 16.335)
    assert found.headers["Cache-Control"] == "no-store"


def test_a_resend_gets_200_and_the_same_receipt_and_makes_no_second_report(scene: Scene, client: FlaskClient) -> None:
    sent = body()
    first, again = (client.post("/api/v1/reports", json=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["receipt"] == again.json["receipt"]
    assert count_reports() == 1


def test_another_body_under_the_same_id_is_a_conflict(scene: Scene, client: FlaskClient) -> None:
    sent = body()
    client.post("/api/v1/reports", json=sent)
    other = client.post("/api/v1/reports", json={**sent, "text": "något annat"})
    assert other.status_code == 409
    assert other.content_type == "application/problem+json"
    assert "receipt" not in other.json


def test_the_idempotency_key_is_the_client_id(scene: Scene, client: FlaskClient) -> None:
    sent = body()
    key = sent.pop("client_id")
    assert client.post("/api/v1/reports", json=sent, headers={"Idempotency-Key": key}).status_code == 201
    differing = client.post("/api/v1/reports", json=body(), headers={"Idempotency-Key": key})
    assert differing.status_code == 422


def test_what_cannot_be_read_is_named_beside_its_field(scene: Scene, client: FlaskClient) -> None:
    answer = client.post("/api/v1/reports", json=body(lat="north", categories=["ghosts"], severity=9))
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"lat", "categories", "severity"}


@pytest.mark.parametrize("nonsense", ["[]", "null", '{"lat": {"$ne": 1}}', "not json", '{"text": ["a", ["b"]]}'])
def test_a_body_that_is_no_report_is_a_clear_no(scene: Scene, client: FlaskClient, nonsense: str) -> None:
    answer = client.post("/api/v1/reports", data=nonsense, content_type="application/json")
    assert answer.status_code in {400, 422}


def test_a_photo_is_kept_in_two_sizes_without_its_metadata_and_only_for_its_sender(
    scene: Scene, client: FlaskClient
) -> None:
    sent = {k: (v if isinstance(v, list) else str(v)) for k, v in body().items()}
    answer = client.post("/api/v1/reports", data={**sent, "photos": [(io.BytesIO(jpeg()), "IMG_0001.jpg")]})
    (address,) = client.get(f"/api/v1/reports/{answer.json['receipt']}").json["photos"]
    served = client.get(address)
    assert served.mimetype == "image/jpeg"
    assert served.data != jpeg()
    assert client.get(address.split("?")[0]).status_code == 404
    assert scene.signed_in("coordinator").get(address.split("?")[0]).status_code == 200


def test_a_broken_photo_never_costs_the_report(scene: Scene, client: FlaskClient) -> None:
    sent = {k: (v if isinstance(v, list) else str(v)) for k, v in body().items()}
    answer = client.post("/api/v1/reports", data={**sent, "photos": [(io.BytesIO(b"<svg onload=alert(1)>"), "x.jpg")]})
    assert answer.status_code == 201
    assert (answer.json["photos_refused"], answer.json["photos_again"]) == (["not_an_image"], [])
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 0


def test_an_empty_photo_is_told_to_be_broken_and_not_lost_in_silence(scene: Scene, client: FlaskClient) -> None:
    answer = client.post("/api/v1/reports", data=body() | {"photos": (io.BytesIO(b""), "tom.jpg")})
    assert answer.status_code == 201
    assert answer.json["photos_refused"] == ["not_an_image"]


def test_the_way_there_is_kept_under_the_name_that_the_description_gives_it(scene: Scene, client: FlaskClient) -> None:
    assert client.post("/api/v1/reports", json=body(directions="Bakom skolan")).status_code == 201
    assert db.session.scalars(select(Report.directions)).one() == "Bakom skolan"


@pytest.mark.parametrize(
    ("name", "longest"), [("directions", 200), ("address", 200), ("pole_number", 40), ("text", 300)]
)
def test_a_text_that_does_not_fit_its_field_is_told_and_never_cut_off(
    scene: Scene, client: FlaskClient, name: str, longest: int
) -> None:
    answer = client.post("/api/v1/reports", json=body(**{name: "å" * (longest + 1)}))
    assert (answer.status_code, str(longest) in answer.json["errors"][name]) == (422, True)


@pytest.mark.parametrize("half", ["\\ud83d", "\\u0000"])
@pytest.mark.parametrize(
    "name", ["text", "directions", "pole_number", "contact", "staged_photos", "lang", "severity", "place_id"]
)
def test_half_a_character_in_any_field_is_no_fault_of_ours(
    scene: Scene, client: FlaskClient, name: str, half: str
) -> None:
    sent = json.dumps(body(**{name: "HALF"}) | ({"lat": "", "lon": ""} if name in {"pole_number", "place_id"} else {}))
    answer = client.post("/api/v1/reports", data=sent.replace("HALF", f"a{half}"), content_type="application/json")
    assert answer.status_code in {201, 422}, answer.text


def test_a_photo_that_waited_too_long_for_its_form_is_said_to_be_gone(scene: Scene, client: FlaskClient) -> None:
    answer = client.post("/api/v1/reports", json=body(staged_photos=["a" * 32]))
    assert answer.json["photos_refused"] == ["waited_too_long"]
    assert "väntade" in answer.json["photo_problems"][0]


def test_a_repeat_is_told_the_same_of_its_photos_as_the_first_answer_that_got_lost(
    scene: Scene, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {k: (v if isinstance(v, list) else str(v)) for k, v in body().items()}
    with monkeypatch.context() as full:
        full.setattr(type(scene.app.extensions["ljuspunkt"].photo_store), "has_room", lambda _: False)
        lost = client.post("/api/v1/reports", data={**sent, "photos": [(io.BytesIO(jpeg()), "x.jpg")]})
    repeat = client.post("/api/v1/reports", data={**sent, "photos": [(io.BytesIO(jpeg()), "x.jpg")]})
    assert (lost.status_code, repeat.status_code) == (201, 200)
    assert lost.json == repeat.json
    assert (repeat.json["photos_refused"], repeat.json["photos_again"]) == (["no_room"], [0])


def test_a_report_without_photo_carries_nothing_about_its_sender(scene: Scene, client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/reports", json=body(contact="canary@example.se"), headers={"User-Agent": "canary-agent"}
    )
    shown = client.get(f"/api/v1/reports/{answer.json['receipt']}").text
    assert "canary" not in shown
    assert "canary" not in client.get("/places.geojson").text


def test_an_unknown_receipt_is_not_found_and_says_so_as_a_problem(client: FlaskClient, scene: Scene) -> None:
    answer = client.get("/api/v1/reports/nothing")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 50_000, '{"text": ' + "[" * 3_000])
def test_a_body_nested_without_end_is_a_clear_no(scene: Scene, client: FlaskClient, body: str) -> None:
    answer = client.post("/api/v1/reports", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_a_program_without_a_token_is_one_voice_however_often_it_calls(scene: Scene, client: FlaskClient) -> None:
    for n in range(4):
        sent = {"client_id": str(uuid.uuid4()), "lat": 56.676, "lon": 16.335, "categories": ["lamp_out"]}
        sent["reporter_key"] = f"whoever {n}"
        assert client.post("/api/v1/reports", json=sent).status_code == 201
    assert db.session.scalar(select(func.count(Report.reporter_key.distinct()))) == 1
