"""What a coordinator decides about which reports are one dark spot: pin, merge, split, name, and taking it back.

Each function is one decision and one commit, and remembers what it changed, so that it can be undone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload, undefer

from app.domain.dark_spots import NOT_GROUPED
from app.domain.people import Actor
from app.domain.words import N_
from app.models.areas import municipality
from app.models.base import db, expect_version
from app.models.dark_spots import DarkSpot, SpotLineage
from app.models.places import shape_of, to_element
from app.models.reports import Report
from app.services import spot_work_steps
from app.services.scoring_steps import rescore
from app.services.spot_steps import Names, mark, next_round
from app.services.transitions import begin, move, remark
from geo.dark_spots import outline_around
from geo.projection import SWEREF99_TM, to_lonlat, to_metres

DECISIONS = ("merge", "split", "name", "pin")
CLOSED = frozenset({"merged", "dismissed", "closed"})
FAR_APART_M = 500.0
"""Between nearest edges: more than a place is wide, and less than a stretch is long."""


class NotMergeable(ValueError):
    """The spot cannot become part of that one."""


class FarApart(ValueError):
    """Two spots lie so far apart that it must be said twice that they are one place."""

    def __init__(self, metres: float) -> None:
        super().__init__(f"{metres:.0f} m")
        self.metres = metres


class NotDivisible(ValueError):
    """These reports cannot become a spot of their own: none, all, or some that are not there."""


class NotUndoable(ValueError):
    """It has been undone already, or later decisions stand on it."""


def name(spot: DarkSpot, version: int, *, words: str, actor: Actor, now: datetime) -> None:
    """Give the place the name that a neighbour would use; it survives every regrouping."""
    expect_version(spot, version)
    remark(spot, actor=actor, now=now, reason=f"Namn: {words}")
    _remember(spot, spot, "name", _called(spot), now)
    spot.name, spot.named_by_staff = words, True
    db.session.commit()


def pin(spot: DarkSpot, version: int, *, pinned: bool, actor: Actor, now: datetime) -> None:
    """Keep the spot's reports together whatever the grouping says, or let it go."""
    expect_version(spot, version)
    next_round()
    remark(
        spot,
        actor=actor,
        now=now,
        reason=N_("Hålls samman för hand.") if pinned else N_("Grupperas åter av sig själv."),
    )
    if spot.pinned != pinned:
        _remember(spot, spot, "pin", {"pinned": spot.pinned}, now)
    spot.pinned = pinned
    mark(spots=[spot.id], now=now)
    db.session.commit()


def merge(
    spot: DarkSpot, version: int, target: DarkSpot, *, actor: Actor, now: datetime, far_apart: bool = False
) -> None:
    """Make two spots one: reports, measures, tickets and stops move; the old page leads to the new, which stays together.

    `far_apart`: it is meant although they are.

    Raises:
        NotMergeable: into itself, or into one that is itself closed or merged. FarApart: more than 500 m, and it was not said.

    """
    expect_version(spot, version)
    if target.id == spot.id or target.state in CLOSED:
        raise NotMergeable
    if not far_apart and (metres := _apart_m(spot, target)) > FAR_APART_M:
        raise FarApart(metres)
    next_round()
    before = {**_standing(target), **_called(target), "state": spot.state, "public": spot.public}
    moved = {kind: spot_work_steps.hand_over(kind, spot.id, target.id) for kind in ("reports", *spot_work_steps.WORK)}
    both = [s for s in (shape_of(spot.shape), shape_of(target.shape)) if s is not None]
    target.shape, target.pinned = to_element(shapely.union_all(both)), True
    if spot.named_by_staff and not target.named_by_staff:
        target.name, target.named_by_staff = spot.name, True
    spot.merged_into_id, spot.public = target.id, False
    remark(target, actor=actor, now=now, reason=f"{spot.reference} {spot.name} är nu en del av den här platsen.")
    move(spot, "merged", actor=actor, now=now, reason=f"Sammanslagen med {target.reference}.")
    _remember(spot, target, "merge", {**moved, **before}, now)
    rescore(target, now=now)
    mark(spots=[target.id], now=now)
    db.session.commit()


