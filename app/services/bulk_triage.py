"""The same decision for several reports of one place: one function, one commit, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select

from app.domain.people import Actor
from app.domain.states import OPEN_DARK_SPOTS, OPEN_TICKETS
from app.models.base import db, expect_version
from app.models.dark_spots import DarkSpot
from app.models.reports import Report
from app.models.tickets import Ticket
from app.services.spot_steps import mark, next_round
from app.services.ticket_steps import attach_reports
from app.services.transitions import move
from app.services.triage_steps import tie_to_spot

MOST: Final = 100
ACTIONS: Final = ("spot", "attach", "review")


class Unknown(LookupError):
    """There is no such action, report, spot or ticket, or too many at once."""


def decide(versions: Mapping[int, int], action: str, target_id: int | None, *, actor: Actor, now: datetime) -> int:
    """Tie reports to a spot or to a ticket, or mark them as read; return how many.

    Args:
        versions: of each report as the page showed it, by number. action: one of ACTIONS. target_id: of the spot or
        ticket. actor, now: who decides, and when.

    Raises:
        Unknown, ForbiddenMove, NotAllowed; StaleDataError when somebody changed one of them meanwhile.

    """
    reports = db.session.scalars(select(Report).where(Report.id.in_(versions)).order_by(Report.id)).all()
    if not versions or len(versions) > MOST or len(reports) != len(versions) or action not in ACTIONS:
        raise Unknown
    for report in reports:
        expect_version(report, versions[report.id])
    next_round()
    concerned: set[int] = set()
    if action == "attach":
        ticket = db.session.get(Ticket, target_id or 0)
        if ticket is None or ticket.state not in OPEN_TICKETS:
            raise Unknown
        attach_reports(ticket, reports, actor=actor, now=now)
    elif action == "spot":
        spot = db.session.get(DarkSpot, target_id or 0)
        if spot is None or spot.state not in OPEN_DARK_SPOTS:
            raise Unknown
        for report in reports:
            concerned.update(tie_to_spot(report, spot, actor=actor, now=now))
    else:
        for report in reports:
            move(report, "reviewed", actor=actor, now=now)
    if concerned:
        mark(reports=[r.id for r in reports], spots=sorted(concerned), now=now)
    db.session.commit()
    return len(reports)
