"""Letters of invitation, sent by a job: to owners along the way, and to those who reported and wished to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from app.adapters import words
from app.adapters.mail import Letter, Mail
from app.domain import invitations as rules
from app.models.base import db
from app.models.walks import Walk
from app.services import walk_steps as steps
from app.services.walk_invitation_steps import letters


def send(payload: Mapping[str, Any], *, mail: Mail, base_url: str) -> int:
    """Write to everybody whom an invitation names; return how many. A letter that was sent before bears the same name."""
    walk, to = letters(int(payload["walk_id"]), payload["organisations"], reporters=bool(payload["reporters"]))
    if walk is None or walk.state == "cancelled":
        return 0
    subject, body = text(walk, str(payload["lang"]), str(payload["audience"]), f"{base_url}/walks/{walk.id}")
    db.session.rollback()  # give the lock back before talking to a mail server
    for key, address in to:
        mail.send(Letter(key, address, subject, body))
    return len(to)


def text(walk: Walk, lang: str, audience: str, link: str) -> tuple[str, str]:
    """Return the subject and the body of an invitation in plain text."""
    said, dates = rules.TEXTS[lang], rules.LANGUAGES[lang].dates
    facts = {"district": walk.district.name, "minutes": str(walk.minutes)}
    local = walk.starts_at.astimezone(ZoneInfo(steps.where().timezone)) if walk.starts_at else None
    when = f"{words.long_date(dates, local.date())}, {local:%H:%M}" if local else "–"
    body = (
        f"{said.for_whom[audience]} {said.body % facts}\n\n{said.when}: {when}\n{said.where}: {walk.meeting_place or '–'}\n\n"
        f"{said.sign_up}: {link}\n"
    )
    return said.heading % facts, body
