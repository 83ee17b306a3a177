"""The most worth within a length, by a solver that others keep: OR-Tools' CP-SAT with a circuit over the chosen stops."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EFFORT: Final = 1.0
"""The solver's own measure of work: one to three seconds on one core. It does not hang on how busy the machine is."""
NEIGHBOURS: Final = 12
"""Beyond `DENSE_UP_TO` candidates a stop is left only for its nearest so many, for those of the start, or for home."""
DENSE_UP_TO: Final = 40
_STEPS_PER_METRE: Final = 1
_STEPS_PER_POINT: Final = 10


@dataclass(frozen=True)
class Task:
    """`distance_m`: (n + 1, n + 1), row 0 the meeting place. `worth`: (n,). Rows of candidates count from 0.

    `must`: candidates that are visited whatever they cost. `safe`: of these one is visited if that is possible.
    """

    distance_m: Floats
    worth: Floats
    budget_m: float
    most: int
    must: Collection[int] = ()
    safe: Collection[int] = ()


@dataclass(frozen=True)
class Found:
    """Candidates in walking order, and whether it is proven that none other is worth more."""

    stops: tuple[int, ...]
    proven: bool


def solve(task: Task, start_from: Sequence[int], effort: float = EFFORT) -> Found | None:
    """Return the best loop that the solver finds within `effort`, or None when there is none.

    Deterministic: one thread, a fixed seed, and a limit on work instead of on time. The sum of worth (in tenths) decides,
    a safe place before it, and of equal ones the shorter loop.

    Args:
        start_from: a loop that is known to be good, in walking order; the answer is never worse.

    """
    from ortools.sat.python import cp_model  # noqa: PLC0415 - heavy, and only walks need it

    model = cp_model.CpModel()
    near, all_arcs = _arcs(task, start_from)
    arcs = {(i, j): model.new_bool_var(f"{i}-{j}") for i, j in near}
    n = len(task.worth)
    visited = [model.new_bool_var(f"visit {k}") for k in range(n)]
    loops = [(k + 1, k + 1, visited[k].negated()) for k in range(n)]
    model.add_circuit([*((i, j, arc) for (i, j), arc in arcs.items()), *loops])
    length = sum(round(float(task.distance_m[i, j]) * _STEPS_PER_METRE) * arc for (i, j), arc in arcs.items())
    model.add(length <= int(task.budget_m * _STEPS_PER_METRE))
    model.add(sum(visited) <= task.most)
    for k in task.must:
        model.add(visited[k] == 1)
    _objective(model, task, visited, length)
    _hint(model, arcs, visited, start_from)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    follows = {i: j for (i, j), arc in arcs.items() if solver.value(arc)}
    return Found(_in_order(follows), proven=status == cp_model.OPTIMAL and all_arcs)


def _objective(model: Any, task: Task, visited: Sequence[Any], length: Any) -> None:
    per_step = int(task.budget_m * _STEPS_PER_METRE) + 1
    tenths = [round(float(w) * _STEPS_PER_POINT) for w in task.worth]
    worth = sum(t * v for t, v in zip(tenths, visited, strict=True))
    safe = model.new_bool_var("safe")
    model.add(safe <= sum(visited[k] for k in task.safe) if task.safe else safe == 0)
    model.maximize(per_step * worth - length + (sum(tenths) + 1) * per_step * safe)


def _hint(model: Any, arcs: Any, visited: Sequence[Any], start_from: Sequence[int]) -> None:
    rows = [0, *(k + 1 for k in start_from), 0]
    used = set(itertools.pairwise(rows)) if start_from else set()
    for pair, arc in arcs.items():
        model.add_hint(arc, pair in used)
    for k, visit in enumerate(visited):
        model.add_hint(visit, k in set(start_from))


def _arcs(task: Task, start_from: Sequence[int]) -> tuple[list[tuple[int, int]], bool]:
    """Return the pairs that a loop may use, and whether they are all that can be in any loop within the length."""
    distance, n = task.distance_m, len(task.worth)
    finite = np.isfinite(distance)
    fits = finite & (distance[0][:, None] + np.where(finite, distance, 0) + distance[:, 0][None, :] <= task.budget_m)
    np.fill_diagonal(fits, val=False)
    possible = {(int(i), int(j)) for i, j in np.argwhere(fits)}
    if n <= DENSE_UP_TO:
        return sorted(possible), True
    ranked = np.where(fits, distance, np.inf)
    nearest = np.argsort(ranked[:, 1:], axis=1, kind="stable")[:, :NEIGHBOURS] + 1
    near = {(i, int(j)) for i in range(n + 1) for j in nearest[i]}
    rows = [0, *(k + 1 for k in start_from), 0]
    wanted = near | {(j, i) for i, j in near} | set(itertools.pairwise(rows))
    wanted |= {pair for pair in possible if 0 in pair}
    kept = possible & wanted
    return sorted(kept), len(kept) == len(possible)


def _in_order(follows: dict[int, int]) -> tuple[int, ...]:
    order, here = [], follows.get(0, 0)
    while here != 0:
        order.append(here - 1)
        here = follows[here]
    return tuple(order)
