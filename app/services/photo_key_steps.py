"""Which files of the photo store belong to something, and asking for those to be deleted that no longer do. Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import select

from app.adapters.photo_intake import key
from app.domain.photos import VARIANTS
from app.models.base import db
from app.models.jobs import enqueue
from app.models.photos import LockedPhoto, Photo

FORGET_FILES: Final = "forget_files"


def named_keys() -> Iterator[str]:
    """Yield the key of each photo that a row names, in each of its sizes; the unseen originals as well."""
    for column in (Photo.public_id, LockedPhoto.public_id):
        for public_id in db.session.scalars(select(column)):
            yield from keys_of(public_id)


def keys_of(public_id: str) -> list[str]:
    """Return the keys of one photo, in each of its sizes."""
    return [key(public_id, variant) for variant in VARIANTS]


def ask_to_forget(public_ids: Iterable[str], now: datetime) -> None:
    """Ask the worker, in the commit in which their rows go, to delete these photos' files: again until they are gone."""
    files = [file for public_id in public_ids for file in keys_of(public_id)]
    if files:
        enqueue(FORGET_FILES, now=now, payload={"files": files})
