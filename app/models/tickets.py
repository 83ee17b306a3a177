"""Lighting tickets: one piece of work at one light point, for as many reports as there are (domain brief, 3.5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, UtcDateTime
from app.models.contractors import Contractor
from app.models.dark_spots import DarkSpot
from app.models.districts import District
from app.models.lamps import Lamp
from app.models.photos import Photo
from app.models.places import Placed
from app.models.reports import Report
from app.models.staff import Organisation, Staff

if TYPE_CHECKING:
    from app.models.measures import Measure


ticket_lamp = Table(
    "ticket_lamp",
    Base.metadata,
    Column("ticket_id", ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True),
    Column("lamp_id", ForeignKey("lamp.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""The lamps of a ticket that has several: a section, a row of poles. `Ticket.lamp_id` is the first of them."""


class Ticket(Identified, Placed, Base):
    """A lighting ticket. `due_on` is the promised day; waiting pauses nothing that a resident counts.

    `needs_road_plan`: the road keeper must approve how traffic is led past the work (TA-plan). `reopened_at`: what was mended
    before it is not mended any more; a night check leaves it, its visit says so itself. `pauses` are the times that the contract's clock stood still, as ISO moments in UTC: [from, to or null, state].
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_state_due", "state", "due_on", "district_id", "owner_id"),
        Index("ix_ticket_repaired_district", "repaired_at", "district_id", "opened_on"),
    )

    state: Mapped[str] = mapped_column(String(24), index=True)
    lamp_id: Mapped[int | None] = mapped_column(ForeignKey("lamp.id"), index=True)
    directions: Mapped[str] = mapped_column(String(300), default="")
    fault_code: Mapped[str] = mapped_column(String(4))
    lamps_affected: Mapped[int] = mapped_column(default=1)
    priority: Mapped[str] = mapped_column(String(2), index=True)
    priority_reason: Mapped[str] = mapped_column(String(300), default="")
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    dark_spot_id: Mapped[int | None] = mapped_column(ForeignKey("dark_spot.id"), index=True)
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    opened_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    next_on: Mapped[date | None]
    waiting_reason: Mapped[str] = mapped_column(String(300), default="")
    needs_lift: Mapped[bool] = mapped_column(Boolean, default=False)
    needs_road_plan: Mapped[bool] = mapped_column(Boolean, default=False)
    source: Mapped[str] = mapped_column(String(20), default="report")
    contractor_id: Mapped[int | None] = mapped_column(ForeignKey("contractor.id"), index=True)
    pauses: Mapped[list[list[str | None]]] = mapped_column(JSON, default=list)
    reopened_count: Mapped[int] = mapped_column(default=0)
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_whom: Mapped[str] = mapped_column(String(200), default="")

    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_safe_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    repaired_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_how: Mapped[str] = mapped_column(String(30), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cause_code: Mapped[str] = mapped_column(String(30), default="")
    action_code: Mapped[str] = mapped_column(String(30), default="")
    parts: Mapped[str] = mapped_column(String(300), default="")
    switch_on_test: Mapped[bool | None]
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    lamp: Mapped[Lamp | None] = relationship(lazy="raise")
    district: Mapped[District | None] = relationship(lazy="raise")
    owner: Mapped[Organisation | None] = relationship(lazy="raise")
    assignee: Mapped[Staff | None] = relationship(lazy="raise")
    dark_spot: Mapped[DarkSpot | None] = relationship(lazy="raise", back_populates="tickets")
    measure: Mapped[Measure | None] = relationship(lazy="raise", back_populates="tickets")
    reports: Mapped[list[Report]] = relationship(lazy="raise", back_populates="ticket", order_by="Report.id")
    contractor: Mapped[Contractor | None] = relationship(lazy="raise")
    lamps: Mapped[list[Lamp]] = relationship(secondary=ticket_lamp, lazy="raise", order_by="Lamp.id")
    photos: Mapped[list[Photo]] = relationship(lazy="raise", back_populates="ticket", order_by="Photo.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reference(self) -> str:
        """The speakable name: `B-` and the number."""
        return f"B-{self.id}"
