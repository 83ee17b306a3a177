"""Writing dark spots as grouping decided them: shape, district, name, score, sleep and descent. It never commits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import shapely
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Delete, Insert, Select, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from app.domain.people import THE_SYSTEM
from app.domain.words import N_
from app.models.among import among, numbers
from app.models.base import JOBS_SETTINGS, db
from app.models.dark_spots import DarkSpot, GroupingRound
from app.models.districts import District, NamedPlace
from app.models.jobs import enqueue
from app.models.places import window
from app.models.reports import Membership, Report
from app.services.scoring_steps import Surroundings, write_score
from app.services.spot_report_steps import Facts
from app.services.spot_row_steps import SpotRow, insert_rows, list_in_districts, new_rows, write_rows
from app.services.transitions import begin_all, move_if_possible
from geo.dark_spots import Spot
from geo.nearest import distances_from_m
from geo.projection import to_lonlat

LISTED_FROM_SHARE = 0.2
NAME_WITHIN_M = 250.0
FEW = 10
"""New spots up to which the names near each are asked for."""
SLEEPY = frozenset({"proposed", "confirmed"})
MEMBERSHIP = Membership.metadata.tables["membership"]
DISTRICT, NAMED = District.__table__.c, NamedPlace.__table__.c
PLACES = select(NAMED.name, NAMED.lon, NAMED.lat).where(NamedPlace.is_place()).order_by(NAMED.id)
ROUND = GroupingRound.metadata.tables["grouping_round"]
ROUND_UP = update(ROUND).where(ROUND.c.id == 1).values(number=ROUND.c.number + 1)
MAPPED = select(DarkSpot).execution_options(populate_existing=True)
SOME_MAPPED = MAPPED.where(DarkSpot.id.in_(bindparam("spots", expanding=True)))

_PAIR = func.json_each(bindparam("pairs")).table_valued("value", name="moved")
_LISTS = [bindparam(name, type_=ARRAY(BigInteger)) for name in ("reports", "spots")]
_MOVED = func.unnest(*_LISTS).table_valued("report", "spot", name="moved").render_derived()


@dataclass(frozen=True)
class Outline:
    """One group as it is to be written: its reports by number, the report in its middle, and its shape in degrees (WKB)."""

    reports: list[int]
    middle: int
    spot: Spot
    shape: bytes


class Names:
    """What places are called: for a few new spots what is near each is asked for, for many everything is read once."""

    def __init__(self, *, few: bool) -> None:
        self._few = few

    @cached_property
    def _places(self) -> tuple[list[str], Any]:
        return _as_places(PLACES)

    @cached_property
    def _districts(self) -> dict[int, str]:
        return {row.id: row.name for row in db.session.connection().execute(select(DISTRICT.id, DISTRICT.name))}

    def of(self, lon: float, lat: float, district_id: int | None) -> str:
        """Return the nearest named place within 250 m, else the district, else nothing."""
        known, positions = _as_places(PLACES.where(*_named_near(lon, lat))) if self._few else self._places
        if known:
            distance = distances_from_m(lon, lat, positions)
            nearest = int(distance.argmin())
            if distance[nearest] <= NAME_WITHIN_M:
                return known[nearest]
        return self._districts.get(district_id or 0, "")


def _as_places(asked: Select[Any]) -> tuple[list[str], Any]:
    rows = db.session.connection().execute(asked).all()
    return [row.name for row in rows], np.array([(row.lon, row.lat) for row in rows]).reshape(-1, 2)


def _named_near(lon: float, lat: float) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    west, south, east, north = window(lon, lat, NAME_WITHIN_M)
    return NAMED.lon.between(west, east), NAMED.lat.between(south, north)


@lru_cache(maxsize=2)
def _round_up(dialect: str, *, in_job: bool) -> ReturningUpdate[Any]:
    settings = JOBS_SETTINGS if in_job and dialect == "postgresql" else ()
    return ROUND_UP.returning(ROUND.c.number, *settings)


def next_round(*, in_job: bool = False) -> int:
    """Count the round up and return it; until the commit nobody else changes who belongs to which spot.

    `in_job`: for a job that is settled in a commit of its own, after this one (models.base.JOBS_SETTINGS).
    """
    counted = db.session.connection().scalar(_round_up(db.engine.dialect.name, in_job=in_job))
    if counted is None:
        adding = postgresql_insert if db.engine.dialect.name == "postgresql" else sqlite_insert
        db.session.execute(adding(GroupingRound).values(id=1, number=0).on_conflict_do_nothing())
        return next_round(in_job=in_job)
    return int(counted)


def mark(*, now: datetime, reports: Sequence[int] = (), spots: Sequence[int] = ()) -> None:
    """Ask for a regrouping of what these reports and spots can touch; a job does it after this commit."""
    name = " ".join(["regroup", *(f"r{n}" for n in reports), *(f"s{n}" for n in spots)])
    enqueue(
        "regroup", name if len(name) <= 120 else None, now=now, payload={"reports": list(reports), "spots": list(spots)}
    )


def this_round() -> int:
    """Return the number of the last round."""
    return db.session.scalar(select(GroupingRound.number)) or 0


def outlines(groups: Sequence[Spot], ids: Any, epsg: int) -> list[Outline]:
    """Return groups with their reports' numbers and their shapes in degrees."""
    if not groups:
        return []
    shapes = shapely.transform(np.array([g.shape for g in groups], dtype=object), lambda xy: to_lonlat(xy, epsg))
    return [
        Outline(ids[g.members].tolist(), int(ids[g.centre]), g, shape)
        for g, shape in zip(groups, shapely.to_wkb(_rounded(shapes)).tolist(), strict=True)
    ]


