"""What is left of photos that nobody sent after all: deleted each night, since no report, note or ticket has them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from app.adapters.photo_store import PhotoStore, orphans
from app.models.base import db
from app.models.photos import Photo
from app.services.photo_key_steps import ask_to_forget, named_keys

TIDY_PHOTOS: Final = "tidy_photos"
WAITS: Final = timedelta(days=2)
"""How long a photo waits for its form to be sent, and a file for its row."""
FEW: Final = 20
SHARE: Final = 0.01
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tidied:
    """How many photos were deleted of forms that were never sent, and how many files that no row names."""

    unsent: int
    files: int


def tidy(store: PhotoStore, *, now: datetime) -> Tidied:
    """Delete photos of forms that were not sent within two days, and files that a crash left without a row.

    Files are left alone when it may be that this is not their database, or an older one that was brought back: those that are
    younger than the newest photo with a row, and all of them, with a warning, when there are more than a few.
    """
    unsent = _forget_unsent(now)
    known, newest = set(named_keys()), db.session.scalar(select(func.max(Photo.created_at)))
    db.session.rollback()
    if newest is None:
        return Tidied(unsent, 0)
    lost = orphans(store, known, before=min(newest, now - WAITS))
    if len(lost) > max(FEW, SHARE * len(known)):
        log.warning("%s files of the photo store have no row: nothing was deleted. Is this their database?", len(lost))
        return Tidied(unsent, 0)
    for name in lost:
        log.info("the photo file %s has no row, and is deleted", name)
        store.delete(name)
    return Tidied(unsent, len(lost))


def _forget_unsent(now: datetime) -> int:
    """Delete the rows of photos whose form was never sent; the worker is asked in the same commit to delete their files."""
    waited = Photo.staged_for.is_not(None), Photo.report_id.is_(None), Photo.created_at < now - WAITS
    # Those alone that are deleted here: a form may be sent in this very moment.
    gone = delete(Photo).where(*waited).returning(Photo.public_id)
    names = db.session.scalars(gone, execution_options={"synchronize_session": False}).all()
    ask_to_forget(names, now)
    db.session.commit()
    return len(names)
