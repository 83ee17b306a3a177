"""Known already? What everybody may know near a pin, and one tap to say “me too”."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import NamedPlace
from app.models.reports import Report
from app.services import reports
from tests.builders import CENTRE, Scene

HERE = {"lon": CENTRE[0], "lat": CENTRE[1]}


def near(client: FlaskClient, **position: Any) -> str:
    answer = client.get("/near", query_string={**HERE, **position})
    assert answer.status_code == 200
    return answer.text


def public_spot(scene: Scene, **facts: Any) -> DarkSpot:
    spot = scene.spot(*scene.reports_at(3), **facts)
    spot.public, spot.public_text = True, "Tre lampor är släckta. Vi lagar dem i november."
    db.session.commit()
    return spot


def test_a_lamp_that_is_already_reported_says_so_with_the_promised_day(scene: Scene, client: FlaskClient) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp("SK-104"))
    page = near(client)
    assert "Släckt lampa, stolpe SK-104" in page
    assert "Redan anmäld tisdag 24 november 2026." in page
    assert f"{ticket.due_on.day} " in page
    assert "Den ska vara lagad senast" in page
    assert "Jag med" in page


def test_a_promised_day_that_has_passed_is_called_late(scene: Scene, client: FlaskClient) -> None:
    ticket = scene.ticket(lamp=scene.lamp("SK-104"))
    ticket.due_on = scene.now.date() - timedelta(days=2)
    db.session.commit()
    assert "är försenad" in near(client)


def test_a_ticket_where_only_one_person_stood_is_nobody_elses_to_see(scene: Scene, client: FlaskClient) -> None:
    scene.ticket(scene.report())
    assert "Jag med" not in near(client)


@pytest.mark.parametrize("fault", ["B03", "B08", "B10", "B11", "B12", "B14"])
def test_a_danger_or_a_home_is_not_told_of_in_public(scene: Scene, client: FlaskClient, fault: str) -> None:
    ticket = scene.ticket(fault=fault, lamp=scene.lamp("SK-104"))
    assert "SK-104" not in near(client)
    assert client.post(f"/near/ticket/{ticket.id}/me-too").status_code == 404


def test_an_open_hatch_is_told_of_when_it_has_been_made_safe(scene: Scene, client: FlaskClient) -> None:
    scene.ticket(fault="B11", lamp=scene.lamp("SK-104"), state="made_safe")
    assert "SK-104" in near(client)


def test_an_approved_place_shows_its_text_and_no_finer_time_than_the_month(scene: Scene, client: FlaskClient) -> None:
    public_spot(scene)
    page = near(client)
    assert "Tre lampor är släckta." in page
    assert "Senast rapporterad i november 2026." in page
    assert "24 november" not in page


def test_a_place_that_nobody_approved_is_not_shown(scene: Scene, client: FlaskClient) -> None:
    scene.spot(*scene.reports_at(5))
    assert "Jag med" not in near(client)


def test_the_page_says_near_what_the_pin_is(scene: Scene, client: FlaskClient) -> None:
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    db.session.add(NamedPlace(name="Skälbystråket", kind="path", lon=CENTRE[0] + 0.0005, lat=CENTRE[1], **stamp))
    db.session.commit()
    assert "Nära Skälbystråket, Oxhagen." in near(client)


def test_a_pin_outside_the_municipality_is_told_at_once(scene: Scene, client: FlaskClient) -> None:
    assert "utanför Kalmar kommun" in near(client, lon=17.5)


def neighbours_file(folder: Path, **properties: str) -> str:
    area = {"type": "Polygon", "coordinates": [[[17, 56], [18, 56], [18, 57], [17, 57], [17, 56]]]}
    file = folder / "around.geojson"
    row = {"type": "Feature", "geometry": area, "properties": {"name": "Mörbylånga", **properties}}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}), encoding="utf-8")
    return str(file)


def test_a_pin_at_a_neighbour_is_told_whose_it_is_and_how_to_get_there(
    scene: Scene, client: FlaskClient, tmp_path: Path
) -> None:
    file = neighbours_file(tmp_path, url="https://www.morbylanga.example/felanmalan")
    done = scene.app.test_cli_runner().invoke(args=["neighbours", "import", file])
    assert done.exit_code == 0, done.output
    page = near(client, lon=17.5)
    assert "Platsen ligger i Mörbylånga." in page
    assert 'href="https://www.morbylanga.example/felanmalan"' in page
    sent = {
        "lon": "17.5",
        "lat": "56.676",
        "categories": "lamp_out",
        "text": "Mörkt här",
        "client_id": str(uuid.uuid4()),
    }
    again = client.post("/report", data=sent)
    assert again.status_code == 422
    assert "Platsen ligger i Mörbylånga." in again.text
    assert "Mörkt här" in again.text


def test_an_address_that_is_no_page_is_refused_by_its_row(scene: Scene, tmp_path: Path) -> None:
    done = scene.app.test_cli_runner().invoke(
        args=["neighbours", "import", neighbours_file(tmp_path, url="javascript:alert(1)")]
    )
    assert done.exit_code != 0
    assert "row 1 has an address that is not https" in done.output


@pytest.mark.parametrize("position", [{"lon": "x"}, {"lat": ""}, {"lat": 91}, {"lon": 0, "lat": 0}])
def test_a_position_that_is_none_shows_nothing_and_breaks_nothing(
    scene: Scene, client: FlaskClient, position: dict[str, Any]
) -> None:
    assert client.get("/near", query_string={**HERE, **position}).status_code == 204


def test_me_too_in_one_tap_is_one_more_voice_with_a_receipt_of_its_own(scene: Scene, client: FlaskClient) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp("SK-104"))
    answer = client.post(f"/near/ticket/{ticket.id}/me-too", data={"client_id": str(uuid.uuid4())})
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Tack. Din röst räknas med." in page
    assert "senast" in page
    joined = db.session.scalars(select(Report).where(Report.source == "me_too")).one()
    assert (joined.ticket_id, joined.state, joined.categories) == (ticket.id, "ticketed", ["lamp_out"])


def test_the_same_tap_twice_is_one_voice_and_one_receipt(scene: Scene, client: FlaskClient) -> None:
    ticket = scene.ticket(scene.report(), lamp=scene.lamp("SK-104"))
    sent = {"client_id": str(uuid.uuid4())}
    first, second = (client.post(f"/near/ticket/{ticket.id}/me-too", data=sent).location for _ in range(2))
    assert first == second
    assert db.session.scalar(select(func.count(Report.id))) == 2


def test_me_too_for_an_approved_place_joins_it_and_counts_as_a_reporter(scene: Scene, client: FlaskClient) -> None:
    spot = public_spot(scene)
    answer = client.post(f"/near/spot/{spot.id}/me-too", data={"severity": "3"})
    report = reports.by_receipt(urlsplit(answer.location).path.rpartition("/")[2])
    assert report is not None
    assert (report.dark_spot_id, report.state, report.severity) == (spot.id, "in_spot", 3)
    db.session.expire_all()
    assert "Vi har läst din rapport." not in client.get(answer.location).text


def test_whoever_took_a_voice_back_is_thanked_for_the_next_one(scene: Scene, client: FlaskClient) -> None:
    spot = public_spot(scene)
    client.get("/places")
    client.post(f"/near/spot/{spot.id}/me-too")
    mine = db.session.scalars(select(Report).where(Report.source == "me_too")).one()
    mine.state = "withdrawn"
    db.session.commit()
    answer = client.get(client.post(f"/near/spot/{spot.id}/me-too").location)
    assert "Tack. Din röst räknas med." in answer.text
    assert "Du har redan sagt till" not in answer.text


def test_one_phone_that_presses_twice_is_one_person(scene: Scene, client: FlaskClient) -> None:
    spot = public_spot(scene)
    assert "Jag med" in client.get("/places").text
    for said in ("Tack. Din röst räknas med.", "Du har redan sagt till. Vi räknar dig en gång."):
        answer = client.post(f"/near/spot/{spot.id}/me-too")
        assert answer.status_code == 303
        assert said in client.get(answer.location).text
    voices = db.session.scalar(
        select(func.count(Report.reporter_key.distinct())).where(
            Report.source == "me_too", Report.dark_spot_id == spot.id
        )
    )
    assert voices == 1


def test_the_sixth_me_too_in_a_day_waits_for_a_human_like_any_report(scene: Scene, client: FlaskClient) -> None:
    spot = public_spot(scene)
    for _ in range(6):
        client.delete_cookie("reporter")
        client.get("/report")  # where a browser gets a token
        client.post(f"/near/spot/{spot.id}/me-too")
    assert "held" in db.session.scalars(select(Report.state)).all()


def test_a_program_is_one_voice_however_often_it_says_me_too_and_whatever_token_it_invents(
    scene: Scene, client: FlaskClient
) -> None:
    spot = public_spot(scene)
    before = db.session.scalar(select(func.count(Report.reporter_key.distinct()))) or 0
    for n in range(4):
        client.delete_cookie("reporter")
        if n > 1:
            client.set_cookie("reporter", f"somebody {n}")
        client.post(f"/near/spot/{spot.id}/me-too")
    assert db.session.scalar(select(func.count(Report.reporter_key.distinct()))) == before + 1


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_sites_page_cannot_lend_a_visitors_voice(
    scene: Scene, client: FlaskClient, headers: dict[str, str]
) -> None:
    spot = public_spot(scene)
    before = db.session.scalar(select(func.count(Report.id)))
    answer = client.post(f"/near/spot/{spot.id}/me-too", headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert client.post("/api/v1/reports", json={}, headers=headers).status_code == 403
    assert db.session.scalar(select(func.count(Report.id))) == before


def test_a_used_form_number_gives_a_new_voice_and_loses_nothing(scene: Scene, client: FlaskClient) -> None:
    ticket = scene.ticket(lamp=scene.lamp("SK-104"))
    used = scene.report().client_id
    answer = client.post(f"/near/ticket/{ticket.id}/me-too", data={"client_id": used})
    assert answer.status_code == 303
    assert urlsplit(answer.location).path.rpartition("/")[2] != scene.last_receipt


def test_the_code_on_a_pole_opens_the_report_with_its_place_and_what_is_known(
    scene: Scene, client: FlaskClient
) -> None:
    scene.ticket(scene.report(), lamp=scene.lamp("SK-104"))
    page = client.get("/report?pole=sk-104").text
    assert "Du har valt stolpe sk-104." in page
    assert 'value="16.3350000"' in page
    assert "Redan anmäld" in page


def test_a_pole_that_nobody_knows_keeps_its_number_in_the_form(scene: Scene, client: FlaskClient) -> None:
    page = client.get("/report?pole=XX-9").text
    assert 'value="XX-9"' in page
    assert "Ingen plats är vald än." in page


def test_lamps_on_the_map_say_what_is_known_and_why_they_are_dark(scene: Scene, client: FlaskClient) -> None:
    lit, known = scene.lamp("SK-1"), scene.lamp("SK-2", CENTRE[0] + 0.0002)
    scene.lamp(
        "SK-3", CENTRE[0] + 0.0004, status="deliberately_off", off_reason="Sparar energi.", off_decided_by="Nämnden"
    )
    scene.ticket(lamp=known)
    box = {"west": 16.334, "east": 16.336, "south": 56.675, "north": 56.677}
    told = {
        f["properties"]["name"]: f["properties"]["sentence"]
        for f in client.get("/map/lamps.geojson", query_string=box).json["features"]
    }
    assert told[lit.pole_number] == ""
    assert "Redan anmäld" in told["SK-2"]
    assert told["SK-3"] == "Lampan är släckt med flit. Sparar energi. Beslut: Nämnden."


def test_the_names_on_the_phone_hold_every_place_with_its_district(scene: Scene, client: FlaskClient) -> None:
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    db.session.add(
        NamedPlace(name="Storgatan 5", kind="address", lon=16.335, lat=56.676, district_id=scene.oxhagen.id, **stamp)
    )
    db.session.commit()
    told = client.get("/map/names.json").json
    assert told["names"] == [["Storgatan 5", 16.335, 56.676, 0]]
    assert told["districts"][0] == "Oxhagen"
    assert "Storgatan 5" not in client.get("/report").text
