"""What is left of photos that nobody sent after all: deleted each night, since no report, note or ticket has them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from app.adapters.photo_store import PhotoStore, orphans
from app.models.base import db
from app.models.photos import Photo
from app.services.photo_key_steps import ask_to_forget, named_keys

TIDY_PHOTOS: Final = "tidy_photos"
WAITS: Final = timedelta(days=2)
"""How long a photo waits for its form to be sent, and a file for its row."""
FEW: Final = 100
SHARE: Final = 0.1
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tidied:
    """How many photos were deleted of forms that were never sent, and how many files that no row names."""

    unsent: int
    files: int


def tidy(store: PhotoStore, *, now: datetime) -> Tidied:
    """Delete photos of forms that were not sent within two days, and files that a crash left without a row.

    Files are left alone, with a warning, when more than a hundred, and more than a tenth of those that rows name, have no
    row: then it is likelier that this is not the database of these photos than that so many fell by the way.
    """
    unsent = _forget_unsent(now)
    known = set(named_keys())
    db.session.rollback()
    lost = orphans(store, known, older_than=WAITS, now=now)
    if len(lost) > max(FEW, SHARE * len(known)):
        log.warning("%s files of the photo store have no row: nothing was deleted. Is this their database?", len(lost))
        return Tidied(unsent, 0)
    for name in lost:
        store.delete(name)
    return Tidied(unsent, len(lost))


def _forget_unsent(now: datetime) -> int:
    """Delete the rows of photos whose form was never sent; the worker is asked in the same commit to delete their files."""
    waited = Photo.staged_for.is_not(None), Photo.report_id.is_(None), Photo.created_at < now - WAITS
    names = db.session.scalars(select(Photo.public_id).where(*waited)).all()
    ask_to_forget(names, now)
    if names:
        db.session.execute(delete(Photo).where(Photo.public_id.in_(names), *waited))
    db.session.commit()
    return len(names)
