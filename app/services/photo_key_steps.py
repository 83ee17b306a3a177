"""Which files of the photo store belong to something. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from app.adapters.photo_intake import key
from app.domain.photos import VARIANTS
from app.models.base import db
from app.models.photos import LockedPhoto, Photo


def named_keys() -> Iterator[str]:
    """Yield the key of each photo that a row names, in each of its sizes; the unseen originals as well."""
    for column in (Photo.public_id, LockedPhoto.public_id):
        for public_id in db.session.scalars(select(column)):
            yield from keys_of(public_id)


def keys_of(public_id: str) -> list[str]:
    """Return the keys of one photo, in each of its sizes."""
    return [key(public_id, variant) for variant in VARIANTS]
