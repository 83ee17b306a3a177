"""The walking network as it was imported: one row for each way, with the box that it lies in."""

from __future__ import annotations

from geoalchemy2 import Geometry
from geoalchemy2.elements import WKBElement
from sqlalchemy import Boolean, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import SRID_WGS84, Base


class Walkway(Base):
    """A way that people walk. The box (WGS84 degrees) is what pages search by: a walk needs some hundred ways."""

    __tablename__ = "walkway"
    __table_args__ = (Index("ix_walkway_box", "south", "north", "west", "east"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[str] = mapped_column(String(40), default="")
    steps: Mapped[bool] = mapped_column(Boolean, default=False)
    lit: Mapped[bool | None] = mapped_column(Boolean)
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    line: Mapped[WKBElement] = mapped_column(
        Geometry("LINESTRING", srid=SRID_WGS84, spatial_index=False), nullable=False, deferred=True
    )
