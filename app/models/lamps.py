"""The light-point register (domain brief, section 3.4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, UtcDateTime
from app.models.places import Placed
from app.models.staff import Organisation


class Lamp(Identified, Placed, Base):
    """One light point. `asset_id` is its identity in the register, `pole_number` what the plate says."""

    __tablename__ = "lamp"

    asset_id: Mapped[str] = mapped_column(String(80), unique=True)
    pole_number: Mapped[str] = mapped_column(String(80), default="", index=True)
    status: Mapped[str] = mapped_column(String(30), default="in_service")
    off_reason: Mapped[str] = mapped_column(String(300), default="")
    off_decided_by: Mapped[str] = mapped_column(String(200), default="")
    off_decided_on: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    cabinet: Mapped[str] = mapped_column(String(60), default="", index=True)
    section: Mapped[str] = mapped_column(String(60), default="")
    phase: Mapped[str] = mapped_column(String(10), default="")
    cable_type: Mapped[str] = mapped_column(String(60), default="")
    pole_type: Mapped[str] = mapped_column(String(60), default="")
    foundation: Mapped[str] = mapped_column(String(60), default="")
    light_source: Mapped[str] = mapped_column(String(60), default="")
    luminaire: Mapped[str] = mapped_column(String(120), default="")
    height_m: Mapped[float | None]
    arm_m: Mapped[float | None]
    power_w: Mapped[float | None]
    lumen: Mapped[float | None]
    cct_k: Mapped[float | None]
    control: Mapped[str] = mapped_column(String(60), default="")
    dimming: Mapped[str] = mapped_column(String(120), default="")
    lighting_class: Mapped[str] = mapped_column(String(20), default="")
    road_type: Mapped[str] = mapped_column(String(60), default="")
    environment: Mapped[str] = mapped_column(String(40), default="")
    installed_on: Mapped[date | None]
    warranty_until: Mapped[date | None]
    last_patrol_on: Mapped[date | None]
    replacement_on: Mapped[date | None]
    properties: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(Text, default="")

    owner: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[owner_id])
    operator: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[operator_id])


class LampCorrection(Identified, Base):
    """What somebody in the field says of the register: a draft until somebody at the desk accepts or rejects it.

    `kind` is moved, added, removed, number or other; `lon`, `lat` are where the pole really is, in WGS84 degrees.
    """

    __tablename__ = "lamp_correction"

    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default="draft", index=True)
    lamp_id: Mapped[int | None] = mapped_column(ForeignKey("lamp.id", ondelete="SET NULL"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    pole_number: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    by_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    by_name: Mapped[str] = mapped_column(String(200), default="")
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(500), default="")

    lamp: Mapped[Lamp | None] = relationship(lazy="raise")


class RegisterFile(Identified, Base):
    """A file of lamps on its way into the register: kept until it is written or thrown away.

    `status` is waiting (columns to be chosen), comparing, compared, writing, written, or refused; `mapping` is our field
    to their column; `outcome` what the comparison or the writing said, in figures and sentences.
    """

    __tablename__ = "register_file"

    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    crs: Mapped[str] = mapped_column(String(60), default="")
    layer: Mapped[str] = mapped_column(String(100), default="")
    status: Mapped[str] = mapped_column(String(20), default="waiting")
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_name: Mapped[str] = mapped_column(String(200), default="")
