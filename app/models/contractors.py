"""Those outside who mend lamps for us, what was sent to them, and every answer that came back (domain brief, 3.7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, UtcDateTime
from app.models.staff import Organisation


class Contractor(Identified, Base):
    """How an organisation is reached. Addresses are set by the operator's command alone, never by a page.

    `webhook_generation` counts the secrets that the webhook's signing key is derived for; `api_key_hash` is of the key
    with which the contractor's own system answers.
    """

    __tablename__ = "contractor"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    by_mail: Mapped[bool] = mapped_column(Boolean, default=False)
    webhook_url: Mapped[str] = mapped_column(String(500), default="")
    webhook_generation: Mapped[int] = mapped_column(default=1)
    api_key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class Dispatch(Identified, Base):
    """One sending of a ticket by one channel. A link's secret is derived from `nonce`; only its hash is kept."""

    __tablename__ = "dispatch"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    contractor_id: Mapped[int] = mapped_column(ForeignKey("contractor.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    event: Mapped[str] = mapped_column(String(20))
    nonce: Mapped[str] = mapped_column(String(36), unique=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    link_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    link_revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    contractor: Mapped[Contractor] = relationship(lazy="raise")


class OutsideAnswer(Base):
    """An answer from outside, kept as it came, whether it was taken or not."""

    __tablename__ = "outside_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    contractor_id: Mapped[int | None] = mapped_column(ForeignKey("contractor.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    wanted: Mapped[str] = mapped_column(String(30), default="")
    accepted: Mapped[bool] = mapped_column(Boolean, default=False)
    problem: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
