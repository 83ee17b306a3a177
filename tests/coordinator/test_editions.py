"""Situation reports: dated, frozen, sent once to each who asked twice."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from defusedcsv import csv
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from app.domain.editions import due, quarter_before, said_in_public
from app.models.base import db
from app.models.editions import Edition, Subscription
from app.models.measures import Measure
from app.services import subscriptions
from tests.builders import Scene

TEXT = {
    "title": "Lägesbild hösten 2026", "begins_on": "2026-07-01", "ends_on": "2026-11-24", "picture": "Det är lugnt men mörkt vid tunneln.",
    "efforts": "Vi röjer sly.", "source_walks": "1", "source_walks_on": "2026-10-01", "source_reports": "1",
}  # fmt: skip


def draft(scene: Scene, client: FlaskClient, district=None) -> str:
    chosen = {"district": district.id} if district else {}
    answer = client.post("/coordinator/editions", data=chosen)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def issue(client: FlaskClient, address: str, **values: str) -> tuple[int, str]:
    page = BeautifulSoup(client.get(address).text, "html5lib")
    version = page.select_one('input[name="version"]')["value"]
    answer = client.post(address, data={**TEXT, "version": version, "issue": "1", **values})
    return answer.status_code, answer.headers.get("Location", "")


def letters(scene: Scene) -> list[str]:
    folder = Path(scene.app.extensions["ljuspunkt"].settings.instance) / "outbox"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*"))] if folder.exists() else []


def deliver(scene: Scene) -> int:
    parts = scene.app.extensions["ljuspunkt"]
    return subscriptions.deliver(mail=parts.mail, base_url="http://localhost", keys=parts.keys.all(), now=scene.now)


def test_an_issued_edition_says_its_period_its_sources_and_that_it_is_not_about_crime(scene: Scene) -> None:
    scene.reports_at(6)
    client = scene.signed_in("coordinator")
    status, address = issue(client, draft(scene, client, scene.oxhagen))
    text = scene.app.test_client().get(address).text
    assert status == 303
    assert "6 personer har rapporterat" in text
    assert "De säger inget om hur många brott som begås." in text
    assert "Polisens trygghetsundersökning" in text
    assert "De som rapporterar har valt det själva." in text


def test_what_was_issued_stays_as_it_was_whatever_happens_afterwards(scene: Scene) -> None:
    scene.reports_at(6)
    client = scene.signed_in("coordinator")
    _, address = issue(client, draft(scene, client, scene.oxhagen))
    before = scene.app.test_client().get(address).text
    scene.reports_at(9)
    assert scene.app.test_client().get(address).text == before
    number = re.search(r"\d+", address).group()
    assert client.post(f"/coordinator/editions/{number}", data=TEXT).status_code == 404
    assert client.post(f"/coordinator/editions/{number}/discard").status_code == 404


def test_the_database_itself_refuses_to_change_an_issued_edition(scene: Scene) -> None:
    client = scene.signed_in("coordinator")
    issue(client, draft(scene, client, scene.oxhagen))
    with pytest.raises(DatabaseError):
        db.session.execute(update(Edition).values(picture="Något annat"))
    db.session.rollback()


def test_fewer_than_five_people_are_never_counted_in_public(scene: Scene) -> None:
    scene.reports_at(3)
    client = scene.signed_in("coordinator")
    _, address = issue(client, draft(scene, client, scene.oxhagen))
    text = scene.app.test_client().get(address).text
    assert "Några personer har rapporterat" in text
    assert "3 personer" not in text
    assert [said_in_public(n) for n in (0, 1, 4, 5)] == [0, None, None, 5]


def test_an_edition_without_picture_or_source_is_not_issued_and_nothing_is_lost(scene: Scene) -> None:
    client = scene.signed_in("coordinator")
    address = draft(scene, client, scene.oxhagen)
    assert issue(client, address, picture="")[0] == 422
    bare = {k: v for k, v in TEXT.items() if not k.startswith("source_")}
    answer = client.post(address, data={**bare, "version": "1", "issue": "1"})
    assert answer.status_code == 422
    assert "Det är lugnt men mörkt vid tunneln." in answer.text
    assert "Kryssa för minst en källa" in answer.text


def test_a_draft_is_nobodys_but_the_desks(scene: Scene) -> None:
    client = scene.signed_in("coordinator")
    address = draft(scene, client, scene.oxhagen)
    number = re.search(r"\d+", address).group()
    assert scene.app.test_client().get(f"/editions/{number}").status_code == 404
    assert scene.app.test_client().get(f"/editions/{number}.pdf").status_code == 404


def test_a_no_with_its_reason_stands_in_the_edition(scene: Scene) -> None:
    row = Measure(
        state="rejected", kind="camera", description="Kamera i tunneln", reject_reason="Ljus och röjning prövas först.",
        district_id=scene.oxhagen.id, created_at=scene.now, updated_at=scene.now,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    client = scene.signed_in("coordinator")
    _, address = issue(client, draft(scene, client, scene.oxhagen))
    assert "Ljus och röjning prövas först." in scene.app.test_client().get(address).text


def test_the_edition_on_paper_is_a_tagged_document_for_everybody(scene: Scene) -> None:
    client = scene.signed_in("coordinator")
    _, address = issue(client, draft(scene, client))
    answer = scene.app.test_client().get(f"{address}.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")


def test_the_feed_names_each_edition_once_and_a_district_only_its_own(scene: Scene) -> None:
    client = scene.signed_in("coordinator")
    issue(client, draft(scene, client, scene.oxhagen))
    issue(client, draft(scene, client, scene.skalby), title="Lägesbild <Skälby>")
    reader = scene.app.test_client()
    everything, own = reader.get("/editions.atom"), reader.get("/districts/oxhagen/editions.atom")
    assert everything.mimetype == "application/atom+xml"
    assert everything.text.count("<entry>") == 2
    assert own.text.count("<entry>") == 1
    assert "&lt;Skälby&gt;" in everything.text
    assert reader.get("/districts/finns-inte/editions.atom").status_code == 404


def test_who_asks_gets_one_letter_and_nothing_more_before_saying_yes(scene: Scene) -> None:
    reader = scene.app.test_client()
    for _ in range(2):
        assert (
            reader.post(
                "/editions/subscriptions", data={"address": "Kim@Example.com", "district": "oxhagen"}
            ).status_code
            == 303
        )
    assert (deliver(scene), deliver(scene)) == (1, 0)
    client = scene.signed_in("coordinator")
    issue(client, draft(scene, client, scene.oxhagen))
    assert deliver(scene) == 0
    assert len(letters(scene)) == 1


def test_who_said_yes_gets_each_edition_of_the_district_once_and_ends_it_by_one_press(scene: Scene) -> None:
    reader = scene.app.test_client()
    reader.post("/editions/subscriptions", data={"address": "kim@example.com", "district": "oxhagen"})
    deliver(scene)
    (letter,) = letters(scene)
    own = re.search(r"/subscriptions/[\w-]+", letter.replace("=\n", "")).group()
    assert reader.get(own).status_code == 200
    assert db.session.query(Subscription).one().confirmed_at is None
    db.session.rollback()
    assert reader.post(own).status_code == 303
    client = scene.signed_in("coordinator")
    issue(client, draft(scene, client, scene.oxhagen))
    issue(client, draft(scene, client, scene.skalby))
    assert (deliver(scene), deliver(scene)) == (1, 0)
    assert reader.post(own, data={"end": "1"}).status_code == 303
    assert reader.get(own).status_code == 404
    assert db.session.query(Subscription).count() == 0


def test_an_address_that_is_none_is_said_beside_its_field(scene: Scene) -> None:
    answer = scene.app.test_client().post("/editions/subscriptions", data={"address": "kim", "district": "oxhagen"})
    assert answer.status_code == 422
    assert "Skriv en e-postadress." in answer.text
    assert 'value="kim"' in answer.text


def test_a_quarter_without_an_edition_is_due_and_one_issued_in_time_is_not(scene: Scene) -> None:
    today = scene.now.date()
    assert quarter_before(today)[0].isoformat() == "2026-07-01"
    assert quarter_before(today.replace(month=2))[1].isoformat() == "2025-12-31"
    assert due(None, today)
    assert due(today - timedelta(days=93), today)
    assert not due(today - timedelta(days=92), today)


def test_the_law_gets_method_bias_and_the_chain_from_problem_to_follow_up(scene: Scene) -> None:
    spot = scene.spot(*scene.reports_at(6))
    row = Measure(
        state="verified", kind="brush_clearing", description="=SUM(A1)", dark_spot_id=spot.id, district_id=scene.oxhagen.id,
        created_at=scene.now, updated_at=scene.now,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    client = scene.signed_in("coordinator")
    text = client.get("/coordinator/statutory").text
    assert "6 personer har lämnat 6 rapporter" in text
    assert "Kända skevheter" in text
    assert spot.name in text
    table = client.get("/coordinator/statutory.csv")
    rows = list(csv.reader(table.text.lstrip("\ufeff").splitlines(), delimiter=";"))
    assert rows[1][1] == spot.name
    assert rows[1][-1] == "2026-11-24"
    assert client.get("/coordinator/statutory.pdf").data.startswith(b"%PDF-")
