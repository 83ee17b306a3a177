"""The order in which a van drives: what is urgent first, then one lighting cabinet after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

CHANGE_M: Final = 3000.0
"""What it costs to leave a group unfinished, in metres: batching beats first come first served (San Diego's crews)."""
SOLUTIONS: Final = 30
"""How many better routes are looked for; a count and not a time, so that the same day gives the same order."""


def drive_order(
    xy_m: ArrayLike, groups: Sequence[str], urgency: Sequence[int], start_xy: ArrayLike | None = None
) -> list[int]:
    """Return the rows in the order of driving.

    Rows with urgency 0 come first by the shortest way, then those with 1, and so on; within one urgency a group, once
    begun, is finished before the next. The order of the stops is OR-Tools' (open path, guided local search).

    Args:
        xy_m: (n, 2) metres. groups: the cabinet or the district of each row. urgency: of each row, 0 breaks in first.
        start_xy: where the van stands; without it the way begins at the row that is farthest west.

    Raises:
        ValueError: lengths that do not fit each other, or positions that are not finite.

    """
    points = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    if not len(points) == len(groups) == len(urgency) or not np.isfinite(points).all():
        raise ValueError("xy_m, groups and urgency must be as many as each other, and positions finite")
    if len(points) == 0:
        return []
    here = points[int(points[:, 0].argmin())] if start_xy is None else np.asarray(start_xy, dtype=np.float64).reshape(2)
    order: list[int] = []
    for level in sorted(set(urgency)):
        rows = [k for k, value in enumerate(urgency) if value == level]
        found = _leg(points[rows], [groups[k] for k in rows] if level > 0 else [""] * len(rows), here)
        order += [rows[k] for k in found]
        here = points[order[-1]]
    return order


def length_m(xy_m: ArrayLike, order: Sequence[int]) -> float:
    """Return the straight-line length in metres of a way through the rows in this order."""
    points = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)[list(order)]
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0


def _leg(points: Floats, groups: Sequence[str], here: Floats) -> list[int]:
    if len(points) == 1:
        return [0]
    codes = np.unique(np.asarray(groups), return_inverse=True)[1]
    distance = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    distance += CHANGE_M * (codes[:, None] != codes[None, :])
    away = np.hypot(*(points - here).T)
    cost = np.zeros((len(points) + 1, len(points) + 1))
    cost[1:, 1:], cost[0, 1:] = distance, away  # row 0 is the van; going home costs nothing
    order = [k - 1 for k in _open_path(np.rint(cost).astype(np.int64))]
    begun = {code: n for n, code in reversed(list(enumerate(codes[order])))}
    return [k for _, k in sorted(enumerate(order), key=lambda pair: (begun[codes[pair[1]]], pair[0]))]


def _open_path(cost: NDArray[np.int64]) -> list[int]:
    """Return rows 1…n−1 in the order of the cheapest path from row 0 that OR-Tools finds."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415  (heavy; only who needs a route pays)

    manager = pywrapcp.RoutingIndexManager(len(cost), 1, 0)
    routing = pywrapcp.RoutingModel(manager)
    rows = cost.tolist()
    transit = routing.RegisterTransitCallback(lambda a, b: rows[manager.IndexToNode(a)][manager.IndexToNode(b)])
    routing.SetArcCostEvaluatorOfAllVehicles(transit)
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.solution_limit = SOLUTIONS
    asked.time_limit.FromSeconds(5)
    found = routing.SolveWithParameters(asked)
    if found is None:
        return list(range(1, len(cost)))
    order, index = [], routing.Start(0)
    while not routing.IsEnd(index):
        order.append(manager.IndexToNode(index))
        index = found.Value(routing.NextVar(index))
    return order[1:]
