"""The situation report of a district (lägesbild): editions that are dated and frozen, and those who asked for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, UtcDateTime
from app.models.districts import District


class Edition(Identified, Base):
    """One edition for a district, or for the whole municipality when it has none.

    A draft has no `issued_at`. When it is issued its figures are taken down in `figures`, and from then on the database
    itself refuses to change the row. `sources` lists each source: whether it was used, of which day, and where it lies.
    """

    __tablename__ = "edition"

    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    picture: Mapped[str] = mapped_column(Text, default="")
    efforts: Mapped[str] = mapped_column(Text, default="")
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    framing: Mapped[str] = mapped_column(String(300), default="")
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    issued_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    district: Mapped[District | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Subscription(Identified, Base):
    """An address that asked for the editions of a district (or of the whole municipality), and said so twice.

    `name` is what the secret of its link is derived from; only the hash of that secret is kept.
    """

    __tablename__ = "subscription"

    address: Mapped[str] = mapped_column(String(320), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    lang: Mapped[str] = mapped_column(String(10), default="sv")
    name: Mapped[str] = mapped_column(String(36), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_by_mail_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    district: Mapped[District | None] = relationship(lazy="raise")


class EditionLetter(Base):
    """That an edition was sent to a subscriber: once, however often the job runs."""

    __tablename__ = "edition_letter"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
