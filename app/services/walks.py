"""Planning a walk and moving it on: each function is one thing a coordinator does, and one commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.domain import walks as rules
from app.domain.notices import PROTOCOL_WITHIN
from app.domain.people import THE_SYSTEM, NotAllowed, ThingFacts, may_move
from app.domain.words import N_
from app.models.base import db, expect_version
from app.models.dark_spots import DarkSpot
from app.models.districts import District, NamedPlace
from app.models.walks import Walk, WalkStop
from app.services import walk_steps as steps
from app.services.desk_steps import Desk, Unclear, Unknown
from app.services.transitions import begin, move, move_if_possible, remark
from geo.darkness import civil_dusk, walk_start

PREMEETING_BEFORE, TRIAL_BEFORE = timedelta(days=14), timedelta(days=7)
FEEDBACK_AFTER, REWALK_AFTER = timedelta(days=21), timedelta(days=350)
DAYLIGHT_START = time(15, 0)
MOVES = ("draft", "invited", "followed_up", "finished")


@dataclass(frozen=True)
class Evening:
    """When and how: the date, the start if somebody chose it, dark or daylight, and whose eyes are asked for."""

    on: date
    start: time | None = None
    light: str = "dark"
    perspective: str = "everyone"


@dataclass(frozen=True)
class Meeting:
    """Where people meet: the words for it, and the named place whose position the loop begins at."""

    place: str = ""
    named_place_id: int | None = None


@dataclass(frozen=True)
class Details:
    """What else a plan says; dates are local days."""

    title: str
    purpose: str
    mandate: str
    accessibility: str
    cancel_rule: str
    participants_max: int
    trial_on: date | None
    premeeting_on: date | None
    feedback_on: date | None
    rewalk_on: date | None


@dataclass(frozen=True)
class Chosen:
    """What a new walk visits: spots, and named places that feel safe. `pinned`, `excluded`: what somebody decided of spots."""

    spot_ids: Collection[int]
    safe_place_ids: Collection[int] = ()
    pinned: Collection[int] = ()
    excluded: Collection[int] = ()
    length_m: int = rules.LENGTH_ADVISED_M[1]
    left_out: Sequence[Mapping[str, Any]] = ()


def create(district_id: int, evening: Evening, meeting: Meeting, chosen: Chosen, *, desk: Desk) -> Walk:
    """Make a draft through these places of a district, in the order of the shortest loop from the meeting place."""
    district = db.session.get(District, district_id)
    if district is None:
        raise Unclear(district="choice_unknown")
    if not may_move(desk.actor, ThingFacts("walk", None, district.id), "draft"):
        raise NotAllowed(f"{desk.actor.role} may not plan a walk in district {district.id}")
    spots = db.session.scalars(
        select(DarkSpot).where(DarkSpot.id.in_(chosen.spot_ids), steps.OPEN_SPOT).order_by(DarkSpot.score.desc())
    ).all()
    if not spots:
        raise Unclear(spots="stops_missing")
    safe = db.session.scalars(
        select(NamedPlace).where(NamedPlace.id.in_(chosen.safe_place_ids)).order_by(NamedPlace.id)
    )
    walk = Walk(
        title=f"Trygghetsvandring i {district.name}", district_id=district.id, leader_id=desk.actor.staff_id,
        cancel_rule="Inställd vid storm eller halka. Besked senast klockan 12 samma dag.",
        stops=[*(steps.stop_at(s, desk.now) for s in spots), *(steps.safe_stop_at(p, desk.now) for p in safe)],
        planning={
            "pinned": sorted(chosen.pinned), "excluded": sorted(chosen.excluded), "length_m": chosen.length_m,
            "left_out": list(chosen.left_out),
        }, created_at=desk.now, updated_at=desk.now,
    )  # fmt: skip
    _set_evening(walk, evening, today=_local_today(desk))
    _set_meeting(walk, meeting)
    _set_occasions(walk, evening.on, today=desk.now.date())
    begin(walk, actor=desk.actor, now=desk.now)
    steps.take_shortest(walk)
    steps.measure_route(walk, desk.now)
    db.session.commit()
    return walk


def walk_again(walk_id: int, evening: Evening, *, desk: Desk) -> Walk:
    """Make a draft through the same stops as a walk that was held, so that its scores can be compared stop by stop."""
    earlier = _shown(walk_id, desk)
    if earlier.state not in rules.PUBLISHED:
        raise Unclear(rewalk_date="protocol_not_published")
    walk = Walk(
        title=f"Återbesök: {earlier.title}"[:200], district_id=earlier.district_id, leader_id=desk.actor.staff_id,
        cancel_rule=earlier.cancel_rule, meeting_place=earlier.meeting_place, meeting_lon=earlier.meeting_lon,
        meeting_lat=earlier.meeting_lat, accessibility=earlier.accessibility, purpose="Se vad som har ändrats sedan förra gången.",
        stops=[_same_stop(stop, desk.now) for stop in earlier.stops], planning={"rewalk_of": earlier.id},
        created_at=desk.now, updated_at=desk.now,
    )  # fmt: skip
    _set_evening(walk, evening, today=_local_today(desk))
    _set_occasions(walk, evening.on, today=desk.now.date())
    begin(walk, actor=desk.actor, now=desk.now)
    steps.measure_route(walk, desk.now)
    db.session.commit()
    return walk


def _same_stop(stop: WalkStop, now: datetime) -> WalkStop:
    return WalkStop(
        ordinal=stop.ordinal, dark_spot_id=stop.dark_spot_id, lon=stop.lon, lat=stop.lat, title=stop.title, question=stop.question,
        minutes=stop.minutes, safe_place=stop.safe_place, accessible=stop.accessible, created_at=now, updated_at=now,
    )  # fmt: skip


def change(walk_id: int, evening: Evening, meeting: Meeting, details: Details, *, desk: Desk) -> Walk:
    """Keep what the form says of a walk that is still ahead."""
    walk = _shown(walk_id, desk)
    if walk.state not in rules.STILL_AHEAD:
        raise Unclear(title="walk_is_over")
    before = _local_day(walk.starts_at)
    _set_evening(walk, evening, today=None if evening.on == before else _local_today(desk))
    if wrong := rules.wrong_days(
        evening.on, details.trial_on, details.premeeting_on, details.feedback_on, details.rewalk_on
    ):
        raise Unclear(wrong)
    _set_meeting(walk, meeting)
    if not walk.meeting_place and walk.state != "draft":
        raise Unclear(meeting_place="meeting_place_needed")
    for name, value in vars(details).items():
        setattr(walk, name, value)
    remark(walk, actor=desk.actor, now=desk.now, reason=N_("Planen ändrad"))
    steps.measure_route(walk, desk.now)
    db.session.commit()
    return walk


def try_out(walk_id: int, on: date, *, desk: Desk) -> Walk:
    """Note the day on which somebody went the way alone first (provgång)."""
    walk = _shown(walk_id, desk)
    if on > _local_today(desk):
        raise Unclear(trial_done_on="day_not_here_yet")
    if on > (_local_day(walk.starts_at) or on):
        raise Unclear(trial_done_on="not_after_walk")
    walk.trial_done_on = on
    remark(walk, actor=desk.actor, now=desk.now, reason=f"Provgång gjord {on.isoformat()}")
    db.session.commit()
    return walk


def plan(walk_id: int, *, desk: Desk) -> Walk:
    """Plan a draft: its spots are on a walk now, and everybody who reported them is told the day."""
    walk = _shown(walk_id, desk)
    lacks = {}
    if walk.starts_at is None:
        lacks["on"] = "required"
    elif walk.starts_at < desk.now:
        today = _local_day(walk.starts_at) == _local_today(desk)
        lacks |= {"start": "time_passed"} if today else {"on": "day_passed"}
    if not walk.meeting_place:
        lacks["meeting_place"] = "meeting_place_missing"
    if len(walk.stops) < rules.STOPS_MIN:
        lacks["spots"] = "stops_missing"
    elif wrong := steps.wrong_stops(walk):
        lacks["spots"] = wrong
    if lacks:
        raise Unclear(lacks)
    move(walk, "planned", actor=desk.actor, now=desk.now, facts=_facts(walk))
    steps.let_spots_follow(walk, "on_walk", desk.now)
    db.session.commit()
    return walk


def cancel(walk_id: int, reason: str, *, desk: Desk) -> Walk:
    """Call a walk off, saying why; those who were told of it are told."""
    walk = _shown(walk_id, desk)
    move(walk, "cancelled", actor=desk.actor, now=desk.now, reason=reason, facts=_facts(walk))
    steps.let_spots_return(walk, desk.now)
    db.session.commit()
    return walk


HELD_EARLY = N_("Hölls tidigare än planerat.")


def hold(walk_id: int, attendance: Mapping[str, int], *, before_its_day: bool = False, desk: Desk) -> Walk:
    """Say that the walk was held and how many came; its spots are confirmed by having been seen.

    `before_its_day`: somebody has said that it really was held earlier than planned; residents are told that it was.
    """
    walk = _shown(walk_id, desk)
    lacks = {} if sum(attendance.values()) else {"residents": "attendance_missing"}
    day = _local_day(walk.starts_at)
    if day is not None and day > _local_today(desk) and not before_its_day:
        lacks["held_early"] = "walk_day_not_here_yet"
    if lacks:
        raise Unclear(lacks)
    walk.attendance = dict(attendance)
    for spot in steps.open_spots_of(walk):
        spot.confirmed_at, spot.confirmed_how = min(walk.starts_at or desk.now, desk.now), "walk"
        facts = {"place": spot.name}
        if (
            move_if_possible(spot, "confirmed", actor=THE_SYSTEM, now=desk.now, facts=facts)
            or spot.state == "confirmed"
        ):
            move_if_possible(spot, "on_walk", actor=THE_SYSTEM, now=desk.now, facts=facts)
    early = walk.starts_at is not None and walk.starts_at > desk.now
    if early:
        walk.starts_at = desk.now  # what is told afterwards must be the day on which people really walked
    why = HELD_EARLY if early else ""
    due = max((_local_day(walk.starts_at) or _local_today(desk)) + PROTOCOL_WITHIN, _local_today(desk))
    facts = {**_facts(walk), "protocol_on": due.isoformat()}
    move(walk, "walked", actor=desk.actor, now=desk.now, reason=why, facts=facts)
    db.session.commit()
    return walk


def move_on(walk_id: int, to: str, *, desk: Desk) -> Walk:
    """Move a walk one step: invited, followed up, finished, or back to a draft."""
    walk = _shown(walk_id, desk)
    if to not in MOVES:
        raise Unclear(to="choice_unknown")
    if to == "draft" and walk.state == "planned":
        steps.let_spots_return(walk, desk.now)
    move(walk, to, actor=desk.actor, now=desk.now, facts=_facts(walk))
    db.session.commit()
    return walk


def _shown(walk_id: int, desk: Desk) -> Walk:
    walk = steps.walk_with_reports(walk_id, desk.actor)
    if walk is None:
        raise Unknown
    expect_version(walk, desk.version)
    return walk


def _set_evening(walk: Walk, evening: Evening, *, today: date | None) -> None:
    """Set start and dusk; an evening before `today`, or a dark walk on one that is light until late, is refused."""
    if today is not None and evening.on < today:
        raise Unclear(on="day_passed")
    here = steps.where()
    dusk = civil_dusk(evening.on, here)
    earliest = walk_start(evening.on, here, rules.MINUTES_AFTER_DUSK)
    if evening.light == "dark" and earliest is None:
        raise Unclear(on="dark_walk_in_summer")
    chosen = datetime.combine(evening.on, evening.start, here.zone) if evening.start else None
    if evening.light == "dark" and chosen is not None and dusk is not None and chosen < dusk:
        raise Unclear(start="not_dark_yet")
    proposed = earliest if evening.light == "dark" else datetime.combine(evening.on, DAYLIGHT_START, here.zone)
    walk.starts_at, walk.civil_dusk_at = chosen or proposed, dusk
    walk.light, walk.perspective = evening.light, evening.perspective


def _local_today(desk: Desk) -> date:
    return desk.now.astimezone(steps.where().zone).date()


def _local_day(at: datetime | None) -> date | None:
    return at.astimezone(steps.where().zone).date() if at else None


def _set_meeting(walk: Walk, meeting: Meeting) -> None:
    place = db.session.get(NamedPlace, meeting.named_place_id) if meeting.named_place_id else None
    walk.meeting_place = meeting.place or (place.name if place else "")
    if place is not None:
        walk.meeting_lon, walk.meeting_lat = place.lon, place.lat


def _set_occasions(walk: Walk, on: date, *, today: date) -> None:
    walk.premeeting_on = on - PREMEETING_BEFORE if on - PREMEETING_BEFORE >= today else None
    walk.trial_on = on - TRIAL_BEFORE if on - TRIAL_BEFORE >= today else None
    walk.feedback_on, walk.rewalk_on = on + FEEDBACK_AFTER, on + REWALK_AFTER


def _facts(walk: Walk) -> dict[str, str]:
    on = walk.starts_at.astimezone(steps.where().zone).date().isoformat() if walk.starts_at else ""
    return {"walk_on": on}
