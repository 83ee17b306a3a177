"""How a process hears that it is to stop: one that works until then, and one that has something to tidy up first."""

from __future__ import annotations

import select
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

ASKING: Final = (signal.SIGTERM, signal.SIGINT)


class Asked:
    """Whether this process has been asked to end."""

    def __init__(self, heard: socket.socket) -> None:
        """Begin to listen to what the system's own handler writes."""
        self._heard = heard

    def wait(self) -> None:
        """Return when it is asked, at once when it was asked before."""
        while not _names_one_of(self._heard.recv(1)):
            pass

    def already(self) -> bool:
        """Say whether it was asked; until `wait` has returned the answer stays the same."""
        ready, _, _ = select.select([self._heard], [], [], 0)
        return bool(ready) and _names_one_of(self._heard.recv(64, socket.MSG_PEEK))


@contextmanager
def asked_to_stop() -> Iterator[Asked]:
    """Give what knows when the machine or Ctrl+C has asked this process to end.

    It listens before anything has begun, so that whoever stops a worker that is only just starting stops it whole. What it
    waits for is a byte that the system's own handler writes (signal.set_wakeup_fd). An event or a queue would not do: their
    way of waiting is interrupted by a signal, and one that comes in the moment before it waits is never heard.
    """
    heard, wakes = socket.socketpair()
    wakes.setblocking(False)
    descriptor = signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, _nothing_more) for number in ASKING}
    try:
        yield Asked(heard)
    finally:
        for number, heard_by in before.items():
            signal.signal(number, heard_by)
        signal.set_wakeup_fd(descriptor)
        heard.close()
        wakes.close()


def _names_one_of(signals: bytes) -> bool:
    return any(number in signals for number in ASKING)


def _nothing_more(*_signal: object) -> None:
    """Python must have something to call, else the signal ends the process."""


@contextmanager
def tidying_up() -> Iterator[None]:
    """Let SIGTERM end this block as an error would, so that whatever is half done is taken away."""

    def leave(*_signal: object) -> NoReturn:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
