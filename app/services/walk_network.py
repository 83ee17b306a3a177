"""The walking network, taken in whole from a file in place of the one before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from sqlalchemy import delete, func, insert, select

from app.adapters.walk_network_files import Way, WayFile
from app.domain.imports import Refused
from app.models.base import db
from app.models.places import to_element
from app.models.walk_network import Walkway
from geo.projection import epsg_for, to_metres

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Taken:
    """What an import did: ways and metres now, how many have steps or are known to be lit, and ways that were there before."""

    ways: int
    metres: float
    steps: int
    lit: int
    before: int


def replace(file: WayFile, *, step: Callable[[int], object] = lambda _n: None) -> Taken:
    """Put the file's ways in place of those that were there: all of them or nothing.

    Raises:
        Refused: the file has no way that people walk.

    """
    if not file.ways:
        raise Refused(["the file has no way that people walk", *(f"{n} × {why}" for why, n in file.left.most_common())])
    before = db.session.scalar(select(func.count()).select_from(Walkway)) or 0
    db.session.execute(delete(Walkway))
    for at in range(0, len(file.ways), ROWS_AT_ONCE):
        part = file.ways[at : at + ROWS_AT_ONCE]
        db.session.execute(insert(Walkway), [_row(way) for way in part])
        step(len(part))
    db.session.commit()
    return Taken(
        ways=len(file.ways), metres=_metres(file.ways), steps=sum(w.steps for w in file.ways),
        lit=sum(w.lit is True for w in file.ways), before=before,
    )  # fmt: skip


def _row(way: Way) -> dict[str, object]:
    west, south, east, north = way.line.bounds
    return {
        "source_id": way.source_id, "name": way.name, "kind": way.kind, "steps": way.steps, "lit": way.lit,
        "west": west, "south": south, "east": east, "north": north, "line": to_element(shapely.force_2d(way.line)),
    }  # fmt: skip


def _metres(found: Sequence[Way]) -> float:
    lon, lat = found[0].line.coords[0][:2]
    lines = [to_metres(np.asarray(w.line.coords)[:, :2], epsg_for(lon, lat)) for w in found]
    return float(sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines))
