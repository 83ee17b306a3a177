"""Who means to come on a walk, asked to come, and counted: addresses only where somebody gave one, and not for long."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.domain import invitations as rules
from app.domain.people import Actor
from app.domain.walks import PARTICIPANTS_MAX
from app.domain.words import N_
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.jobs import enqueue
from app.models.reports import Contact
from app.models.staff import Organisation
from app.models.walks import OtherWalk, SignupContact, Walk, WalkSignup, WalkStop
from app.services import walk_invitation_steps as asking
from app.services import walk_steps as steps
from app.services.desk_steps import Desk, Unclear, Unknown
from app.services.transitions import move, remark

OPEN_FOR_SIGN_UP = ("planned", "invited")
SHOWN = asking.SHOWN
open_walk, walked = asking.open_walk, asking.walked
FEED_BACK_DAYS, FEED_MAX = 60, 300


@dataclass(frozen=True)
class Coming:
    """What somebody who signs up tells: how many, from where, and what they chose to say of perspectives and needs."""

    people: int
    role: str
    organisation: str
    perspectives: Mapping[str, int]
    needs: str
    contact: str
    lang: str


@dataclass(frozen=True)
class Tally:
    """Everybody who signed up for a walk, in numbers."""

    people: int
    by_role: Mapping[str, int]
    perspectives: Mapping[str, int]
    needs: Sequence[str]
    over: bool
    groups: int
    unseen: Sequence[str]


def ahead(now: datetime) -> Sequence[Walk]:
    """Return the walks that everybody is asked to, the nearest first."""
    found = select(Walk).where(Walk.state.in_(SHOWN), Walk.starts_at > now - timedelta(hours=6))
    return db.session.scalars(found.order_by(Walk.starts_at).options(joinedload(Walk.district))).all()


def others_ahead(now: datetime) -> Sequence[OtherWalk]:
    """Return the walks that others arrange, the nearest first."""
    found = select(OtherWalk).where(OtherWalk.starts_at > now - timedelta(hours=6))
    return db.session.scalars(found.order_by(OtherWalk.starts_at).options(joinedload(OtherWalk.district))).all()


def for_feed(now: datetime) -> tuple[Sequence[Walk], Sequence[OtherWalk]]:
    """Return what stands in the public calendar: everything from two months back, walks with their stops not gathered."""
    since = now - timedelta(days=FEED_BACK_DAYS)
    walks = select(Walk).where(Walk.state != "draft", Walk.starts_at > since).order_by(Walk.starts_at).limit(FEED_MAX)
    others = select(OtherWalk).where(OtherWalk.starts_at > since).order_by(OtherWalk.starts_at).limit(FEED_MAX)
    return db.session.scalars(walks.options(joinedload(Walk.district))).all(), db.session.scalars(others).all()


def sign_up(walk_id: int, coming: Coming, token: str, *, now: datetime) -> None:
    """Enter some people for a walk; `token` is the secret of their own page, of which only the hash is kept.

    A token that is already there is a second press of the same form, and changes nothing.

    Raises:
        Unknown: no such walk. Unclear: it is no longer open.

    """
    walk = db.session.get(Walk, walk_id)
    if walk is None or walk.state not in SHOWN:
        raise Unknown
    if walk.state not in OPEN_FOR_SIGN_UP or walk.starts_at is None or walk.starts_at < now:
        raise Unclear(people="sign_up_closed")
    told = {name: value for name, value in vars(coming).items() if name != "contact"}
    row = WalkSignup(walk_id=walk.id, token_hash=_hash(token), created_at=now, updated_at=now, **told)
    row.perspectives = dict(coming.perspectives)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:  # the same press, which was faster
        db.session.rollback()
        return
    if coming.contact:
        row.contact = SignupContact(address=coming.contact, created_at=now, updated_at=now)
        after = walk.feedback_on or (walk.starts_at + timedelta(days=30)).date()
        forget = datetime.combine(after + timedelta(days=rules.CONTACT_KEPT_DAYS), time(3), now.tzinfo)
        enqueue("forget_signups", f"forget_signups_{walk.id}", now=now, payload={"walk_id": walk.id}, run_at=forget)
    db.session.commit()


def by_token(token: str) -> tuple[WalkSignup, Walk] | None:
    """Return what a person's own page shows, or None."""
    row = db.session.scalars(select(WalkSignup).where(WalkSignup.token_hash == _hash(token))).first()
    walk = db.session.get(Walk, row.walk_id) if row else None
    return (row, walk) if row and walk else None


def withdraw(token: str) -> bool:
    """Take a sign-up away altogether; say whether there was one."""
    row = db.session.scalars(select(WalkSignup).where(WalkSignup.token_hash == _hash(token))).first()
    if row is None:
        return False
    db.session.delete(row)
    db.session.commit()
    return True


