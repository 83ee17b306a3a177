"""Work that was broken off for somebody's safety: for those who lead the work, and never for anybody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, UtcDateTime
from app.models.staff import Staff
from app.models.tickets import Ticket


class Interruption(Identified, Base):
    """One interruption at a ticket's lamp; `seen_at` says when somebody who leads the work took care of it."""

    __tablename__ = "interruption"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    ticket: Mapped[Ticket] = relationship(lazy="raise")
    staff: Mapped[Staff] = relationship(lazy="raise", foreign_keys=[staff_id])
