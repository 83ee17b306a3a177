"""What a map file holds, row by row and in WGS84, kept on the disk: a file may be larger than the memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from app.adapters.batches import Batches

BATCH = 1000
WGS84 = CRS.from_epsg(4326)
Drawn = tuple[BaseGeometry | None, Mapping[str, Any], str]
"""A geometry in the file's own coordinates or None, the values, and what is wrong with the row."""


@dataclass(frozen=True)
class Feature:
    """One row. `number` counts from 1; `geometry` is in WGS84, longitude first, or None; `problem` says what is wrong."""

    number: int
    geometry: BaseGeometry | None
    values: Mapping[str, Any]
    problem: str = ""


class Features:
    """The rows of a file, as often as somebody asks; `placed` says whether any of them had a place or should have had."""

    def __init__(self) -> None:
        self.placed = False
        self.columns: dict[str, None] = {}
        self._kept: Batches[tuple[bytes | None, Mapping[str, Any], str]] = Batches()

    def batches(self) -> Iterator[list[Feature]]:
        """Give the rows in batches of at most BATCH."""
        number = 1
        for rows in self._kept:
            shapes = shapely.from_wkb(np.array([row[0] for row in rows], dtype=object))
            yield [
                Feature(number + i, shape, values, problem)
                for i, (shape, (_, values, problem)) in enumerate(zip(shapes, rows, strict=True))
            ]
            number += len(rows)

    def __iter__(self) -> Iterator[Feature]:
        """Give every row."""
        for batch in self.batches():
            yield from batch

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._kept)

    def keep(self, rows: Sequence[Drawn], transformer: Transformer | None) -> None:
        """Put a batch of rows behind the others, turned into WGS84."""
        shapes = np.array([shape for shape, _, _ in rows], dtype=object)
        if transformer is not None:
            shapes = shapely.transform(shapes, lambda xy: _turned(transformer, xy))
        packed = shapely.to_wkb(shapes)
        self._kept.add([(wkb, values, problem) for wkb, (_, values, problem) in zip(packed, rows, strict=True)])
        for shape, values, problem in rows:
            self.placed = self.placed or shape is not None or bool(problem)
            self.columns.update(dict.fromkeys(values))


@dataclass(frozen=True)
class GeoFile:
    """What a file holds, the names of its columns in order, and what it said of its coordinate system."""

    features: Features
    columns: Sequence[str]
    crs: str


def gathered(rows: Iterable[Drawn], system: CRS | None, columns: Sequence[str] = ()) -> GeoFile:
    """Return rows as a file of features.

    Args:
        rows: with coordinates in `system`, which is None for a table without geometries. columns: their names in order;
        those of the rows when left out.

    """
    found, waiting, turn = Features(), iter(rows), None if system is None else transformer_to_wgs84(system)
    while batch := list(islice(waiting, BATCH)):
        found.keep(batch, turn)
    return GeoFile(found, list(columns or found.columns), system.to_string() if system else "")


def transformer_to_wgs84(system: CRS) -> Transformer | None:
    """Return what turns coordinates of a system into WGS84, longitude first; None when they are that already."""
    if system.equals(WGS84, ignore_axis_order=True) or system.to_string() in {"OGC:CRS84", "EPSG:4326"}:
        return None
    return Transformer.from_crs(system, WGS84, always_xy=True)


def _turned(transformer: Transformer, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
