"""The protocol of a walk: what each group noted at each stop, what came out of it, and publishing it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.exc import StaleDataError

from app.domain import measures as measure_rules
from app.domain import walks as rules
from app.domain.words import N_
from app.models.base import db, expect_version
from app.models.dark_spots import DarkSpot
from app.models.measures import Measure
from app.models.staff import Organisation
from app.models.walks import Walk, WalkEntry, WalkStop
from app.services import walk_steps as steps
from app.services.desk_steps import Desk, Unclear, Unknown
from app.services.transitions import begin, move, remark


@dataclass(frozen=True)
class Noted:
    """What one group noted at one stop. Scores 0–3 by parameter; `lux` needs its instrument to mean anything."""

    group_name: str
    scores: Mapping[str, int]
    observations: Sequence[str]
    note: str
    proposal: str
    dissent: str
    lux: float | None
    lux_instrument: str
    responsible_guess_id: int | None


def note(walk_id: int, stop_id: int, entry_id: int | None, noted: Noted, *, seen: str = "", desk: Desk) -> WalkEntry:
    """Keep what a group noted at a stop: a new entry, or a change of one.

    `seen` is `mark` of the entry as the page showed it. A new entry has none, so two who write at once are both kept.

    Raises:
        Unknown, Unclear; StaleDataError when somebody changed the entry meanwhile.

    """
    walk = _open_walk(walk_id, replace(desk, version=None))
    stop = next((s for s in walk.stops if s.id == stop_id), None)
    entry = next((e for e in stop.entries if e.id == entry_id), None) if stop and entry_id else None
    if stop is None or (entry_id and entry is None):
        raise Unknown
    if not noted.scores and not noted.observations and not noted.note:
        raise Unclear(note="score_missing")
    if noted.responsible_guess_id and db.session.get(Organisation, noted.responsible_guess_id) is None:
        raise Unclear(responsible_guess_id="choice_unknown")
    if entry is None:
        entry = WalkEntry(created_at=desk.now, extra={})
        stop.entries.append(entry)
    elif seen and seen != mark(entry):
        raise StaleDataError(f"walk_entry {entry.id} was changed after the page was shown")
    entry.updated_at = desk.now
    for name, value in vars(noted).items():
        setattr(entry, name, dict(value) if name == "scores" else list(value) if name == "observations" else value)
    _is_written(walk, f"Anteckning vid stopp {stop.ordinal}", desk)
    steps.changed(walk, desk.now)
    db.session.commit()
    return entry


def _is_written(walk: Walk, what: str, desk: Desk) -> None:
    """Note what was written; the first word after the walk makes it a draft of a protocol (phones may have written before)."""
    if walk.state == "walked":
        move(walk, "protocol_draft", actor=desk.actor, now=desk.now)
    else:
        remark(walk, actor=desk.actor, now=desk.now, reason=what)


def mark(entry: WalkEntry) -> str:
    """Return what tells one wording of an entry from another."""
    words = [repr(getattr(entry, name)) for name in Noted.__dataclass_fields__]
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:16]


def summarise(walk_id: int, summary: str, attendance: Mapping[str, int], *, desk: Desk) -> Walk:
    """Keep the protocol's summary and how many came, by group."""
    walk = _open_walk(walk_id, desk)
    if not sum(attendance.values()):
        raise Unclear(residents="attendance_missing")
    walk.summary, walk.attendance = summary, dict(attendance)
    _is_written(walk, N_("Sammanfattning och antal ändrade"), desk)
    steps.changed(walk, desk.now)
    db.session.commit()
    return walk


def publish(walk_id: int, *, desk: Desk) -> Walk:
    """Publish the protocol for everybody; those who reported the places are told."""
    walk = steps.walk_with_reports(walk_id, desk.actor)
    if walk is None:
        raise Unknown
    expect_version(walk, desk.version)
    entries = db.session.scalars(
        select(WalkEntry.id).join(WalkStop).where(WalkStop.walk_id == walk.id).limit(1)
    ).first()
    lacks = {}
    if not walk.summary:
        lacks["summary"] = "required"
    if entries is None:
        lacks["entries"] = "entries_missing"
    if lacks:
        raise Unclear(lacks)
    walk.published_at = desk.now
    move(walk, "protocol_published", actor=desk.actor, now=desk.now)
    db.session.commit()
    return walk


