"""Safety walks: a plan of stops, the evening itself, and its protocol (domain brief, 2.4 Vandring)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from geoalchemy2.elements import WKBElement
from sqlalchemy import JSON, Boolean, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import SRID_WGS84, Base, Identified, UtcDateTime
from app.models.dark_spots import DarkSpot
from app.models.districts import District
from app.models.photos import Photo
from app.models.staff import Organisation, Staff


class Walk(Identified, Base):
    """A safety walk through one district. Length in metres, time in minutes; `starts_at` is the evening itself."""

    __tablename__ = "walk"

    state: Mapped[str] = mapped_column(String(24), index=True)
    title: Mapped[str] = mapped_column(String(200))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    purpose: Mapped[str] = mapped_column(Text, default="")
    perspective: Mapped[str] = mapped_column(String(30), default="everyone")
    mandate: Mapped[str] = mapped_column(String(200), default="")
    light: Mapped[str] = mapped_column(String(10), default="dark")
    trial_on: Mapped[date | None]
    premeeting_on: Mapped[date | None]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    feedback_on: Mapped[date | None]
    rewalk_on: Mapped[date | None]
    civil_dusk_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    meeting_place: Mapped[str] = mapped_column(String(200), default="")
    meeting_lon: Mapped[float | None]
    meeting_lat: Mapped[float | None]
    accessibility: Mapped[str] = mapped_column(Text, default="")
    cancel_rule: Mapped[str] = mapped_column(String(300), default="")
    participants_max: Mapped[int] = mapped_column(default=20)
    route: Mapped[WKBElement | None] = mapped_column(
        Geometry("LINESTRING", srid=SRID_WGS84, spatial_index=False), deferred=True
    )
    length_m: Mapped[float] = mapped_column(default=0.0)
    minutes: Mapped[int] = mapped_column(default=0)
    attendance: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    summary: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    planning: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    trial_done_on: Mapped[date | None]
    feedback: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)

    district: Mapped[District] = relationship(lazy="raise")
    leader: Mapped[Staff | None] = relationship(lazy="raise")
    stops: Mapped[list[WalkStop]] = relationship(
        lazy="raise", back_populates="walk", cascade="all, delete-orphan", order_by="WalkStop.ordinal"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reference(self) -> str:
        """The speakable name: `V-` and the number."""
        return f"V-{self.id}"


class WalkStop(Identified, Base):
    """One stop of a walk, in order, with the dark spot behind it (none for a safe place)."""

    __tablename__ = "walk_stop"

    walk_id: Mapped[int] = mapped_column(ForeignKey("walk.id", ondelete="CASCADE"), index=True)
    ordinal: Mapped[int]
    dark_spot_id: Mapped[int | None] = mapped_column(ForeignKey("dark_spot.id"), index=True)
    lon: Mapped[float]
    lat: Mapped[float]
    title: Mapped[str] = mapped_column(String(200))
    question: Mapped[str] = mapped_column(String(300), default="")
    minutes: Mapped[int] = mapped_column(default=6)
    safe_place: Mapped[bool] = mapped_column(Boolean, default=False)
    accessible: Mapped[bool] = mapped_column(Boolean, default=True)

    walk: Mapped[Walk] = relationship(lazy="raise", back_populates="stops")
    dark_spot: Mapped[DarkSpot | None] = relationship(lazy="raise")
    entries: Mapped[list[WalkEntry]] = relationship(
        lazy="raise", back_populates="stop", cascade="all, delete-orphan", order_by="WalkEntry.id"
    )


class WalkEntry(Identified, Base):
    """What one group noted at one stop: scores 0–3, observations, proposals; never names, never quotes."""

    __tablename__ = "walk_entry"

    stop_id: Mapped[int] = mapped_column(ForeignKey("walk_stop.id", ondelete="CASCADE"), index=True)
    group_name: Mapped[str] = mapped_column(String(40), default="")
    scores: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    observations: Mapped[list[str]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    proposal: Mapped[str] = mapped_column(Text, default="")
    dissent: Mapped[str] = mapped_column(Text, default="")
    lux: Mapped[float | None]
    lux_instrument: Mapped[str] = mapped_column(String(120), default="")
    responsible_guess_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    extra: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    client_id: Mapped[str | None] = mapped_column(String(36), index=True, unique=True)
    revision: Mapped[int] = mapped_column(default=0)

    stop: Mapped[WalkStop] = relationship(lazy="raise", back_populates="entries")
    responsible_guess: Mapped[Organisation | None] = relationship(lazy="raise")
    photos: Mapped[list[Photo]] = relationship(lazy="raise", order_by="Photo.id")


class WalkGroup(Identified, Base):
    """A group on a walk. Its code is all that a note-taker needs: no account, and nothing to see once the walk is over."""

    __tablename__ = "walk_group"

    walk_id: Mapped[int] = mapped_column(ForeignKey("walk.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WalkSignup(Identified, Base):
    """Some people who mean to come. Perspectives are counts that they chose to give; the address is forgotten after."""

    __tablename__ = "walk_signup"

    walk_id: Mapped[int] = mapped_column(ForeignKey("walk.id", ondelete="CASCADE"), index=True)
    people: Mapped[int]
    role: Mapped[str] = mapped_column(String(30), default="residents")
    organisation: Mapped[str] = mapped_column(String(120), default="")
    perspectives: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    needs: Mapped[str] = mapped_column(String(300), default="")
    lang: Mapped[str] = mapped_column(String(10), default="sv")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)

    contact: Mapped[SignupContact | None] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )


class SignupContact(Identified, Base):
    """How to reach those who signed up, apart from what they said so that it can be forgotten apart."""

    __tablename__ = "signup_contact"

    signup_id: Mapped[int] = mapped_column(ForeignKey("walk_signup.id", ondelete="CASCADE"), unique=True)
    address: Mapped[str] = mapped_column(String(320))


class OtherWalk(Identified, Base):
    """A walk that somebody else arranges (parents, adults, neighbours): for the calendar, so that none collide."""

    __tablename__ = "other_walk"

    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    organiser: Mapped[str] = mapped_column(String(200), default="")
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    minutes: Mapped[int] = mapped_column(default=90)
    meeting_place: Mapped[str] = mapped_column(String(200), default="")
    cancelled: Mapped[bool] = mapped_column(Boolean, default=False)

    district: Mapped[District | None] = relationship(lazy="raise")
