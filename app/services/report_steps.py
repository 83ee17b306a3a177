"""The steps that a report and a “me too” share: none of them commits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, func, select

from app.domain import receipts
from app.domain.people import THE_SYSTEM
from app.domain.reports import BURST_RADIUS_M, ReportDraft, burst_window, kind_of
from app.models.areas import district_at, municipal_area, municipality
from app.models.base import db
from app.models.lamps import Lamp
from app.models.places import near
from app.models.reports import Report
from app.services.transitions import move
from geo.areas import distance_to_area_m

OUTSIDE_TOLERANCE_M: Final = 500.0
BURST_REASONS: Final = {
    timedelta(days=1): "Fler än fem nya rapportörer inom ett dygn på samma plats.",
    timedelta(
        days=7
    ): "Fler än tio nya rapportörer på en vecka på samma plats, mer än tre gånger så många som vanligt.",
}


@dataclass(frozen=True)
class Received:
    """What the one who sent gets: the reference, the receipt's secret, and whether it is new.

    refused, again: what became of the photos that were not kept (`Intake`), the same on a repeat as the first time.
    """

    reference: str
    receipt: str
    is_new: bool
    refused: tuple[str, ...] = ()
    again: tuple[int, ...] = ()


@dataclass(frozen=True)
class Keys:
    """The server's key for receipts and those retired before it."""

    current: str
    retired: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        """Return the current key first."""
        return (self.current, *self.retired)


def place_of_pole(pole_number: str) -> Lamp | None:
    """Return the lamp whose plate or register number this is, however the letters are written."""
    wanted = pole_number.strip().lower()
    if not wanted:
        return None
    same = func.lower(Lamp.pole_number) == wanted, func.lower(Lamp.asset_id) == wanted
    return db.session.scalars(select(Lamp).where(same[0] | same[1]).order_by(Lamp.id).limit(1)).first()


def is_outside(lon: float, lat: float) -> bool:
    """True when a WGS84 position is more than 500 m outside the municipality; never while its area is not known."""
    area = municipal_area()
    return area is not None and distance_to_area_m(lon, lat, area) > OUTSIDE_TOLERANCE_M


def reading_hours() -> str:
    """Return when reports are read, in the municipality's own words."""
    row = municipality()
    return row.reading_hours if row else ""


def new_report(draft: ReportDraft, body: str, secret: str, reference: str, now: datetime) -> Report:
    """Return the row of a draft, not yet in any state; `body` is its fingerprint."""
    district = district_at(draft.lon, draft.lat)
    lamp = place_of_pole(draft.pole_number)
    report = Report(
        reference=reference, receipt_hash=receipts.secret_hash(secret), client_id=draft.client_id, fingerprint=body,
        kind=kind_of(draft.categories), trust="uncertain_place" if draft.uncertain_place else "normal",
        categories=list(draft.categories), severity=draft.severity, when_felt=draft.when_felt, text=draft.text,
        directions=draft.directions, accuracy_m=draft.accuracy_m, method=draft.method, pole_number=draft.pole_number,
        lang=draft.lang, source=draft.source, queued_at=draft.queued_at, received_at=now, created_at=now, updated_at=now,
        reporter_key=stored_key(draft.reporter_key or draft.client_id),
        district_id=district.id if district else None, lamp_id=lamp.id if lamp else None,
    )  # fmt: skip
    report.place_at(draft.lon, draft.lat)
    return report


def stored_key(reporter_key: str) -> str:
    """Return how a browser's random token is kept: it tells two reports of one browser, and nothing else."""
    return hashlib.sha256(reporter_key.encode()).hexdigest()


def free_reference(numbers: Sequence[int]) -> str:
    """Return the first of the candidate references that nobody has; the unique index has the last word."""
    tries = [receipts.reference(numbers[i : i + 5]) for i in range(0, len(numbers), 5)]
    taken = set(db.session.scalars(select(Report.reference).where(Report.reference.in_(tries))))
    return next(t for t in tries if t not in taken)


def hold_if_burst(report: Report, now: datetime) -> list[int]:
    """Let a burst of new reporters within 75 m wait for a human, all of it: six in a day, or many more than usual in a week.

    Those that came first in the burst wait as well, so that together they count as three at the most. Return the numbers
    of those that wait; none when it is no burst.
    """
    here = near(Report, report.lon, report.lat, BURST_RADIUS_M)
    recent, old = now - timedelta(days=7), now - timedelta(days=35)
    who, at = Report.reporter_key, Report.received_at
    counts = (
        func.count(case((when, who)).distinct()) for when in (at > now - timedelta(days=1), at > recent, at <= recent)
    )
    found = db.session.execute(select(*counts).where(here, at > old)).one()
    window = burst_window(found[0], found[1], found[2])
    if window is None:
        return []
    burst = here, Report.received_at > now - window, Report.state == "received"
    waiting = db.session.scalars(select(Report).where(*burst).order_by(Report.id)).all()
    reason = BURST_REASONS[window]
    for one in waiting:
        move(one, "held", actor=THE_SYSTEM, now=now, reason=reason)
    return [one.id for one in waiting]
