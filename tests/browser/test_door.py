"""Between two tests nothing is asked of the database while its tables are emptied."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.browser.door import Door


def test_who_is_inside_is_answered_to_the_end_before_anything_is_emptied() -> None:
    came, may_go = threading.Event(), threading.Event()
    order: list[str] = []

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def told() -> Iterator[bytes]:
            came.set()
            may_go.wait(10)
            order.append("answered")
            yield b"told"

        return Response(told())(environ, start_response)

    def empty(door: Door) -> None:
        with door.closed():
            order.append("emptied")

    door = Door(slow)
    with ThreadPoolExecutor() as people:
        answer = people.submit(lambda: Client(door).get("/", buffered=True).data)
        assert came.wait(10)
        emptied = people.submit(empty, door)
        while not (door.is_shut or emptied.done()):
            time.sleep(0.01)
        assert order == []
        may_go.set()
        emptied.result(10)
        assert answer.result(10) == b"told"
    assert order == ["answered", "emptied"]


def test_who_comes_while_the_door_is_shut_is_sent_away_and_who_comes_later_is_answered() -> None:
    door = Door(Response("told"))
    with door.closed():
        assert Client(door).get("/").status_code == 503
    assert Client(door).get("/").data == b"told"


def test_a_service_that_fails_keeps_nobody_inside() -> None:
    def failing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise ValueError("no answer")

    door = Door(failing)
    with pytest.raises(ValueError, match="no answer"):
        Client(door).get("/")
    with door.closed():
        pass
