"""What a resident is told, and when: one plain sentence for each move that a resident would care about.

A sentence is kept as its kind and its facts; the words are found when it is shown or sent, in the person's language.
Facts whose name ends with `_on` are ISO dates and are written out (“fredag 14 november”).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.domain.words import N_


@dataclass(frozen=True)
class Message:
    """A public state (`status`), the sentence, and whether the resident is asked “is it better now?”.

    `heading`: what stands over it where the state's own word would say less than the sentence.
    """

    status: str
    text: str
    asks: bool = False
    mails: bool = True
    heading: str = ""

    @property
    def word(self) -> str:
        """What stands over the sentence: on the receipt, and as the subject of the mail."""
        return self.heading or STATUS_WORDS[self.status]


MESSAGES: Final[Mapping[str, Message]] = {
    "report.received": Message("received", N_("Vi har tagit emot din rapport. Vi läser rapporter %(reading_hours)s."), mails=False),
    "report.reviewed": Message("reviewed", N_("Vi har läst din rapport.")),
    "report.ticketed": Message("planned", N_("Vi har skickat din rapport till belysningen. Arbetet ska vara gjort senast %(due_on)s.")),
    "report.in_spot": Message("reviewed", N_("Din rapport är med i sammanställningen över platser som vi ser över."), heading=N_("Med bland platser som vi ser över")),
    "report.forwarded": Message("forwarded", N_("Vi har skickat din rapport vidare till %(owner)s. Skäl: %(reason)s")),
    "report.duplicate": Message("reviewed", N_("Platsen är redan känd. Din röst räknas med. Tack.")),
    "report.rejected": Message("cannot", N_("Vi kan inte göra något åt det här. Skäl: %(reason)s")),
    "report.answered": Message("done", N_("Det är klart %(told_on)s. %(reason)s"), asks=True),
    "report.reopened": Message("reviewed", N_("Du svarade att det inte är bättre. Vi har öppnat ärendet igen.")),
    "report.withdrawn": Message("withdrawn", N_("Du har tagit tillbaka din rapport."), mails=False),
    "ticket.waiting_grid_owner": Message("planned", N_("Felet sitter i elnätet och nätägaren måste laga det. Det tar längre tid. Nästa besked senast %(next_on)s.")),
    "ticket.waiting_material": Message("planned", N_("Vi väntar på material. Nästa besked senast %(next_on)s.")),
    "ticket.waiting_digging": Message("planned", N_("Vi måste gräva för att laga felet. Nästa besked senast %(next_on)s.")),
    "ticket.waiting_other_owner": Message("planned", N_("Lampan har en annan ägare. Vi har bett dem laga den. Nästa besked senast %(next_on)s.")),
    "ticket.repaired": Message("planned", N_("Belysningen är lagad sedan %(repaired_on)s. Vi kontrollerar att den lyser när det är mörkt."), heading=N_("Lagad, kontrolleras")),
    "ticket.lamp_repaired": Message("planned", N_("Lampan som du rapporterade är lagad sedan %(repaired_on)s. Vi lagar de andra lamporna i raden och kontrollerar att de lyser när det är mörkt."), heading=N_("Lagad, kontrolleras")),
    "ticket.no_fault": Message("reviewed", N_("Vi har varit på platsen och hittade inget fel på belysningen.")),
    "ticket.deliberately_off": Message("cannot", N_("Lampan är släckt med flit. Skäl: %(reason)s")),
    "ticket.forwarded": Message("forwarded", N_("Lampan har en annan ägare. Vi har skickat felet vidare. Skäl: %(reason)s")),
    "ticket.duplicate": Message("planned", N_("Felet finns redan i ett annat ärende, och det lagas där. Din röst räknas med.")),
    "ticket.became_measure": Message("reviewed", N_("Det här behöver ny belysning. Det är nu ett förslag till åtgärd.")),
    "ticket.reopened": Message("reviewed", N_("Felet har kommit tillbaka. Vi har öppnat ärendet igen.")),
    "dark_spot.confirmed": Message("reviewed", N_("Vi har bekräftat att %(place)s är en plats som vi ser över.")),
    "dark_spot.dismissed": Message("cannot", N_("Vi går inte vidare med %(place)s. Skäl: %(reason)s")),
    "dark_spot.reopened": Message("reviewed", N_("Vi ser över %(place)s igen.")),
    "walk.planned": Message("planned", N_("En trygghetsvandring besöker %(place)s %(walk_on)s.")),
    "walk.cancelled": Message("planned", N_("Trygghetsvandringen till %(place)s är inställd. Skäl: %(reason)s"), heading=N_("Vandringen är inställd")),
    "walk.walked": Message("reviewed", N_("Vi har besökt %(place)s på en trygghetsvandring. Protokollet kommer senast %(protocol_on)s."), heading=N_("Vandringen är gjord")),
    "walk.protocol_published": Message("reviewed", N_("Protokollet från trygghetsvandringen är klart. Det säger vad vi gör på %(place)s och vad vi inte gör."), heading=N_("Protokollet är klart")),
    "measure.decided": Message("planned", N_("Vi har beslutat om en åtgärd: %(what)s. Klart senast %(due_on)s.")),
    "measure.rejected": Message("cannot", N_("Vi gör inte det här: %(what)s. Skäl: %(reason)s")),
    "measure.waiting_owner": Message("planned", N_("Åtgärden väntar på svar från ägaren: %(what)s. Nästa besked senast %(next_on)s.")),
    "measure.waiting_season": Message("planned", N_("Åtgärden väntar på rätt årstid: %(what)s. Nästa besked senast %(next_on)s.")),
    "measure.waiting_funds": Message("planned", N_("Åtgärden väntar på pengar: %(what)s. Nästa besked senast %(next_on)s.")),
    "measure.waiting_permit": Message("planned", N_("Åtgärden väntar på tillstånd: %(what)s. Nästa besked senast %(next_on)s.")),
    "measure.paused": Message("planned", N_("Åtgärden är pausad: %(what)s. Nästa besked senast %(next_on)s.")),
    "measure.ongoing": Message("planned", N_("Arbetet har börjat: %(what)s.")),
    "measure.done": Message("planned", N_("Åtgärden är gjord: %(what)s."), heading=N_("Åtgärden är gjord")),
}  # fmt: skip

PUBLIC_STATUS: Final[Mapping[str, str]] = {
    "received": "received", "held": "received", "reviewed": "reviewed", "ticketed": "planned", "in_spot": "reviewed",
    "forwarded": "forwarded", "duplicate": "reviewed", "rejected": "cannot", "answered": "done",
    "reopened": "reviewed", "withdrawn": "withdrawn",
}  # fmt: skip
STATUS_WORDS: Final[Mapping[str, str]] = {
    "received": N_("Mottagen"),
    "reviewed": N_("Vi har läst"),
    "planned": N_("Planerad"),
    "forwarded": N_("Skickad vidare"),
    "cannot": N_("Kan inte göras"),
    "done": N_("Klar"),
    "withdrawn": N_("Återtagen"),
}


def days_of(told_on: date) -> dict[str, str]:
    """Return the days that a sentence counts from the day on which it was said."""
    return {"told_on": told_on.isoformat(), "protocol_on": (told_on + PROTOCOL_WITHIN).isoformat()}


PROTOCOL_WITHIN: Final = timedelta(days=14)
USUAL_HOURS: Final = N_("vardagar 8–16")
"""When reports are read, where the municipality says nothing else; other words stay as they were written."""


def kind_for(thing: str, to: str, before: str = "") -> str | None:
    """Return the kind of notice that a move gives, or None when a resident would not care."""
    kind = f"{thing}.{to}"
    if kind == "walk.cancelled" and before == "draft":
        return None  # nobody had been told of it
    return kind if kind in MESSAGES else None