def tally(walk: Walk) -> Tally:
    """Return who signed up for a walk, in numbers."""
    rows = db.session.scalars(select(WalkSignup).where(WalkSignup.walk_id == walk.id).order_by(WalkSignup.id)).all()
    people = sum(r.people for r in rows)
    by_role = {key: sum(r.people for r in rows if r.role == key) for key in rules.ROLES}
    seen = {key: sum(int(r.perspectives.get(key, 0)) for r in rows) for key in rules.PERSPECTIVE_COUNTS}
    return Tally(
        people=people, by_role={k: n for k, n in by_role.items() if n}, perspectives={k: n for k, n in seen.items() if n},
        needs=[r.needs for r in rows if r.needs], over=people > (walk.participants_max or PARTICIPANTS_MAX),
        groups=rules.groups_wanted(people), unseen=rules.one_sided({k: n for k, n in seen.items() if n}, people),
    )  # fmt: skip


def owners_on_the_way(walk: Walk) -> list[Organisation]:
    """Return those who own land, light or greenery at the walk's stops, each once, by name."""
    spots = select(DarkSpot.owner_land_id, DarkSpot.owner_light_id, DarkSpot.owner_vegetation_id).join(
        WalkStop, WalkStop.dark_spot_id == DarkSpot.id
    )
    ids = {i for row in db.session.execute(spots.where(WalkStop.walk_id == walk.id)) for i in row if i}
    return list(db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)))


def reporters_who_asked(walk: Walk) -> int:
    """Return how many who reported the walk's places asked to be invited and left a mail address."""
    found = asking.reporters_of(walk.id).order_by(None).with_only_columns(func.count(func.distinct(Contact.address)))
    return int(db.session.scalar(found) or 0)


def invite(
    walk_id: int, organisation_ids: Sequence[int], *, reporters: bool, audience: str, lang: str, channels: Sequence[str], desk: Desk
) -> int:  # fmt: skip
    """Ask people to come: letters to organisations and to reporters who wished it; the walk counts as invited to.

    Returns how many organisations are written to. The letters are sent by a job.
    """
    walk = steps.walk_with_reports(walk_id, desk.actor)
    if walk is None:
        raise Unknown
    if walk.state not in OPEN_FOR_SIGN_UP:
        raise Unclear(audience="walk_is_not_planned")
    found = select(Organisation.id).where(Organisation.id.in_(organisation_ids), Organisation.email != "")
    to = sorted(db.session.scalars(found))
    payload = {"walk_id": walk.id, "organisations": to, "reporters": reporters, "audience": audience, "lang": lang}
    if to or reporters:
        enqueue("send_invitations", None, now=desk.now, payload=payload)
    walk.planning = {**walk.planning, "channels": sorted({*walk.planning.get("channels", ()), *channels})}
    if walk.state == "planned":
        move(walk, "invited", actor=desk.actor, now=desk.now)
    else:
        remark(walk, actor=desk.actor, now=desk.now, reason=N_("Inbjudan skickad igen"))
    db.session.commit()
    return len(to)


def forget(walk_id: int) -> int:
    """Forget the addresses that people left for a walk; the numbers stay. Return how many."""
    signups = select(WalkSignup.id).where(WalkSignup.walk_id == walk_id)
    db.session.execute(update(WalkSignup).where(WalkSignup.walk_id == walk_id).values(needs=""))
    done = db.session.execute(delete(SignupContact).where(SignupContact.signup_id.in_(signups)))
    db.session.commit()
    return int(getattr(done, "rowcount", 0))


def calendar_of(actor: Actor, begins: datetime, ends: datetime) -> tuple[Sequence[Walk], Sequence[OtherWalk]]:
    """Return the walks of all kinds between two moments, as a coordinator sees them."""
    ours = select(Walk).where(Walk.starts_at >= begins, Walk.starts_at < ends, *steps.own(actor))
    others = select(OtherWalk).where(OtherWalk.starts_at >= begins, OtherWalk.starts_at < ends)
    return (
        db.session.scalars(ours.order_by(Walk.starts_at).options(joinedload(Walk.district))).all(),
        db.session.scalars(others.order_by(OtherWalk.starts_at).options(joinedload(OtherWalk.district))).all(),
    )


@dataclass(frozen=True)
class Other:
    """A walk that somebody else arranges."""

    kind: str
    title: str
    organiser: str
    district_id: int | None
    starts_at: datetime
    minutes: int
    meeting_place: str


def add_other(other: Other, *, now: datetime) -> list[str]:
    """Enter somebody else's walk; return the titles of what is already there that evening in the same district."""
    row = OtherWalk(created_at=now, updated_at=now, **vars(other))
    same = row.starts_at - timedelta(hours=12), row.starts_at + timedelta(hours=12)
    ours = select(Walk.title).where(
        Walk.starts_at.between(*same), Walk.district_id == row.district_id, Walk.state != "cancelled"
    )
    theirs = select(OtherWalk.title).where(
        OtherWalk.starts_at.between(*same), OtherWalk.district_id == row.district_id, OtherWalk.cancelled.is_(False)
    )
    found = [*db.session.scalars(ours), *db.session.scalars(theirs)]
    db.session.add(row)
    db.session.commit()
    return found


def cancel_other(walk_id: int, *, now: datetime) -> bool:
    """Call off (or take back) somebody else's walk; say whether there was one."""
    row = db.session.get(OtherWalk, walk_id)
    if row is None:
        return False
    row.cancelled, row.updated_at = not row.cancelled, now
    db.session.commit()
    return True


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
