"""Positions in the database: longitude and latitude as plain numbers, and a point beside them for the spatial index.

The numbers are what pages read (nine times faster than unpacking the point); the point is what the index searches.
They are set together or not at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from geoalchemy2 import Geography, Geometry, WKTElement
from geoalchemy2.elements import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    BindParameter,
    ColumnClause,
    ColumnElement,
    Float,
    FromClause,
    TableClause,
    and_,
    cast,
    column,
    func,
    inspect,
    select,
    table,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.models.base import SRID_WGS84, db

METRES_PER_DEGREE_LAT = 110_574.0
METRES_PER_DEGREE_LON = 111_320.0
WINDOW_M = 40.0
Degrees = float | BindParameter[Any]


class Placed:
    """A row at a position: `lon`, `lat` in WGS84 degrees and the same as `position` for the index."""

    lon: Mapped[float]
    lat: Mapped[float]

    @declared_attr
    def position(cls) -> Mapped[WKBElement]:  # noqa: N805
        """The point of the spatial index; deferred, since pages read the numbers."""
        return mapped_column(Geometry("POINT", srid=SRID_WGS84, spatial_index=True), nullable=False, deferred=True)

    def place_at(self, lon: float, lat: float) -> None:
        """Set the position once for the numbers and for the index."""
        self.lon, self.lat = lon, lat
        self.position = WKTElement(f"POINT({lon!r} {lat!r})", srid=SRID_WGS84)


def point_at(lon: Degrees, lat: Degrees) -> ColumnElement[Any]:
    """Return a WGS84 point as the database makes it from two numbers: quicker than reading one from a text."""
    if db.engine.dialect.name == "postgresql":
        return func.ST_SetSRID(func.ST_MakePoint(lon, lat), SRID_WGS84)
    return func.MakePoint(lon, lat, SRID_WGS84)


def shape_at(wkb: BindParameter[bytes]) -> ColumnElement[Any]:
    """Return a WGS84 geometry as the database makes it from well-known binary: quicker than reading one from a text."""
    if db.engine.dialect.name == "postgresql":
        return func.ST_GeomFromWKB(wkb, SRID_WGS84)
    return func.GeomFromWKB(wkb, SRID_WGS84)


def near(model: type[Placed], lon: float, lat: float, radius_m: float) -> ColumnElement[bool]:
    """Return the condition “within `radius_m` metres of this WGS84 position”, served by the spatial index."""
    if db.engine.dialect.name == "postgresql":
        geography = Geography(geometry_type=None, spatial_index=False)  # with a type the index is not used
        exactly = func.ST_DWithin(cast(model.position, geography), cast(point_at(lon, lat), geography), radius_m)
        return and_(_window(model, lon, lat, radius_m), exactly)
    within = func.PtDistWithin(model.position, point_at(lon, lat), radius_m, 1) == 1
    return and_(_window(model, lon, lat, radius_m), within)


def nearest_rows(
    model: type[Placed], lon: float, lat: float, count: int, *condition: ColumnElement[bool], within_m: float
) -> Sequence[Any]:
    """Return `id`, `lon`, `lat` of rows among which the nearest to a WGS84 position are, in no order, by the spatial index.

    PostGIS walks its index outward from the place. SpatiaLite's R*Tree cannot: there a window around the place doubles until
    it holds enough, and is then widened to the circle around its corners, since what lies just beyond a side may be nearer.

    Args:
        count: how many at least, if there are so many. condition: what else must hold. within_m: where looking ends; what
        lies beyond may be among the rows.

    """
    table = inspect(model).local_table
    wanted = select(table.c.id, table.c.lon, table.c.lat).where(*condition)
    if db.engine.dialect.name == "postgresql":
        geography = Geography(geometry_type=None, spatial_index=False)
        away = cast(model.position, geography).op("<->")(cast(point_at(lon, lat), geography))
        bounded = wanted.where(near(model, lon, lat, within_m)) if condition else wanted
        return db.session.execute(bounded.order_by(away).limit(count)).all()
    half_m = WINDOW_M
    while half_m < within_m and not _holds(model, _window(model, lon, lat, half_m), count, *condition):
        half_m *= 2
    return db.session.execute(wanted.where(_window(model, lon, lat, half_m * math.sqrt(2)))).all()


def _holds(model: type[Placed], window: ColumnElement[bool], count: int, *condition: ColumnElement[bool]) -> bool:
    found = select(inspect(model).local_table.c.id).where(window, *condition).limit(count)
    return len(db.session.execute(found).all()) == count


def _window(model: type[Placed], lon: float, lat: float, half_m: float) -> ColumnElement[bool]:
    return within_box(model, *window(lon, lat, half_m))


def window(lon: float, lat: float, half_m: float) -> tuple[float, float, float, float]:
    """Return west, south, east, north in WGS84 degrees of a box that reaches at least `half_m` metres each way."""
    d_lat = half_m / METRES_PER_DEGREE_LAT * 1.01
    d_lon = d_lat * METRES_PER_DEGREE_LAT / (METRES_PER_DEGREE_LON * max(math.cos(math.radians(lat)), 0.01))
    return lon - d_lon, lat - d_lat, lon + d_lon, lat + d_lat


def within_box(
    model: type[Placed], west: Degrees, south: Degrees, east: Degrees, north: Degrees, *, of: str = "position"
) -> ColumnElement[bool]:
    """Return the condition “inside this box of WGS84 degrees” (for a shape: its box meets it), served by the spatial index."""
    if db.engine.dialect.name == "postgresql":
        box = func.ST_MakeEnvelope(west, south, east, north, SRID_WGS84)
        meets: ColumnElement[bool] = getattr(model, of).op("&&")(box)
        return meets
    return _in_rtree(model, west, south, east, north, of=of)


def _in_rtree(
    model: type[Placed], west: Degrees, south: Degrees, east: Degrees, north: Degrees, *, of: str = "position"
) -> ColumnElement[bool]:
    tree = _rtree(model, of)
    inside = (tree.c.xmax >= west, tree.c.xmin <= east, tree.c.ymax >= south, tree.c.ymin <= north)
    found: ColumnElement[bool] = inspect(model).local_table.c.id.in_(select(tree.c.pkid).where(*inside))
    return found


def extent_of(model: type[Placed], of: str, dialect: str) -> tuple[list[ColumnElement[Any]], FromClause]:
    """Return west, south, east and north of a geometry in WGS84 degrees, and where to ask for them; SpatiaLite's index knows."""
    here = inspect(model).local_table
    if dialect == "postgresql":
        ends = ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")
        return [getattr(func, end)(here.c[of], type_=Float) for end in ends], here
    tree = _rtree(model, of)
    return [tree.c.xmin, tree.c.ymin, tree.c.xmax, tree.c.ymax], here.join(tree, tree.c.pkid == here.c.id)


def _rtree(model: type[Placed], of: str) -> TableClause:
    """Return SpatiaLite's index, which is used only when it is asked by name; it keeps 32-bit floats, rounded outwards."""
    columns: list[ColumnClause[Any]] = [column(name) for name in ("pkid", "xmin", "xmax", "ymin", "ymax")]
    return table(f"idx_{inspect(model).local_table.name}_{of}", *columns)


def to_multipolygon(shape: BaseGeometry) -> WKBElement:
    """Return a WGS84 polygon or multipolygon as the database keeps it: always a multipolygon."""
    if isinstance(shape, Polygon):
        shape = MultiPolygon([shape])
    if not isinstance(shape, MultiPolygon):
        raise TypeError(f"an area must be a polygon, not a {shape.geom_type}")
    return from_shape(shape, srid=SRID_WGS84)


def to_element(shape: BaseGeometry) -> WKBElement:
    """Return any WGS84 geometry as the database keeps it."""
    return from_shape(shape, srid=SRID_WGS84)


def shape_of(element: WKBElement | None) -> BaseGeometry | None:
    """Return a kept geometry as a Shapely value in WGS84 degrees."""
    return None if element is None else to_shape(element)
