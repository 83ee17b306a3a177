"""Visits at lamps: every one is kept, whatever became of it; and who has said that they are on their way."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, UtcDateTime
from app.models.staff import Staff
from app.models.tickets import Ticket


class TicketVisit(Identified, Base):
    """What one technician found and did at one lamp, perhaps without coverage. `client_id` is the phone's own number.

    Moments are those in the field, corrected by what the phone's clock said at sending; `created_at` is the arrival here.
    `lamp_ids` are the lamps that were mended, when the ticket has several (none: all of them); `proves` says that the repair
    was tried, photographed and seen to shine after dusk. `leads` says whether the visit decided anything, `notes` what had changed meanwhile, as it was told.
    """

    __tablename__ = "ticket_visit"

    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(24))
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_safe_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cause_code: Mapped[str] = mapped_column(String(30), default="")
    action_code: Mapped[str] = mapped_column(String(30), default="")
    parts: Mapped[str] = mapped_column(String(300), default="")
    switch_on_test: Mapped[bool | None]
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    next_on: Mapped[date | None]
    lamp_id: Mapped[int | None] = mapped_column(ForeignKey("lamp.id", ondelete="SET NULL"))
    lamp_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    proves: Mapped[bool] = mapped_column(default=False)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    base_version: Mapped[int]
    base_priority: Mapped[str] = mapped_column(String(2))
    leads: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    staff: Mapped[Staff] = relationship(lazy="raise")
    ticket: Mapped[Ticket] = relationship(lazy="raise")


class TicketClaim(Base):
    """Who is on the way to a lamp, for an hour; nothing else of the ticket changes by it."""

    __tablename__ = "ticket_claim"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    until: Mapped[datetime] = mapped_column(UtcDateTime)

    staff: Mapped[Staff] = relationship(lazy="raise")