def _rounded(shapes: Any) -> Any:
    """Return shapes with their corners on a grid of a ten millionth of a degree; one that would break is mended by GEOS."""
    rounded = shapely.transform(shapes, lambda lonlat: np.round(lonlat, 7))
    broken = ~shapely.is_valid(rounded)
    rounded[broken] = shapely.set_precision(shapes[broken], 1e-7)
    return rounded


def mapped(numbers: Iterable[int]) -> dict[int, DarkSpot]:
    """Return these spots as the mapped class, as they are now, for what moves their state."""
    asked = SOME_MAPPED, {"spots": sorted(set(numbers))}
    return {spot.id: spot for spot in db.session.scalars(*asked)} if asked[1]["spots"] else {}


def write_groups(
    found: Sequence[Outline],
    spots: Sequence[SpotRow | None],
    facts: Mapping[int, Facts],
    around: Surroundings,
    before: Mapping[int, Sequence[int]],
) -> list[SpotRow]:
    """Write each group to its spot, or to a new one; return the spots in the same order.

    `before`: the reports that each spot had; a spot with the same reports, standing as it stood, keeps its shape.
    """
    fresh = new_rows(sum(spot is None for spot in spots))
    names, written = Names(few=len(fresh) <= FEW), []
    listed: list[tuple[SpotRow, dict[int, float]]] = []
    waiting = iter(fresh)
    for outline, known in zip(found, spots, strict=True):
        spot = known or next(waiting)
        mine = [facts[n] for n in outline.reports]
        _shape(spot, outline, facts[outline.middle], same=known is not None and _has_the_same(known, outline, before))
        listed.append((spot, _place_in_districts(spot, [f.district_id for f in mine])))
        if not (spot.named_by_staff or spot.name):
            spot.name = names.of(spot.lon, spot.lat, spot.district_id)
        write_score(spot, [f.member for f in mine], around)
        written.append(spot)
    begin_all("dark_spot", fresh, actor=THE_SYSTEM, now=around.now)
    insert_rows(fresh, around.now)
    write_rows(spot for spot in spots if spot)
    list_in_districts(listed)
    return written


def _has_the_same(known: SpotRow, outline: Outline, before: Mapping[int, Sequence[int]]) -> bool:
    """Say whether a spot has the very reports that it was drawn from; one that was turned down since is not in `before`."""
    return before.get(known.id) == outline.reports and known.report_count == len(outline.reports)


