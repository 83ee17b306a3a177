"""What may be said of a photo: who sees it, and why one was refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.words import N_

VARIANTS: Final = ("large", "small")
BOXES_MAX: Final = 40
REFUSED: Final[Mapping[str, str]] = {
    "too_large": N_("Fotot är för stort. Högst 20 MB går att ta emot."),
    "too_many": N_("Högst tre foton går att skicka."),
    "not_an_image": N_("Filen är inte ett foto som vi kan läsa. JPEG, PNG, WebP och HEIC går bra."),
    "too_many_pixels": N_("Fotot har för många bildpunkter för att vi ska kunna läsa det."),
    "broken": N_("Fotot är skadat och gick inte att läsa."),
    "took_too_long": N_("Fotot tog för lång tid att läsa."),
    "unavailable": N_("Fotot gick inte att ta emot just nu."),
    "waited_too_long": N_("Ett foto väntade i mer än två dygn och finns inte kvar. Lägg gärna till det igen."),
    "no_room": N_("Vi har ont om plats och tar inte emot foton just nu. Rapporten är sparad."),
}


def visible_to_public(state: str) -> bool:
    """A photo is staff-only until a coordinator has approved it."""
    return state == "approved"


class BoxesUnclear(ValueError):
    """The boxes to cover cannot be read; the argument is the code of why."""


def read_boxes(rows: Sequence[Sequence[str]]) -> list[tuple[float, float, float, float]]:
    """Return boxes (left, top, width, height in shares of the picture, cut at its edges) from what was typed in per cent.

    Raises:
        BoxesUnclear: none, too many, or one that is no box of the picture. A row without a word in it is no box.

    """
    boxes = [_box(row) for row in rows if any(text.strip() for text in row)]
    if not boxes:
        raise BoxesUnclear("boxes_missing")
    if len(boxes) > BOXES_MAX:
        raise BoxesUnclear("boxes_too_many")
    return boxes


def _box(row: Sequence[str]) -> tuple[float, float, float, float]:
    try:
        left, top, width, height = (float(text.strip().replace(",", ".")) / 100 for text in row)
    except ValueError as error:
        raise BoxesUnclear("box_not_readable") from error
    if not all(map(math.isfinite, (left, top, width, height))) or not (0 <= left < 1 and 0 <= top < 1):
        raise BoxesUnclear("box_not_readable")
    if width <= 0 or height <= 0:
        raise BoxesUnclear("box_not_readable")
    return left, top, min(width, 1 - left), min(height, 1 - top)
