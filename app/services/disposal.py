"""Carrying out a decision on disposal (gallringsbeslut): what was covered in texts and photos is deleted for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.photos import LockedPhoto, Photo
from app.models.reports import LockedText, Report
from app.services.photo_key_steps import ask_to_forget
from app.services.transitions import remark


@dataclass(frozen=True)
class Disposed:
    """How many originals of each kind were deleted (or would be)."""

    texts: int
    photos: int


def dispose(before: datetime, decision: str, *, now: datetime, only_count: bool = False) -> Disposed:
    """Delete the originals that were locked before a moment; history says by which decision, never what they said.

    Args:
        before: with a zone. decision: its body, date or number. The rows go first, and the worker is asked in the same commit
        to delete their files.

    """
    texts = db.session.scalars(select(LockedText).where(LockedText.created_at < before)).all()
    photos = db.session.scalars(select(LockedPhoto).where(LockedPhoto.created_at < before)).all()
    if only_count:
        return Disposed(len(texts), len(photos))
    said = f"Låst original gallrat enligt {decision}"
    reports = {r.id: r for r in db.session.scalars(select(Report).where(Report.id.in_({t.report_id for t in texts})))}
    shown = select(Photo).where(Photo.id.in_({p.photo_id for p in photos})).options(selectinload(Photo.report))
    for thing in (*reports.values(), *db.session.scalars(shown)):
        remark(thing, actor=THE_SYSTEM, now=now, reason=said)
    ask_to_forget([photo.public_id for photo in photos], now)
    for row in (*texts, *photos):
        db.session.delete(row)
    db.session.commit()
    return Disposed(len(texts), len(photos))
