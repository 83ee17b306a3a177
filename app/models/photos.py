"""Photos that we encoded ourselves; the original is never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified

if TYPE_CHECKING:
    from app.models.reports import Report
    from app.models.tickets import Ticket


class Photo(Identified, Base):
    """One photo in two sizes. `public_id` (128 random bits) is its address; a staged one waits for its report."""

    __tablename__ = "photo"

    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20), default="staff_only")
    purpose: Mapped[str] = mapped_column(String(20), default="report")
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str] = mapped_column(String(200), default="")
    staged_for: Mapped[str | None] = mapped_column(String(36), index=True)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    walk_entry_id: Mapped[int | None] = mapped_column(ForeignKey("walk_entry.id", ondelete="CASCADE"), index=True)

    report: Mapped[Report | None] = relationship(lazy="raise", back_populates="photos")
    ticket: Mapped[Ticket | None] = relationship(lazy="raise", back_populates="photos")


class LockedPhoto(Identified, Base):
    """A photo as it was before something in it was covered. No page shows it; only a decision on disposal deletes it."""

    __tablename__ = "locked_photo"

    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    locked_by: Mapped[str] = mapped_column(String(200), default="")
