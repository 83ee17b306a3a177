"""Which stops a walk should visit: the most worth within a length that people can walk (the orienteering problem)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo import orienteering, routes

Floats = NDArray[np.float64]

LENGTH_MAX_M: Final = 2000.0
MOST_STOPS: Final = 10
FEWEST_STOPS: Final = 6
_SEEDS: Final = 24


@dataclass(frozen=True)
class Wishes:
    """What a walk shall keep to. Rows of candidates: `must` are visited whatever they cost; of `safe` one, if possible.

    `fewest` and `most`: stops. `distance_m`: (n + 1, n + 1) walking metres, row 0 the start, where a network is known;
    otherwise straight lines times the detour factor.
    """

    budget_m: float = LENGTH_MAX_M
    fewest: int = FEWEST_STOPS
    most: int = MOST_STOPS
    must: Collection[int] = ()
    safe: Collection[int] = ()
    distance_m: Floats | None = None
    effort: float = orienteering.EFFORT


@dataclass(frozen=True)
class Choice:
    """`stops`: rows in walking order; `length_m`: the loop with its detours; `score`: their sum.

    `enough` says whether as many stops as a walk should have fit in the length; `proven` whether it is certain that no
    other choice is worth more; `extra_m` how much longer the loop would be with each row (0 for those in it).
    """

    stops: tuple[int, ...]
    length_m: float
    score: float
    enough: bool
    proven: bool = True
    extra_m: tuple[float, ...] = ()


def choose(
    xy_m: ArrayLike, score: ArrayLike, start_xy: ArrayLike | None = None, wishes: Wishes | None = None
) -> Choice:
    """Return the stops with the greatest sum of scores whose loop from the start is at most `budget_m`, by its detours.

    The orienteering problem (Golden, Levy & Vohra 1987). Exact up to eleven candidates, by the shortest loop through
    every set of them. Beyond that OR-Tools' CP-SAT (geo/orienteering.py), beginning with what insertion by score per
    metre and exchanges find (Vansteenwegen et al., EJOR 2011); it proves the best or stops after a set amount of work.
    Equal sums go to the shorter loop. The answer does not hang on chance. Stops that must be visited and do not fit in
    the length are visited all the same, and nothing else.

    Args:
        xy_m: (n, 2) metres. score: (n,) not negative. start_xy: the meeting place; without one the walk begins at the
            candidate with the highest score.

    Raises:
        ValueError: shapes that do not fit, scores below 0, or what is not finite.

    """
    wishes = wishes or Wishes()
    points, worth = _checked(xy_m, score)
    if len(points) == 0 or wishes.most < 1:
        return Choice((), 0.0, 0.0, enough=False)
    distance = wishes.distance_m
    if distance is None:
        start = points[int(worth.argmax())] if start_xy is None else np.asarray(start_xy, dtype=np.float64)
        distance = routes.distances_m(np.vstack([start.reshape(1, 2), points])) * routes.DETOUR
    order, proven = _order(distance, worth, wishes)
    chosen = tuple(k - 1 for k in order)
    return Choice(
        chosen,
        _loop_m(distance, order),
        float(worth[list(chosen)].sum()),
        enough=len(chosen) >= wishes.fewest,
        proven=proven,
        extra_m=tuple(_extra_m(distance, order, k + 1) for k in range(len(worth))),
    )


def _order(distance: Floats, worth: Floats, wishes: Wishes) -> tuple[list[int], bool]:
    """Return rows of `distance` in walking order, and whether that is proven to be the best."""
    if wishes.must:
        fixed = _shortest_order(distance, [k + 1 for k in sorted(wishes.must)])
        if len(fixed) >= wishes.most or _loop_m(distance, fixed) > wishes.budget_m:
            return fixed, True
    if len(distance) <= routes.EXACT_UP_TO:
        return _exact(distance, worth, wishes), True
    known = _by_insertion(distance, worth, wishes.budget_m, wishes.most)
    if wishes.must or wishes.safe:
        known = _grown_around(distance, worth, wishes)
    task = orienteering.Task(distance, worth, wishes.budget_m, wishes.most, wishes.must, wishes.safe)
    found = orienteering.solve(task, [k - 1 for k in known], wishes.effort)
    if found is None:
        return known, False
    order = _shortest_order(distance, [k + 1 for k in found.stops])
    return order, found.proven


def _grown_around(distance: Floats, worth: Floats, wishes: Wishes) -> list[int]:
    """Grow a walk from what must be on it and the safe place that costs least."""
    order = _shortest_order(distance, [k + 1 for k in sorted(wishes.must)])
    free = [k + 1 for k in wishes.safe if k not in wishes.must]
    if free and not set(wishes.safe) & set(wishes.must) and len(order) < wishes.most:
        longer = [(_extra_m(distance, order, k), k) for k in free]
        extra, nearest = min(longer)
        if _loop_m(distance, order) + extra <= wishes.budget_m:
            order = _shortest_order(distance, [*order, nearest])
    return _grown(order, distance, worth, wishes.budget_m, wishes.most)


def _shortest_order(distance: Floats, rows: Sequence[int]) -> list[int]:
    """Return these rows in the order of the shortest loop from row 0."""
    if len(rows) < 2:
        return list(rows)
    at = [0, *rows]
    return [at[k] for k in routes.order_of(distance[np.ix_(at, at)])[1:]]


def _extra_m(distance: Floats, order: Sequence[int], row: int) -> float:
    """Return how much longer the loop gets with one more row at its best place; 0 for one that is in it."""
    if row in order:
        return 0.0
    rows = np.array([0, *order, 0])
    a, b = rows[:-1], rows[1:]
    return float((distance[a, row] + distance[row, b] - distance[a, b]).min())


def _checked(xy_m: ArrayLike, score: ArrayLike) -> tuple[Floats, Floats]:
    points = np.asarray(xy_m, dtype=np.float64).reshape(-1, 2)
    worth = np.asarray(score, dtype=np.float64).reshape(-1)
    if len(points) != len(worth) or not np.isfinite(points).all() or not (np.isfinite(worth) & (worth >= 0)).all():
        raise ValueError("xy_m and score must be finite, as many as each other, and no score below 0")
    return points, worth


def _exact(distance: Floats, worth: Floats, wishes: Wishes) -> list[int]:
    length, before = routes.shortest_loops(distance)
    home = length + distance[1:, 0]
    sets = np.arange(len(length))
    inside = (sets[:, None] >> np.arange(len(worth))) & 1
    shortest = home.min(axis=1)
    fits = (shortest <= wishes.budget_m) & (inside.sum(axis=1) <= wishes.most) & (sets > 0)
    fits = np.asarray(fits & inside[:, sorted(wishes.must)].all(axis=1))
    if not fits.any():
        return []
    safe = inside[:, sorted(wishes.safe)].any(axis=1) if wishes.safe else np.zeros(len(sets), dtype=bool)
    safe = np.asarray(safe)
    total = np.round(inside @ worth, 9)
    candidates = sets[fits]
    best = int(candidates[np.lexsort((candidates, shortest[fits], -total[fits], ~safe[fits]))[0]])
    return routes.rows_on_the_way(best, int(home[best].argmin()), before)


def _by_insertion(distance: Floats, worth: Floats, budget_m: float, most: int) -> list[int]:
    """Grow a walk from each of the highest scores, mend each, and keep the best."""
    best: list[int] = []
    for seed in np.lexsort((np.arange(len(worth)), -worth))[:_SEEDS]:
        if 2 * distance[0, seed + 1] <= budget_m:
            order = _exchanged(
                _grown([int(seed) + 1], distance, worth, budget_m, most), distance, worth, budget_m, most
            )
            best = max(best, order, key=lambda o: _rank(o, distance, worth))
    return _shortest_order(distance, best)


def _grown(order: list[int], distance: Floats, worth: Floats, budget_m: float, most: int) -> list[int]:
    """Insert the candidate with the most score per extra metre while the loop stays within the length."""
    while len(order) < most:
        spare = budget_m - _loop_m(distance, order)
        left = np.setdiff1d(np.arange(1, len(distance)), order)
        stops = np.array([0, *order, 0])
        a, b = stops[:-1], stops[1:]
        extra = distance[np.ix_(left, a)] + distance[np.ix_(left, b)] - distance[a, b]
        at = extra.argmin(axis=1)
        cost = extra[np.arange(len(left)), at]
        fits = np.flatnonzero(cost <= spare)
        if len(fits) == 0:
            return order
        pick = fits[np.argmax(worth[left[fits] - 1] / np.maximum(cost[fits], 1.0))]
        order = [*order[: at[pick]], int(left[pick]), *order[at[pick] :]]
        order = _straightened(order, distance)
    return order


def _exchanged(order: list[int], distance: Floats, worth: Floats, budget_m: float, most: int) -> list[int]:
    """Take one stop out and grow again, as long as that betters the walk."""
    improved = True
    while improved:
        improved = False
        for stop in list(order):
            other = [k for k in order if k != stop]
            blocked = worth.copy()
            blocked[stop - 1] = 0.0
            other = _grown(other, distance, blocked, budget_m, most)
            if _rank(other, distance, worth) > _rank(order, distance, worth):
                order, improved = other, True
                break
    return order


def _straightened(order: list[int], distance: Floats) -> list[int]:
    """Return the stops in an order that no turning of a part makes shorter (2-opt)."""
    loop = [0, *order]
    while routes.shortened(loop, distance):
        pass
    return loop[1:]


def _rank(order: list[int], distance: Floats, worth: Floats) -> tuple[float, float]:
    total = float(worth[np.array(order, dtype=np.int64) - 1].sum()) if order else -1.0
    return round(total, 9), -round(_loop_m(distance, order), 6)


def _loop_m(distance: Floats, order: list[int]) -> float:
    rows = [0, *order, 0]
    return float(distance[rows[:-1], rows[1:]].sum())
