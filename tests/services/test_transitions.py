"""A state changes in one place, with its history and its notices in the same commit."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm.exc import StaleDataError

from app.domain.people import TECHNICIAN, Actor, NotAllowed
from app.domain.states import ForbiddenMove, ReasonMissing
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.history import History
from app.models.jobs import Job
from app.models.notices import Notice
from app.models.reports import Report
from app.services.transitions import move
from tests.builders import Scene


def history_of(thing: Report) -> list[tuple[str, str, str]]:
    lines = db.session.scalars(
        select(History).where(History.thing == "report", History.thing_id == thing.id).order_by(History.id)
    )
    return [(line.from_state, line.to_state, line.actor_role) for line in lines]


def test_a_move_writes_who_moved_what_from_where_to_where(scene: Scene, now: datetime) -> None:
    report = scene.report()
    move(report, "reviewed", actor=scene.coordinator(), now=now)
    db.session.commit()
    assert history_of(report) == [("", "received", "resident"), ("received", "reviewed", "coordinator")]


def test_a_move_that_a_resident_cares_about_writes_a_notice_and_asks_for_its_delivery(
    scene: Scene, now: datetime
) -> None:
    report = scene.report()
    move(report, "rejected", actor=scene.coordinator(), now=now, reason="Marken är privat.")
    db.session.commit()
    kinds = list(db.session.scalars(select(Notice.kind).order_by(Notice.id)))
    assert kinds == ["report.received", "report.rejected"]
    assert "deliver_notices" in set(db.session.scalars(select(Job.kind)))


def test_a_move_that_is_rolled_back_leaves_neither_history_nor_notice(scene: Scene, now: datetime) -> None:
    report = scene.report()
    move(report, "reviewed", actor=scene.coordinator(), now=now)
    db.session.rollback()
    assert db.session.scalars(select(Notice.kind)).all() == ["report.received"]
    assert len(history_of(report)) == 1


def test_a_forbidden_move_changes_nothing_at_all(scene: Scene, now: datetime) -> None:
    report = scene.report()
    with pytest.raises(ForbiddenMove):
        move(report, "reopened", actor=scene.coordinator(), now=now)
    assert report.state == "received"


def test_a_no_without_a_reason_is_not_a_decision(scene: Scene, now: datetime) -> None:
    report = scene.report()
    with pytest.raises(ReasonMissing):
        move(report, "rejected", actor=scene.coordinator(), now=now, reason=" ")


def test_the_gate_refuses_a_person_who_may_not_move_this_thing(scene: Scene, now: datetime) -> None:
    report = scene.report()
    with pytest.raises(NotAllowed):
        move(report, "reviewed", actor=Actor(TECHNICIAN, staff_id=1), now=now)


def test_everyone_who_reported_a_dark_spot_is_told_except_those_who_took_their_report_back(
    scene: Scene, now: datetime
) -> None:
    stays, left = scene.report(), scene.report()
    move(left, "withdrawn", actor=scene.coordinator(), now=now)
    spot = scene.spot(stays, left)
    db.session.expire_all()
    gathered = db.session.scalars(select(DarkSpot).where(DarkSpot.id == spot.id)).one()
    with pytest.raises(InvalidRequestError):
        move(gathered, "confirmed", actor=scene.coordinator(), now=now, facts={"place": "tunneln"})
    db.session.rollback()
    spot = db.session.get_one(DarkSpot, spot.id, populate_existing=True)
    db.session.refresh(spot, ["reports"])
    move(spot, "confirmed", actor=scene.coordinator(), now=now, facts={"place": "tunneln"})
    db.session.commit()
    told = db.session.scalars(select(Notice.report_id).where(Notice.kind == "dark_spot.confirmed")).all()
    assert told == [stays.id]


@pytest.mark.parametrize("change", [update(History).values(reason="x"), delete(History)])
def test_the_database_itself_refuses_to_change_history(scene: Scene, change: object) -> None:
    scene.report()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(change)  # type: ignore[call-overload]
    db.session.rollback()


def test_two_people_who_change_the_same_report_do_not_overwrite_each_other(scene: Scene, now: datetime) -> None:
    report = scene.report()
    ahead = update(Report).where(Report.id == report.id).values(version=report.version + 1)
    db.session.execute(ahead, execution_options={"synchronize_session": False})
    coordinator = scene.coordinator()
    with pytest.raises(StaleDataError):
        move(report, "reviewed", actor=coordinator, now=now)
    db.session.rollback()
