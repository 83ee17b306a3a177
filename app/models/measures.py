"""Local action plans, their measures, and the money they draw on (domain brief, 2.4)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Numeric, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, UtcDateTime
from app.models.dark_spots import DarkSpot
from app.models.districts import District
from app.models.staff import Organisation
from app.models.walks import Walk, WalkEntry

if TYPE_CHECKING:
    from app.models.tickets import Ticket

Kronor = Numeric(14, 2, asdecimal=True)

plan_walk = Table(
    "plan_walk",
    Base.metadata,
    Column("plan_id", ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
    Column("walk_id", ForeignKey("walk.id", ondelete="CASCADE"), primary_key=True),
)


class Plan(Identified, Base):
    """A local action plan (lokal åtgärdsplan); not the statutory plan under lag (2023:196).

    `parties` are who carry it together, `review_dates` the days of looking at it again (ISO 8601), in
    order; `review_on` is the first of them.
    """

    __tablename__ = "plan"

    state: Mapped[str] = mapped_column(String(20), index=True)
    title: Mapped[str] = mapped_column(String(200))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    goal: Mapped[str] = mapped_column(Text, default="")
    child_perspective: Mapped[str] = mapped_column(Text, default="")
    equality_perspective: Mapped[str] = mapped_column(Text, default="")
    decision_body: Mapped[str] = mapped_column(String(200), default="")
    decision_on: Mapped[date | None]
    decision_reference: Mapped[str] = mapped_column(String(100), default="")
    review_on: Mapped[date | None]
    parties: Mapped[str] = mapped_column(String(500), default="")
    review_dates: Mapped[list[str]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)

    district: Mapped[District] = relationship(lazy="raise")
    walks: Mapped[list[Walk]] = relationship(secondary=plan_walk, lazy="raise")
    measures: Mapped[list[Measure]] = relationship(lazy="raise", back_populates="plan", order_by="Measure.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reference(self) -> str:
        """The speakable name: `P-` and the number."""
        return f"P-{self.id}"

    @property
    def reviews(self) -> list[date]:
        """The days of looking at it again, in order."""
        if self.review_dates:
            return [date.fromisoformat(day) for day in self.review_dates]
        return [self.review_on] if self.review_on else []


class Measure(Identified, Base):
    """One thing to be done, with the trio that makes it real: who, when, and money in kronor."""

    __tablename__ = "measure"

    state: Mapped[str] = mapped_column(String(24), index=True)
    kind: Mapped[str] = mapped_column(String(30), index=True)
    description: Mapped[str] = mapped_column(Text)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)
    dark_spot_id: Mapped[int | None] = mapped_column(ForeignKey("dark_spot.id"), index=True)
    walk_entry_id: Mapped[int | None] = mapped_column(ForeignKey("walk_entry.id"), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    responsible_role: Mapped[str] = mapped_column(String(120), default="")
    deadline: Mapped[date | None] = mapped_column(index=True)
    next_on: Mapped[date | None]
    waiting_reason: Mapped[str] = mapped_column(String(300), default="")
    reject_reason: Mapped[str] = mapped_column(String(500), default="")
    cost_estimate_sek: Mapped[Decimal | None] = mapped_column(Kronor)
    cost_actual_sek: Mapped[Decimal | None] = mapped_column(Kronor)
    quick_win: Mapped[bool] = mapped_column(Boolean, default=False)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)

    plan: Mapped[Plan | None] = relationship(lazy="raise", back_populates="measures")
    dark_spot: Mapped[DarkSpot | None] = relationship(lazy="raise", back_populates="measures")
    walk_entry: Mapped[WalkEntry | None] = relationship(lazy="raise")
    district: Mapped[District | None] = relationship(lazy="raise")
    responsible: Mapped[Organisation | None] = relationship(lazy="raise")
    funding: Mapped[list[MeasureFunding]] = relationship(lazy="raise", cascade="all, delete-orphan")
    tickets: Mapped[list[Ticket]] = relationship(lazy="raise", back_populates="measure")
    owner_requests: Mapped[list[OwnerRequest]] = relationship(
        lazy="raise", back_populates="measure", cascade="all, delete-orphan", order_by="OwnerRequest.id"
    )
    follow_ups: Mapped[list[FollowUp]] = relationship(
        lazy="raise", back_populates="measure", cascade="all, delete-orphan", order_by="FollowUp.due_on"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reference(self) -> str:
        """The speakable name: `A-` and the number."""
        return f"A-{self.id}"


class Funding(Identified, Base):
    """A source of money for one year, in kronor; what is left is computed, never stored.

    A grant is applied for first: `applied_sek` was asked for, `amount_sek` is what was granted. `co_funding_percent`
    is the part of a measure's cost that others must pay.
    """

    __tablename__ = "funding"

    state: Mapped[str] = mapped_column(String(20), default="available", index=True)
    applied_sek: Mapped[Decimal | None] = mapped_column(Kronor)
    applied_by: Mapped[str] = mapped_column(String(200), default="")
    co_funding_percent: Mapped[int | None]
    call_opens_on: Mapped[date | None]
    call_closes_on: Mapped[date | None]
    report_due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30), default="investment")
    year: Mapped[int]
    amount_sek: Mapped[Decimal] = mapped_column(Kronor)
    decision: Mapped[str] = mapped_column(String(200), default="")
    purpose: Mapped[str] = mapped_column(String(300), default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reference(self) -> str:
        """The speakable name: `K-` and the number."""
        return f"K-{self.id}"


class MeasureFunding(Base):
    """What one measure draws from one source, in kronor."""

    __tablename__ = "measure_funding"

    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"), primary_key=True)
    funding_id: Mapped[int] = mapped_column(ForeignKey("funding.id"), primary_key=True)
    amount_sek: Mapped[Decimal] = mapped_column(Kronor)

    funding: Mapped[Funding] = relationship(lazy="raise")


class OwnerRequest(Identified, Base):
    """A question to an outside owner, answered once by a link without an account; only the link's hash is kept."""

    __tablename__ = "owner_request"

    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(200), default="")
    expires_on: Mapped[date]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    will_be_done_on: Mapped[date | None]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    measure: Mapped[Measure] = relationship(lazy="raise", back_populates="owner_requests")
    organisation: Mapped[Organisation] = relationship(lazy="raise")


class FollowUp(Identified, Base):
    """A look back at a measure so many days after it was done: what was measured before, and what is now."""

    __tablename__ = "follow_up"

    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"), index=True)
    days: Mapped[int]
    due_on: Mapped[date] = mapped_column(index=True)
    done_on: Mapped[date | None]
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    effect: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(Text, default="")

    measure: Mapped[Measure] = relationship(lazy="raise", back_populates="follow_ups")
