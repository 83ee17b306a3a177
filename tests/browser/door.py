"""The door of the running service: shut while the tables are emptied between two tests."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wsgi import ClosingIterator

PATIENCE_S = 30.0
"""How long somebody may take to leave: a bound for busy machines."""


class Door:
    """A service that can be shut: who is inside is answered to the end, who comes meanwhile is sent away.

    A phone goes on fetching after its page was closed, and PostgreSQL's TRUNCATE and such a question can wait for each
    other. To ask whether the server is idle is not enough: the next question may be on its way.
    """

    def __init__(self, service: WSGIApplication) -> None:
        self._service = service
        self.is_shut = False
        self._inside = 0
        self._somebody_left = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer through the service, or with 503 while the door is shut."""
        with self._somebody_left:
            if self.is_shut:
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return ()
            self._inside += 1
        try:
            answer = self._service(environ, start_response)
        except BaseException:
            self._leave()
            raise
        return ClosingIterator(answer, self._leave)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Shut the door, wait until everybody inside has been answered, and open it after the block."""
        with self._somebody_left:
            self.is_shut = True
            is_empty = self._somebody_left.wait_for(lambda: self._inside == 0, PATIENCE_S)
        try:
            assert is_empty, "somebody was still being answered"
            yield
        finally:
            self.is_shut = False

    def _leave(self) -> None:
        with self._somebody_left:
            self._inside -= 1
            self._somebody_left.notify_all()
