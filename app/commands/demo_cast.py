"""Those who act in the demo's story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.domain.people import Actor


@dataclass(frozen=True)
class Cast:
    """Those who act, and the present moment of the story."""

    coordinator: Actor
    technician: Actor
    now: datetime
    chance: Random

    def ago(self, days: float) -> datetime:
        """Return the moment some days ago."""
        return self.now - timedelta(days=days)
