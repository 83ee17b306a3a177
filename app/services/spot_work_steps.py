"""The work that hangs on a dark spot, and how it goes along when spots are merged, split and parted again. Never commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import numpy as np
from sqlalchemy import BindParameter, Select, bindparam, insert, literal, select, union_all, update

from app.domain.people import THE_SYSTEM, Actor
from app.domain.states import MOVES, OPEN_MEASURES, OPEN_TICKETS
from app.models.among import among, numbers
from app.models.base import db
from app.models.dark_spots import DarkSpot, SpotLineage, reference
from app.models.measures import Measure
from app.models.reports import Membership
from app.models.tickets import Ticket
from app.models.walks import Walk, WalkEntry, WalkStop
from app.services.spot_row_steps import SpotRow, write_merged
from app.services.transitions import move_if_possible, move_row
from geo.nearest import distances_from_m

WORK: Final[Mapping[str, Any]] = {"measures": Measure, "tickets": Ticket, "stops": WalkStop}
LINEAGE = SpotLineage.metadata.tables[SpotLineage.__tablename__]
AHEAD = ("draft", "planned", "invited")
AT_ONCE = 500
_SPOT: BindParameter[int] = bindparam("spot")
_TICKETS = select(literal("tickets"), Ticket.id, Ticket.lon, Ticket.lat).where(
    Ticket.dark_spot_id == _SPOT, Ticket.state.in_(OPEN_TICKETS)
)
_STOPS = (
    select(literal("stops"), WalkStop.id, WalkStop.lon, WalkStop.lat)
    .join(Walk, Walk.id == WalkStop.walk_id)
    .where(WalkStop.dark_spot_id == _SPOT, Walk.state.in_(AHEAD))
)
_MEASURES = (
    select(literal("measures"), Measure.id, WalkStop.lon, WalkStop.lat)
    .join(WalkEntry, WalkEntry.id == Measure.walk_entry_id)
    .join(WalkStop, WalkStop.id == WalkEntry.stop_id)
    .where(Measure.dark_spot_id == _SPOT, Measure.state.in_(OPEN_MEASURES))
)
OPEN_WORK = union_all(_TICKETS, _STOPS, _MEASURES)
ALL_WORK = union_all(
    *(select(literal(name).label("name"), table.id).where(table.dark_spot_id == _SPOT) for name, table in WORK.items())
).order_by("name", "id")
"""One question each: most spots that are divided or grow together have no work at all."""
Moved = dict[str, list[int]]
Place = tuple[float, float]


def may_merge(spot: SpotRow) -> bool:
    """Say whether a spot can lead to another; one that is closed or dismissed keeps its own page."""
    return "merged" in MOVES["dark_spot"].get(spot.state, set())


def merge_into(
    parent: SpotRow, child_id: int, reports: Collection[int], *, now: datetime, more: Mapping[str, str] | None = None
) -> None:
    """Let a spot whose reports are now another's lead there, and take its work along.

    One that is closed or dismissed keeps its own page and what was done; only where its reports went is written down.
    `more`: what else is to be remembered of this merge, to undo it.
    """
    went = {"reports": sorted(reports), **(more or {})}
    facts = {"state": parent.state, "public": parent.public}
    why = f"Sammanslagen med {reference(child_id)}."
    if not move_row("dark_spot", parent, "merged", actor=THE_SYSTEM, now=now, reason=why):
        remember(parent.id, child_id, "merge", went, now=now)
        return
    write_merged(parent, child_id, now)
    moved = {name: hand_over(name, parent.id, child_id, mine) for name, mine in _all_work(parent.id).items()}
    remember(parent.id, child_id, "merge", {**moved, **went, **facts}, now=now)


def part_again(line: SpotLineage, parent: DarkSpot, *, actor: Actor, now: datetime) -> None:
    """Undo a merge but for the reports: the spot is in its old state again, with the work that had gone along."""
    parent.merged_into_id = None
    move_if_possible(parent, line.moved.get("state", "proposed"), actor=actor, now=now, reason="Egen plats igen.")
    for name in WORK:
        hand_over(name, line.child_id, line.parent_id, line.moved.get(name, []))
    line.undone_at = line.updated_at = now


def split_work(parent_id: int, child_id: int, kept: Collection[Place], taken: Collection[Place]) -> Moved:
    """Let the open work of a spot follow the part that it lies nearest to; return what went along.

    Args:
        kept, taken: where the reports stand (WGS84 degrees) that stay, and that go.

    """
    going: Moved = {name: [] for name in WORK}
    for name, number, place in _open_work(parent_id):
        if taken and (not kept or _nearest_m(place, taken) < _nearest_m(place, kept)):
            going[name].append(number)
    return {name: hand_over(name, parent_id, child_id, mine) for name, mine in going.items()}


def hand_over(name: str, giver_id: int, taker_id: int, only: Collection[int] | None = None) -> list[int]:
    """Move reports, measures, tickets or stops (all, or these that are still there) to another spot; return which."""
    if only is not None and not only:
        return []
    table: Any = Membership if name == "reports" else WORK[name]
    number = Membership.report_id if name == "reports" else table.id
    mine = select(number).where(table.dark_spot_id == giver_id).order_by(number)
    found = [n for n in db.session.scalars(mine) if only is None or n in set(only)]
    for begin in range(0, len(found), AT_ONCE):
        part = number.in_(found[begin : begin + AT_ONCE])
        moved = update(table).where(part).values(dark_spot_id=taker_id)
        db.session.execute(moved, execution_options={"synchronize_session": False})
    return found


def remember(
    parent_id: int, child_id: int, how: str, moved: Mapping[str, Any], *, now: datetime, by_staff: bool = False
) -> None:
    """Write where a spot came from, with all that is needed to undo it."""
    line = {"parent_id": parent_id, "child_id": child_id, "how": how, "by_staff": by_staff, "moved": dict(moved)}
    db.session.connection().execute(insert(LINEAGE), {**line, "created_at": now, "updated_at": now})


def returning(parents: Iterable[int], reports: Collection[int]) -> tuple[SpotLineage, DarkSpot] | None:
    """Return the spot that these reports once were, before it grew together with one of these; None when there was none.

    A bridge of reports that goes away again gives back the old spot with its number, name and work.
    """
    grown = db.session.connection().execute(_grown(db.engine.dialect.name), {"children": numbers(parents)})
    mine = set(reports)
    moved = [(number, set(went.get("reports", []))) for number, went in grown]
    good = [(len(mine & went), -number) for number, went in moved if 2 * len(mine & went) > max(len(went), 1)]
    if not good:
        return None
    line = db.session.get_one(SpotLineage, -max(good)[1])
    spot = db.session.get(DarkSpot, line.parent_id)
    return (line, spot) if spot is not None and spot.state == "merged" else None


@lru_cache(maxsize=2)
def _grown(dialect: str) -> Select[Any]:
    """Return the question for the merges by grouping that made these spots larger and that stand."""
    stand = LINEAGE.c.how == "merge", LINEAGE.c.by_staff.is_(False), LINEAGE.c.undone_at.is_(None)
    return select(LINEAGE.c.id, LINEAGE.c.moved).where(among(LINEAGE.c.child_id, "children", dialect), *stand)


def revive(line: SpotLineage, spot: DarkSpot, now: datetime) -> None:
    """Let a spot that had grown together with another be itself again."""
    part_again(line, spot, actor=THE_SYSTEM, now=now)


def _open_work(spot_id: int) -> list[tuple[str, int, Place]]:
    """Return the open work that has a place: tickets, stops of walks to come, measures from a stop of a walk."""
    found = db.session.connection().execute(OPEN_WORK, {"spot": spot_id})
    return [(name, number, (lon, lat)) for name, number, lon, lat in found]


def _all_work(spot_id: int) -> Moved:
    """Return the numbers of everything that hangs on a spot."""
    found: Moved = {name: [] for name in WORK}
    for name, number in db.session.connection().execute(ALL_WORK, {"spot": spot_id}):
        found[name].append(number)
    return found


def _nearest_m(place: Place, others: Collection[Place]) -> float:
    return float(distances_from_m(*place, np.array(list(others))).min())
