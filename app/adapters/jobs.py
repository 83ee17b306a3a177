"""The wake-up call: huey carries it from the request that wrote a job to the worker that does it.

The job itself stands in the database (models/jobs.py). A lost call costs at most until the next round of the sweeper.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

log = logging.getLogger(__name__)
WORKERS = 1


def open_queue(url: str) -> Huey:
    """Return the queue that JOBS_URL names: `sqlite:///FILE`, `postgresql://…`, `redis://…` or `memory:` (tests)."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("ljuspunkt", filename=str(path), fsync=False)
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return PostgresHuey("ljuspunkt", dsn=url.replace("+psycopg", ""))
    if url.startswith(("redis://", "rediss://")):
        return RedisHuey("ljuspunkt", url=url)
    if url == "memory:":
        return MemoryHuey("ljuspunkt", immediate=False)
    raise ValueError("JOBS_URL must begin with sqlite:///, postgresql:// or redis://")


class _Worker(Consumer):
    """Huey's worker, but for its way of hearing signals, which is for its own program: here it would swallow Ctrl+C."""

    def _set_signal_handlers(self) -> None:
        """Leave them to the command that runs this process."""


class Jobs:
    """Wakes the worker, and runs one in a thread of the server when asked to."""

    def __init__(self, url: str, round_of_work: Callable[[], int]) -> None:
        self.huey = open_queue(url)
        self._round_of_work = round_of_work
        self._task = self.huey.task()(self._work)
        self._sweep = self.huey.periodic_task(crontab(minute="*"), name="sweep")(self._work)
        self._consumer: Any = None
        self._at_work = threading.Lock()

    def wake(self) -> None:
        """Ask for a round of work. Never fails the request: the row is kept and the sweeper finds it."""
        try:
            self._task()
        except Exception:
            log.exception("the queue did not take the wake-up call")

    def start(self) -> None:
        """Start the worker as threads of this process."""
        self._consumer = _Worker(self.huey, workers=WORKERS, periodic=True, check_worker_health=True)
        self._consumer.start()

    def stop(self) -> None:
        """Let the worker finish what it does, then stop it."""
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
            self._consumer = None

    def round(self) -> int:
        """Do the jobs that wait, one round at a time in this process; return how many were done."""
        with self._at_work:
            return self._round_of_work()

    def _work(self) -> None:
        self.round()
