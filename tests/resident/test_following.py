"""Promises to the one who holds a receipt: honest times, and ways to follow, to take back and to answer."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain import receipts
from app.domain.notices import MESSAGES
from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.notices import Notice
from app.models.photos import Photo
from app.models.push import PushSubscription
from app.models.reports import Report
from app.services import reports, tickets
from app.services.notices import sentence
from app.services.transitions import move
from tests.builders import Scene


def fresh(report: Report) -> Report:
    db.session.expire_all()
    return db.session.get_one(Report, report.id, options=[selectinload(Report.contact), selectinload(Report.ticket)])


def shown(client: FlaskClient, receipt: str) -> str:
    db.session.expire_all()  # a test and its browser share one session
    return client.get(f"/r/{receipt}").text


def words(client: FlaskClient, receipt: str) -> str:
    return re.sub(r"\s+", " ", BeautifulSoup(shown(client, receipt), "html5lib").get_text(" "))


def test_a_ticket_for_the_lamp_shows_the_day_by_which_it_is_promised(scene: Scene, client: FlaskClient) -> None:
    report = scene.report()
    receipt = scene.last_receipt
    ticket = scene.ticket(report)
    day = f"{ticket.due_on.day} "
    assert "Belysningen ska vara lagad senast" in words(client, receipt)
    assert day in words(client, receipt)


def test_a_mended_lamp_is_called_mended_on_the_receipt_and_in_the_subject_of_the_mail(
    scene: Scene, client: FlaskClient
) -> None:
    report = scene.report()
    receipt = scene.last_receipt
    scene.ticket(report, state="repaired")
    page = BeautifulSoup(shown(client, receipt), "html5lib")
    assert page.select_one(".lead .tag").text == "Lagad, kontrolleras"
    assert "Belysningen är lagad sedan tisdag 24 november 2026." in page.select_one(".lead + p").text
    assert MESSAGES["ticket.repaired"].word == "Lagad, kontrolleras"


def test_what_is_done_and_when_the_protocol_comes_is_said_with_a_date(scene: Scene) -> None:
    done = Notice(report_id=1, at=scene.now, kind="report.answered", facts={"reason": "Lampan är bytt."})
    walked = Notice(report_id=1, at=scene.now, kind="walk.walked", facts={"place": "Tunneln"})
    assert sentence(done, "sv") == "Det är klart tisdag 24 november 2026. Lampan är bytt."
    assert sentence(walked, "sv").endswith("Protokollet kommer senast tisdag 8 december 2026.")


def test_when_it_is_done_the_receipt_asks_whether_it_got_better_and_a_no_opens_it_again(
    scene: Scene, client: FlaskClient
) -> None:
    report = scene.report()
    receipt = scene.last_receipt
    move(report, "reviewed", actor=THE_SYSTEM, now=scene.now)
    move(report, "answered", actor=THE_SYSTEM, now=scene.now, reason="Lampan är bytt.")
    db.session.commit()
    assert "Känns platsen tryggare nu?" in words(client, receipt)
    answer = client.post(f"/r/{receipt}/better", data={"answer": "no"}, follow_redirects=True)
    assert "Vi öppnar ärendet igen" in answer.text
    assert (fresh(report).state, fresh(report).better) == ("reopened", "no")
    assert "Känns platsen tryggare nu?" not in words(client, receipt)


def test_a_yes_is_thanked_for_and_asked_no_more(scene: Scene, client: FlaskClient) -> None:
    report = scene.report()
    receipt = scene.last_receipt
    move(report, "reviewed", actor=THE_SYSTEM, now=scene.now)
    move(report, "answered", actor=THE_SYSTEM, now=scene.now, reason="Lampan är bytt.")
    db.session.commit()
    client.post(f"/r/{receipt}/better", data={"answer": "yes"})
    assert (fresh(report).state, fresh(report).better) == ("answered", "yes")
    assert "Känns platsen tryggare nu?" not in words(client, receipt)


@pytest.mark.parametrize("answer", ["", "maybe", "yes\x00"])
def test_an_answer_that_was_not_offered_changes_nothing(scene: Scene, client: FlaskClient, answer: str) -> None:
    report = scene.report()
    assert client.post(f"/r/{scene.last_receipt}/better", data={"answer": answer}).status_code == 400
    assert fresh(report).better is None


def test_a_report_is_taken_back_with_one_press(scene: Scene, client: FlaskClient) -> None:
    report = scene.report()
    answer = client.post(f"/r/{scene.last_receipt}/withdraw", follow_redirects=True)
    assert "Du har tagit tillbaka rapporten." in answer.text
    assert fresh(report).state == "withdrawn"
    assert "Ta tillbaka rapporten" not in words(client, scene.last_receipt)


def test_who_takes_a_report_back_is_not_written_to_any_more(scene: Scene, client: FlaskClient) -> None:
    report, where = scene.report(contact="anna@exempel.se"), f"/r/{scene.last_receipt}"
    stamp = dict.fromkeys(("created_at", "updated_at"), scene.now)
    db.session.add(
        PushSubscription(report_id=report.id, endpoint="https://push.example/1", p256dh="k", auth="a", **stamp)
    )
    db.session.commit()
    answer = client.post(f"{where}/withdraw", follow_redirects=True)
    assert fresh(report).contact is None
    assert db.session.scalars(select(PushSubscription)).all() == []
    assert "Vi har tagit bort din kontaktuppgift." in answer.text
    assert "Vill du ha svar?" not in answer.text
    again = client.post(
        f"{where}/follow", data={"contact": "anna@exempel.se", "wants_answer": "1"}, follow_redirects=True
    )
    assert "Vi har tagit bort din kontaktuppgift." in again.text
    assert fresh(report).contact is None


def test_a_contact_with_a_character_that_nobody_sees_is_kept_without_it(scene: Scene, client: FlaskClient) -> None:
    report = scene.report()
    client.post(f"/r/{scene.last_receipt}/follow", data={"contact": "anna@exempel.se\x00", "wants_answer": "1"})
    assert fresh(report).contact.address == "anna@exempel.se"


def test_a_contact_is_left_changed_and_taken_away_by_the_one_with_the_receipt(
    scene: Scene, client: FlaskClient
) -> None:
    report, where = scene.report(), f"/r/{scene.last_receipt}/follow"
    client.post(where, data={"contact": "anna@exempel.se", "wants_answer": "1"})
    assert fresh(report).contact.address == "anna@exempel.se"
    client.post(where, data={"contact": "070-123 45 67", "wants_invitation": "1"})
    assert (fresh(report).contact.address, fresh(report).contact.wants_invitation) == ("070-123 45 67", True)
    answer = client.post(where, data={"contact": ""}, follow_redirects=True)
    assert "Vi har tagit bort din kontaktuppgift." in answer.text
    assert fresh(report).contact is None


def test_a_contact_that_cannot_be_read_stays_in_its_field_with_the_reason(scene: Scene, client: FlaskClient) -> None:
    report = scene.report()
    answer = client.post(f"/r/{scene.last_receipt}/follow", data={"contact": "anna på exempel"})
    assert answer.status_code == 422
    field = BeautifulSoup(answer.text, "html5lib").select_one('[name="contact"]')
    assert field is not None
    assert field["value"] == "anna på exempel"
    assert field["aria-invalid"] == "true"
    assert fresh(report).contact is None


@pytest.mark.parametrize("door", ["", "/withdraw", "/follow", "/better"])
def test_a_guessed_receipt_opens_nothing(scene: Scene, client: FlaskClient, door: str) -> None:
    report = scene.report()
    for guess in ("x" * 43, report.reference, str(report.client_id), str(report.id)):
        answer = client.open(
            f"/r/{guess}{door}", method="POST" if door else "GET", data={"answer": "no", "contact": ""}
        )
        assert answer.status_code == 404
    assert fresh(report).state == "received"


def test_a_reason_that_a_coordinator_wrote_is_shown_as_text_and_never_as_markup(
    scene: Scene, client: FlaskClient
) -> None:
    report = scene.report()
    move(report, "rejected", actor=scene.coordinator(), now=scene.now, reason="<b>Privat</b> mark & gård")
    db.session.commit()
    assert "&lt;b&gt;Privat&lt;/b&gt; mark &amp; gård" in shown(client, scene.last_receipt)


def test_a_photo_that_staff_hid_is_not_shown_on_the_receipt(scene: Scene, client: FlaskClient) -> None:
    report = scene.report()
    stamp = {"created_at": scene.now, "updated_at": scene.now, "sha256": "0" * 64, "width": 4, "height": 3}
    db.session.add_all(
        [
            Photo(public_id="shown" + "0" * 20, report_id=report.id, state="staff_only", **stamp),
            Photo(public_id="hidden" + "0" * 20, report_id=report.id, state="hidden", **stamp),
        ]
    )
    db.session.commit()
    page = shown(client, scene.last_receipt)
    assert "/photos/shown" in page
    assert "/photos/hidden" not in page


def test_a_resend_gets_the_same_link_after_the_servers_key_has_changed(scene: Scene) -> None:
    report, old = scene.report(), scene.app.extensions["ljuspunkt"].settings.secret_key
    new = "a new key that is long enough for anybody"
    rotated = reports.Keys(new, (old,)).all()
    assert receipts.secret_matching(report.client_id, report.receipt_hash, rotated) == scene.last_receipt
    assert receipts.secret_matching(report.client_id, report.receipt_hash, (new,)) is None


@pytest.mark.parametrize(
    ("end", "status", "never"),
    [
        ("forwarded", "Skickad vidare", "Det är klart"),
        ("deliberately_off", "Kan inte göras", "Det är klart"),
        ("no_fault", "hittade inget fel", "Det är klart"),
        ("duplicate", "Din röst räknas med", "Vi har läst din rapport."),
        ("became_measure", "ett förslag till åtgärd", "Det är klart"),
    ],
)
def test_a_ticket_that_ends_without_a_repair_is_told_once_and_as_what_it_is(
    scene: Scene, client: FlaskClient, end: str, status: str, never: str
) -> None:
    report = scene.report()
    ticket = scene.ticket(report)
    tickets.end(ticket, ticket.version, end, reason="Trafikverkets lampa", actor=scene.coordinator(), now=scene.now)
    told = words(client, scene.last_receipt).split("Vad har hänt")[1].split("Det du skickade")[0]
    assert status in told
    assert never not in told
    assert len(fresh_notices(report)) == 3  # it came in, it was planned, and how it ended


def fresh_notices(report: Report) -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(select(Notice.kind).where(Notice.report_id == report.id)))
