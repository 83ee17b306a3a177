"""What importing lamps by command and by page share: a file is compared first, then written. It never commits.

Both go by the batch, and what is to be written waits on the disk: 200,000 lamps need no more memory than 2,000.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shapely.geometry import MultiPoint, Point
from sqlalchemy import Table, bindparam, func, insert, select, update

from app.adapters.batches import Batches
from app.adapters.geofeatures import Feature, GeoFile
from app.adapters.geofiles import to_wgs84
from app.domain import lamp_register as register
from app.domain.imports import Refused, looks_swapped, number, position_problem
from app.domain.lamp_problems import Problem, in_row, of_feature, plain
from app.models.areas import municipal_area
from app.models.base import db, reading
from app.models.lamps import Lamp
from app.models.places import point_at
from app.models.staff import Organisation
from app.services.municipality_steps import home
from geo.areas import distance_to_area_m

OUTSIDE_M = 500.0
ID_MAX = 80
STRAYS_MAX = 1000
Place = tuple[float | None, float | None, Problem | None]
Rows = Batches[dict[str, Any]]


@dataclass
class Comparison:
    """What a file would change, in figures, sentences and examples; `new_rows` and `changed_rows` are what is written.

    `organisations` are the names that the file has for each kind of them.
    """

    columns: Mapping[str, str]
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, dict[str, tuple[Any, Any]]]] = field(default_factory=list)
    new_ids: list[str] = field(default_factory=list)
    new_organisations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    organisations: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in register.ORGANISATIONS})
    new_rows: Rows = field(default_factory=Rows)
    changed_rows: Rows = field(default_factory=Rows)

    @property
    def id_column(self) -> str:
        """Return the column by which a lamp is known."""
        return self.columns["id"]

    def outcome(self) -> dict[str, Any]:
        """Return what a page shows, as plain data."""
        return {
            "new": self.new, "changed": self.changed, "unchanged": self.unchanged, "missing": self.missing,
            "fields": self.fields.most_common(), "notes": [plain(n) for n in self.notes], "new_ids": self.new_ids,
            "new_organisations": self.new_organisations, "columns": {k: v for k, v in self.columns.items() if v},
            "examples": [[asset, [[name, _said(old), _said(new)] for name, (old, new) in rows.items()]] for asset, rows in self.examples],
        }  # fmt: skip


def compare(file: GeoFile, mapping: Mapping[str, str], crs: str = "") -> Comparison:
    """Return what a file would change in the register; nothing is written.

    Args:
        file: read by adapters.geofiles; a table needs columns for its positions. mapping: our field to their column, for
        those that are not to be guessed. crs: the coordinate system of a table's two columns, "" for WGS84 degrees.

    Raises:
        Refused: with every problem of every row. BadMapping: no such column. Unreadable: no such coordinate system.

    """
    columns = register.columns_for(file.columns, mapping, placed=file.features.placed)
    done, notes = Comparison(columns), register.Notes()
    before, strays = _Before.now(), 0
    for lamps in _read(file, columns, notes, crs):
        _sort_out(lamps, before, done)
        strays += _strays(lamps) if strays < STRAYS_MAX else 0
    _sum_up(before, done)
    done.notes[:0] = notes.sentences()
    if strays:
        done.notes.append(
            Problem(
                f"{strays} lamps lie more than {OUTSIDE_M:.0f} m outside of the municipality.",
                "outside", count=strays, metres=int(OUTSIDE_M),
            )
        )  # fmt: skip
    return done


def compare_only(file: GeoFile, mapping: Mapping[str, str], crs: str = "") -> Comparison:
    """Compare in a transaction of its own that can only read: nobody's lock is held however large the file is."""
    with reading():
        try:
            return compare(file, mapping, crs)
        finally:
            db.session.rollback()


def write(done: Comparison, *, now: datetime, step: Callable[[int], None]) -> None:
    """Write what a comparison found into the transaction that is open."""
    numbers = {kind: _organisations(names - {""}, kind, now) for kind, names in done.organisations.items()}
    table = Lamp.__table__
    assert isinstance(table, Table)  # noqa: S101  (it is no view)
    place = {"position": point_at(bindparam("at_lon"), bindparam("at_lat"))}
    for statement, batches, extra in (
        (insert(table).values(place), done.new_rows, {"created_at": now, "updated_at": now}),
        (update(table).where(table.c.id == bindparam("number")).values(place), done.changed_rows, {"updated_at": now}),
    ):
        for rows in batches:
            db.session.execute(statement, [{**_as_written(row, numbers), **extra} for row in rows])
            step(len(rows))
    db.session.expire_all()


