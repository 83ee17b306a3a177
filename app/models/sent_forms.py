"""Forms that were sent, so that a double press counts once and both presses lead to the same page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, UtcDateTime


class SentForm(Base):
    """One form that was carried out: `location` and `said` are the answer that its sender got."""

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    location: Mapped[str] = mapped_column(Text, default="")
    said: Mapped[list[str]] = mapped_column(JSON, default=list)
