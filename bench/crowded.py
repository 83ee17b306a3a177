"""Crowded places: does a real one stay one spot, and does it stand still when one report arrives? `python bench/crowded.py`.

Towns whose truth is known: places where many report, each report wrong as a phone is, and others anywhere. Ways to divide what
hangs together over more than a place may be are put in the place of ours; everything else stays as it is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_mutual_info_score

from bench.machine import machine
from geo import dark_spots
from geo.crowds import crowds
from geo.identity import match
from geo.points import apart, distinct

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Way = Callable[[Floats, Ints, float, float], Iterator[Ints]]
TOWNS = ((30.0, 120, 0.4), (30.0, 40, 0.4), (45.0, 60, 0.3))
"""How wrong a report is (m), how many a place has, and the share of all that lie anywhere."""
REPORTS = 5_000


def by_linkage(points: Floats, _who: Ints, limit_m: float, _step_m: float) -> Iterator[Ints]:
    """Yield the parts that complete linkage makes (Defays, The Computer Journal 1977)."""
    places, place, _ = distinct(points)
    yield from apart(fcluster(linkage(places, "complete"), limit_m, "distance")[place])


def by_two_means(points: Floats, _who: Ints, limit_m: float, _step_m: float) -> Iterator[Ints]:
    """Yield the parts of halving again and again by two means (Steinbach, Karypis & Kumar 2000), from the principal direction."""
    waiting = [np.arange(len(points))]
    while waiting:
        some = waiting.pop()
        if np.hypot(*np.ptp(points[some], axis=0)) <= limit_m or len(distinct(points[some])[0]) < 2:
            yield some
            continue
        second = _second_half(points[some])
        waiting += [some[second], some[~second]]


def _second_half(points: Floats) -> NDArray[np.bool_]:
    xy = points - points.mean(axis=0)
    second = np.asarray(xy @ np.linalg.svd(xy, full_matrices=False)[2][0] > 0)
    for _ in range(50):
        one, two = xy[~second].mean(axis=0), xy[second].mean(axis=0)
        nearer = ((xy - two) ** 2).sum(axis=1) < ((xy - one) ** 2).sum(axis=1)
        if np.array_equal(nearer, second) or nearer.all() or not nearer.any():
            break
        second = nearer
    return second


WAYS: dict[str, Way] = {
    "the densest place first": crowds, "complete linkage": by_linkage, "two means, again and again": by_two_means,
}  # fmt: skip


def main() -> None:
    """Print a row for each way and town."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arrivals", type=int, default=60)
    asked = parser.parse_args()
    print(f"{machine()}\n\ntowns of {REPORTS:,} reports; a report arrives at {asked.arrivals} places of each\n")
    print(
        "| divided by | wrong by m | a place's reports | AMI | its largest spot's share | moved by one arrival | spots |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, way in WAYS.items():
        dark_spots.crowds = way
        for spread_m, each, anywhere in TOWNS:
            figures = measured(spread_m, each, anywhere, asked.arrivals)
            print(f"| {name} | {spread_m:.0f} | {each} | " + " | ".join(figures) + " |", flush=True)


def measured(spread_m: float, each: int, anywhere: float, arrivals: int) -> Sequence[str]:
    """Return agreement with the truth, the largest spot's share, what an arrival moves, and how many spots there are."""
    chance = np.random.default_rng(1)
    side, at_places = 20_000 * (REPORTS / 100_000) ** 0.5, int(REPORTS * (1 - anywhere))
    places = chance.uniform(0, side, (at_places // each, 2))
    truth = chance.integers(0, len(places), at_places)
    xy = np.vstack(
        [places[truth] + chance.normal(0, spread_m, (at_places, 2)), chance.uniform(0, side, (REPORTS - at_places, 2))]
    )
    who = chance.integers(0, REPORTS // 2, REPORTS)
    spots = dark_spots.find(xy, who)
    label = np.full(REPORTS, -1)
    for k, spot in enumerate(spots):
        label[spot.members] = k
    own = [
        np.bincount(label[:at_places][truth == g] + 1, minlength=2)[1:].max() / (truth == g).sum()
        for g in range(len(places))
    ]
    moved = [
        moved_by_one(xy, who, places[chance.integers(len(places))] + chance.normal(0, spread_m, 2))
        for _ in range(arrivals)
    ]
    agreement = adjusted_mutual_info_score(truth, label[:at_places])
    return f"{agreement:.3f}", f"{np.mean(own):.0%}", f"{np.mean(moved):.1f}", f"{len(spots)}"


def moved_by_one(xy: Floats, who: Ints, new: Floats) -> int:
    """Return how many other reports are in another spot, or in none, after one has arrived; looking 1,200 m around it."""
    near = np.flatnonzero(np.abs(xy - new).max(axis=1) <= 1200)
    before = dict(enumerate(set(s.members.tolist()) for s in dark_spots.find(xy[near], who[near])))
    with_it = np.vstack([xy[near], new]), np.append(who[near], who.max() + 1)
    after = [set(s.members.tolist()) for s in dark_spots.find(*with_it)]
    kept = match(before, after).spot_of
    stay = sum(len(before[k] & group) for k, group in zip(kept, after, strict=True) if k is not None)
    return sum(map(len, before.values())) - stay


if __name__ == "__main__":
    main()
