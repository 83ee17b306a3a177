"""The clock, which stands still when LJUSPUNKT_NOW says so."""

from __future__ import annotations

from datetime import UTC, datetime


class Clock:
    """Tells the time in UTC; a standing clock is for demos and tests."""

    def __init__(self, standing_now: datetime | None = None) -> None:
        self._standing_now = standing_now

    def now(self) -> datetime:
        """Return this moment, with its zone."""
        return self._standing_now or datetime.now(UTC)
