"""How good the walk planner's choice is against the exact best, and how long 200 candidates take.

    python -m bench.walk_planner

Small cases (11 candidates) are compared with the best of every set of stops; middling ones (16) too, by the same way,
which then takes some seconds. The network is a grid of streets with every tenth block missing.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from geo import orienteering, routes
from geo.walk_choice import Wishes, _by_insertion, _exact, choose
from geo.walk_network import Network, build, ways

SMALL, MIDDLING = 20, 4
BUDGET_M = 2000.0


def case(candidates: int, seed: int, side_m: float = 1500.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return places, scores as the score's own spread has them, and a meeting place in the middle."""
    chance = np.random.default_rng(seed)
    places = chance.uniform(0, side_m, (candidates, 2))
    return places, chance.gamma(2.5, 14, candidates).clip(5, 100).round(1), np.full(2, side_m / 2)


def quality(candidates: int, cases: int) -> None:
    """Print how far the solver and insertion are from the best of every set of stops."""
    solved, inserted, seconds = [], [], []
    for seed in range(cases):
        places, score, start = case(candidates, seed)
        distance = routes.distances_m(np.vstack([start, places])) * routes.DETOUR
        wishes = Wishes(BUDGET_M, most=8)
        best = _worth(_exact(distance, score, wishes), score)
        grown = _by_insertion(distance, score, BUDGET_M, 8)
        begun = perf_counter()
        found = orienteering.solve(orienteering.Task(distance, score, BUDGET_M, 8), [k - 1 for k in grown])
        seconds.append(perf_counter() - begun)
        solved.append(sum(score[k] for k in found.stops) / best if found and best else 1.0)
        inserted.append(_worth(grown, score) / best if best else 1.0)
    print(
        f"{candidates} candidates, {cases} cases: solver {min(solved):.4f}–{max(solved):.4f} of the best, "
        f"insertion {min(inserted):.4f}–{max(inserted):.4f}; solver {np.median(seconds):.2f} s (median)"
    )


def _worth(order: list[int], score: np.ndarray) -> float:
    return float(sum(score[k - 1] for k in order))


def streets(blocks: int, block_m: float = 90.0) -> Network:
    """Return a grid of streets with every tenth block missing."""
    chance = np.random.default_rng(1)
    lines = []
    for i in range(blocks + 1):
        for j in range(blocks):
            for a, b in (((i, j), (i, j + 1)), ((j, i), (j + 1, i))):
                if chance.random() > 0.1:
                    lines.append(np.array([a, b], dtype=float) * block_m)
    return build([line * 1e-5 for line in lines], lines, [False] * len(lines))


def large(candidates: int) -> None:
    """Print how long measuring on a network and choosing take, and whether the choice is proven."""
    places, score, start = case(candidates, 7, side_m=1800)
    network = streets(20)
    everything = np.vstack([start, places])
    begun = perf_counter()
    distance = ways(network, everything, everything * 1e-5).distance_m
    measured = perf_counter() - begun
    begun = perf_counter()
    found = choose(places, score, start, Wishes(BUDGET_M, most=8, distance_m=distance))
    print(
        f"{candidates} candidates on {len(network.xy_m)} corners: measured in {measured:.2f} s, "
        f"chosen in {perf_counter() - begun:.2f} s ({len(found.stops)} stops, {found.length_m:.0f} m, score {found.score:.0f}, "
        f"{'proven' if found.proven else 'not proven'})"
    )


def main() -> None:
    """Print quality on small cases, then seconds on larger ones."""
    quality(11, SMALL)
    quality(16, MIDDLING)
    for number in (16, 40, 100, 200):
        large(number)


if __name__ == "__main__":
    main()
