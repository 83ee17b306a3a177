"""The demo's contractor: an invented firm that gets tickets by mail and answers by the link in it."""

from __future__ import annotations

from typing import Final

from app.commands.demo_cast import Cast
from app.services import contractor_pages, contractors, tickets
from app.services import demo_queries as ask
from app.web.parts import parts

NAME: Final = "Kustens Elservice (påhittad)"
ADDRESS: Final = "elservice@demo.example"
MOST: Final = 3


def send_out(cast: Cast) -> None:
    """Send some of the tickets that nobody has begun; each letter lies in the outbox, and its link answers once."""
    firm, _ = contractor_pages.set_up(
        NAME, email=ADDRESS, by_mail=True, webhook_url=None, new_secret=False, active=True,
        key=parts().settings.secret_key, now=cast.ago(2),
    )  # fmt: skip
    found = [tickets.open_ticket(number, cast.coordinator) for number in ask.open_tickets()]
    waiting = [ticket for ticket in found if ticket is not None and ticket.state == "new"]
    for ticket in waiting[: min(MOST, (len(waiting) + 1) // 2)]:
        contractors.send(ticket, ticket.version, firm.id, actor=cast.coordinator, now=cast.ago(1))