def _shape(spot: SpotRow, outline: Outline, middle: Facts, *, same: bool) -> None:
    group, length = outline.spot, round(outline.spot.length_m, 1)
    spot.held = group.held
    if same and (spot.lon, spot.lat, spot.length_m, spot.kind) == (middle.lon, middle.lat, length, group.kind):
        return
    spot.place_at(middle.lon, middle.lat)
    spot.shape = outline.shape
    spot.kind, spot.length_m = group.kind, length


def _place_in_districts(spot: SpotRow, found: Sequence[int | None]) -> dict[int, float]:
    """The district with most of its reports is its own; return the share of each where a fifth of them lie."""
    counts = Counter(d for d in found if d is not None)
    total = sum(counts.values())
    spot.district_id = min(counts, key=lambda d: (-counts[d], d)) if counts else None
    return {d: n / total for d, n in sorted(counts.items()) if n / total >= LISTED_FROM_SHARE}


def wake_and_sleep(spots: Mapping[int, SpotRow], living: set[int], now: datetime) -> None:
    """A spot that lost its reports fades to dormant and keeps its page; one that gets some again wakes up."""
    waking = [n for n, spot in spots.items() if n in living and spot.state == "dormant"]
    sleepy = [n for n, spot in spots.items() if n not in living and spot.state in SLEEPY and not spot.pinned]
    for number, spot in sorted(mapped([*waking, *sleepy]).items()):
        if number in living and spot.state == "dormant":
            move_if_possible(spot, "proposed", actor=THE_SYSTEM, now=now, reason=N_("Nya rapporter."))
        elif number not in living and spot.state in SLEEPY:
            move_if_possible(spot, "dormant", actor=THE_SYSTEM, now=now, reason=N_("Inga rapporter kvar."))


def belong(report: Report, spot_id: int) -> None:
    """Let a report belong to a spot from now on."""
    move_reports({report.id: 0}, {report.id: spot_id})
    set_committed_value(report, "dark_spot_id", spot_id)


def move_reports(before: Mapping[int, int], after: Mapping[int, int]) -> None:
    """Write the memberships that changed, all that join in one statement and all that leave in another: a hundred thousand single ones would take seconds.

    Args:
        before: the spot of each report, 0 for none. after: the same as it is to be; a report that is not named has none.

    """
    changed = [(n, after.get(n, 0)) for n, spot in before.items() if after.get(n, 0) != spot]
    joined = [(n, spot) for n, spot in changed if spot]
    left = [n for n, spot in changed if not spot]
    dialect = db.engine.dialect.name
    if left:
        db.session.connection().execute(_leave(dialect), {"reports": numbers(left)})
    if joined and dialect == "postgresql":
        reports, spots = zip(*joined, strict=True)
        db.session.connection().execute(_join(dialect), {"reports": list(reports), "spots": list(spots)})
    elif joined:
        db.session.connection().execute(_join(dialect), {"pairs": json.dumps(joined)})


@lru_cache(maxsize=2)
def _leave(dialect: str) -> Delete:
    return delete(MEMBERSHIP).where(among(MEMBERSHIP.c.report_id, "reports", dialect))


@lru_cache(maxsize=2)
def _join(dialect: str) -> Insert:
    """Return the statement that lets each of these reports belong to its spot, whatever it belonged to."""
    columns = ["report_id", "dark_spot_id"]
    if dialect == "postgresql":
        adding = postgresql_insert(MEMBERSHIP).from_select(columns, select(_MOVED.c.report, _MOVED.c.spot))
        return adding.on_conflict_do_update(
            index_elements=["report_id"], set_={"dark_spot_id": adding.excluded.dark_spot_id}
        )
    pair = [func.json_extract(_PAIR.c.value, path) for path in ("$[0]", "$[1]")]
    # SQLite takes the ON of ON CONFLICT for that of a join when no WHERE stands before it.
    found = select(*pair).where(_PAIR.c.value.is_not(None))
    new = sqlite_insert(MEMBERSHIP).from_select(columns, found)
    return new.on_conflict_do_update(index_elements=["report_id"], set_={"dark_spot_id": new.excluded.dark_spot_id})
