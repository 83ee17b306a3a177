"""Promises of `demo`: a municipality that looks alive, once, the same from the same seed."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes, policy

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import District, NamedPlace
from app.models.editions import Edition
from app.models.lamps import Lamp
from app.models.measures import Funding, Measure
from app.models.notices import Notice
from app.models.photos import Photo
from app.models.promises import Promise
from app.models.reports import Report
from app.models.tickets import Ticket
from app.models.walks import Walk
from app.services import demo_accounts
from tests.builders import Scene
from tests.conftest import empty_tables


def demo(app: Flask, *options: str) -> Result:
    result = app.test_cli_runner().invoke(args=["demo", *options])
    db.session.expire_all()
    return result


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def states(table: type) -> Counter[str]:
    return Counter(db.session.scalars(select(table.state)))


def test_the_demo_has_people_lamps_reports_walks_plans_and_tickets_in_every_kind_of_state(
    app: Flask, client: FlaskClient
) -> None:
    said = demo(app, "--reports", "160", "--seed", "7")
    assert said.exit_code == 0, said.output
    assert {"Oxhagen", "Norrliden", "Kvarnholmen"} <= set(db.session.scalars(select(District.name)))
    assert count(Lamp) > 100
    assert count(NamedPlace) > 10
    assert count(Photo) > 0
    assert count(Report) == 160
    assert count(DarkSpot) >= 8
    assert count(Notice) > count(Report)  # each is told that it came in, and many what happened next
    assert len(states(Report)) >= 6
    assert len(states(Ticket)) >= 5
    assert {"draft", "planned", "cancelled", "feedback_given"} <= set(states(Walk))
    assert len(states(Measure)) >= 4
    assert {"proposed", "ongoing", "follow_up_published"} <= set(states(Promise))
    assert {"idea", "applied", "granted", "available"} <= set(states(Funding))
    assert {e.issued_at is None for e in db.session.scalars(select(Edition))} == {True, False}
    assert all(text.strip() for text in db.session.scalars(select(DarkSpot.name).where(DarkSpot.public.is_(True))))
    for email, role, _name in demo_accounts.ACCOUNTS:
        entered = app.test_client().post("/login", data={"email": email, "password": demo_accounts.PASSWORD})
        assert entered.status_code == 302, role
    assert client.get("/places").status_code == 200
    letters = sorted((app.extensions["ljuspunkt"].settings.instance / "outbox").glob("dispatch-*.eml"))
    body = message_from_bytes(letters[0].read_bytes(), policy=policy.default).get_body(("plain",))
    link = re.search(r"/t/[\w-]+", body.get_content())
    assert 'name="state"' in client.get(link[0]).text  # the contractor's link opens the ticket


def test_the_same_seed_tells_the_same_story_again_also_in_a_small_town(app: Flask) -> None:
    def told() -> list[tuple[object, ...]]:
        rows = select(Report.lon, Report.lat, Report.text, Report.received_at, Report.state).order_by(Report.id)
        return [tuple(row) for row in db.session.execute(rows)]

    stories = []
    for seed in ("3", "3", "4"):
        empty_tables()
        assert demo(app, "--reports", "25", "--seed", seed).exit_code == 0
        stories.append(told())
    assert stories[0] == stories[1] != stories[2]


def test_the_demo_is_never_poured_over_a_real_municipality(scene: Scene) -> None:
    said = demo(scene.app)
    assert said.exit_code == 1
    assert "There is a municipality here already" in said.output
    assert count(Report) == 0


def test_asked_to_fill_only_an_empty_database_it_leaves_a_full_one_in_peace(scene: Scene) -> None:
    assert demo(scene.app, "--if-empty").exit_code == 0
    assert count(Report) == 0


@pytest.mark.parametrize("number", ["0", "19", "-5", "many"])
def test_a_number_of_reports_that_makes_no_town_is_refused(app: Flask, number: str) -> None:
    assert demo(app, "--reports", number).exit_code == 2
