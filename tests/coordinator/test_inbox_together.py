"""One decision for a whole place, plain answers to begin from, and what is covered stays locked."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.models.base import db
from app.models.reports import LockedText, Report
from app.services.spot_steps import belong
from tests.builders import Scene

INBOX = "/coordinator/inbox"


def page(client: FlaskClient, address: str = INBOX) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).text, "html5lib")


def same_place(scene: Scene, count: int = 3) -> list[Report]:
    spot = scene.spot()
    members = scene.reports_at(count, categories=["obscured"])
    for report in members:
        belong(report, spot.id)
    db.session.commit()
    return members


def press(client: FlaskClient) -> int:
    form = page(client).select_one('form[action$="/inbox/together"]')
    sent: dict[str, list[str]] = {}
    for field in form.select("input[name]"):
        sent.setdefault(field["name"], []).append(field["value"])
    return client.post(form["action"], data=sent).status_code


def test_reports_of_one_place_are_decided_by_one_press(scene: Scene) -> None:
    same_place(scene)
    client = scene.signed_in("coordinator")
    assert "Samma för alla 3 här" in page(client).text
    assert press(client) == 303
    db.session.expire_all()
    assert {r.state for r in db.session.query(Report)} == {"in_spot"}


def test_when_one_of_them_was_changed_meanwhile_none_is_decided(scene: Scene) -> None:
    members = same_place(scene)
    client = scene.signed_in("coordinator")
    sent = {"action": "spot", "target": members[0].dark_spot_id, "chosen": [f"{r.id}:{r.version}" for r in members]}
    sent["chosen"][-1] = f"{members[-1].id}:{members[-1].version + 1}"
    assert client.post(f"{INBOX}/together", data=sent).status_code == 303
    db.session.expire_all()
    assert {r.state for r in db.session.query(Report)} == {"received"}
    assert "Inget är gjort" in page(client).text


def test_nonsense_for_many_changes_nothing_and_is_no_error(scene: Scene) -> None:
    report = scene.report()
    client = scene.signed_in("coordinator")
    for sent in (
        {},
        {"action": "reject", "chosen": [f"{report.id}:1"]},
        {"action": "spot", "target": "x", "chosen": ["a:b"]},
    ):
        assert client.post(f"{INBOX}/together", data=sent).status_code == 303
    assert db.session.query(Report).one().state == "received"


def test_each_row_has_its_five_keys_and_the_page_opens_where_the_key_leads(scene: Scene) -> None:
    members = same_place(scene, 2)
    client = scene.signed_in("coordinator")
    row = page(client).select_one(".triage-row")
    assert [tag["data-key"] for tag in row.select("[data-key]")] == ["1", "2", "3", "4", "5"]
    opened = page(client, f"/coordinator/reports/{members[0].id}?open=answer").select_one("#decision-answer")
    assert opened.has_attr("open")


def test_plain_answers_carry_a_written_day_and_stand_in_swedish(scene: Scene) -> None:
    report = scene.report()
    client = scene.signed_in("coordinator")
    said = [b.text for b in page(client, f"/coordinator/reports/{report.id}?lang=en").select("[data-answer]")]
    assert "Lampan lyser igen sedan tisdag 24 november 2026. Tack för att du sade till." in said
    assert all("%(" not in text for text in said)


def test_a_covered_text_is_locked_as_it_came_in_and_no_page_shows_it(scene: Scene) -> None:
    report = scene.report(text="Olle på 4B skriker")
    client = scene.signed_in("coordinator")
    sent = {"version": report.version, "mask_words": "Olle på 4B", "mask_reason": "Namn"}
    assert client.post(f"/coordinator/reports/{report.id}/mask", data=sent).status_code == 303
    kept = db.session.query(LockedText).one()
    assert (kept.text, kept.reason) == ("Olle på 4B skriker", "Namn")
    text = client.get(f"/coordinator/reports/{report.id}").text
    assert "Olle" not in text
    assert "▇▇▇ skriker" in text
