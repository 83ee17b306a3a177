"""Reading a shape that somebody drew or wrote: one corner a line, latitude first as maps show it."""

from __future__ import annotations

import math
import re
from typing import Final

CORNERS_MAX: Final = 60
REACH_DEG: Final = 0.03
"""No corner lies farther than this from the spot (about two kilometres): a slip of the pen is no shape."""

_NUMBER: Final = re.compile(r"-?\d{1,3}(?:[.,]\d+)?")


class Unreadable(ValueError):
    """The corners cannot be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def corners(text: str, near: tuple[float, float]) -> list[tuple[float, float]]:
    """Return corners as (longitude, latitude), from lines such as `56.67612, 16.33508`.

    Args:
        text: one corner a line. near: longitude and latitude of the spot.

    Raises:
        Unreadable: a line without two numbers, fewer than two corners, too many, or one too far away.

    """
    found = [_corner(line) for line in text.splitlines() if line.strip()]
    if len(found) < 2 or len(found) > CORNERS_MAX:
        raise Unreadable("corners_count")
    if any(abs(lon - near[0]) > REACH_DEG * 2 or abs(lat - near[1]) > REACH_DEG for lon, lat in found):
        raise Unreadable("corners_far")
    return found


def _corner(line: str) -> tuple[float, float]:
    numbers = _NUMBER.findall(line)
    if len(numbers) != 2:
        raise Unreadable("corners_not_readable")
    lat, lon = (float(n.replace(",", ".")) for n in numbers)
    if not (math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180):
        raise Unreadable("corners_not_readable")
    return lon, lat
