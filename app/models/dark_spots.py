"""Dark spots: places with an identity, members, a score that can be read aloud, and work attached."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from geoalchemy2 import Geometry
from geoalchemy2.elements import WKBElement
from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import SRID_WGS84, Base, Identified, UtcDateTime
from app.models.districts import District
from app.models.places import Placed
from app.models.reports import Report
from app.models.staff import Organisation

if TYPE_CHECKING:
    from app.models.measures import Measure
    from app.models.tickets import Ticket


def reference(spot_id: int) -> str:
    """Return the speakable name of a dark spot: `F-` and its number."""
    return f"F-{spot_id}"


class DarkSpot(Identified, Placed, Base):
    """A place (or stretch) where reports gather. `position` is its centre, the report in its middle."""

    __tablename__ = "dark_spot"
    __table_args__ = (Index("ix_dark_spot_state_band", "state", "band", "district_id"),)

    state: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200), default="")
    named_by_staff: Mapped[bool] = mapped_column(Boolean, default=False)
    kind: Mapped[str] = mapped_column(String(10), default="place")
    shape: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=SRID_WGS84, spatial_index=True), deferred=True)
    length_m: Mapped[float] = mapped_column(default=0.0)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)

    environment: Mapped[str] = mapped_column(String(40), default="")
    light_fact: Mapped[str] = mapped_column(String(30), default="unknown")
    flow: Mapped[str] = mapped_column(String(20), default="unknown")
    context: Mapped[list[str]] = mapped_column(JSON, default=list)
    owner_land_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    owner_light_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    owner_vegetation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))

    report_count: Mapped[int] = mapped_column(default=0)
    reporter_count: Mapped[int] = mapped_column(default=0)
    first_report_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_report_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    category_counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    when_counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)

    score: Mapped[float] = mapped_column(default=0.0, index=True)
    score_low: Mapped[float] = mapped_column(default=0.0)
    score_high: Mapped[float] = mapped_column(default=0.0)
    band: Mapped[str] = mapped_column(String(1), default="C")
    score_parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    score_version: Mapped[str] = mapped_column(String(20), default="")
    scored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The score as the latest earlier day left it: `day`, `points`, `band`, `reports`, `reporters`, `version`, `parts`."""

    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_how: Mapped[str] = mapped_column(String(40), default="")
    held: Mapped[bool] = mapped_column(Boolean, default=False)
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    public: Mapped[bool] = mapped_column(Boolean, default=False)
    public_text: Mapped[str] = mapped_column(Text, default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("dark_spot.id"))
    version: Mapped[int] = mapped_column(default=1)

    district: Mapped[District | None] = relationship(lazy="raise")
    owner_land: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[owner_land_id])
    owner_light: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[owner_light_id])
    owner_vegetation: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[owner_vegetation_id])
    reports: Mapped[list[Report]] = relationship(
        lazy="raise", secondary="membership", order_by="Report.received_at.desc()", viewonly=True
    )
    measures: Mapped[list[Measure]] = relationship(lazy="raise", back_populates="dark_spot")
    tickets: Mapped[list[Ticket]] = relationship(lazy="raise", back_populates="dark_spot")
    districts: Mapped[list[DarkSpotDistrict]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="DarkSpotDistrict.share.desc()"
    )

    # Regrouping and scoring must not make a coordinator's open form stale: only people's changes count the version up.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012

    @property
    def reference(self) -> str:
        """The speakable name."""
        return reference(self.id)


class DarkSpotDistrict(Base):
    """A district in which a dark spot is listed, with its share of the reports (0–1)."""

    __tablename__ = "dark_spot_district"

    dark_spot_id: Mapped[int] = mapped_column(ForeignKey("dark_spot.id", ondelete="CASCADE"), primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), primary_key=True)
    share: Mapped[float]

    district: Mapped[District] = relationship(lazy="raise")


class SpotLineage(Identified, Base):
    """Where a dark spot came from: `parent` gave reports to `child` in a merge or a split.

    `moved` names what went along (ids by table) and how both stood before, so that it can be undone.
    """

    __tablename__ = "spot_lineage"

    parent_id: Mapped[int] = mapped_column(ForeignKey("dark_spot.id"), index=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("dark_spot.id"), index=True)
    how: Mapped[str] = mapped_column(String(10))
    by_staff: Mapped[bool] = mapped_column(Boolean, default=False)
    moved: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GroupingRound(Base):
    """One row: how many times the membership of dark spots has changed. Who changes it counts it up first.

    A full regrouping decides from what it read; when the number is another as it writes, it reads again.
    """

    __tablename__ = "grouping_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


class ScoreBasis(Base):
    """What every score of a day shares: the version of the formula, and each district's correction and reporters."""

    __tablename__ = "score_basis"

    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    corrections: Mapped[dict[str, float]] = mapped_column(JSON, default=dict)
    reporters: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
