"""Which municipality and which district a position belongs to, asked of the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from sqlalchemy import ColumnClause, ColumnElement, column, func, literal_column, select, table
from sqlalchemy.orm import undefer

from app.models.base import SRID_WGS84, db
from app.models.districts import District, Municipality
from app.models.places import shape_of


def municipality() -> Municipality | None:
    """Return the municipality of this installation, or None before it is set up."""
    return db.session.scalars(select(Municipality).order_by(Municipality.id).limit(1)).first()


def zone() -> ZoneInfo:
    """Return the municipality's time zone; Stockholm's before it is set up."""
    here = municipality()
    return ZoneInfo(here.timezone if here else "Europe/Stockholm")


def municipal_area() -> BaseGeometry | None:
    """Return the municipality's own area, or its districts' union, in WGS84 degrees; None when neither is known."""
    row = db.session.scalars(
        select(Municipality).options(undefer(Municipality.area)).order_by(Municipality.id).limit(1)
    ).first()
    if row is not None and row.area is not None:
        return shape_of(row.area)
    shapes = [shape_of(d.area) for d in districts_with_area()]
    return unary_union([s for s in shapes if s is not None]) if shapes else None


def districts() -> Sequence[District]:
    """Return today's districts by name."""
    return db.session.scalars(select(District).where(District.valid_to.is_(None)).order_by(District.name)).all()


def districts_with_area() -> Sequence[District]:
    """Return today's districts in the order that settles a border point (lowest number first), with their areas."""
    return db.session.scalars(
        select(District).where(District.valid_to.is_(None)).options(undefer(District.area)).order_by(District.id)
    ).all()


def district_at(lon: float, lat: float) -> District | None:
    """Return the district that a WGS84 position lies in; a border point lies in the one with the lowest number."""
    point = func.ST_SetSRID(func.ST_Point(lon, lat), SRID_WGS84)
    covers: ColumnElement[bool] = func.ST_Intersects(District.area, point)
    if db.engine.dialect.name == "sqlite":
        point = func.MakePoint(lon, lat, SRID_WGS84)
        columns: list[ColumnClause[Any]] = [column(name) for name in ("pkid", "xmin", "xmax", "ymin", "ymax")]
        tree = table("idx_district_area", *columns)
        near = (tree.c.xmin <= lon, tree.c.xmax >= lon, tree.c.ymin <= lat, tree.c.ymax >= lat)
        boxed = literal_column("district.id").in_(select(tree.c.pkid).where(*near))
        covers = boxed & (func.ST_Intersects(District.area, point) == 1)
    found = select(District).where(District.valid_to.is_(None), covers).order_by(District.id).limit(1)
    return db.session.scalars(found).first()
