"""A database that cannot answer: people are told so in words, and what they wrote stands in the answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from app.models import base
from app.models.base import db
from tests.builders import Scene

WORDS = "Lampan vid tunneln är släckt sedan i måndags."


@contextmanager
def every_transaction(refused: Callable[[], bool]) -> Iterator[None]:
    """Let a transaction fail as it begins, whenever `refused` says so."""

    def begin(_connection: Connection) -> None:
        if refused():
            raise OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))

    db.session.remove()
    event.listen(db.engine, "begin", begin)
    try:
        yield
    finally:
        event.remove(db.engine, "begin", begin)


def locked_for_writing() -> bool:
    """Whoever only reads gets through: so it is with SQLite while another writes."""
    return not base._reading.get()


def gone() -> bool:
    """Nobody gets through: so it is when PostgreSQL is restarted."""
    return True


@pytest.mark.parametrize("refused", [locked_for_writing, gone])
def test_who_sends_a_form_that_the_database_cannot_take_is_told_and_keeps_the_words(
    scene: Scene, client: FlaskClient, refused: Callable[[], bool]
) -> None:
    form = {"lat": "56.676", "lon": "16.335", "method": "map", "kind": "lamp_out", "text": WORDS}
    with every_transaction(refused):
        answer = client.post("/report", data=form)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Vi kan inte ta emot just nu" in answer.text
    assert WORDS in answer.text


def test_who_opens_a_page_while_the_database_is_gone_is_told_to_come_back(scene: Scene, client: FlaskClient) -> None:
    with every_transaction(gone):
        answers = [client.get(page) for page in ("/", "/places", "/nowhere")]
    assert [answer.status_code for answer in answers] == [503, 503, 404]
    assert all("<h1>" in answer.text for answer in answers)


def test_staff_whose_desk_the_database_cannot_serve_are_told_too(scene: Scene) -> None:
    desk = scene.signed_in("coordinator")
    with every_transaction(gone):
        answer = desk.get("/coordinator/")
    assert answer.status_code == 503
    assert "Vi kan inte ta emot just nu" in answer.text
