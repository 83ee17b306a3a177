"""Local action plans: what should be different, who decided it, and its moves. One function, one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.domain.people import NotAllowed, ThingFacts, may_move
from app.domain.states import UNDONE_MEASURES
from app.domain.words import N_
from app.models.base import db, expect_version
from app.models.districts import District
from app.models.measures import Measure, Plan
from app.models.walks import Walk, WalkEntry, WalkStop
from app.services.desk_steps import Desk, Unclear, Unknown
from app.services.transitions import begin, move, remark


@dataclass(frozen=True)
class Terms:
    """What a plan says."""

    title: str
    goal: str
    child_perspective: str
    equality_perspective: str
    decision_body: str
    decision_on: date | None
    decision_reference: str
    parties: str
    reviews: Sequence[date]


def from_walk(walk_id: int, *, desk: Desk) -> Plan:
    """Make a draft plan of all measures that came out of a walk and stand in no plan yet."""
    walk = db.session.scalars(select(Walk).where(Walk.id == walk_id)).first()
    if walk is None:
        raise Unknown
    plan = _begin(f"Åtgärdsplan efter {walk.title}", walk.district_id, desk)
    plan.walks.append(walk)
    entries = select(WalkEntry.id).join(WalkStop).where(WalkStop.walk_id == walk.id)
    loose = select(Measure).where(Measure.walk_entry_id.in_(entries), Measure.plan_id.is_(None))
    for measure in db.session.scalars(loose):
        measure.plan_id, measure.updated_at = plan.id, desk.now
    db.session.commit()
    return plan


def create(title: str, district_id: int, *, desk: Desk) -> Plan:
    """Make an empty draft plan for a district."""
    plan = _begin(title, district_id, desk)
    db.session.commit()
    return plan


def change(plan_id: int, terms: Terms, *, desk: Desk) -> Plan:
    """Keep what the form says of a plan."""
    plan = _shown(plan_id, desk)
    for name, value in vars(terms).items():
        if name != "reviews":
            setattr(plan, name, value)
    days = sorted(set(terms.reviews))
    plan.review_on, plan.review_dates = next(iter(days), None), [day.isoformat() for day in days]
    remark(plan, actor=desk.actor, now=desk.now, reason=N_("Planens text ändrad"))
    db.session.commit()
    return plan


def move_on(plan_id: int, to: str, reason: str, *, desk: Desk) -> Plan:
    """Move a plan: out for comments, decided, ongoing, followed up, finished; or not needed, because.

    A decision has a body and a date. What is followed up or finished has no measure that is still to be done.
    """
    plan = _shown(plan_id, desk)
    lacks: dict[str, str] = {}
    if to == "decided":
        lacks |= {} if plan.decision_body else {"decision_body": "required"}
        lacks |= {} if plan.decision_on else {"decision_on": "required"}
    if to == "not_needed" and not reason:
        lacks["reason"] = "reason_missing"
    if to in ("followed_up", "finished") and (open_ones := _open_measures(plan_id)):
        lacks["to"] = f"measures_open:{open_ones}"
    if lacks:
        raise Unclear(lacks)
    move(plan, to, actor=desk.actor, now=desk.now, reason=reason)
    db.session.commit()
    return plan


def _open_measures(plan_id: int) -> int:
    to_do = Measure.plan_id == plan_id, Measure.state.in_(UNDONE_MEASURES)
    return db.session.scalar(select(func.count()).select_from(Measure).where(*to_do)) or 0


def _begin(title: str, district_id: int, desk: Desk) -> Plan:
    if db.session.get(District, district_id) is None:
        raise Unclear({"district": "choice_unknown"})
    if not may_move(desk.actor, ThingFacts("plan", None, district_id), "draft"):
        raise NotAllowed(f"{desk.actor.role} may not begin a plan in district {district_id}")
    plan = Plan(title=title[:200], district_id=district_id, walks=[], created_at=desk.now, updated_at=desk.now)
    begin(plan, actor=desk.actor, now=desk.now)
    return plan


def _shown(plan_id: int, desk: Desk) -> Plan:
    plan = db.session.scalars(select(Plan).where(Plan.id == plan_id).options(selectinload(Plan.walks))).first()
    if plan is None:
        raise Unknown
    expect_version(plan, desk.version)
    return plan
