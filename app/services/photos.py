"""Who may see a photo."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.photos import VARIANTS, visible_to_public
from app.models.base import db
from app.models.photos import Photo


def find(public_id: str, variant: str) -> Photo | None:
    """Return the photo behind an address, or None when there is no such photo or size."""
    if variant not in VARIANTS:
        return None
    return db.session.scalars(select(Photo).where(Photo.public_id == public_id)).first()


def may_see(photo: Photo, *, is_staff: bool, has_key: bool) -> bool:
    """Staff see every photo, a resident those that their receipt names, everyone those that were approved."""
    if is_staff:
        return True
    return photo.state != "hidden" and (has_key or visible_to_public(photo.state))