def _as_written(row: dict[str, Any], numbers: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    for kind, known in numbers.items():
        if kind in row:
            row[f"{kind}_id"] = known.get(row.pop(kind))
    return {**row, "at_lon": row["lon"], "at_lat": row["lat"]}


def _read(file: GeoFile, columns: Mapping[str, str], notes: register.Notes, crs: str) -> Iterator[list[dict[str, Any]]]:
    """Give the lamps of a file by the batch; raise Refused at its end when any row is wrong, with every problem."""
    problems: list[str] = [] if file.features else [Problem("The file holds no features.", "no_rows")]
    seen, place = dict[str, int](), home()
    for batch in file.features.batches():
        lamps = []
        for feature, spot in zip(batch, _positions(batch, columns, crs), strict=True):
            asset = register.text(feature.values.get(columns["id"]))
            if problem := _problem(asset, spot, seen, place, columns["id"]):
                problems.append(in_row(feature.number, asset, problem))
            elif not problems:
                values = register.values_of(feature.number, feature.values, columns, notes)
                lamps.append({"asset_id": asset, "lon": spot[0], "lat": spot[1], **values})
            seen.setdefault(asset, feature.number)
        if not problems:
            yield lamps
    if problems:
        raise Refused(problems)


def _problem(
    asset: str, spot: Place, seen: Mapping[str, int], home_at: tuple[float, float] | None, column: str
) -> Problem | None:
    """Return why a row can be no lamp, or None."""
    lon, lat, problem = spot
    if not asset:
        return Problem(f"no id in {column!r}", "no_id", column=column)
    if len(asset) > ID_MAX:
        return Problem(f"the id is longer than {ID_MAX} characters", "id_too_long", most=ID_MAX)
    if asset in seen:
        return Problem(f"the same id as row {seen[asset]}", "same_id", other=seen[asset])
    if not problem and lon is not None and lat is not None and looks_swapped(lon, lat, home_at):
        return Problem("latitude and longitude have changed places", "swapped")
    return problem


def _positions(features: Sequence[Feature], columns: Mapping[str, str], crs: str) -> list[Place]:
    if not columns["lon"]:
        return [_point(feature) for feature in features]
    pairs = [(number(f.values.get(columns["lon"])), number(f.values.get(columns["lat"]))) for f in features]
    if crs:
        turned = iter(to_wgs84([(x, y) for x, y in pairs if x is not None and y is not None], crs))
        pairs = [next(turned) if x is not None and y is not None else (None, None) for x, y in pairs]
    return [(lon, lat, position_problem(lon, lat)) for lon, lat in pairs]


def _point(feature: Feature) -> Place:
    shape = feature.geometry
    if shape is None or shape.is_empty:
        return None, None, of_feature(feature.problem or "no position")
    if isinstance(shape, MultiPoint) and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if not isinstance(shape, Point):
        return None, None, Problem(f"a {shape.geom_type}, not a point", "not_a_point")
    return shape.x, shape.y, position_problem(shape.x, shape.y)


def _organisations(names: set[str], kind: str, now: datetime) -> dict[str, int]:
    """Return the number of each organisation; unknown ones are made, as owner or as contractor."""
    if not names:
        return {}
    known = {o.name: o for o in db.session.scalars(select(Organisation))}
    for name in sorted(names - set(known)):
        known[name] = Organisation(name=name, kind=kind, external=True, created_at=now, updated_at=now)
        db.session.add(known[name])
    db.session.flush()
    return {name: known[name].id for name in names}


@dataclass(frozen=True)
class _Before:
    """What the register holds: how many lamps, and the names of the organisations by number."""

    lamps: int
    organisations: Mapping[int, str]

    @classmethod
    def now(cls) -> _Before:
        named = db.session.execute(select(Organisation.id, Organisation.name))
        count = db.session.scalar(select(func.count()).select_from(Lamp)) or 0
        return cls(count, {row.id: row.name for row in named})


def _sort_out(lamps: Sequence[dict[str, Any]], before: _Before, done: Comparison) -> None:
    """Divide a batch of lamps into new, changed and unchanged by what the register has."""
    known = _known(lamps) if before.lamps else {}
    new, changed = [], []
    for lamp in lamps:
        for kind, names in done.organisations.items():
            names.add(lamp.get(kind, ""))
        row = known.get(lamp["asset_id"])
        if row is None:
            new.append(lamp)
            continue
        owners = {kind: before.organisations.get(row[f"{kind}_id"], "") for kind in register.ORGANISATIONS}
        found = register.changes({**row, **owners}, {k: v for k, v in lamp.items() if k != "asset_id"})
        if found:
            changed.append({**lamp, "number": row["id"]})
            done.fields.update(list(found))
            if len(done.examples) < register.SHOWN:
                done.examples.append((lamp["asset_id"], found))
    done.new_rows.add(new)
    done.changed_rows.add(changed)
    done.unchanged += len(lamps) - len(new) - len(changed)
    done.new_ids += [row["asset_id"] for row in new[: register.SHOWN - len(done.new_ids)]]


def _known(lamps: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return what the register has of these lamps, in the fields that the file has, by their identity."""
    names = [name for name in lamps[0] if name not in {"asset_id", *register.ORGANISATIONS}] if lamps else []
    wanted = [Lamp.id, Lamp.asset_id, Lamp.owner_id, Lamp.operator_id, *(getattr(Lamp, name) for name in names)]
    asked = select(*wanted).where(Lamp.asset_id.in_([lamp["asset_id"] for lamp in lamps]))
    return {row["asset_id"]: dict(row) for row in db.session.execute(asked).mappings()}


def _sum_up(before: _Before, done: Comparison) -> None:
    done.new, done.changed = len(done.new_rows), len(done.changed_rows)
    done.missing = before.lamps - done.changed - done.unchanged
    named = set[str]().union(*done.organisations.values())
    done.new_organisations = sorted(named - {""} - set(before.organisations.values()))[: register.SHOWN]
    if done.missing:
        done.notes.append(
            Problem(
                f"{done.missing} known lamps are not in the file and stay as they are.", "missing", count=done.missing
            )
        )


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{value[1]:.6f}, {value[0]:.6f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return ", ".join(f"{k}={v}" for k, v in sorted(value.items()))[:200]
    return register.text(value)[:200]


def _strays(lamps: Sequence[Mapping[str, Any]]) -> int:
    """Return how many of these lamps lie well outside of the municipality."""
    area = municipal_area()
    if area is None:
        return 0
    west, south, east, north = area.bounds
    boxed = [x for x in lamps if not (west <= x["lon"] <= east and south <= x["lat"] <= north)]
    return sum(distance_to_area_m(x["lon"], x["lat"], area) > OUTSIDE_M for x in boxed)
