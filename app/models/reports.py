"""Reports and, in a table of its own, how to reach the one who sent it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, MappedSQLExpression, column_property, declared_attr, mapped_column, relationship

from app.models.base import Base, Identified, UtcDateTime
from app.models.districts import District
from app.models.lamps import Lamp
from app.models.places import Placed
from app.models.staff import Organisation

if TYPE_CHECKING:
    from app.models.dark_spots import DarkSpot
    from app.models.notices import Notice
    from app.models.photos import Photo
    from app.models.tickets import Ticket


def _where_known(name: str, *columns: str, unique: bool = False) -> Index:
    """Return an index of the few reports that have such a number: the others cost nothing when they are written."""
    known = text(f"{name} IS NOT NULL")
    return Index(f"ix_report_{name}", *columns, unique=unique, postgresql_where=known, sqlite_where=known)


class Membership(Base):
    """Which dark spot a report belongs to; a report without one has no row.

    Beside the report, and narrow: a regrouping moves a hundred thousand of them, and changes nothing of what people said.
    """

    __tablename__ = "membership"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    dark_spot_id: Mapped[int] = mapped_column(ForeignKey("dark_spot.id"), index=True)


class Report(Identified, Placed, Base):
    """What one person said of one place. The position is of the place; it never says who."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_district_reporter", "district_id", "reporter_key", "received_at", "state"),
        Index("ix_report_state_district", "state", "district_id", "received_at"),
        _where_known("source_id", "source", "source_id", unique=True),
        _where_known("lamp_id", "lamp_id"),
        _where_known("ticket_id", "ticket_id"),
    )

    reference: Mapped[str] = mapped_column(String(12), unique=True)
    receipt_hash: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))

    state: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    trust: Mapped[str] = mapped_column(String(20), default="normal")
    categories: Mapped[list[str]] = mapped_column(JSON)
    severity: Mapped[int | None]
    when_felt: Mapped[str | None] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    text_masked: Mapped[bool] = mapped_column(Boolean, default=False)
    directions: Mapped[str] = mapped_column(String(200), default="")
    accuracy_m: Mapped[float | None]
    method: Mapped[str] = mapped_column(String(10))
    pole_number: Mapped[str] = mapped_column(String(40), default="")
    lang: Mapped[str] = mapped_column(String(10), default="sv")
    source: Mapped[str] = mapped_column(String(20), default="app")
    source_id: Mapped[str | None] = mapped_column(String(120))
    reporter_key: Mapped[str] = mapped_column(String(64))
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    photos_missed: Mapped[dict[str, list[Any]] | None] = mapped_column(
        JSON
    )  # said again when the first answer got lost

    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    lamp_id: Mapped[int | None] = mapped_column(ForeignKey("lamp.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    forwarded_to_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    better: Mapped[str | None] = mapped_column(String(10))
    better_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    district: Mapped[District | None] = relationship(lazy="raise")
    lamp: Mapped[Lamp | None] = relationship(lazy="raise")
    dark_spot: Mapped[DarkSpot | None] = relationship(lazy="raise", secondary="membership", viewonly=True)
    ticket: Mapped[Ticket | None] = relationship(lazy="raise", back_populates="reports")
    forwarded_to: Mapped[Organisation | None] = relationship(lazy="raise")
    duplicate_of: Mapped[Report | None] = relationship(lazy="raise", remote_side="Report.id")
    contact: Mapped[Contact | None] = relationship(
        lazy="raise", back_populates="report", cascade="all, delete-orphan", passive_deletes=True
    )
    photos: Mapped[list[Photo]] = relationship(lazy="raise", back_populates="report", order_by="Photo.id")
    notices: Mapped[list[Notice]] = relationship(
        lazy="raise", back_populates="report", order_by="Notice.at, Notice.id", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it from the class)

    @declared_attr
    @classmethod
    def dark_spot_id(cls) -> MappedSQLExpression[int | None]:
        """The dark spot that it belongs to, to be read; who looks for the reports of a spot asks Membership."""
        mine = select(Membership.dark_spot_id).where(Membership.report_id == cls.id)
        return column_property(mine.correlate_except(Membership).scalar_subquery())

    @property
    def takes_more(self) -> bool:
        """Say whether its sender may still add to it: not once it is taken back, nor when a decision has disposed of its words."""
        return self.state != "withdrawn" and bool(self.fingerprint)


class Contact(Identified, Base):
    """How to reach one reporter, apart from the report so that it can be forgotten apart."""

    __tablename__ = "contact"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), unique=True)
    address: Mapped[str] = mapped_column(String(320))
    wants_answer: Mapped[bool] = mapped_column(Boolean, default=False)
    wants_invitation: Mapped[bool] = mapped_column(Boolean, default=False)

    report: Mapped[Report] = relationship(lazy="raise", back_populates="contact")


class LockedText(Identified, Base):
    """A report's text as it came in, before words were covered. No page reads it; only a decision on disposal deletes it."""

    __tablename__ = "locked_text"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    locked_by: Mapped[str] = mapped_column(String(200), default="")
