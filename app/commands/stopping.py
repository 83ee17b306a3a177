"""How a process hears that it is to stop: one that works until then, and one that has something to tidy up first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import NoReturn


@contextmanager
def asked_to_stop() -> Iterator[SimpleQueue[None]]:
    """Give a queue in which something lies when the machine or Ctrl+C has asked this process to end.

    It listens before anything has begun, so that whoever stops a worker that is only just starting stops it whole. An event
    would not do: a signal that comes in the moment when one begins to wait for it waits for its lock for ever, while
    such a queue may be put into from anywhere.
    """
    asked: SimpleQueue[None] = SimpleQueue()
    before = {number: signal.signal(number, lambda *_: asked.put(None)) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for number, heard_by in before.items():
            signal.signal(number, heard_by)


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