def _apart_m(one: DarkSpot, other: DarkSpot) -> float:
    """Return the metres between the nearest edges of two spots."""
    here = municipality()
    epsg = here.epsg if here else SWEREF99_TM
    degrees = [shape_of(spot.shape) or shapely.Point(spot.lon, spot.lat) for spot in (one, other)]
    shapes = [shapely.transform(shape, lambda lonlat: to_metres(lonlat, epsg)) for shape in degrees]
    return float(shapely.distance(*shapes))


def split(spot: DarkSpot, version: int, report_ids: Collection[int], *, actor: Actor, now: datetime) -> DarkSpot:
    """Make these reports of a spot a spot of their own; open work goes with the part that it lies nearest to.

    Both stay as they are from now on. Return the new spot.

    Raises:
        NotDivisible: no report, every report, or one that does not count in this spot.

    """
    expect_version(spot, version)
    here = [r for r in spot.reports if r.state not in NOT_GROUPED]
    going = [r for r in here if r.id in set(report_ids)]
    if not going or len(going) == len(here) or len(going) != len(set(report_ids)):
        raise NotDivisible
    next_round()
    staying = [r for r in here if r not in going]
    before = _standing(spot)
    child = _new_part(spot, going, now)
    begin(child, actor=actor, now=now)
    spot_work_steps.hand_over("reports", spot.id, child.id, [r.id for r in going])
    moved = spot_work_steps.split_work(
        spot.id, child.id, [(r.lon, r.lat) for r in staying], [(r.lon, r.lat) for r in going]
    )
    _stand(spot, staying)
    spot.pinned = True
    remark(spot, actor=actor, now=now, reason=f"{len(going)} rapporter är nu en egen plats: {child.reference}.")
    remark(child, actor=actor, now=now, reason=f"Delad från {spot.reference} {spot.name}.")
    _remember(spot, child, "split", {**moved, "reports": [r.id for r in going], **before}, now)
    for part in (spot, child):
        rescore(part, now=now)
    mark(spots=[spot.id, child.id], now=now)
    db.session.commit()
    return child


def undo(decision_id: int, spot: DarkSpot, version: int, *, actor: Actor, now: datetime) -> None:
    """Take back a decision about this spot: everything that had moved and is still there goes back.

    Raises:
        NotUndoable: it is not this spot's, was undone before, or is no longer the newest of its kind.

    """
    expect_version(spot, version)
    line = db.session.get(SpotLineage, decision_id)
    if line is None or not may_undo(line) or spot.id not in {line.parent_id, line.child_id}:
        raise NotUndoable
    next_round()
    {"merge": _part, "split": _join, "name": _unname, "pin": _unpin}[line.how](line, actor, now)
    line.undone_at = line.updated_at = now
    mark(spots=sorted({line.parent_id, line.child_id}), now=now)
    db.session.commit()


def decisions(spot_id: int) -> list[tuple[SpotLineage, bool]]:
    """Return what people decided about which reports are this spot, newest first, and whether it can be undone."""
    mine = (SpotLineage.parent_id == spot_id) | (SpotLineage.child_id == spot_id)
    found = select(SpotLineage).where(mine, SpotLineage.by_staff).order_by(SpotLineage.id.desc())
    return [(line, may_undo(line)) for line in db.session.scalars(found)]


def may_undo(line: SpotLineage) -> bool:
    """Say whether a decision can be taken back: it stands, and no later one about the same spots stands on it."""
    if not line.by_staff or line.undone_at is not None:
        return False
    both = (line.parent_id, line.child_id)
    about = SpotLineage.parent_id.in_(both) | SpotLineage.child_id.in_(both)
    later = select(func.count()).select_from(SpotLineage).where(
        about, SpotLineage.id > line.id, SpotLineage.by_staff, SpotLineage.undone_at.is_(None)
    )  # fmt: skip
    if line.how == "name":
        later = later.where(SpotLineage.how == "name")
    return not db.session.scalar(later)


def _part(line: SpotLineage, actor: Actor, now: datetime) -> None:
    """Undo a merge: the old spot is itself again, and both stand as they stood."""
    parent, child = _loaded(line.parent_id), _loaded(line.child_id)
    spot_work_steps.hand_over("reports", child.id, parent.id, line.moved["reports"])
    spot_work_steps.part_again(line, parent, actor=actor, now=now)
    _restore(child, line)
    if "name" in line.moved and child.name == parent.name:
        _call(child, line)
    remark(child, actor=actor, now=now, reason=f"Sammanslagningen med {parent.reference} är ångrad.")
    for spot in (parent, child):
        rescore(spot, now=now)


