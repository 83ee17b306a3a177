"""What becomes of a report that a resident sends."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.history import History
from app.models.jobs import Job
from app.models.reports import Contact, Report
from app.services import notices, reports
from app.services.transitions import move
from tests.builders import Scene


def test_a_report_falls_in_the_district_where_its_place_lies(scene: Scene) -> None:
    assert scene.report(16.335, 56.676).district_id == scene.oxhagen.id
    assert scene.report(16.345, 56.676).district_id == scene.skalby.id


def test_a_report_on_the_border_falls_in_exactly_one_district(scene: Scene) -> None:
    assert scene.report(16.34, 56.676).district_id == scene.oxhagen.id


def test_a_place_outside_the_municipality_is_refused_and_just_outside_is_not(scene: Scene) -> None:
    with pytest.raises(reports.OutsideMunicipality):
        scene.report(18.07, 59.33)
    assert scene.report(16.504, 56.67).state == "received"


def test_the_same_sending_twice_gives_one_report_and_the_same_receipt(scene: Scene) -> None:
    client_id = str(uuid.uuid4())
    first, receipt = scene.report(client_id=client_id), scene.last_receipt
    again = scene.report(client_id=client_id)
    assert (again.id, scene.last_receipt) == (first.id, receipt)
    assert db.session.scalar(select(func.count()).select_from(Report)) == 1


def test_another_report_under_a_used_id_is_refused_and_learns_nothing(scene: Scene) -> None:
    client_id = str(uuid.uuid4())
    scene.report(client_id=client_id, text="Lampan är släckt")
    with pytest.raises(reports.OtherBody):
        scene.report(client_id=client_id, text="Något helt annat")


def test_only_the_hash_of_the_receipt_is_kept(scene: Scene) -> None:
    report = scene.report()
    assert scene.last_receipt not in (report.receipt_hash, report.reference, report.fingerprint)
    assert reports.by_receipt(report.reference) is None


def test_a_pole_number_finds_its_lamp_however_it_is_written(scene: Scene) -> None:
    lamp = scene.lamp("SK-104")
    assert scene.report(pole_number=" sk-104 ").lamp_id == lamp.id


def test_contact_data_lies_apart_from_the_report_and_can_be_removed(scene: Scene, now: datetime) -> None:
    scene.report(contact="anna@example.se", wants_answer="1")
    assert db.session.scalars(select(Contact.address)).all() == ["anna@example.se"]
    reports.follow(scene.last_receipt, "", wants_answer=False, wants_invitation=False, now=now)
    assert db.session.scalars(select(Contact.address)).all() == []


def test_the_sixth_new_reporter_of_a_place_in_a_day_waits_for_a_human(scene: Scene) -> None:
    states = [scene.report(16.335 + i * 1e-5).state for i in range(6)]
    assert states == ["received"] * 5 + ["held"]
    assert set(db.session.scalars(select(Report.state))) == {"held"}


def test_six_reporters_in_a_week_are_neighbours_and_not_a_burst(scene: Scene, now: datetime) -> None:
    states = [scene.report(now=now - timedelta(days=6 - i)).state for i in range(6)]
    assert set(states) == {"received"}


def test_a_campaign_that_keeps_under_six_a_day_is_held_in_its_third_day(scene: Scene, now: datetime) -> None:
    states = [scene.report(now=now - timedelta(hours=60 - 5 * i)).state for i in range(11)]
    assert states == ["received"] * 10 + ["held"]
    assert set(db.session.scalars(select(Report.state))) == {"held"}


def test_a_place_that_always_has_many_voices_is_not_held_for_having_them(scene: Scene, now: datetime) -> None:
    for day in range(8, 35):
        scene.report(now=now - timedelta(days=day))
    states = [scene.report(now=now - timedelta(hours=60 - 5 * i)).state for i in range(11)]
    assert set(states) == {"received"}


def test_a_report_marks_its_neighbourhood_and_never_groups_on_the_residents_path(scene: Scene) -> None:
    sent = scene.reports_at(3)
    jobs = db.session.scalars(select(Job).order_by(Job.id)).all()
    assert {j.kind for j in jobs} == {"deliver_notices", "regroup"}
    assert [j.payload["reports"] for j in jobs if j.kind == "regroup"] == [[r.id] for r in sent]
    assert db.session.scalars(select(Report.dark_spot_id).select_from(Report)).all() == [None] * 3


def test_taking_a_report_back_twice_is_taking_it_back_once(scene: Scene, now: datetime) -> None:
    scene.report()
    for _ in range(2):
        reports.withdraw(scene.last_receipt, now=now)
    moves = db.session.scalars(select(History.to_state).where(History.thing == "report").order_by(History.id)).all()
    assert moves == ["received", "withdrawn"]


def test_a_no_to_what_is_done_opens_the_report_again(scene: Scene, now: datetime) -> None:
    report = scene.report()
    move(report, "reviewed", actor=THE_SYSTEM, now=now)
    move(report, "answered", actor=THE_SYSTEM, now=now, reason="Lampan är lagad.")
    db.session.commit()
    assert reports.say_whether_better(scene.last_receipt, "no", now=now)
    assert (report.state, report.better) == ("reopened", "no")
    assert reports.say_whether_better(scene.last_receipt, "no", now=now), "the same press once more"
    assert not reports.say_whether_better(scene.last_receipt, "yes", now=now)
    assert report.better == "no"


def test_someone_without_the_receipt_cannot_answer_or_withdraw(scene: Scene, now: datetime) -> None:
    scene.report()
    assert reports.withdraw("not a receipt", now=now) is None
    assert reports.say_whether_better("not a receipt", "no", now=now) is None


def test_those_who_asked_for_an_answer_get_a_letter_in_their_language(scene: Scene, now: datetime) -> None:
    report = scene.report(contact="anna@example.se", wants_answer="1")
    move(report, "rejected", actor=scene.coordinator(), now=now, reason="Marken är privat.")
    db.session.commit()
    parts = scene.app.extensions["ljuspunkt"]
    for _ in range(2):  # a second round finds nothing left to do
        notices.deliver(mail=parts.mail, base_url="https://ljuspunkt.example", keys=parts.keys.all(), now=now)
    letters = sorted(Path(parts.mail.folder).glob("*.eml"))
    assert len(letters) == 1
    words = letters[0].read_text("utf-8")
    assert "anna@example.se" in words
    assert report.reference in words


def test_those_who_only_left_a_phone_number_are_not_sent_a_letter(scene: Scene, now: datetime) -> None:
    report = scene.report(contact="070-123 45 67", wants_answer="1")
    move(report, "reviewed", actor=scene.coordinator(), now=now)
    db.session.commit()
    parts = scene.app.extensions["ljuspunkt"]
    assert notices.deliver(mail=parts.mail, base_url="https://x.example", keys=parts.keys.all(), now=now) == 0
