"""Dark spots as regrouping reads and writes them: plain rows, one question to read them and one statement to write them.

An arriving report has a hundredth of a second and a full regrouping touches every spot; the mapper's bookkeeping took a
third of either. What moves a spot's state goes through the mapped class and the transitions, as everywhere. Never commits.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Insert,
    LargeBinary,
    Row,
    Select,
    Text,
    Update,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm.exc import StaleDataError

from app.models.among import among, numbers, one_of
from app.models.base import db, write
from app.models.dark_spots import DarkSpot, DarkSpotDistrict
from app.models.places import point_at, shape_at
from app.models.reports import Membership
from app.models.walks import Walk, WalkStop

WALKED: Final = ("walked", "protocol_draft", "protocol_published", "feedback_given", "followed_up", "finished")
SPOT, LISTED = (DarkSpot.metadata.tables[table.__tablename__] for table in (DarkSpot, DarkSpotDistrict))
STOP, WALK = WalkStop.__table__.c, Walk.__table__.c
READ: Final = (
    "id", "version", "state", "name", "named_by_staff", "light_fact", "flow", "context", "confirmed_at", "pinned", "public", "kind",
    "length_m", "lon", "lat", "district_id", "held", "report_count", "reporter_count", "first_report_at", "last_report_at",
    "category_counts", "when_counts", "score", "score_low", "score_high", "band", "score_parts", "score_version",
    "scored_at", "before",
)  # fmt: skip
WRITTEN: Final = ("name", "named_by_staff", *READ[READ.index("kind") :])
"""What regrouping writes: nothing that people decide, but for the name of a spot that they have not named."""
MERGE: Final = (
    update(SPOT)
    .where(SPOT.c.id == bindparam("spot"), SPOT.c.version == bindparam("seen"))
    .values(
        {
            SPOT.c.state: bindparam("new_state"), SPOT.c.version: bindparam("new_version"), SPOT.c.public: False,
            SPOT.c.merged_into_id: bindparam("into"), SPOT.c.updated_at: bindparam("at"),
        }
    )
)  # fmt: skip
AS_TEXT: Final = frozenset({"context", "category_counts", "when_counts", "score_parts", "before"})
"""Asked for as the JSON that the database keeps: of the spots around an arriving report few are looked at more closely."""
_TEXT_AT: Final = [READ.index(name) for name in sorted(AS_TEXT)]
HAIR: Final = 1e-9
LAST_NUMBER = select(func.max(SPOT.c.id))
NEXT_NUMBERS = select(func.nextval(func.pg_get_serial_sequence("dark_spot", "id"))).select_from(
    func.generate_series(1, bindparam("count")).alias("each")
)
_LISTED_AT = LISTED.c.dark_spot_id == bindparam("spot"), LISTED.c.district_id == bindparam("district")
LIST, LIST_ANEW, UNLIST = insert(LISTED), update(LISTED).where(*_LISTED_AT), delete(LISTED).where(*_LISTED_AT)


@dataclass(slots=True)
class SpotRow:
    """One dark spot: what the score and the shape depend on, and what they are. Attributes are DarkSpot's columns, as READ."""

    id: int
    version: int = 1
    state: str = ""
    name: str = ""
    named_by_staff: bool = False
    light_fact: str = "unknown"
    flow: str = "unknown"
    context: list[str] = field(default_factory=list)
    confirmed_at: datetime | None = None
    pinned: bool = False
    public: bool = False
    kind: str = "place"
    length_m: float = 0.0
    lon: float = 0.0
    lat: float = 0.0
    district_id: int | None = None
    held: bool = False
    report_count: int = 0
    reporter_count: int = 0
    first_report_at: datetime | None = None
    last_report_at: datetime | None = None
    category_counts: dict[str, int] = field(default_factory=dict)
    when_counts: dict[str, int] = field(default_factory=dict)
    score: float = 0.0
    score_low: float = 0.0
    score_high: float = 0.0
    band: str = "C"
    score_parts: list[dict[str, Any]] = field(default_factory=list)
    score_version: str = ""
    scored_at: datetime | None = None
    before: dict[str, Any] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)
    """By district where it is listed: the share of its reports."""
    perspectives: int = 0
    """From how many different perspectives it was walked (women, older people, wheelchairs …)."""
    members: int | None = None
    """How many reports belong to it in the database, also those that do not count; known of some (`kept_rows`)."""
    shape: bytes | None = None
    """A new shape in WGS84 degrees, as well-known binary; None when the kept one stands."""
    _was: tuple[Any, ...] = field(init=False, repr=False)
    _stood: tuple[float, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Remember what was read."""
        self._was, self._stood = self._now(), (self.lon, self.lat)

    @classmethod
    def of(cls, row: Row[Any]) -> SpotRow:
        """Return the spot of a row that `kept_rows` asked for."""
        values = list(row[: len(READ)])
        for at in _TEXT_AT:
            values[at] = json.loads(values[at])
        shares = {int(d): share for d, share in json.loads(row.shares or "{}").items()}
        return cls(*[*values, shares, row.perspectives, getattr(row, "members", None)])

    def _now(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in WRITTEN)

    def place_at(self, lon: float, lat: float) -> None:
        """Stand somewhere else."""
        self.lon, self.lat = lon, lat

    @property
    def is_changed(self) -> bool:
        """Whether anything is to be written."""
        return self.shape is not None or self._now() != self._was

    @property
    def is_moved(self) -> bool:
        """Whether its centre is another than was read."""
        return (self.lon, self.lat) != self._stood

    def facts(self) -> dict[str, Any]:
        """Return what stands of a spot beside what regrouping writes, under names that no column has."""
        return {f"new_{name}": getattr(self, name) for name in READ}

    def values(self) -> dict[str, Any]:
        """Return what is to be written, under names that no column has."""
        return {f"new_{name}": getattr(self, name) for name in (*WRITTEN, "shape")} | {
            "spot": self.id, "seen": self.version,
        }  # fmt: skip


def kept_rows(spot_ids: Iterable[int] | None) -> dict[int, Row[Any]]:
    """Return these spots, or all, as the database keeps them, for SpotRow.of(): with their districts and `perspectives`.

    Rows of some know as well their `members`: how many reports belong to each, also those that do not count.
    """
    dialect = db.engine.dialect.name
    asked = (_all(dialect),) if spot_ids is None else (_some(dialect), {"spots": numbers(spot_ids)})
    return {row.id: row for row in db.session.connection().execute(*asked).all()}


def rows_of(spot_ids: Iterable[int] | None) -> dict[int, SpotRow]:
    """Return these spots, or all, with their districts and from how many perspectives each was walked."""
    return {number: SpotRow.of(row) for number, row in kept_rows(spot_ids).items()}


def new_rows(count: int) -> list[SpotRow]:
    """Return so many spots to be, each with its number and as nothing is known of it yet; insert_rows() writes them."""
    if not count:
        return []
    if db.engine.dialect.name == "postgresql":
        found = list(db.session.connection().scalars(NEXT_NUMBERS, {"count": count}))
    else:
        last = db.session.connection().scalar(LAST_NUMBER) or 0
        found = list(range(last + 1, last + 1 + count))
    return [SpotRow(number) for number in found]


def insert_rows(rows: Sequence[SpotRow], now: datetime) -> None:
    """Write spots that were not there, begun and drawn."""
    if rows:
        values = [row.values() | row.facts() | {"new_created_at": now} for row in rows]
        write(_insert(db.engine.dialect.name), values)


def perspectives_of(spot_id: int) -> int:
    """Return from how many different perspectives a spot was walked."""
    return db.session.scalar(_walked().where(STOP.dark_spot_id == spot_id)) or 0


def write_rows(rows: Iterable[SpotRow]) -> None:
    """Write what is new in these rows.

    Raises:
        StaleDataError: somebody decided about one of them since it was read.

    """
    dialect = db.engine.dialect.name
    by_kind: dict[tuple[bool, bool], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row.is_changed:
            by_kind[row.shape is not None, row.is_moved].append(row.values())
    for (reshaped, moved), part in by_kind.items():
        statement = _update(dialect, reshaped=reshaped, moved=moved)
        if write(statement, part).rowcount not in {len(part), -1}:
            raise StaleDataError("a dark spot was changed while it was regrouped")


def write_merged(row: SpotRow, into_id: int, now: datetime) -> None:
    """Write that a spot leads to another from now on: its state and version, as the transitions left them.

    Raises:
        StaleDataError: somebody decided about it since it was read.

    """
    values = {"spot": row.id, "seen": row.version - 1, "new_state": row.state, "new_version": row.version}
    done = db.session.connection().execute(MERGE, {**values, "into": into_id, "at": now})
    if done.rowcount != 1:
        raise StaleDataError("a dark spot was changed while it was regrouped")


def list_in_districts(shared: Sequence[tuple[SpotRow, Mapping[int, float]]]) -> None:
    """List each spot in these districts with these shares, and in no other."""
    pairs = [(row, d, share) for row, shares in shared for d, share in shares.items()]
    new = [_listing(row.id, d, share) for row, d, share in pairs if d not in row.shares]
    again = [
        {"spot": row.id, "district": d, "share": share}
        for row, d, share in pairs
        if d in row.shares and abs(row.shares[d] - share) > HAIR
    ]
    gone = [{"spot": row.id, "district": d} for row, shares in shared for d in row.shares if d not in shares]
    for statement, rows in ((UNLIST, gone), (LIST_ANEW, again), (LIST, new)):
        if rows:
            write(statement, rows)


def _listing(number: int, district_id: int, share: float) -> dict[str, Any]:
    return {"dark_spot_id": number, "district_id": district_id, "share": share}


def _walked() -> Select[Any]:
    walked = select(func.count(WALK.perspective.distinct())).select_from(WalkStop.__table__)
    return walked.join(Walk.__table__, WALK.id == STOP.walk_id).where(one_of(WALK.state, WALKED))


@lru_cache(maxsize=2)
def _all(dialect: str) -> Select[Any]:
    """Return the question for all spots, built once for each kind of database."""
    pairs = func.json_object_agg if dialect == "postgresql" else func.json_group_object
    listed = select(cast(pairs(LISTED.c.district_id, LISTED.c.share), Text)).where(LISTED.c.dark_spot_id == SPOT.c.id)
    walked = _walked().where(STOP.dark_spot_id == SPOT.c.id)
    columns = (cast(SPOT.c[name], Text) if name in AS_TEXT else SPOT.c[name] for name in READ)
    return select(*columns, listed.scalar_subquery().label("shares"), walked.scalar_subquery().label("perspectives"))


@lru_cache(maxsize=2)
def _some(dialect: str) -> Select[Any]:
    # Counted without looking at the reports, which cost four times as much as all else here.
    members = select(func.count()).where(Membership.__table__.c.dark_spot_id == SPOT.c.id).scalar_subquery()
    return _all(dialect).add_columns(members.label("members")).where(among(SPOT.c.id, "spots", dialect))


@lru_cache(maxsize=8)
def _update(_dialect: str, *, reshaped: bool, moved: bool) -> Update:
    """Return the statement that writes rows, with their shape and position where these are new: indices of places are slow."""
    new: dict[Any, Any] = {SPOT.c[name]: bindparam(f"new_{name}") for name in WRITTEN}
    if reshaped:
        new[SPOT.c.shape] = _new_shape()
    if moved:
        new[SPOT.c.position] = point_at(bindparam("new_lon"), bindparam("new_lat"))
    return update(SPOT).where(SPOT.c.id == bindparam("spot"), SPOT.c.version == bindparam("seen")).values(new)


@lru_cache(maxsize=2)
def _insert(_dialect: str) -> Insert:
    new: dict[Any, Any] = {SPOT.c[name]: bindparam(f"new_{name}") for name in (*READ, "created_at")}
    new[SPOT.c.shape] = _new_shape()
    new[SPOT.c.updated_at] = new[SPOT.c.created_at]
    new[SPOT.c.position] = point_at(bindparam("new_lon"), bindparam("new_lat"))
    return insert(SPOT).values(new)


def _new_shape() -> ColumnElement[Any]:
    return shape_at(bindparam("new_shape", type_=LargeBinary))
