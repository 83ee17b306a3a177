"""What the desk decides about one photo, whatever it belongs to: cover something in it, approve it, hide it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from app.adapters.photo_intake import KeptPhoto
from app.domain.people import Actor
from app.models.base import db
from app.models.history import History
from app.models.photos import LockedPhoto, Photo
from app.models.reports import Report
from app.models.tickets import Ticket
from app.models.walks import Walk, WalkEntry, WalkStop
from app.services import walk_steps
from app.services.desk_steps import history_of
from app.services.transitions import move, remark

REASON_LENGTH_MAX = 1000


class Unknown(LookupError):
    """There is no such photo, or it belongs to nothing that this person may change."""


def find(photo_id: int) -> tuple[Photo, Report | Walk | Ticket]:
    """Return a photo and what it shows.

    Raises:
        Unknown: no such photo, or one that still waits for its report.

    """
    found = select(Photo).where(Photo.id == photo_id)
    photo = db.session.scalars(found.options(selectinload(Photo.report), selectinload(Photo.ticket))).first()
    thing = photo and (photo.report or _walk_of(photo) or photo.ticket)
    if not photo or not thing:
        raise Unknown
    return photo, thing


def history(photo_id: int) -> Sequence[History]:
    """Return what was decided about a photo, oldest first."""
    return history_of("photo", photo_id)


def cover(photo_id: int, seen: str, kept: KeptPhoto, reason: str, *, actor: Actor, now: datetime) -> Photo:
    """Let a covered copy take the photo's place. The photo as it was is locked, with who, when and why.

    Args:
        seen: the address of the photo that the boxes were drawn on. kept: the copy, safe on the disk. reason: not empty.

    Raises:
        Unknown: no such photo. StaleDataError: somebody else covered something in it meanwhile. NotAllowed: not this person.

    """
    photo, thing = find(photo_id)
    remark(thing, actor=actor, now=now, reason=f"Foto {photo.id} övermålat: {reason}")
    if photo.public_id != seen:
        raise StaleDataError(f"photo {photo.id} has another address by now")
    db.session.add(
        LockedPhoto(
            photo_id=photo.id, public_id=photo.public_id, sha256=photo.sha256, reason=reason[:REASON_LENGTH_MAX],
            locked_by=actor.name, created_at=now, updated_at=now,
        )
    )  # fmt: skip
    photo.public_id, photo.sha256 = kept.public_id, kept.sha256
    photo.width, photo.height = kept.width, kept.height
    remark(photo, actor=actor, now=now, reason=f"Övermålat: {reason}")
    _count_up(thing, now)
    db.session.commit()
    return photo


def judge(photo_id: int, to: str, reason: str, *, actor: Actor, now: datetime) -> Photo:
    """Approve a photo for everybody, hide it (the reason is not empty then), or take it back to staff only.

    Raises:
        Unknown: no such photo. ForbiddenMove, ReasonMissing, NotAllowed: as any move.

    """
    photo, thing = find(photo_id)
    remark(thing, actor=actor, now=now, reason=f"Foto {photo.id}: {to}. {reason}".strip())
    move(photo, to, actor=actor, now=now, reason=reason)
    _count_up(thing, now)
    db.session.commit()
    return photo


def _walk_of(photo: Photo) -> Walk | None:
    if photo.walk_entry_id is None:
        return None
    found = select(Walk).join(WalkStop, WalkStop.walk_id == Walk.id).join(WalkEntry, WalkEntry.stop_id == WalkStop.id)
    return db.session.scalars(found.where(WalkEntry.id == photo.walk_entry_id)).first()


def _count_up(thing: Report | Walk | Ticket, now: datetime) -> None:
    """A walk's protocol that was open somewhere is an older one now."""
    if isinstance(thing, Walk):
        walk_steps.changed(thing, now)
