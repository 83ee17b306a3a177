"""Situation reports (lägesbilder): drafted, issued once, and frozen from then on. One function, one commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.domain.editions import FRAMING, SOURCES, due
from app.domain.people import COORDINATOR, Actor, NotAllowed
from app.models import areas
from app.models.base import db, expect_version
from app.models.districts import District
from app.models.editions import Edition
from app.models.jobs import enqueue
from app.services.desk_steps import Desk, Unclear, Unknown
from app.services.edition_steps import figures

FEED_MOST = 30
DELIVER = "deliver_editions"


@dataclass(frozen=True)
class Draft:
    """What an edition says besides its figures. `sources` has an entry for each key of SOURCES that was used."""

    title: str
    begins_on: date
    ends_on: date
    picture: str
    efforts: str
    sources: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class DistrictEditions:
    """A district (None: the whole municipality), when its last edition came out, and whether the next is due."""

    district: District | None
    last: Edition | None
    draft: Edition | None
    due: bool


def listing(district_ids: Collection[int], *, today: date) -> list[DistrictEditions]:
    """Return each district with its last edition and its draft, the whole municipality first."""
    rows = db.session.scalars(select(Edition).order_by(Edition.id)).all()
    districts: list[District | None] = [] if district_ids else [None]
    districts += [d for d in areas.districts() if not district_ids or d.id in district_ids]
    found = []
    for district in districts:
        mine = [e for e in rows if e.district_id == (district.id if district else None)]
        issued = [e for e in mine if e.issued_at]
        last = max(issued, key=lambda e: (e.issued_at, e.id), default=None)
        last_on = last.issued_at.astimezone(areas.zone()).date() if last and last.issued_at else None
        found.append(
            DistrictEditions(district, last, next((e for e in mine if not e.issued_at), None), due(last_on, today))
        )
    return found


def due_count(district_ids: Collection[int], *, today: date) -> int:
    """Return how many districts should get an edition now."""
    last = select(Edition.district_id, func.max(Edition.issued_at)).where(Edition.issued_at.is_not(None))
    issued = {row[0]: row[1] for row in db.session.execute(last.group_by(Edition.district_id))}
    zone = areas.zone()
    days = {key: at.astimezone(zone).date() for key, at in issued.items() if at is not None}
    return sum(due(days.get(d.id), today) for d in areas.districts() if not district_ids or d.id in district_ids)


def draft(district_id: int | None, title: str, period: tuple[date, date], *, desk: Desk) -> Edition:
    """Begin an edition; the text of the last one comes along, since a picture changes slowly."""
    _may(desk.actor, district_id)
    if district_id is not None and db.session.get(District, district_id) is None:
        raise Unclear({"district": "choice_unknown"})
    before = select(Edition).where(Edition.district_id == district_id, Edition.issued_at.is_not(None))
    last = db.session.scalars(before.order_by(Edition.issued_at.desc()).limit(1)).first()
    edition = Edition(
        district_id=district_id, title=title, begins_on=period[0], ends_on=period[1], picture=last.picture if last else "",
        efforts="", sources=[], figures={}, created_at=desk.now, updated_at=desk.now,
    )  # fmt: skip
    db.session.add(edition)
    db.session.commit()
    return edition


def change(edition_id: int, said: Draft, *, desk: Desk) -> None:
    """Keep the draft's text and sources."""
    edition = _open(edition_id, desk)
    _write(edition, said, desk.now)
    db.session.commit()


def issue(edition_id: int, said: Draft, *, desk: Desk) -> Edition:
    """Keep the text, take the figures down, and freeze both; subscribers are told by a job.

    Raises:
        Unclear: no picture is written, or no source is ticked.

    """
    edition = _open(edition_id, desk)
    lacks = {} if said.picture.strip() else {"picture": "picture_missing"}
    lacks |= {} if said.sources else {"sources": "sources_missing"}
    if lacks:
        raise Unclear(lacks)
    _write(edition, said, desk.now)
    edition.figures = figures(edition.district_id, edition.begins_on, edition.ends_on)
    edition.framing, edition.issued_by, edition.issued_at = FRAMING, desk.actor.name, desk.now
    enqueue(DELIVER, DELIVER, now=desk.now)
    db.session.commit()
    return edition


def discard(edition_id: int, *, desk: Desk) -> None:
    """Throw a draft away. What was issued cannot be thrown away."""
    db.session.delete(_open(edition_id, desk))
    db.session.commit()


def one(edition_id: int, *, issued_only: bool = False) -> Edition | None:
    """Return an edition with its district, or None when there is none (or it is not issued)."""
    found = select(Edition).where(Edition.id == edition_id).options(joinedload(Edition.district))
    edition = db.session.scalars(found).first()
    return None if edition is None or (issued_only and edition.issued_at is None) else edition


def preview(edition: Edition) -> dict[str, Any]:
    """Return the figures: as they were frozen, or as they are now for a draft."""
    if edition.issued_at is not None:
        return edition.figures
    return figures(edition.district_id, edition.begins_on, edition.ends_on)


def issued(slug: str | None = None) -> Sequence[Edition]:
    """Return issued editions, the newest first: of a district, or of all."""
    found = select(Edition).where(Edition.issued_at.is_not(None)).options(joinedload(Edition.district))
    if slug is not None:
        found = found.join(District, Edition.district_id == District.id).where(District.slug == slug)
    return db.session.scalars(found.order_by(Edition.issued_at.desc(), Edition.id.desc()).limit(FEED_MOST)).all()


def _write(edition: Edition, said: Draft, now: datetime) -> None:
    if said.ends_on < said.begins_on:
        raise Unclear({"ends_on": "ends_before_it_begins"})
    edition.title, edition.begins_on, edition.ends_on = said.title, said.begins_on, said.ends_on
    edition.picture, edition.efforts, edition.updated_at = said.picture, said.efforts, now
    edition.sources = [{"key": key, "used": key in said.sources, **said.sources.get(key, {})} for key in SOURCES]


def _may(actor: Actor, district_id: int | None) -> None:
    if actor.role == COORDINATOR and actor.district_ids and district_id not in actor.district_ids:
        raise NotAllowed("this edition is of another coordinator's district")


def _open(edition_id: int, desk: Desk) -> Edition:
    edition = one(edition_id)
    if edition is None or edition.issued_at is not None:
        raise Unknown
    _may(desk.actor, edition.district_id)
    expect_version(edition, desk.version)
    return edition
