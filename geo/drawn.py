"""A shape from corners that somebody drew, and back."""

from __future__ import annotations

from collections.abc import Sequence

from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry


class NoShape(ValueError):
    """The corners make no shape; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def drawn_shape(corners: Sequence[tuple[float, float]], *, area: bool) -> BaseGeometry:
    """Return corners (longitude, latitude) as an area or a line.

    Raises:
        NoShape: an area with fewer than three different corners, or one whose outline crosses itself.

    """
    different = list(dict.fromkeys(corners))
    if not area:
        if len(different) < 2:
            raise NoShape("corners_count")
        return LineString(corners)
    if len(different) < 3:
        raise NoShape("corners_count")
    shape = Polygon(different)
    if not shape.is_valid or shape.area == 0:
        raise NoShape("shape_crosses")
    return shape


def corners_of(shape: BaseGeometry | None) -> list[tuple[float, float]]:
    """Return the corners of a shape's outline or line; of several parts those of the largest, of a point none."""
    if isinstance(shape, MultiPolygon):
        shape = max(shape.geoms, key=lambda part: part.area)
    if isinstance(shape, Polygon):
        return [(x, y) for x, y in shape.exterior.coords[:-1]]
    if isinstance(shape, LineString):
        return [(x, y) for x, y in shape.coords]
    return []
