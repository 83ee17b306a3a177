"""Promises of the register at the desk: found on the map and by number, dark on purpose with a reason, corrected by draft."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.models.base import db
from app.models.lamps import Lamp, LampCorrection
from app.models.staff import Organisation
from app.services import lamp_pages
from tests.builders import CENTRE, Scene


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_nearest_lamp_comes_first_however_many_there_are(scene: Scene, count: int):
    for number in range(count):
        scene.lamp(f"SK-{number}", CENTRE[0] + 0.002 * (count - number), CENTRE[1])
    found = lamp_pages.nearest(*CENTRE, 5)
    assert [lamp.pole_number for lamp, _ in found] == [f"SK-{n}" for n in reversed(range(max(count - 5, 0), count))]
    assert [away for _, away in found] == sorted(away for _, away in found)


def test_a_lamp_beyond_a_side_comes_before_one_in_a_corner(scene: Scene):
    corner = scene.lamp("SK-1", CENTRE[0] + 35 / 61_200, CENTRE[1] + 35 / 111_300)
    side = scene.lamp("SK-2", CENTRE[0] + 43 / 61_200, CENTRE[1])
    assert [lamp.id for lamp, _ in lamp_pages.nearest(*CENTRE, 1)] == [side.id]
    assert [lamp.id for lamp, _ in lamp_pages.nearest(*CENTRE, 2)] == [side.id, corner.id]


def test_a_lamp_eight_kilometres_away_is_still_the_nearest(scene: Scene):
    far = scene.lamp("SK-1", CENTRE[0] + 0.12, CENTRE[1])
    assert [lamp.id for lamp, _ in lamp_pages.nearest(*CENTRE)] == [far.id]


def test_the_list_finds_by_the_beginning_of_the_number_and_by_position(scene: Scene):
    scene.lamp("SK-104", cabinet="C1")
    scene.lamp("OX-7", CENTRE[0] + 0.01, cabinet="C2")
    desk = scene.signed_in("coordinator")
    assert "OX-7" not in desk.get("/coordinator/lamps?q=SK").text
    assert "SK-104" not in desk.get("/coordinator/lamps?cabinet=C2").text
    near = desk.get(f"/coordinator/lamps?lat={CENTRE[1]}&lon={CENTRE[0] + 0.009}").text
    assert near.index("OX-7") < near.index("SK-104")


def test_the_map_says_which_lamps_are_reported_already(scene: Scene):
    lamp = scene.lamp("SK-104")
    scene.ticket(lamp=lamp)
    box = "west=16.3&south=56.65&east=16.36&north=56.70"
    found = scene.signed_in("coordinator").get(f"/coordinator/lamps/map.geojson?{box}").json["features"]
    assert [(f["properties"]["name"], f["properties"]["reported"]) for f in found] == [("SK-104", True)]
    world = scene.signed_in("coordinator").get("/coordinator/lamps/map.geojson?west=-180&south=-90&east=180&north=90")
    assert world.status_code == 400


def test_dark_on_purpose_needs_a_reason_and_who_decided(scene: Scene):
    lamp, desk = scene.lamp("SK-104"), scene.signed_in("coordinator")
    address = f"/coordinator/lamps/{lamp.id}"
    refused = desk.post(f"{address}/off", data={"off_reason": "Nattsläckt för att spara energi."})
    assert refused.status_code == 422
    assert "Nattsläckt för att spara energi." in refused.text
    desk.post(
        f"{address}/off",
        data={"off_reason": "Nattsläckt", "off_decided_by": "Tekniska nämnden", "off_decided_on": "2026-03-02"},
    )
    page = desk.get(address).text
    assert "Tekniska nämnden" in page
    assert "måndag 2 mars 2026" in page
    desk.post(f"{address}/on")
    db.session.expire_all()
    assert db.session.get_one(Lamp, lamp.id).off_reason == ""
    history = desk.get(address).text.partition("Historik")[2]
    assert history.index("Nattsläckt Beslut: Tekniska nämnden.") < history.index("Ska lysa igen.")


def test_whoever_reports_a_lamp_that_is_dark_on_purpose_reads_why_and_who_decided(scene: Scene):
    scene.lamp("SK-104", status="deliberately_off", off_reason="Sparar energi.", off_decided_by="Tekniska nämnden")
    scene.report(pole_number=["SK-104"])
    page = scene.app.test_client().get(f"/r/{scene.last_receipt}").text
    assert "Lampan är släckt med flit. Sparar energi. Beslut: Tekniska nämnden." in page


def test_a_new_owner_of_a_lamp_stands_in_its_history_with_the_old_one(scene: Scene):
    lamp, desk = scene.lamp("SK-104"), scene.signed_in("coordinator")
    db.session.add(Organisation(name="Vägföreningen", kind="owner", created_at=scene.now, updated_at=scene.now))
    db.session.commit()
    number = db.session.scalars(select(Organisation.id).where(Organisation.name == "Vägföreningen")).one()
    for _ in range(2):
        desk.post(f"/coordinator/lamps/{lamp.id}/owner", data={"owner_id": number})
    assert desk.get(f"/coordinator/lamps/{lamp.id}").text.count("Ägare: ingen → Vägföreningen.") == 1


def test_a_correction_from_the_field_is_a_draft_until_the_desk_says_yes(scene: Scene):
    lamp = scene.lamp("SK-104")
    van, desk = scene.signed_in("technician"), scene.signed_in("coordinator")
    sent = {"kind": "moved", "lat": "56,6771", "lon": "16.3361", "note": "Flyttad vid bygget"}
    assert van.post(f"/technician/lamps/{lamp.id}", data=sent).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Lamp, lamp.id).lat == CENTRE[1]
    draft = db.session.scalars(select(LampCorrection)).one()
    assert "Flyttad vid bygget" in desk.get("/coordinator/lamps/corrections").text
    desk.post(f"/coordinator/lamps/corrections/{draft.id}", data={"decision": "accept"})
    desk.post(f"/coordinator/lamps/corrections/{draft.id}", data={"decision": "reject"})
    db.session.expire_all()
    assert (db.session.get_one(Lamp, lamp.id).lat, db.session.get_one(LampCorrection, draft.id).status) == (
        56.6771,
        "accepted",
    )
    assert lamp_pages.nearest(16.3361, 56.6771)[0][1] < 1


def test_a_pole_that_nobody_knew_gets_into_the_register_by_the_same_way(scene: Scene):
    van, desk = scene.signed_in("technician"), scene.signed_in("coordinator")
    assert van.post("/technician/lamps/new", data={"pole_number": "SK-900"}).status_code == 422
    van.post("/technician/lamps/new", data={"pole_number": "SK-900", "lat": "56.677", "lon": "16.336"})
    draft = db.session.scalars(select(LampCorrection)).one()
    desk.post(f"/coordinator/lamps/corrections/{draft.id}", data={"decision": "accept"})
    db.session.expire_all()
    assert [lamp.pole_number for lamp in db.session.scalars(select(Lamp))] == ["SK-900"]
