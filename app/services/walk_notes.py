"""Notes from the walk itself: groups with a code each, and what their phones send when there is a net."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.adapters.photo_intake import KeptPhoto
from app.domain import walk_notes as rules
from app.domain.people import THE_SYSTEM
from app.domain.walk_notes import Note
from app.domain.walks import MINUTES_PER_STOP, QUESTIONS
from app.domain.words import between
from app.models.base import db
from app.models.photos import LockedPhoto, Photo
from app.models.walks import Walk, WalkEntry, WalkGroup, WalkStop
from app.services import walk_steps as steps
from app.services.desk_steps import Desk, Unclear, Unknown
from app.services.transitions import begin, move, remark

PLANNED = ("planned", "invited")
OPEN_STATES = (*PLANNED, "walked", "protocol_draft")
GROUPS_MAX = 12
NAMES = "ABCDEFGHIJKL"
NEW_PLACE = "Trygg plats"
NEAR_DEG = 0.03


@dataclass(frozen=True)
class Saved:
    """What was kept of a sending: each note's id and revision, and the ids of those that no stop of the walk has."""

    saved: Sequence[tuple[str, int]]
    refused: Sequence[str]


def groups(walk_id: int) -> Sequence[WalkGroup]:
    """Return a walk's groups, by name."""
    return db.session.scalars(select(WalkGroup).where(WalkGroup.walk_id == walk_id).order_by(WalkGroup.id)).all()


def make_groups(walk_id: int, count: int, draw: Callable[[int], list[int]], *, desk: Desk) -> Sequence[WalkGroup]:
    """Make so many groups in all, each with a code; those that are there keep theirs.

    Raises:
        Unknown: no such walk. Unclear: no day yet, or more groups than letters.

    """
    walk = db.session.scalars(select(Walk).where(Walk.id == walk_id, *steps.own(desk.actor))).first()
    if walk is None:
        raise Unknown
    if walk.starts_at is None or walk.state not in OPEN_STATES:
        raise Unclear(groups="walk_is_not_planned")
    if not 1 <= count <= GROUPS_MAX:
        raise Unclear(groups=between(1, GROUPS_MAX))
    there = groups(walk_id)
    closes = walk.starts_at + timedelta(days=rules.OPEN_DAYS)
    for number in range(len(there), count):
        db.session.add(
            WalkGroup(
                walk_id=walk.id, name=f"Grupp {NAMES[number]}", code=rules.code(draw(rules.CODE_LENGTH)), closes_at=closes,
                created_at=desk.now, updated_at=desk.now,
            )
        )  # fmt: skip
    for group in there:
        group.closes_at = closes
    many = max(count, len(there))
    remark(walk, actor=desk.actor, now=desk.now, reason=f"{many} {'grupp' if many == 1 else 'grupper'} med kod")
    db.session.commit()
    return groups(walk_id)


def by_code(code: str, now: datetime, *, alone: bool = False) -> tuple[WalkGroup, Walk] | None:
    """Return the group whose code this is, and its walk with stops, while the code is good; else None.

    `alone`: whoever else asks so for this walk waits until this transaction is over.
    """
    group = db.session.scalars(select(WalkGroup).where(WalkGroup.code == rules.as_code(code))).first()
    if group is None or group.closes_at < now:
        return None
    stops = selectinload(Walk.stops).joinedload(WalkStop.dark_spot)
    found = select(Walk).where(Walk.id == group.walk_id, Walk.state.in_(OPEN_STATES))
    if alone:
        found = found.with_for_update(of=Walk)
    walk = db.session.scalars(found.options(joinedload(Walk.district), stops)).first()
    return (group, walk) if walk else None


def take_in(code: str, notes: Sequence[Note], *, now: datetime) -> Saved:
    """Keep what a phone of a group sends: each note once, the newest that its phone wrote; others' stay as they are.

    Raises:
        Unknown: the code is not good (any longer), or the protocol is published.

    """
    found = by_code(code, now, alone=True)  # six phones get coverage at the same lamp post
    if found is None:
        raise Unknown
    group, walk = found
    ids = [n.client_id for n in notes]
    kept = {
        e.client_id: e
        for e in db.session.scalars(select(WalkEntry).where(WalkEntry.client_id.in_(ids)).with_for_update())
    }
    saved, refused, changed, planned_stops = [], [], False, len(walk.stops)
    for note in notes:
        entry = kept.get(note.client_id)
        stop = _stop_of(walk, entry, note, now)
        if stop is None or (entry is not None and entry.stop_id != stop.id):
            refused.append(note.client_id)
            continue
        if entry is None:
            entry = WalkEntry(stop_id=stop.id, client_id=note.client_id, extra={"by": "phone"}, created_at=now)
            kept[note.client_id] = entry
            db.session.add(entry)
        if rules.newer(note.revision, entry.revision):
            _write(entry, note, group, now)
            changed = True
        saved.append((note.client_id, note.revision))
    if changed:
        _tell(walk, group, now, new_stop=len(walk.stops) > planned_stops)
    db.session.commit()
    return Saved(saved, refused)


