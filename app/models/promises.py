"""Citizen promises (medborgarlöften) with the activities that keep them (domain brief, 2.4 and 1.2)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified
from app.models.districts import District
from app.models.staff import Organisation

promise_district = Table(
    "promise_district",
    Base.metadata,
    Column("promise_id", ForeignKey("promise.id", ondelete="CASCADE"), primary_key=True),
    Column("district_id", ForeignKey("district.id", ondelete="CASCADE"), primary_key=True),
)


class Promise(Identified, Base):
    """What municipality and police have promised the residents together, for a period; no districts means all of them.

    `agreement` is the cooperation agreement that it rests on, which ends on a day of its own.
    """

    __tablename__ = "promise"

    state: Mapped[str] = mapped_column(String(24), index=True)
    text: Mapped[str] = mapped_column(String(500))
    parties: Mapped[str] = mapped_column(String(300), default="")
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    agreement: Mapped[str] = mapped_column(String(200), default="")
    agreement_ends_on: Mapped[date | None]
    decision_body: Mapped[str] = mapped_column(String(200), default="")
    decision_on: Mapped[date | None]
    decision_reference: Mapped[str] = mapped_column(String(100), default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    districts: Mapped[list[District]] = relationship(secondary=promise_district, lazy="raise", order_by=District.name)
    activities: Mapped[list[Activity]] = relationship(
        lazy="raise", back_populates="promise", cascade="all, delete-orphan", order_by="Activity.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reference(self) -> str:
        """The speakable name: `L-` and the number."""
        return f"L-{self.id}"


class Activity(Identified, Base):
    """One thing that is done to keep a promise, with the three blocks that it cannot be published without.

    The blocks are who answers for it (`responsible`), how it is done and how it is followed up. `counter` names what is
    counted by itself, or `manual`; `target` is the number promised, per `per`.
    """

    __tablename__ = "activity"

    promise_id: Mapped[int] = mapped_column(ForeignKey("promise.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    responsible_role: Mapped[str] = mapped_column(String(120), default="")
    implementation: Mapped[str] = mapped_column(Text, default="")
    follow_up: Mapped[str] = mapped_column(Text, default="")
    follow_up_on: Mapped[date | None]
    counter: Mapped[str] = mapped_column(String(20), default="manual")
    target: Mapped[int] = mapped_column(default=1)
    per: Mapped[str] = mapped_column(String(20), default="period")
    counted_by_hand: Mapped[int] = mapped_column(default=0)

    promise: Mapped[Promise] = relationship(lazy="raise", back_populates="activities")
    responsible: Mapped[Organisation | None] = relationship(lazy="raise")
