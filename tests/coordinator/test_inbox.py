"""What a coordinator sees in the inbox, and what each decision does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.inbox import DANGER, HELD, Neighbour, suggest
from app.models.base import db
from app.models.history import History
from app.models.notices import Notice
from app.models.photos import Photo
from app.models.reports import Report
from app.services import inbox
from app.services.spot_steps import belong
from tests.builders import Scene

HERE = (16.3350, 56.6760)


def order(scene: Scene) -> list[str]:
    return [row.report.reference for row in inbox.queue(frozenset()).rows]


def post(client: FlaskClient, report: Report, action: str, **fields: object):
    db.session.expire_all()
    version = db.session.get_one(Report, report.id).version
    return client.post(f"/coordinator/reports/{report.id}/{action}", data={"version": version, **fields})


def kept(report: Report) -> Report:
    db.session.expire_all()
    return db.session.get_one(Report, report.id)


def told(report: Report) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.report_id == report.id).order_by(Notice.id)))


def test_words_of_danger_come_before_everything_else_in_the_queue(scene: Scene) -> None:
    first = scene.report(now=scene.now - timedelta(hours=2))
    danger = scene.report(16.36, 56.66, text="HJÄLP, nån följer efter mig", now=scene.now)
    assert order(scene) == [danger.reference, first.reference]
    assert inbox.queue(frozenset()).rows[0].lane == DANGER


def test_held_reports_are_read_before_the_unread_however_late_they_came(scene: Scene) -> None:
    scene.report(16.36, 56.66, now=scene.now - timedelta(days=1))
    for _ in range(6):
        scene.report()
    queue = inbox.queue(frozenset())
    assert queue.rows[0].report.state == "held"
    assert queue.counts[HELD] == 6


def test_each_page_of_the_queue_goes_on_where_the_last_one_ended(scene: Scene) -> None:
    sent = [scene.report(16.30 + i * 0.01, 56.66, now=scene.now - timedelta(hours=9 - i)).reference for i in range(7)]
    seen, after = [], ""
    while True:
        page = inbox.queue(frozenset(), after, size=3)
        seen += [row.report.reference for row in page.rows]
        after = page.next_after
        if not after:
            break
    assert seen == sent


def test_a_ticket_far_away_is_not_near_because_its_number_is_that_of_the_spot(scene: Scene) -> None:
    spot = scene.spot()
    near, far = scene.report(), scene.report(16.36, 56.66)
    belong(near, spot.id)
    db.session.commit()
    assert post(scene.signed_in("coordinator"), far, "ticket", fault_code="B01").status_code == 303
    assert kept(far).ticket_id == spot.id
    assert [row.ticket for row in inbox.queue(frozenset()).rows] == [None]


@pytest.mark.parametrize("cursor", ["", "x", "1_2", "a_b_c", "1_1e999_1", "1_-1e20_1", "🎈_1_1"])
def test_a_page_address_that_nobody_can_read_shows_the_first_page(scene: Scene, cursor: str) -> None:
    report = scene.report()
    assert [r.report.id for r in inbox.queue(frozenset(), cursor).rows] == [report.id]


def test_a_coordinator_of_one_district_sees_the_reports_of_that_district_only(scene: Scene) -> None:
    mine = scene.report(16.335, 56.676)
    scene.report(16.345, 56.676)
    assert [r.report.id for r in inbox.queue({scene.oxhagen.id}).rows] == [mine.id]


def test_the_queue_asks_the_database_as_often_for_one_report_as_for_many(scene: Scene, count_queries) -> None:
    scene.report()
    with count_queries() as one:
        inbox.queue(frozenset())
    for i in range(12):
        scene.spot(scene.report(16.31 + i * 0.003, 56.66))
    with count_queries() as many:
        assert len(inbox.queue(frozenset()).rows) == 13
    assert many.count == one.count


def test_a_ticket_a_lamp_s_distance_away_is_named_before_a_new_one_is_made() -> None:
    found = suggest("received", ["lamp_out"], None, Neighbour(2, "B-2", 22), in_spot=False)
    assert "kan gälla samma lampa" in found.reason
    assert found.facts == {"name": "B-2", "metres": 22}


def test_a_report_that_was_turned_down_has_no_suggestion_any_more(scene: Scene) -> None:
    desk, report = scene.signed_in("coordinator"), scene.report()
    assert "Förslag:" in desk.get(f"/coordinator/reports/{report.id}").text
    post(desk, report, "reject", reject_reason="Platsen är inte kommunens.")
    db.session.expire_all()
    assert "Förslag:" not in desk.get(f"/coordinator/reports/{report.id}").text


@pytest.mark.parametrize(
    ("categories", "spot", "ticket", "action"),
    [
        (["lamp_out"], Neighbour(1, "F-1", 5), None, "ticket"),
        (["lamp_out"], None, Neighbour(2, "B-2", 10), "attach"),
        (["lamp_out"], None, Neighbour(2, "B-2", 90), "ticket"),
        (["lamp_out"], None, Neighbour(2, "B-2", 22), "ticket"),
        (["lamp_out"], None, Neighbour(2, "B-2", 90, same=True), "attach"),
        (["litter"], None, Neighbour(2, "B-2", 10), "review"),
        (["deserted"], Neighbour(1, "F-1", 60), None, "spot"),
        (["deserted"], Neighbour(1, "F-1", 80), None, "review"),
    ],
)
def test_what_is_suggested_follows_from_what_is_wrong_and_what_is_near(categories, spot, ticket, action) -> None:
    assert suggest("received", categories, spot, ticket, in_spot=False).action == action


def test_the_page_of_the_queue_shows_the_suggestion_with_its_reason_and_one_button(scene: Scene) -> None:
    spot = scene.spot(name="Tunneln")
    scene.report(categories=["deserted"])
    page = BeautifulSoup(scene.signed_in("coordinator").get("/coordinator/inbox").text, "html5lib")
    row = page.select_one(".triage-row")
    assert row is not None
    assert f"F-{spot.id} Tunneln" in row.select_one("button").text
    assert "meter bort" in row.text


def test_a_report_that_is_read_leaves_the_queue_and_its_sender_is_told(scene: Scene) -> None:
    report = scene.report()
    answer = post(scene.signed_in("coordinator"), report, "review")
    assert (answer.status_code, answer.location) == (303, "/coordinator/inbox#queue")
    assert kept(report).state == "reviewed"
    assert told(report)[-1] == "report.reviewed"
    assert order(scene) == []


def test_a_fault_becomes_a_ticket_at_the_lamp_that_was_chosen(scene: Scene) -> None:
    lamp, report = scene.lamp("SK-104", 16.3352, 56.6761), scene.report()
    answer = post(
        scene.signed_in("coordinator"), report, "ticket", fault_code="B01", lamp_id=lamp.id, lamps_affected="1"
    )
    assert answer.status_code == 303
    assert kept(report).state == "ticketed"
    assert kept(report).lamp_id == lamp.id
    assert told(report)[-1] == "report.ticketed"


def test_a_second_report_of_the_same_lamp_joins_the_ticket_that_is_open(scene: Scene) -> None:
    first, second = scene.report(), scene.report()
    client = scene.signed_in("coordinator")
    post(client, first, "ticket", fault_code="B01")
    number = kept(first).ticket_id
    assert post(client, second, "attach", ticket_reference=f"b-{number}").status_code == 303
    assert kept(second).ticket_id == number


def test_two_coordinators_who_move_a_report_to_two_spots_are_told_of_each_other(scene: Scene) -> None:
    here, there, report = scene.spot(), scene.spot(name="Parken"), scene.report()
    client = scene.signed_in("coordinator")
    assert post(client, report, "spot", spot_reference=here.reference).status_code == 303
    seen = kept(report).version
    assert post(client, report, "spot", spot_reference=there.reference).status_code == 303
    late = {"version": seen, "spot_reference": here.reference}
    assert client.post(f"/coordinator/reports/{report.id}/spot", data=late).status_code == 409
    assert kept(report).dark_spot_id == there.id


def test_a_report_tied_by_hand_to_a_spot_stays_there_when_everything_is_regrouped(scene: Scene) -> None:
    spot, report = scene.spot(), scene.report(16.3395, 56.6790, categories=["deserted"])
    assert post(scene.signed_in("coordinator"), report, "spot", spot_reference=spot.reference).status_code == 303
    assert (kept(report).state, kept(report).dark_spot_id) == ("in_spot", spot.id)
    db.session.refresh(spot)
    assert spot.pinned


def test_a_duplicate_points_to_the_other_report_and_never_to_itself(scene: Scene) -> None:
    one, other = scene.report(), scene.report()
    client = scene.signed_in("coordinator")
    refused = post(client, one, "duplicate", duplicate_of=one.reference)
    assert refused.status_code == 422
    assert post(client, one, "duplicate", duplicate_of=other.reference.lower().replace("-", " ")).status_code == 303
    assert kept(one).duplicate_of_id == other.id


def test_a_report_sent_on_tells_its_sender_to_whom_and_why(scene: Scene) -> None:
    report = scene.report()
    answer = post(
        scene.signed_in("coordinator"),
        report,
        "forward",
        organisation_id=scene.lighting_unit.id,
        forward_reason="Er mark.",
    )
    assert answer.status_code == 303
    notice = db.session.scalars(select(Notice).where(Notice.report_id == report.id).order_by(Notice.id.desc())).first()
    assert notice is not None
    assert notice.facts == {"owner": "Gata och belysning", "reason": "Er mark."}


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("reject", {"reject_reason": "  "}, "reject_reason"),
        ("forward", {"forward_reason": "Inte vår mark", "organisation_id": ""}, "organisation_id"),
        ("answer", {"answer_text": ""}, "answer_text"),
        ("spot", {"spot_reference": "F-tolv"}, "spot_reference"),
        ("spot", {"spot_reference": "F-999"}, "spot_reference"),
        ("attach", {"ticket_reference": "B-1"}, "ticket_reference"),
        ("forward", {"forward_reason": "Inte vår", "organisation_id": "99999999999999"}, "organisation_id"),
        ("ticket", {"fault_code": "B01", "lamps_affected": "0", "directions": "vid bron"}, "lamps_affected"),
        ("mask", {"mask_words": "finns inte", "mask_reason": "namn"}, "mask_words"),
    ],
)
def test_a_decision_that_cannot_be_made_keeps_what_was_typed_beside_the_error(
    scene: Scene, action, fields, field
) -> None:
    report = scene.report(text="Mörkt vid bron")
    answer = post(scene.signed_in("coordinator"), report, action, **fields)
    page = BeautifulSoup(answer.text, "html5lib")
    assert answer.status_code == 422
    assert page.select_one(f"#{field}-error") is not None
    assert kept(report).state == "received"
    for name, value in fields.items():
        control = page.select_one(f'[name="{name}"]')
        shown = control.get("value", control.text) if control.name != "select" else value
        assert shown.strip() == value.strip()


def test_two_coordinators_cannot_decide_on_the_same_version_of_a_report(scene: Scene) -> None:
    report, client = scene.report(), scene.signed_in("coordinator")
    version = report.version
    client.post(f"/coordinator/reports/{report.id}/review", data={"version": version})
    late = client.post(
        f"/coordinator/reports/{report.id}/reject", data={"version": version, "reject_reason": "Inte vår mark"}
    )
    assert late.status_code == 409
    assert "Inte vår mark" in late.text
    assert kept(report).state == "reviewed"


def test_what_was_written_is_there_to_copy_also_when_the_other_decision_took_its_form_away(scene: Scene) -> None:
    report, client = scene.report(), scene.signed_in("coordinator")
    version = report.version
    post(client, report, "answer", answer_text="Tack. Vi har lagat lampan.")
    late = client.post(
        f"/coordinator/reports/{report.id}/reject", data={"version": version, "reject_reason": "Det är inte vår mark."}
    )
    assert late.status_code == 409
    summary = BeautifulSoup(late.text, "html5lib").select_one("#errors")
    assert "Det du skrev" in summary.text
    assert "Det är inte vår mark." in summary.text
    assert "csrf" not in summary.text


def test_hidden_words_are_gone_and_history_says_only_that_and_why(scene: Scene) -> None:
    report = scene.report(text="Kalle Svensson står där varje kväll")
    post(scene.signed_in("coordinator"), report, "mask", mask_words="Kalle Svensson", mask_reason="pekar ut en person")
    assert kept(report).text == "▇▇▇ står där varje kväll"
    lines = [h.reason for h in db.session.scalars(select(History).where(History.thing == "report"))]
    assert "Ord i texten dolda: pekar ut en person" in lines
    assert not any("Kalle" in line for line in lines)
    assert kept(report).state == "received"


def test_a_photo_is_public_only_after_somebody_approved_it_and_hiding_it_needs_a_reason(scene: Scene) -> None:
    report, client = scene.report(), scene.signed_in("coordinator")
    photo = Photo(
        public_id="ab" * 16,
        sha256="0" * 64,
        width=4,
        height=3,
        report_id=report.id,
        created_at=scene.now,
        updated_at=scene.now,
    )
    db.session.add(photo)
    db.session.commit()
    address = f"/coordinator/reports/{report.id}/photos/{photo.id}"
    assert client.post(address, data={"to": "approved"}).status_code == 303
    assert client.post(address, data={"to": "hidden", "photo_reason": ""}).status_code == 422
    db.session.expire_all()
    assert db.session.get_one(Photo, photo.id).state == "approved"


def test_a_coordinator_may_not_decide_about_another_district(scene: Scene, limit_coordinator) -> None:
    report, client = scene.report(16.345, 56.676), scene.signed_in("coordinator")
    limit_coordinator(scene.oxhagen)
    answer = client.post(f"/coordinator/reports/{report.id}/review", data={"version": report.version})
    assert answer.status_code == 403
    assert kept(report).state == "received"


def test_the_page_of_a_report_shows_what_people_typed_as_words_and_not_as_markup(scene: Scene) -> None:
    report = scene.report(text="<script>alert(1)</script> mörkt", address="<b>vid</b> bron")
    page = scene.signed_in("coordinator").get(f"/coordinator/reports/{report.id}")
    assert page.status_code == 200
    assert "<script>alert(1)" not in page.text
    assert "<b>vid</b>" not in page.text


def test_a_report_that_does_not_exist_is_not_found(scene: Scene) -> None:
    client = scene.signed_in("coordinator")
    assert client.get("/coordinator/reports/99").status_code == 404
    assert client.get("/coordinator/reports/99999999999999999999").status_code == 404
    assert client.post("/coordinator/reports/99/review", data={"version": 1}).status_code == 404


def test_an_answer_that_is_too_long_is_never_cut_off_behind_somebodys_back(scene: Scene) -> None:
    client, report = scene.signed_in("coordinator"), scene.report()
    refused = post(client, report, "answer", answer_text="å" * 1001)
    assert refused.status_code == 422
    assert "Högst 1000 tecken" in refused.text
    assert "å" * 1001 in refused.text
    assert kept(report).state == "received"


def test_a_report_of_a_lamp_that_is_dark_on_purpose_is_answered_honestly_with_one_press(scene: Scene) -> None:
    scene.lamp(
        "SK-104", status="deliberately_off", off_reason="Släckt nattetid för att spara energi.",
        off_decided_by="Tekniska nämnden", off_decided_on=date(2026, 9, 1),
    )  # fmt: skip
    report = scene.report(pole_number="SK-104", method="pole", categories=["lamp_out"])
    page = BeautifulSoup(scene.signed_in("coordinator").get("/coordinator/inbox").text, "html5lib")
    button = page.select_one(".triage-row button[data-suggested]")
    assert button is not None
    form = button.find_parent("form")
    sent = {field["name"]: field["value"] for field in form.select("input")}
    assert "den är släckt med flit" in sent["answer_text"]
    assert "Tekniska nämnden beslutade det" in sent["answer_text"]
    assert scene.signed_in("coordinator").post(form["action"], data=sent).status_code == 303
    assert kept(report).state == "answered"
    assert "Tekniska nämnden" in scene.app.test_client().get(f"/r/{scene.last_receipt}").text


def test_a_broken_lamp_is_never_explained_by_being_dark_on_purpose() -> None:
    found = suggest("received", ["lamp_out", "damage"], None, None, in_spot=False, off_because="Spar energi.")
    assert found.action == "ticket"