def _stop_of(walk: Walk, entry: WalkEntry | None, note: Note, now: datetime) -> WalkStop | None:
    """Return the stop that a note is about; one about a safe place that nobody had planned makes a stop of it."""
    wanted = entry.stop_id if note.place and entry else note.stop_id
    stop = next((s for s in walk.stops if s.id == wanted), None)
    if note.place is None or (stop is None and entry is not None):
        return stop
    last = walk.stops[-1] if walk.stops else None
    if stop is None:
        stop = WalkStop(
            ordinal=len(walk.stops) + 1, lon=last.lon if last else walk.meeting_lon, lat=last.lat if last else walk.meeting_lat,
            title=NEW_PLACE, question=QUESTIONS[0], minutes=MINUTES_PER_STOP, safe_place=True, created_at=now, updated_at=now,
        )  # fmt: skip
        walk.stops.append(stop)
    if entry is None or rules.newer(note.revision, entry.revision):
        stop.title = note.place.name or stop.title
        if note.place.lon is not None and note.place.lat is not None and _near(walk, note.place.lon, note.place.lat):
            stop.lon, stop.lat = note.place.lon, note.place.lat
    db.session.flush()
    return stop


def _near(walk: Walk, lon: float, lat: float) -> bool:
    """Say whether a phone's position can be of this walk at all: within some kilometres of its first stop."""
    first = walk.stops[0]
    return abs(lon - first.lon) < NEAR_DEG * 2 and abs(lat - first.lat) < NEAR_DEG


def photo_is_kept(photo_id: str) -> bool:
    """Say whether a phone's photo has come before."""
    name = _public_id(photo_id)
    if db.session.scalar(select(Photo.id).where(Photo.public_id == name)) is not None:
        return True
    # Covered at the desk since: the phone that sends it once more must not bring back what was covered.
    return db.session.scalar(select(LockedPhoto.id).where(LockedPhoto.public_id == name)) is not None


def room_for_photo(code: str, client_id: str, now: datetime) -> bool:
    """Say whether a note is there to take a photo, and has fewer than three.

    Raises:
        Unknown: the code is not good, or there is no such note yet.

    """
    entry = _entry(code, client_id, now)
    count = db.session.scalar(select(func.count()).select_from(Photo).where(Photo.walk_entry_id == entry.id)) or 0
    return int(count) < rules.PHOTOS_MAX


def take_photo(code: str, client_id: str, photo_id: str, kept: KeptPhoto, *, now: datetime) -> None:
    """Join a photo that is on durable storage to its note. Where it was taken is not kept: the stop says where."""
    entry = _entry(code, client_id, now)
    photo = Photo(
        public_id=_public_id(photo_id), sha256=kept.sha256, width=kept.width, height=kept.height, purpose="walk",
        walk_entry_id=entry.id, created_at=now, updated_at=now,
    )  # fmt: skip
    begin(photo, actor=THE_SYSTEM, now=now)
    db.session.commit()


def public_name(photo_id: str) -> str:
    """Return the address of a photo whose phone named it with this UUID."""
    return _public_id(photo_id)


def _public_id(photo_id: str) -> str:
    return photo_id.replace("-", "")


def _entry(code: str, client_id: str, now: datetime) -> WalkEntry:
    found = by_code(code, now)
    if found is None:
        raise Unknown
    entry = db.session.scalars(
        select(WalkEntry).join(WalkStop).where(WalkEntry.client_id == client_id, WalkStop.walk_id == found[1].id)
    ).first()
    if entry is None:
        raise Unknown
    return entry


def _write(entry: WalkEntry, note: Note, group: WalkGroup, now: datetime) -> None:
    entry.group_name, entry.revision, entry.updated_at = group.name, note.revision, now
    entry.scores, entry.observations = dict(note.scores), list(note.observations)
    entry.note, entry.proposal, entry.dissent = note.note, note.proposal, note.dissent
    entry.lux, entry.lux_instrument = note.lux, note.lux_instrument


def _tell(walk: Walk, group: WalkGroup, now: datetime, *, new_stop: bool) -> None:
    """A walk that was held has a protocol from its first note on; before that the notes wait with the plan.

    Whoever has the plan open meanwhile is not told that it changed, since it did not, unless it got a stop.
    """
    if walk.state == "walked":
        move(walk, "protocol_draft", actor=THE_SYSTEM, now=now, reason=f"Anteckningar från {group.name}")
    if new_stop or walk.state not in PLANNED:
        steps.changed(walk, now)


def rows(walk: Walk) -> dict[str, Any]:
    """Return how many notes and photos have come for a walk."""
    entries = select(WalkEntry.id).join(WalkStop).where(WalkStop.walk_id == walk.id, WalkEntry.client_id.is_not(None))
    notes = db.session.scalar(select(func.count()).select_from(entries.subquery())) or 0
    photos = db.session.scalar(select(func.count()).select_from(Photo).where(Photo.walk_entry_id.in_(entries))) or 0
    return {"notes": int(notes), "photos": int(photos)}
