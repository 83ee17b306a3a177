"""From the bytes that somebody sent to a photo that is safely kept: cleaned first, then written, then named."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.adapters.images import Box, ImageCleaner, PhotoRefused
from app.adapters.photo_store import PhotoStore, StoreFull

PASSING: Final = frozenset({"no_room", "unavailable", "took_too_long"})
"""Reasons of ours, which may be gone in a while."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeptPhoto:
    """A photo on durable storage. `position` is what the camera claimed (lon, lat), offered and never taken."""

    public_id: str
    sha256: str
    width: int
    height: int
    position: tuple[float, float] | None


@dataclass(frozen=True)
class Intake:
    """What became of a handful of photos, and the code of what went wrong with each of the others.

    again: which of those handed in, counted from 0, had nothing wrong with them and may come once more.
    """

    kept: tuple[KeptPhoto, ...] = ()
    refused: tuple[str, ...] = ()
    again: tuple[int, ...] = ()


def key(public_id: str, variant: str) -> str:
    """Return the store's key for one size of a photo."""
    return f"{public_id}-{variant}.jpg"


def take_in(
    uploads: Sequence[bytes], names: Sequence[str], cleaner: ImageCleaner, store: PhotoStore, most: int
) -> Intake:
    """Clean and keep up to `most` photos under the given random names; a refused one never stops the rest.

    Nothing that happens to a photo raises: what was written of it is swept later, and the words beside it are kept.
    """
    kept: list[KeptPhoto] = []
    refused: list[str] = ["too_many"] * max(len(uploads) - most, 0)
    again: list[int] = []
    for at, (data, name) in enumerate(zip(uploads[:most], names, strict=False)):
        found = _tried(data, name, (), cleaner, store)
        if isinstance(found, KeptPhoto):
            kept.append(found)
            continue
        refused.append(found)
        if found in PASSING:
            again.append(at)
    return Intake(tuple(kept), tuple(refused), tuple(again))


def cover(public_id: str, name: str, boxes: Sequence[Box], cleaner: ImageCleaner, store: PhotoStore) -> Intake:
    """Keep a copy of a kept photo under a new random name with solid boxes burned in; the one it was made of stays."""
    try:
        data = store.get(key(public_id, "large"))
    except (KeyError, OSError):
        log.exception("a photo could not be read")
        return Intake(refused=("unavailable",))
    found = _tried(data, name, boxes, cleaner, store)
    return Intake((found,)) if isinstance(found, KeptPhoto) else Intake(refused=(found,))


def _tried(data: bytes, name: str, boxes: Sequence[Box], cleaner: ImageCleaner, store: PhotoStore) -> KeptPhoto | str:
    """Return the photo as it is kept, or the code of why it is not."""
    try:
        return _keep(data, name, boxes, cleaner, store) if store.has_room() else "no_room"
    except PhotoRefused as error:
        return error.code
    except StoreFull:
        return "no_room"
    except OSError:
        log.exception("a photo could not be kept")
        return "unavailable"


def _keep(data: bytes, name: str, boxes: Sequence[Box], cleaner: ImageCleaner, store: PhotoStore) -> KeptPhoto:
    clean = cleaner.clean(data, boxes)
    for variant, image in clean.variants.items():
        store.put(key(name, variant), image.data)
    large = clean.variants["large"]
    return KeptPhoto(name, clean.sha256, large.width, large.height, clean.exif_position)


__all__ = ["Intake", "KeptPhoto", "cover", "key", "take_in"]
