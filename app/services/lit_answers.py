"""“Ja, den lyser”: whoever reported a lamp may close or open it again, for they live where it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.domain import receipts
from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.reports import Report
from app.models.tickets import Ticket
from app.services.ticket_chain_steps import LIT_AGAIN, tell_the_chain
from app.services.ticket_steps import open_again
from app.services.transitions import move

STILL_DARK = "En boende svarade att lampan inte lyser."
SILENT = frozenset({"withdrawn", "rejected"})


def say_whether_lit(secret: str, *, lit: bool, now: datetime) -> bool | None:
    """Close a mended ticket as seen by a resident, or open it again; say whether the answer was still asked for.

    None when no report has this receipt. The move is the system's: the resident's link opens their report and no more.
    """
    report = db.session.scalars(select(Report).where(Report.receipt_hash == receipts.secret_hash(secret))).first()
    if report is None:
        return None
    ticket = _locked(report.ticket_id) if report.ticket_id is not None and report.state not in SILENT else None
    if ticket is None or ticket.state != "repaired":
        return False
    if lit:
        ticket.verified_at, ticket.verified_how, ticket.closed_at = now, "resident", now
        move(ticket, "verified", actor=THE_SYSTEM, now=now)
        tell_the_chain(ticket, LIT_AGAIN, now)
    else:
        open_again(ticket, STILL_DARK, actor=THE_SYSTEM, now=now)
    db.session.commit()
    return True


def _locked(ticket_id: int) -> Ticket | None:
    found = select(Ticket).where(Ticket.id == ticket_id).with_for_update(of=Ticket)
    shown = selectinload(Ticket.reports), joinedload(Ticket.measure)
    return db.session.scalars(found.options(*shown).execution_options(populate_existing=True)).first()
