"""What those who lead the work see of an interruption: at once at the desk and in a letter, until one takes care of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.adapters.mail import Mail, MailFailed, compose
from app.domain.people import ADMIN, COORDINATOR, Actor
from app.models.base import db
from app.models.interruptions import Interruption
from app.models.staff import Staff
from app.models.tickets import Ticket
from app.services.desk_steps import of_district
from app.services.transitions import remark

LANGUAGES: Final = ("sv", "en")


class Unknown(LookupError):
    """There is no such interruption in this person's districts, or somebody has taken care of it."""


def unseen(district_ids: Collection[int]) -> Sequence[Interruption]:
    """Return what nobody has taken care of, the oldest first."""
    return db.session.scalars(_waiting(district_ids).order_by(Interruption.at, Interruption.id)).all()


def take_care(interruption_id: int, *, actor: Actor, now: datetime) -> Interruption:
    """Say that one who leads the work has talked to the technician and decided what comes next.

    Raises:
        Unknown: there is no such interruption left.

    """
    found = db.session.scalars(_waiting(actor.district_ids).where(Interruption.id == interruption_id)).first()
    if found is None:
        raise Unknown(interruption_id)
    found.seen_at, found.seen_by_id, found.updated_at = now, actor.staff_id, now
    remark(found.ticket, actor=actor, now=now, reason="Avbrottet av säkerhetsskäl är omhändertaget.")
    db.session.commit()
    return found


def tell(payload: Mapping[str, Any], now: datetime, *, mail: Mail, base_url: str) -> int:
    """Write to every coordinator of the district and every admin; return how many letters were handed over.

    Raises:
        MailFailed: when some did not get theirs; the letters have names, so that trying again doubles none.

    """
    del now
    found = db.session.scalars(_waiting(()).where(Interruption.id == payload["id"])).first()
    if found is None:
        return 0
    failed, told = [], _leaders(found.ticket)
    for leader in told:
        lang = leader.lang if leader.lang in LANGUAGES else "sv"
        facts = {
            "technician": found.staff.name, "reference": found.ticket.reference, "note": found.note,
            "pole": (found.ticket.lamp.pole_number or found.ticket.lamp.asset_id) if found.ticket.lamp else "",
            "link": f"{base_url}/coordinator/tickets/{found.ticket_id}",
        }  # fmt: skip
        try:
            mail.send(compose(f"interruption-{found.id}-{leader.id}", leader.email, lang, "ticket_interruption", facts))
        except MailFailed as error:
            failed.append(str(error))
    if failed:
        raise MailFailed(failed[0])
    return len(told)


def _leaders(ticket: Ticket) -> list[Staff]:
    found = select(Staff).where(Staff.role.in_((COORDINATOR, ADMIN)), Staff.active.is_(True)).order_by(Staff.id)
    everyone = db.session.scalars(found.options(selectinload(Staff.districts))).all()
    here = ticket.district_id
    return [s for s in everyone if not s.districts or here is None or here in {d.id for d in s.districts}]


def _waiting(district_ids: Collection[int]) -> Select[Interruption]:
    found = select(Interruption).join(Ticket, Ticket.id == Interruption.ticket_id).where(Interruption.seen_at.is_(None))
    mine = of_district(Ticket.district_id, district_ids)
    shown = joinedload(Interruption.ticket)
    found = found.options(
        shown.joinedload(Ticket.lamp), shown.joinedload(Ticket.district), joinedload(Interruption.staff)
    )
    return found if mine is None else found.where(mine)
