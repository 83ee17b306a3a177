"""What deciding about one report and about many at the same place share. None of it commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified

from app.domain.people import Actor
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.reports import LockedText, Report
from app.services.spot_steps import belong
from app.services.transitions import move, remark


def tie_to_spot(report: Report, spot: DarkSpot, *, actor: Actor, now: datetime) -> list[int]:
    """Tie a report to a dark spot and return the spots that this concerns; a spot that grouping would not have given it is pinned."""
    concerned = [n for n in (report.dark_spot_id, spot.id) if n]
    if report.dark_spot_id != spot.id:
        reason = f"Rapport {report.reference} kopplad för hand. Platsen hålls samman som den är."
        remark(spot, actor=actor, now=now, reason=reason)
        spot.pinned = True
    belong(report, spot.id)
    report.updated_at = now
    flag_modified(report, "updated_at")  # counts its version up: whoever has it open is told that it lies elsewhere now
    if report.state != "in_spot":
        move(report, "in_spot", actor=actor, now=now)
    return concerned


def lock_original(report: Report, reason: str, *, actor: Actor, now: datetime) -> None:
    """Keep the text as it came in, where no page reads it, until there is a decision on its disposal (domain brief, 4.3)."""
    db.session.add(
        LockedText(
            report_id=report.id, text=report.text, reason=reason, locked_by=actor.name, created_at=now, updated_at=now
        )
    )
