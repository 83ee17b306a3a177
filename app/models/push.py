"""Phones that asked to be told: where the browser's maker takes a message for them, and with which keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, UtcDateTime
from app.models.reports import Report


class PushSubscription(Identified, Base):
    """One phone that follows one report. `told_until` is the number of the last notice that it was told of."""

    __tablename__ = "push_subscription"
    __table_args__ = (UniqueConstraint("report_id", "endpoint"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(String(500))
    p256dh: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(60))
    told_until: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    last_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    report: Mapped[Report] = relationship(lazy="raise")