def _join(line: SpotLineage, actor: Actor, now: datetime) -> None:
    """Undo a split: the part goes back with all that it has got since, and its page leads to the whole."""
    whole, part = _loaded(line.parent_id), _loaded(line.child_id)
    for kind in ("reports", *spot_work_steps.WORK):
        spot_work_steps.hand_over(kind, part.id, whole.id)
    part.merged_into_id, part.public, part.pinned = whole.id, False, False
    move(part, "merged", actor=actor, now=now, reason=f"Delningen från {whole.reference} är ångrad.")
    _restore(whole, line)
    remark(whole, actor=actor, now=now, reason=f"Delningen till {part.reference} är ångrad.")
    rescore(whole, now=now)


def _unname(line: SpotLineage, actor: Actor, now: datetime) -> None:
    spot = _loaded(line.parent_id)
    _call(spot, line)
    remark(spot, actor=actor, now=now, reason=f"Heter åter {spot.name}." if spot.name else "Namnet är ångrat.")


def _unpin(line: SpotLineage, actor: Actor, now: datetime) -> None:
    spot = _loaded(line.parent_id)
    spot.pinned = line.moved["pinned"]
    remark(
        spot,
        actor=actor,
        now=now,
        reason=N_("Hålls samman för hand.") if spot.pinned else N_("Grupperas åter av sig själv."),
    )


def _loaded(spot_id: int) -> DarkSpot:
    asked = select(DarkSpot).where(DarkSpot.id == spot_id)
    shown = undefer(DarkSpot.shape), selectinload(DarkSpot.reports)
    return db.session.scalars(asked.options(*shown)).one()


def _new_part(spot: DarkSpot, reports: Collection[Report], now: datetime) -> DarkSpot:
    """Return a spot for these reports, which knows of the place what was known of the whole."""
    child = DarkSpot(
        created_at=now, updated_at=now, kind="place", pinned=True, district_id=spot.district_id,
        environment=spot.environment, light_fact=spot.light_fact, flow=spot.flow, context=list(spot.context or []),
        owner_land_id=spot.owner_land_id, owner_light_id=spot.owner_light_id, owner_vegetation_id=spot.owner_vegetation_id,
    )  # fmt: skip
    _stand(child, reports)
    child.name = Names(few=True).of(child.lon, child.lat, child.district_id)
    return child


def _stand(spot: DarkSpot, reports: Collection[Report]) -> None:
    """Let the spot stand where its reports stand: its middle, its shape, its length."""
    found, here = list(reports), municipality()
    epsg = here.epsg if here else SWEREF99_TM
    outline = outline_around(to_metres(_lonlat(found), epsg))
    spot.place_at(found[outline.centre].lon, found[outline.centre].lat)
    shape = shapely.transform(outline.shape, lambda xy: to_lonlat(xy, epsg))
    spot.shape = to_element(shapely.set_precision(shape, 1e-7))
    spot.kind, spot.length_m = outline.kind, round(outline.length_m, 1)


def _standing(spot: DarkSpot) -> dict[str, object]:
    """Return how a spot stands, so that it can stand so again."""
    shape = shape_of(spot.shape)
    return {"pinned": spot.pinned, "shape": shape.wkt if shape is not None else "", "at": [spot.lon, spot.lat]}


def _restore(spot: DarkSpot, line: SpotLineage) -> None:
    spot.pinned = line.moved["pinned"]
    if line.moved["shape"]:
        spot.shape = to_element(shapely.from_wkt(line.moved["shape"]))
    spot.place_at(*line.moved["at"])


def _called(spot: DarkSpot) -> dict[str, object]:
    """Return how a spot is called, so that it can be called so again."""
    return {"name": spot.name, "named_by_staff": spot.named_by_staff}


def _call(spot: DarkSpot, line: SpotLineage) -> None:
    spot.name, spot.named_by_staff = line.moved["name"], line.moved["named_by_staff"]


def _lonlat(reports: Collection[Report]) -> NDArray[np.float64]:
    return np.array([(r.lon, r.lat) for r in reports])


def _remember(parent: DarkSpot, child: DarkSpot, how: str, moved: dict[str, object], now: datetime) -> None:
    spot_work_steps.remember(parent.id, child.id, how, moved, now=now, by_staff=True)