def suggest_measures(walk_id: int, entry_id: int, kinds: Sequence[str], *, today: date, desk: Desk) -> list[Measure]:
    """Turn an entry into proposed measures, one for each kind, with the owner that the place's layers name."""
    walk = _readable(walk_id, desk)
    found = next(((s, e) for s in walk.stops for e in s.entries if e.id == entry_id), None)
    if found is None:
        raise Unknown
    stop, entry = found
    already = set(db.session.scalars(select(Measure.kind).where(Measure.walk_entry_id == entry.id)))
    new = [kind for kind in dict.fromkeys(kinds) if kind not in already]
    if not new:
        raise Unclear(kinds="required")
    words = entry.proposal if len(new) == 1 and not already else ""  # a proposal for two things is the words of neither
    made = [_measure(walk, stop, entry, kind, words, today=today, desk=desk) for kind in new]
    db.session.commit()
    return made


def suggest_all(walk_id: int, *, today: date, desk: Desk) -> int:
    """Turn every finding of a protocol into proposed measures that are not there yet; return how many."""
    walk = _readable(walk_id, desk)
    entries = [e.id for s in walk.stops for e in s.entries]
    rows = db.session.execute(select(Measure.walk_entry_id, Measure.kind).where(Measure.walk_entry_id.in_(entries)))
    known = {(int(entry or 0), kind) for entry, kind in rows}
    made = 0
    for stop in walk.stops:
        at_stop = {kind for entry in stop.entries for kind in rules.MEASURE_FOR.values() if (entry.id, kind) in known}
        for entry in stop.entries:
            new = [k for k in rules.suggested_measures(list(entry.observations)) if k not in at_stop]
            words = entry.proposal if len(new) == 1 else ""
            for kind in new:
                _measure(walk, stop, entry, kind, words, today=today, desk=desk)
                at_stop.add(kind)
                made += 1
    db.session.commit()
    return made


def give_feedback(walk_id: int, held_on: date, people: int, said: str, *, desk: Desk) -> Walk:
    """Record the feedback meeting: when, how many came, what was said; the promise is kept from now on."""
    walk = steps.walk_with_reports(walk_id, desk.actor)
    if walk is None:
        raise Unknown
    expect_version(walk, desk.version)
    if held_on > desk.now.astimezone(steps.where().zone).date():
        raise Unclear(held_on="day_not_here_yet")
    if walk.starts_at is not None and held_on < walk.starts_at.astimezone(steps.where().zone).date():
        raise Unclear(held_on="not_before_walk")
    walk.feedback = {"held_on": held_on.isoformat(), "people": people, "said": said}
    walk.feedback_on = held_on
    move(
        walk,
        "feedback_given",
        actor=desk.actor,
        now=desk.now,
        reason=f"Återkoppling {held_on.isoformat()}, {people} personer",
    )
    db.session.commit()
    return walk


def _measure(
    walk: Walk, stop: WalkStop, entry: WalkEntry, kind: str, words: str, *, today: date, desk: Desk
) -> Measure:
    spot = stop.dark_spot
    owner_id = entry.responsible_guess_id or (_layer_owner(spot, kind) if spot else None)
    owner = db.session.get(Organisation, owner_id) if owner_id else None
    measure = Measure(
        kind=kind, description=words or f"{measure_rules.KINDS[kind]}: {stop.title}", walk_entry_id=entry.id,
        dark_spot_id=stop.dark_spot_id, district_id=(spot.district_id if spot else None) or walk.district_id, responsible_id=owner_id,
        deadline=measure_rules.proposed_deadline(today, own=owner is not None and not owner.external),
        created_at=desk.now, updated_at=desk.now,
    )  # fmt: skip
    begin(measure, actor=desk.actor, now=desk.now)
    return measure


def _layer_owner(spot: DarkSpot, kind: str) -> int | None:
    """The owner of what has to change: the light, the greenery, or the ground."""
    layer = rules.OWNER_FOR.get(kind, "land")
    owners = {"light": spot.owner_light_id, "vegetation": spot.owner_vegetation_id, "land": spot.owner_land_id}
    return owners[layer]


def _open_walk(walk_id: int, desk: Desk) -> Walk:
    walk = _readable(walk_id, desk)
    expect_version(walk, desk.version)
    if walk.state not in {"walked", "protocol_draft"}:
        raise Unclear(summary="protocol_is_closed")
    return walk


def _readable(walk_id: int, desk: Desk) -> Walk:
    stops = selectinload(Walk.stops)
    found = select(Walk).where(Walk.id == walk_id, *steps.own(desk.actor))
    options = (stops.selectinload(WalkStop.entries), stops.joinedload(WalkStop.dark_spot))
    return _or_unknown(db.session.scalars(found.options(joinedload(Walk.district), *options)).first())


def _or_unknown(walk: Walk | None) -> Walk:
    if walk is None:
        raise Unknown
    return walk
