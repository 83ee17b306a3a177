"""The walking network: ways joined where they share a corner, and the shortest ways between places on it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.routes import DETOUR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAME_CORNER_DEG: Final = 1e-7
PIECE_M: Final = 20.0
"""Longer pieces are cut, so that a place is never more than half of this from a corner beside it."""
BESIDE_M: Final = 200.0
"""A place further from every way than this is not on the network; the detour factor is used for it."""


@dataclass(frozen=True)
class Network:
    """Corners in WGS84 degrees and in metres, and the pieces between them; `steps` marks those that wheels cannot take."""

    lonlat: Floats
    xy_m: Floats
    a: Ints
    b: Ints
    length_m: Floats
    steps: NDArray[np.bool_]


@dataclass(frozen=True)
class Ways:
    """Walking distances between places, in metres, and the corners of each way.

    `distance_m[i, j]` is infinite where there is no way. `on_network[i]` says whether place i lies beside a way.
    """

    distance_m: Floats
    on_network: NDArray[np.bool_]
    network: Network | None
    before: NDArray[np.int32] | None
    corner: Ints | None
    places: Floats

    def line(self, order: Sequence[int]) -> list[tuple[float, float]]:
        """Return the line walked through places in this order, WGS84 degrees: along the ways where there are any."""
        drawn: list[tuple[float, float]] = []
        for start, end in itertools.pairwise(order):
            drawn.append(_pair(self.places[start]))
            drawn.extend(self._between(start, end))
        return [*drawn, _pair(self.places[order[-1]])] if order else []

    def _between(self, start: int, end: int) -> list[tuple[float, float]]:
        if self.network is None or self.before is None or self.corner is None:
            return []
        if not (self.on_network[start] and self.on_network[end]):
            return []
        here, corners = int(self.corner[end]), []
        while here >= 0:
            corners.append(_pair(self.network.lonlat[here]))
            here = int(self.before[start, here])
        return corners[::-1]


def build(lines: Sequence[Floats], xy_m: Sequence[Floats], steps: Sequence[bool]) -> Network:
    """Return the network of some ways.

    Args:
        lines: each way's corners, (k, 2) WGS84 degrees. xy_m: the same in metres. steps: which ways have steps.

    """
    cut = [_cut(line, metres) for line, metres in zip(lines, xy_m, strict=True) if len(line) > 1]
    marks = [bool(s) for s, line in zip(steps, lines, strict=True) if len(line) > 1]
    if not cut:
        nothing = np.empty((0, 2))
        return Network(nothing, nothing, np.empty(0, int), np.empty(0, int), np.empty(0), np.empty(0, bool))
    lonlat, metres = np.vstack([c[0] for c in cut]), np.vstack([c[1] for c in cut])
    sizes = np.array([len(c[0]) for c in cut])
    _, first, corner = np.unique(
        np.round(lonlat / SAME_CORNER_DEG).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    corner = corner.reshape(-1)
    goes_on = np.ones(len(lonlat), bool)
    goes_on[np.cumsum(sizes) - 1] = False
    begin = np.flatnonzero(goes_on)
    a, b = corner[begin], corner[begin + 1]
    length = np.hypot(*(metres[begin + 1] - metres[begin]).T)
    kept = a != b
    stairs = np.repeat(np.array(marks), sizes)[begin]
    return Network(lonlat[first], metres[first], a[kept], b[kept], length[kept], stairs[kept])


def straight(xy_m: ArrayLike, lonlat: ArrayLike, detour: float = DETOUR) -> Ways:
    """Return the distances without a network: straight lines times the detour factor."""
    points = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    away = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) * detour
    nowhere = np.zeros(len(points), bool)
    return Ways(away, nowhere, None, None, None, np.asarray(lonlat, dtype=np.float64).reshape(-1, 2))


def ways(network: Network, xy_m: ArrayLike, lonlat: ArrayLike, *, wheels: bool = False) -> Ways:
    """Return the shortest walking distances between all places (Dijkstra 1959, from each place).

    A place counts as on the network when a way passes within `BESIDE_M`; the few metres to it are walked straight. For
    a place off the network the detour factor is used. With `wheels` no way has steps, and where there is no such way
    the distance is infinite.

    Args:
        xy_m: (n, 2) metres, in the network's system. lonlat: the same in WGS84 degrees.

    """
    plain = straight(xy_m, lonlat)
    graph, usable = _graph(network, wheels=wheels)
    if not usable.any():
        return plain
    points = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    corner, beside = _nearest(network.xy_m, usable, points)
    on_it = beside <= BESIDE_M
    length, before = _dijkstra(graph, corner)
    beeline = plain.distance_m / DETOUR  # nobody walks less than that, also where two places have one corner
    distance = np.maximum(length[:, corner] + beside[:, None] + beside[None, :], beeline)
    distance = np.where(corner[:, None] == corner[None, :], plain.distance_m, distance)
    both = on_it[:, None] & on_it[None, :]
    distance = np.where(both, distance, plain.distance_m)
    if wheels:  # beside no way for wheels at all: it cannot be reached
        distance = np.where(both, distance, np.inf)
    np.fill_diagonal(distance, 0.0)
    return Ways(distance, on_it, network, before, corner, plain.places)


def _cut(line: Floats, metres: Floats) -> tuple[Floats, Floats]:
    """Return a way with corners added on pieces that are longer than PIECE_M."""
    pieces = np.maximum(np.ceil(np.hypot(*np.diff(metres, axis=0).T) / PIECE_M).astype(int), 1)
    at = np.concatenate([i + np.arange(n) / n for i, n in enumerate(pieces)] + [np.array([float(len(line) - 1)])])
    rows = np.arange(len(line))
    return (
        np.column_stack([np.interp(at, rows, line[:, k]) for k in (0, 1)]),
        np.column_stack([np.interp(at, rows, metres[:, k]) for k in (0, 1)]),
    )


def _graph(network: Network, *, wheels: bool) -> tuple[Any, NDArray[np.bool_]]:
    """Return the pieces as a matrix, and which corners lie in its largest connected part."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415 - heavy, and only walks need it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - heavy, and only walks need it

    n = len(network.xy_m)
    use = ~network.steps if wheels else np.ones(len(network.a), bool)
    low, high = np.minimum(network.a, network.b)[use], np.maximum(network.a, network.b)[use]
    order = np.lexsort((network.length_m[use], high, low))
    low, high, length = low[order], high[order], np.maximum(network.length_m[use][order], 1e-6)
    new = np.ones(len(low), bool)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])  # of two pieces between the same corners the shorter
    graph = coo_matrix((length[new], (low[new], high[new])), shape=(n, n)).tocsr()
    if not new.any():
        return graph, np.zeros(n, bool)
    _, part = connected_components(graph, directed=False)
    return graph, part == np.bincount(part).argmax()


def _nearest(corners: Floats, usable: NDArray[np.bool_], points: Floats) -> tuple[Ints, Floats]:
    from scipy.spatial import cKDTree  # noqa: PLC0415 - heavy, and only walks need it

    rows = np.flatnonzero(usable)
    beside, found = cKDTree(corners[rows]).query(points)
    return rows[np.atleast_1d(found)], np.atleast_1d(beside)


def _dijkstra(graph: Any, corner: Ints) -> tuple[Floats, NDArray[np.int32]]:
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415 - heavy, and only walks need it

    length, before = dijkstra(graph, directed=False, indices=corner, return_predecessors=True)
    return np.atleast_2d(length), np.atleast_2d(before)


def _pair(corner: Floats) -> tuple[float, float]:
    return float(corner[0]), float(corner[1])
