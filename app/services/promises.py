"""Citizen promises: written, decided, kept or not, and followed up in public. One function, one commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.domain.people import COORDINATOR, Actor, NotAllowed
from app.domain.promises import PUBLIC_STATES, RESULTS, Progress, missing_blocks
from app.domain.words import N_
from app.models.base import db, expect_version
from app.models.districts import District
from app.models.history import History
from app.models.promises import Activity, Promise
from app.services.desk_steps import Desk, Unclear, Unknown, history_of
from app.services.promise_steps import progress_of
from app.services.transitions import begin, move, remark


@dataclass(frozen=True)
class Terms:
    """What a promise says, and what it rests on."""

    text: str
    parties: str
    begins_on: date
    ends_on: date
    agreement: str
    agreement_ends_on: date | None
    decision_body: str
    decision_on: date | None
    decision_reference: str
    outcome: str
    district_ids: Collection[int]


@dataclass(frozen=True)
class Block:
    """What an activity says: the thing itself, its three blocks, and how it is counted."""

    text: str
    responsible_id: int | None
    responsible_role: str
    implementation: str
    follow_up: str
    follow_up_on: date | None
    counter: str
    target: int
    per: str
    counted_by_hand: int


@dataclass(frozen=True)
class Shown:
    """A promise with the progress of each activity, by its number, and which blocks are missing where."""

    promise: Promise
    progress: Mapping[int, Progress]
    missing: Mapping[int, Sequence[str]]


def listing(*, public_only: bool = False, district_id: int | None = None) -> list[Shown]:
    """Return promises with their progress, those that end last first."""
    found = select(Promise).options(*_whole()).order_by(Promise.ends_on.desc(), Promise.id)
    if public_only:
        found = found.where(Promise.state.in_(PUBLIC_STATES))
    rows = [p for p in db.session.scalars(found) if _concerns(p, district_id)]
    return _shown(rows)


def one(promise_id: int, *, public_only: bool = False) -> Shown | None:
    """Return one promise with its progress, or None when there is no such promise (or it is not public yet)."""
    promise = db.session.scalars(select(Promise).where(Promise.id == promise_id).options(*_whole())).first()
    if promise is None or (public_only and promise.state not in PUBLIC_STATES):
        return None
    return _shown([promise])[0]


def history(promise_id: int) -> Sequence[History]:
    """Return what has happened to a promise."""
    return history_of("promise", promise_id)


def create(terms: Terms, *, desk: Desk) -> Promise:
    """Write down a promise as a proposal.

    Raises:
        Unclear: it ends before it begins, or names a district that there is not.

    """
    _may_promise(desk.actor)
    promise = Promise(districts=[], activities=[], created_at=desk.now, updated_at=desk.now)
    _write(promise, terms)
    begin(promise, actor=desk.actor, now=desk.now)
    db.session.commit()
    return promise


def change(promise_id: int, terms: Terms, *, desk: Desk) -> None:
    """Keep what the form says of a promise."""
    promise = _open(promise_id, desk)
    _write(promise, terms)
    remark(promise, actor=desk.actor, now=desk.now, reason=N_("Löftets text ändrad"))
    db.session.commit()


def set_activity(promise_id: int, activity_id: int | None, block: Block, *, desk: Desk) -> None:
    """Add an activity, or change one. A published promise keeps its three blocks whole."""
    promise = _open(promise_id, desk)
    activity = next((a for a in promise.activities if a.id == activity_id), None)
    if activity is None:
        if activity_id is not None:
            raise Unknown
        activity = Activity(created_at=desk.now)
        promise.activities.append(activity)
    lacks = _missing_in(block)
    if lacks and promise.state in PUBLIC_STATES:
        raise Unclear(dict.fromkeys(lacks, "required"))
    for name, value in vars(block).items():
        setattr(activity, name, value)
    activity.updated_at = desk.now
    remark(promise, actor=desk.actor, now=desk.now, reason=f"Aktivitet: {block.text}")
    db.session.commit()


def remove_activity(promise_id: int, activity_id: int, *, desk: Desk) -> None:
    """Take an activity out of a proposal; out of a decided promise nothing is taken."""
    promise = _open(promise_id, desk)
    activity = next((a for a in promise.activities if a.id == activity_id), None)
    if activity is None or promise.state != "proposed":
        raise Unknown
    promise.activities.remove(activity)
    remark(promise, actor=desk.actor, now=desk.now, reason=f"Aktivitet borttagen: {activity.text}")
    db.session.commit()


def move_on(promise_id: int, to: str, reason: str, *, desk: Desk) -> None:
    """Move a promise: decided, ongoing, fulfilled or not, follow-up published.

    Raises:
        Unclear: no activity, an activity without one of its three blocks, no decision, or no word of how it went.

    """
    promise = _open(promise_id, desk)
    lacks: dict[str, str] = {}
    if to == "decided":
        lacks |= _not_ready(promise)
    if to == "follow_up_published" and not promise.outcome.strip():
        lacks["outcome"] = "outcome_missing"
    if to in RESULTS[1:] and not reason:
        lacks["reason"] = "reason_missing"
    if lacks:
        raise Unclear(lacks)
    move(promise, to, actor=desk.actor, now=desk.now, reason=reason)
    db.session.commit()


def _not_ready(promise: Promise) -> dict[str, str]:
    lacks = {}
    if not promise.decision_body or promise.decision_on is None:
        lacks["decision_body"] = "decision_missing"
    if not promise.activities:
        lacks["to"] = "activities_missing"
    elif any(_missing(a) for a in promise.activities):
        lacks["to"] = "blocks_missing"
    return lacks


def _missing(activity: Activity) -> list[str]:
    return missing_blocks(
        responsible=activity.responsible_id is not None,
        implementation=activity.implementation,
        follow_up=activity.follow_up,
    )


def _missing_in(block: Block) -> list[str]:
    lacks = missing_blocks(
        responsible=block.responsible_id is not None, implementation=block.implementation, follow_up=block.follow_up
    )
    return ["responsible_id" if name == "responsible" else name for name in lacks]


def _shown(promises: Sequence[Promise]) -> list[Shown]:
    counted = progress_of(promises)
    return [
        Shown(p, {a.id: counted[a.id] for a in p.activities}, {a.id: _missing(a) for a in p.activities})
        for p in promises
    ]


def _concerns(promise: Promise, district_id: int | None) -> bool:
    return district_id is None or not promise.districts or district_id in {d.id for d in promise.districts}


def _write(promise: Promise, terms: Terms) -> None:
    if terms.ends_on < terms.begins_on:
        raise Unclear({"ends_on": "ends_before_it_begins"})
    districts = db.session.scalars(select(District).where(District.id.in_(terms.district_ids))).all()
    if len(districts) != len(set(terms.district_ids)):
        raise Unclear({"districts": "choice_unknown"})
    promise.districts = list(districts)
    for name, value in vars(terms).items():
        if name != "district_ids":
            setattr(promise, name, value)


def _may_promise(actor: Actor) -> None:
    """A promise is the municipality's: who has some districts only may read it and not write it."""
    if actor.role == COORDINATOR and actor.district_ids:
        raise NotAllowed("a coordinator of some districts may not change the municipality's promises")


def _open(promise_id: int, desk: Desk) -> Promise:
    _may_promise(desk.actor)
    promise = db.session.scalars(select(Promise).where(Promise.id == promise_id).options(*_whole())).first()
    if promise is None:
        raise Unknown
    expect_version(promise, desk.version)
    return promise


def _whole() -> tuple[ORMOption, ...]:
    return selectinload(Promise.districts), selectinload(Promise.activities).joinedload(Activity.responsible)
