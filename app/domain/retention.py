"""How long what people sent is kept: nothing is disposed of but by a decision (gallringsbeslut), kind by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CONTACT: Final = "contact"
PHOTOS: Final = "photos"
TEXTS: Final = "texts"
REJECTED: Final = "rejected"
KINDS: Final[Mapping[str, str]] = {
    CONTACT: "how to reach who sent a report, since it was answered, rejected or taken back",
    REJECTED: "rejected reports with all that came with them, since they were rejected",
    PHOTOS: "photos of reports and what was covered in them, since the report was answered or ended",
    TEXTS: "words of reports that were answered, rejected or taken back, and who sent them, since they came: what they were about, place and time stay",
}
"""What may be disposed of, in the order in which it is done, and from when its days are counted."""
SAID: Final[Mapping[str, str]] = {
    CONTACT: "Kontaktuppgift gallrad enligt {decision}",
    REJECTED: "Rapporten gallrad enligt {decision}",
    PHOTOS: "Foton gallrade enligt {decision}",
    TEXTS: "Texten gallrad enligt {decision}",
}
"""What history keeps of it."""
ENDED: Final = ("answered", "rejected", "withdrawn")
"""Reports whose sender waits for nothing more. A duplicate is told with the one it repeats, what was forwarded by its owner."""
RULE: Final = "retention_{kind}"
DAYS_MAX: Final = 36_500
DECISION_LENGTH_MAX: Final = 200


@dataclass(frozen=True)
class Keeping:
    """How long one kind is kept, and which decision says so; `days` is None for ever, with no decision while there is none."""

    kind: str
    days: int | None
    decision: str
