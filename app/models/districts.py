"""The municipality, its districts and the rules that are dated data, never code."""

from __future__ import annotations

from datetime import date
from typing import Any

from geoalchemy2 import Geometry
from geoalchemy2.elements import WKBElement
from sqlalchemy import JSON, ColumnElement, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.basemap import ADDRESS, STREET
from app.models.base import SRID_WGS84, Base, Identified


class Municipality(Identified, Base):
    """The data controller: one row per installation. `epsg` is the metric system chosen from where it lies."""

    __tablename__ = "municipality"

    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    epsg: Mapped[int]
    lon: Mapped[float]
    lat: Mapped[float]
    timezone: Mapped[str] = mapped_column(String(60), default="Europe/Stockholm")
    area: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=SRID_WGS84, spatial_index=False), deferred=True
    )
    population: Mapped[int | None]
    safety_number: Mapped[str] = mapped_column(String(40), default="")
    safety_number_name: Mapped[str] = mapped_column(String(100), default="")
    fault_number: Mapped[str] = mapped_column(String(40), default="")
    reading_hours: Mapped[str] = mapped_column(String(100), default="vardagar 8–16")
    pole_pattern: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class District(Identified, Base):
    """A part of the municipality with its own name; old borders are kept by their dates."""

    __tablename__ = "district"

    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(60), default="")
    area: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=SRID_WGS84, spatial_index=True), deferred=True
    )
    population: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    priority_from: Mapped[date | None]
    priority_to: Mapped[date | None]
    priority_decision: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class NamedPlace(Identified, Base):
    """A place that people name: a square, a stop, a path. For the list and search routes of the report page.

    Streets and addresses (domain/basemap.py) are searched for; they are too many for a list and too long to meet at.
    """

    __tablename__ = "named_place"

    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(40), default="place")
    environment: Mapped[str] = mapped_column(String(40), default="")
    lon: Mapped[float]
    lat: Mapped[float]
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)

    @classmethod
    def is_place(cls) -> ColumnElement[bool]:
        """Return the condition “a place to meet at or to name a spot after”, not a street or an address."""
        return cls.kind.not_in((STREET, ADDRESS))


class Rule(Identified, Base):
    """A dated rule of the municipality: response times, score weights, retention. The newest that has begun holds."""

    __tablename__ = "rule"
    __table_args__ = (UniqueConstraint("kind", "valid_from"),)

    kind: Mapped[str] = mapped_column(String(40), index=True)
    valid_from: Mapped[date]
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    decision: Mapped[str] = mapped_column(String(200), default="")
