"""A phone that asked is told that there is news, by day, once, and nothing of what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.adapters.push import Gone, Phone, PushFailed, Refused
from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.jobs import Job
from app.models.push import PushSubscription
from app.services import push
from app.services.transitions import move
from tests.builders import Scene
from tests.conftest import SECRET

PHONE = Phone("https://push.browser.example/one", "p", "a")


@dataclass
class Carrier:
    """Takes messages, or fails as told."""

    fails: type[Exception] | None = None
    told: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    public_key: str = "key"

    def send(self, phone: Phone, message: Mapping[str, str]) -> None:
        if self.fails:
            raise self.fails
        self.told.append((phone.endpoint, message))


@pytest.fixture
def noon(scene: Scene) -> datetime:
    return scene.now.replace(hour=11)


def read(scene: Scene, lang: str = "sv") -> str:
    """Let somebody follow a report by phone, and let staff read it; return the receipt."""
    report = scene.report(lang=lang)
    assert push.follow(scene.last_receipt, PHONE, now=scene.now)
    move(report, "reviewed", actor=THE_SYSTEM, now=scene.now)
    db.session.commit()
    return scene.last_receipt


def deliver(carrier: Carrier, now: datetime) -> int:
    return push.deliver(push=carrier, keys=[SECRET], now=now)


def test_a_phone_is_told_that_there_is_news_and_nothing_of_what_it_is(scene: Scene, noon: datetime) -> None:
    receipt, carrier = read(scene), Carrier()
    assert deliver(carrier, noon) == 1
    [(endpoint, message)] = carrier.told
    assert endpoint == PHONE.endpoint
    assert (message["body"], message["url"]) == ("Det finns något nytt att läsa.", f"/r/{receipt}")
    assert "läst din rapport" not in str(message)


def test_the_same_news_is_told_once(scene: Scene, noon: datetime) -> None:
    read(scene)
    carrier = Carrier()
    assert [deliver(carrier, noon), deliver(carrier, noon)] == [1, 0]


def test_the_message_speaks_the_language_of_the_report(scene: Scene, noon: datetime) -> None:
    read(scene, lang="en")
    carrier = Carrier()
    deliver(carrier, noon)
    assert carrier.told[0][1]["body"] == "There is something new to read."


def test_nobody_is_told_of_what_was_known_when_they_asked(scene: Scene, noon: datetime) -> None:
    scene.report()
    push.follow(scene.last_receipt, PHONE, now=scene.now)
    assert deliver(Carrier(), noon) == 0


@pytest.mark.parametrize("hour", [21, 23, 2, 5])
def test_at_night_the_message_waits_for_the_morning(scene: Scene, noon: datetime, hour: int) -> None:
    read(scene)
    night = noon.replace(hour=hour)
    carrier = Carrier()
    assert deliver(carrier, night) == 0
    job = db.session.scalars(select(Job).where(Job.kind == "deliver_push")).one()
    assert timedelta(0) < job.run_at - night < timedelta(hours=11)
    assert deliver(carrier, job.run_at) == 1


def test_a_phone_that_is_gone_is_forgotten(scene: Scene, noon: datetime) -> None:
    read(scene)
    deliver(Carrier(fails=Gone), noon)
    assert db.session.scalar(select(func.count(PushSubscription.id))) == 0


def test_a_carrier_that_is_busy_is_tried_again(scene: Scene, noon: datetime) -> None:
    read(scene)
    assert deliver(Carrier(fails=PushFailed), noon) == 0
    assert deliver(Carrier(), noon) == 1


def test_asking_twice_from_one_phone_is_asking_once_and_a_fourth_phone_replaces_the_first(scene: Scene) -> None:
    scene.report()
    for name in ("one", "one", "two", "three", "four"):
        push.follow(scene.last_receipt, Phone(f"https://push.browser.example/{name}", "p", "a"), now=scene.now)
    kept = db.session.scalars(select(PushSubscription.endpoint).order_by(PushSubscription.id)).all()
    assert [e.rpartition("/")[2] for e in kept] == ["two", "three", "four"]


def test_somebody_who_stops_is_not_told_again(scene: Scene, noon: datetime) -> None:
    receipt = read(scene)
    assert push.unfollow(receipt, PHONE.endpoint)
    assert deliver(Carrier(), noon) == 0


def test_an_address_inside_is_refused_when_it_is_given(scene: Scene) -> None:
    scene.report()
    with pytest.raises(Refused):
        push.follow(scene.last_receipt, Phone("https://127.0.0.1/x", "p", "a"), now=scene.now)


def test_a_receipt_that_opens_nothing_follows_nothing(scene: Scene) -> None:
    assert not push.follow("x", PHONE, now=scene.now)
    assert not push.unfollow("x", "")
