"""A walk's route as a drawing of our own: it needs no tiles, no script and no colour, and it prints."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shapely import get_coordinates
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from app.models.walks import Walk
from app.services.walk_pages import Around

WIDTH: Final = 720
HEIGHT: Final = (300, 560)
MARGIN: Final = 46
METRES_PER_DEGREE: Final = 111_195.0
SCALES_M: Final = (20, 50, 100, 200, 500, 1000, 2000)
NAME_CLEARANCE: Final = 34
FOOT: Final = 30
"""Room under the drawing for the scale."""

Place = tuple[float, float]
Project = Callable[[float, float], Place]


@dataclass(frozen=True)
class Mark:
    """A point on the drawing, in its own units, with the words that stand beside it."""

    x: float
    y: float
    label: str
    title: str = ""
    safe: bool = False


@dataclass(frozen=True)
class Picture:
    """All that the template prints. `line` is the loop as SVG points; `scale_px` stands for `scale_m` metres."""

    width: int
    height: int
    line: str
    stops: Sequence[Mark]
    meeting: Mark | None
    spots: Sequence[str]
    lamps: Sequence[Place]
    names: Sequence[Mark]
    scale_m: int
    scale_px: float


def route_picture(walk: Walk, around: Around) -> Picture | None:
    """Return the drawing of a walk, north up, or None when it has no stops."""
    if not walk.stops:
        return None
    meeting = (
        (walk.meeting_lon, walk.meeting_lat) if walk.meeting_lon is not None and walk.meeting_lat is not None else None
    )
    corners = [*([meeting] if meeting else []), *((s.lon, s.lat) for s in walk.stops)]
    way = [*around.line] or [*corners, corners[0]]
    project, height, px_per_m = _projection([*corners, *way])
    stops = [Mark(*project(s.lon, s.lat), str(s.ordinal), s.title, s.safe_place) for s in walk.stops]
    loop = [project(*place) for place in way]
    scale_m = max((m for m in SCALES_M if m * px_per_m <= WIDTH / 3), default=SCALES_M[0])
    names = [Mark(*project(lon, lat), name) for name, lon, lat in around.places]
    return Picture(
        width=WIDTH,
        height=height + FOOT,
        line=" ".join(f"{x:.1f},{y:.1f}" for x, y in loop),
        stops=stops,
        meeting=Mark(*project(*meeting), "M", walk.meeting_place) if meeting else None,
        spots=[d for _, shape in around.spots for d in _paths(shape, project)],
        lamps=[project(lon, lat) for lon, lat in around.lamps],
        names=_clear_names(names, [*stops, *([Mark(*project(*meeting), "M")] if meeting else [])], height),
        scale_m=scale_m,
        scale_px=scale_m * px_per_m,
    )


def _projection(corners: Sequence[Place]) -> tuple[Project, int, float]:
    """Return how to draw a position, the drawing's height, and its units per metre."""
    west, east = min(c[0] for c in corners), max(c[0] for c in corners)
    south, north = min(c[1] for c in corners), max(c[1] for c in corners)
    stretch = math.cos(math.radians((south + north) / 2))
    wide_m = max((east - west) * METRES_PER_DEGREE * stretch, 80.0)
    high_m = max((north - south) * METRES_PER_DEGREE, 80.0)
    px_per_m = min((WIDTH - 2 * MARGIN) / wide_m, (HEIGHT[1] - 2 * MARGIN) / high_m)
    height = round(min(max(high_m * px_per_m + 2 * MARGIN, HEIGHT[0]), HEIGHT[1]))
    middle_lon, middle_lat = (west + east) / 2, (south + north) / 2

    def project(lon: float, lat: float) -> Place:
        x = WIDTH / 2 + (lon - middle_lon) * METRES_PER_DEGREE * stretch * px_per_m
        y = height / 2 - (lat - middle_lat) * METRES_PER_DEGREE * px_per_m
        return round(x, 1), round(y, 1)

    return project, height, px_per_m


def _paths(shape: BaseGeometry, project: Project) -> list[str]:
    """Return a spot's outline (or its line) as SVG paths."""
    parts = list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]
    paths = []
    for part in parts:
        closed = isinstance(part, Polygon)
        points = [project(x, y) for x, y in get_coordinates(part.exterior if isinstance(part, Polygon) else part)]
        if len(points) > 1:
            paths.append("M" + "L".join(f"{x} {y}" for x, y in points) + ("Z" if closed else ""))
    return paths


def _clear_names(names: Sequence[Mark], marks: Sequence[Mark], height: int) -> list[Mark]:
    """Return the names that lie inside and cover neither a stop nor each other."""
    drawn: list[Mark] = []
    for name in names:
        inside = 20 < name.x < WIDTH - 120 and 20 < name.y < height - 20
        beside = all(math.hypot(name.x - m.x, name.y - m.y) > NAME_CLEARANCE for m in marks)
        if inside and beside and all(abs(name.y - d.y) > 14 or abs(name.x - d.x) > 120 for d in drawn):
            drawn.append(name)
    return drawn
