"""Promises of `retention`: nothing is disposed of without a decision, and what a decision names is gone for good."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.adapters.photo_intake import key
from app.adapters.photo_store import StoreUnreachable
from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.history import History
from app.models.jobs import Job
from app.models.notices import Notice
from app.models.photos import LockedPhoto, Photo
from app.models.push import PushSubscription
from app.models.reports import Contact, LockedText, Report
from app.services import retention
from app.services.transitions import move, remark
from tests.builders import Scene, jpeg
from tests.commands.test_keeping import run

pytestmark = pytest.mark.usefixtures("empty_store")
DECISION = "KS 2026-11-02 § 14"


def settled(scene: Scene, days_ago: int, state: str = "answered", **sent: object) -> Report:
    """Return a report that came, and came into a last state, so many days ago."""
    then = scene.now - timedelta(days=days_ago)
    report = scene.report(now=then, **sent)
    if state == "answered":
        move(report, "reviewed", actor=THE_SYSTEM, now=then)
    move(report, state, actor=THE_SYSTEM, now=then, reason="Klart.")
    db.session.commit()
    return report


def with_photo(scene: Scene, report: Report, name: str, at: datetime | None = None) -> None:
    """Give a report a photo that came with it, or later, in which something was covered."""
    stamp = dict.fromkeys(("created_at", "updated_at"), at or report.received_at)
    photo = Photo(public_id=name, sha256="0" * 64, width=64, height=48, report_id=report.id, **stamp)
    db.session.add(photo)
    db.session.flush()
    db.session.add(LockedPhoto(photo_id=photo.id, public_id=name[::-1], sha256="0" * 64, **stamp))
    db.session.commit()
    for one in (name, name[::-1]):
        for variant in ("large", "small"):
            store(scene.app).put(key(one, variant), jpeg())


def store(app: Flask):
    return app.extensions["ljuspunkt"].photo_store


def files(scene: Scene) -> list[str]:
    return list(store(scene.app).keys())


def decide(app: Flask, kind: str, days: int, **more: str) -> None:
    options = [word for name, value in more.items() for word in (f"--{name}", value)]
    said = run(app, "retention", "set", kind, "--days", days, "--decision", DECISION, *options)
    assert said.exit_code == 0, said.output


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def lines(report_id: int) -> list[str]:
    said = select(History.reason).where(History.thing == "report", History.thing_id == report_id).order_by(History.id)
    return list(db.session.scalars(said))


def test_without_a_decision_nothing_is_deleted_and_it_says_why(scene: Scene) -> None:
    settled(scene, 4000, contact="nour@example.org")
    said = run(scene.app, "retention", "run")
    assert said.exit_code == 1
    assert "no decision" in said.output
    assert (count(Report), count(Contact)) == (1, 1)


def test_who_sent_a_report_is_forgotten_when_it_was_settled_long_enough_ago_and_only_then(scene: Scene) -> None:
    long_ago = settled(scene, 31, contact="nour@example.org").id
    lately = settled(scene, 29, contact="sara@example.org").id
    still_open = scene.report(now=scene.now - timedelta(days=400), contact="tove@example.org").id
    for number, days_ago in ((long_ago, 31), (lately, 29)):
        then = scene.now - timedelta(days=days_ago)
        db.session.add(PushSubscription(
            report_id=number, endpoint="https://push.example/1", p256dh="k", auth="a", created_at=then, updated_at=then
        ))  # fmt: skip
    of_late = db.session.get_one(Report, long_ago)
    remark(of_late, actor=THE_SYSTEM, now=scene.now, reason="En anteckning, som inte är något nytt läge.")
    db.session.commit()
    decide(scene.app, "contact", 30)
    said = run(scene.app, "retention", "run")
    assert said.exit_code == 0, said.output
    assert "contact: reports concerned: 1;" in said.output
    assert set(db.session.scalars(select(Contact.report_id))) == {lately, still_open}
    assert db.session.scalars(select(PushSubscription.report_id)).all() == [lately]
    assert lines(long_ago)[-1] == f"Kontaktuppgift gallrad enligt {DECISION}"
    assert count(Report) == 3


@pytest.mark.parametrize("state", ["duplicate", "forwarded"])
def test_who_still_waits_for_an_answer_is_not_forgotten(scene: Scene, state: str) -> None:
    settled(scene, 400, state, contact="nour@example.org")
    decide(scene.app, "contact", 30)
    run(scene.app, "retention", "run")
    assert count(Contact) == 1


def test_photos_of_a_settled_report_are_gone_with_their_files_and_what_was_covered_in_them(scene: Scene) -> None:
    old, young = settled(scene, 731), settled(scene, 700)
    with_photo(scene, old, "ab" * 16)
    with_photo(scene, young, "cd" * 16)
    number = old.id
    decide(scene.app, "photos", 730)
    run(scene.app, "retention", "run")
    assert db.session.scalars(select(Photo.public_id)).all() == ["cd" * 16]
    assert db.session.scalars(select(LockedPhoto.public_id)).all() == ["dc" * 16]
    assert {name[:2] for name in files(scene)} == {"cd", "dc"}
    assert lines(number)[-1] == f"Foton gallrade enligt {DECISION}"


def test_of_an_old_report_what_it_was_about_place_and_time_stay_and_one_person_stays_one(scene: Scene) -> None:
    mine = [settled(scene, 2000 + k, text="Jag heter Nour", reporter_key="nour") for k in (0, 1)]
    other = settled(scene, 2000, text="Mörkt", reporter_key="sara")
    keys, place, came = {r.reporter_key for r in (*mine, other)}, (other.lon, other.lat), other.received_at
    receipt = scene.last_receipt
    db.session.add(LockedText(report_id=other.id, text="Som den kom in", created_at=scene.now, updated_at=scene.now))
    db.session.commit()
    ids = [*(r.id for r in mine), other.id]
    decide(scene.app, "texts", 1826)
    run(scene.app, "retention", "run")
    first, second, third = (db.session.get_one(Report, number) for number in ids)
    assert [r.text for r in (first, second, third)] == ["", "", ""]
    assert first.reporter_key == second.reporter_key != third.reporter_key
    assert keys.isdisjoint({first.reporter_key, third.reporter_key})
    assert (third.lon, third.lat, third.categories) == (*place, ["lamp_out"])
    assert third.received_at == came
    assert count(LockedText) == 0
    assert "texts: reports concerned: 0;" in run(scene.app, "retention", "run").output  # once is enough
    page = scene.app.test_client().get(f"/r/{receipt}")
    assert page.status_code == 200
    for offer in ("Vill du ha svar?", "Lägg till foto", "Ta tillbaka rapporten"):
        assert offer not in page.text


def test_a_rejected_report_goes_with_all_that_came_with_it_and_leaves_a_line_without_its_words(scene: Scene) -> None:
    spam = settled(scene, 91, "rejected", text="Köp billigt", contact="spam@example.org")
    with_photo(scene, spam, "ab" * 16)
    receipt = scene.last_receipt
    copy = scene.report(now=scene.now)
    copy.duplicate_of_id, number = spam.id, spam.id
    db.session.commit()
    kept = settled(scene, 80, "rejected").id
    decide(scene.app, "rejected", 90)
    run(scene.app, "retention", "run")
    assert set(db.session.scalars(select(Report.id))) == {copy.id, kept}
    assert (count(Contact), count(Photo), count(LockedPhoto), files(scene)) == (0, 0, 0, [])
    assert db.session.scalars(select(Notice).where(Notice.report_id == number)).all() == []
    assert lines(number)[-1] == f"Rapporten gallrad enligt {DECISION}"
    gone = scene.app.test_client().get(f"/r/{receipt}")
    assert gone.status_code == 404
    assert "en rapport som kommunen inte sparar längre" in gone.text
    assert "Köp billigt" not in " ".join(lines(number))


def test_a_dry_run_counts_the_same_and_deletes_nothing(scene: Scene) -> None:
    settled(scene, 400, contact="nour@example.org")
    decide(scene.app, "contact", 30)
    said = run(scene.app, "retention", "run", "--dry-run")
    assert "contact: reports would be concerned: 1;" in said.output
    assert count(Contact) == 1


def test_the_newest_decision_that_has_begun_holds(scene: Scene) -> None:
    settled(scene, 100, contact="nour@example.org")
    decide(scene.app, "contact", 365, **{"from": "2020-01-01"})
    decide(scene.app, "contact", 30, **{"from": (scene.now + timedelta(days=2)).date().isoformat()})
    assert "contact: kept for 365 days" in run(scene.app, "retention", "show").output
    run(scene.app, "retention", "run")
    assert count(Contact) == 1
    retention.run(salt="salt", now=scene.now + timedelta(days=3))
    assert count(Contact) == 0


def test_the_worker_disposes_every_night_once_somebody_has_decided(scene: Scene) -> None:
    settled(scene, 400, contact="nour@example.org")
    decide(scene.app, "contact", 30)
    waits = select(Job).where(Job.kind == "retention", Job.done_at.is_(None)).order_by(Job.run_at)
    job = db.session.scalars(waits).one()
    assert job.run_at > scene.now
    job.run_at = scene.now - timedelta(days=1)  # a night that has come, for a clock that stands still
    job.pending_key = None
    db.session.commit()
    scene.app.extensions["ljuspunkt"].jobs.round()
    db.session.expire_all()
    assert count(Contact) == 0
    assert db.session.scalars(waits).one().run_at > scene.now


def test_files_that_could_not_be_deleted_are_deleted_later(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    with_photo(scene, settled(scene, 800), "ab" * 16)
    decide(scene.app, "photos", 730)

    def away(_key: str) -> None:
        raise StoreUnreachable("the bucket does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(store(scene.app), "delete", away)
        run(scene.app, "retention", "run")
    assert (count(Photo), len(files(scene))) == (0, 4)
    db.session.execute(update(Job).where(Job.kind == "forget_files").values(run_at=scene.now))
    db.session.commit()
    scene.app.extensions["ljuspunkt"].jobs.round()
    assert files(scene) == []


@pytest.mark.parametrize(
    "words", [("contact", "--days", "0"), ("everything", "--days", "3"), ("contact", "--days", "x")]
)
def test_what_the_table_cannot_hold_is_refused(scene: Scene, words: tuple[str, ...]) -> None:
    assert run(scene.app, "retention", "set", *words, "--decision", DECISION).exit_code == 2


def test_an_address_that_was_left_after_the_answer_is_kept_as_long_from_then_on(scene: Scene) -> None:
    report = settled(scene, 400)
    report_photo, late = report.id, scene.now - timedelta(days=3)
    db.session.add(Contact(report_id=report.id, address="late@example.org", created_at=late, updated_at=late))
    db.session.commit()
    with_photo(scene, report, "ab" * 16, late)
    for kind in ("contact", "photos"):
        decide(scene.app, kind, 30)
    run(scene.app, "retention", "run")
    assert (count(Contact), count(Photo)) == (1, 1)
    retention.run(salt="salt", now=scene.now + timedelta(days=31))
    assert (count(Contact), count(Photo)) == (0, 0)
    assert lines(report_photo)[-2:] == [
        f"Kontaktuppgift gallrad enligt {DECISION}",
        f"Foton gallrade enligt {DECISION}",
    ]


def test_a_decision_can_be_taken_back_and_what_it_replaces_is_told(scene: Scene) -> None:
    settled(scene, 400, contact="nour@example.org")
    decide(scene.app, "contact", 30)
    said = run(scene.app, "retention", "set", "contact", "--for-ever", "--decision", "KS § 15")
    assert f"In place of what was written for that day: kept for 30 days as {DECISION} says." in said.output
    assert "contact: nothing is deleted, kept for ever as KS § 15 says." in run(scene.app, "retention", "run").output
    assert count(Contact) == 1
    both = run(scene.app, "retention", "set", "contact", "--for-ever", "--days", "3", "--decision", "KS § 15")
    assert both.exit_code == 2


def test_what_is_decided_for_later_is_shown(scene: Scene) -> None:
    decide(scene.app, "texts", 1826, **{"from": "2030-01-01"})
    shown = run(scene.app, "retention", "show").output
    assert "texts: kept for ever, for no decision says otherwise" in shown
    assert f"texts from 2030-01-01 on: kept for 1826 days as {DECISION} says." in shown


@pytest.mark.parametrize(("decision", "code"), [("Å" * 200, 0), ("Å" * 201, 1), ("KS\n§ 14", 0)])
def test_a_decision_is_one_line_of_at_most_two_hundred_characters(scene: Scene, decision: str, code: int) -> None:
    said = run(scene.app, "retention", "set", "contact", "--days", "30", "--decision", decision)
    assert said.exit_code == code
    assert len(said.output.strip().splitlines()) == 1


def test_a_decision_without_a_name_is_none(scene: Scene) -> None:
    said = run(scene.app, "retention", "set", "contact", "--days", "30", "--decision", "  ")
    assert said.exit_code == 1
    assert "Name the decision" in said.output


def test_more_than_are_taken_at_once_all_go(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for k in range(5):
        settled(scene, 40 + k, contact=f"n{k}@example.org")
    decide(scene.app, "contact", 30)
    assert "contact: reports concerned: 5;" in run(scene.app, "retention", "run").output
    assert count(Contact) == 0
