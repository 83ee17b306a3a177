"""Promises: no publication without the three blocks, and meters that fill themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.models.base import db
from app.models.history import History
from app.models.tickets import Ticket
from app.models.walks import Walk
from app.services import promises
from tests.builders import Scene

TERMS = {
    "text": "Minst en trygghetsvandring om året i varje stadsdel", "parties": "Kommunen och polisen",
    "begins_on": "2026-01-01", "ends_on": "2026-12-31", "decision_body": "Kommunstyrelsen", "decision_on": "2026-01-15",
}  # fmt: skip


def blocks(scene: Scene, **values: object) -> dict[str, object]:
    return {
        "activity_text": "Vandring i varje område", "responsible_id": scene.lighting_unit.id, "implementation": "På kvällen, med boende",
        "follow_up": "Protokoll inom två veckor", "counter": "walks", "target": "1", "per": "district_year", **values,
    }  # fmt: skip


class Desk:
    """A coordinator with a promise open."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client, self.address = client, address

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(self.client.get(self.address).text, "html5lib")

    def send(self, where: str, **values: object) -> int:
        version = self.page.select_one('input[name="version"]')["value"]
        return self.client.post(self.address + where, data={"version": version, **values}).status_code


@pytest.fixture
def desk(scene: Scene) -> Desk:
    client = scene.signed_in("coordinator")
    answer = client.post("/coordinator/promises", data={**TERMS, "districts": [scene.oxhagen.id, scene.skalby.id]})
    assert answer.status_code == 303
    return Desk(client, answer.headers["Location"])


def held(scene: Scene, district, state: str = "feedback_given", days: int = 30) -> None:
    row = Walk(
        state=state, title="Kvällsvandring", district_id=district.id, starts_at=scene.now - timedelta(days=days),
        created_at=scene.now, updated_at=scene.now,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()


def test_a_promise_without_an_activity_cannot_be_decided(desk: Desk) -> None:
    assert desk.send("/move", to="decided") == 422
    assert "Förslag" in desk.page.text


def test_a_promise_whose_activity_lacks_a_block_cannot_be_decided(scene: Scene, desk: Desk) -> None:
    assert desk.send("/activities", **blocks(scene, follow_up="")) == 303
    assert "saknas" in desk.page.select_one(".activity .missing").text
    assert desk.send("/move", to="decided") == 422


def test_a_decided_promise_keeps_its_three_blocks_whole(scene: Scene, desk: Desk) -> None:
    assert desk.send("/activities", **blocks(scene)) == 303
    assert desk.send("/move", to="decided") == 303
    assert desk.send("/activities", **blocks(scene, implementation="", activity_text="Ny")) == 422
    assert "Ny" not in [h3.text for h3 in desk.page.select(".activity h3")]


def test_a_promise_without_a_decision_is_told_what_it_lacks(scene: Scene, desk: Desk) -> None:
    desk.send("/activities", **blocks(scene))
    assert desk.send("", **{**TERMS, "decision_body": "", "decision_on": ""}) == 303
    assert desk.send("/move", to="decided") == 422


def test_the_meter_fills_itself_from_walks_whose_feedback_has_been_given(scene: Scene, desk: Desk) -> None:
    desk.send("/activities", **blocks(scene))
    held(scene, scene.oxhagen)
    held(scene, scene.skalby, state="walked")
    held(scene, scene.skalby, days=400)
    assert "1 av 2" in desk.page.text
    assert "Skälby 2026" in desk.page.text
    held(scene, scene.skalby)
    assert "2 av 2, uppfyllt" in desk.page.text


def test_the_meter_of_repairs_counts_lamps_that_shine_again_and_no_others(scene: Scene, desk: Desk) -> None:
    desk.send("/activities", **blocks(scene, counter="tickets", target="2", per="period"))
    for state in ("closed", "reopened"):
        row = Ticket(
            state=state, fault_code="B01", priority="P4", opened_on=scene.now.date(), due_on=scene.now.date(),
            repaired_at=scene.now, district_id=scene.oxhagen.id, created_at=scene.now, updated_at=scene.now,
        )  # fmt: skip
        row.place_at(16.33, 56.67)
        db.session.add(row)
    db.session.commit()
    assert "1 av 2" in desk.page.text


def test_residents_see_a_promise_from_its_decision_on_and_not_before(scene: Scene, desk: Desk) -> None:
    desk.send("/activities", **blocks(scene))
    reader = scene.app.test_client()
    assert TERMS["text"] not in reader.get("/promises").text
    desk.send("/move", to="decided")
    assert TERMS["text"] in reader.get("/promises").text
    assert "På kvällen, med boende" in reader.get("/promises").text
    assert TERMS["text"] in reader.get("/districts/oxhagen").text


def test_a_promise_is_kept_or_not_with_a_reason_and_followed_up_in_words(scene: Scene, desk: Desk) -> None:
    desk.send("/activities", **blocks(scene))
    for to in ("decided", "ongoing"):
        assert desk.send("/move", to=to) == 303
    assert desk.send("/move", to="partly") == 422
    assert desk.send("/move", to="partly", reason="Skälby hann vi inte") == 303
    assert desk.send("/move", to="follow_up_published") == 422
    assert desk.send("", **TERMS, outcome="En av två vandringar blev av.") == 303
    assert desk.send("/move", to="follow_up_published") == 303
    assert "En av två vandringar blev av." in scene.app.test_client().get("/promises").text
    lines = [h.to_state for h in db.session.query(History).filter_by(thing="promise").order_by(History.id)]
    assert lines[-1] == "follow_up_published"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(scene: Scene, desk: Desk) -> None:
    assert desk.client.post(desk.address, data={**TERMS, "version": "0"}).status_code == 409


def test_wrong_input_keeps_everything_that_was_typed(desk: Desk) -> None:
    answer = desk.client.post(
        "/coordinator/promises", data={**TERMS, "text": "Vi lagar ljuset", "ends_on": "2025-01-01"}
    )
    assert answer.status_code == 422
    assert "Vi lagar ljuset" in answer.text
    assert "Sista dagen kommer före den första." in answer.text


def test_a_coordinator_of_one_district_does_not_change_the_municipalitys_promises(
    scene: Scene, desk: Desk, limit_coordinator
) -> None:
    limit_coordinator(scene.skalby)
    assert desk.send("", **TERMS) == 403


def test_many_promises_ask_as_often_as_one(scene: Scene, desk: Desk, count_queries) -> None:
    desk.send("/activities", **blocks(scene))
    counts = []
    for _ in range(2):
        with count_queries() as found:
            promises.listing()
        counts.append(found.count)
        for _more in range(4):
            answer = desk.client.post("/coordinator/promises", data=TERMS)
            Desk(desk.client, answer.headers["Location"]).send("/activities", **blocks(scene))
    assert counts[0] == counts[1]
