"""Are the spots right? A city with planted truth, and what each method makes of it: `python bench/quality.py [--towns N]`.

Streets, tunnels and parks where people report, lonely reports anywhere, people who report twice, positions that are wrong
by 5 to 60 m, and one false hot spot: an address search that put 300 reports on one point. Compared are this service's
spots, plain DBSCAN and HDBSCAN of scikit-learn, and a heat map with a threshold.

Adjusted mutual information (Vinh, Epps & Bailey 2010) says how well the groups tell the truth; a planted place is found
when a group shares half of its reports with it (Jaccard). The hit rate is of reports of a later year that fall in the
hot areas of an earlier one, at the same area; PAI divides it by the area's share (Chainey, Tompson & Uhlig 2008), PEI by
the best that any area of that size could have reached (Hunt 2016).
"""

from __future__ import annotations

import argparse
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.ndimage import label as connected
from shapely.geometry.base import BaseGeometry
from sklearn.cluster import DBSCAN, HDBSCAN
from sklearn.metrics import adjusted_mutual_info_score

from bench.machine import machine
from geo.dark_spots import find

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIDE_M, CELL_M, BANDWIDTH_M = 6_000.0, 25.0, 40.0
NOISE = -1
FALLBACK = 300
AREA_SHARE = 0.01
HOTTEST = 0.02


@dataclass(frozen=True)
class Town:
    """Reports: where, who, the planted place (−1 for none), and whether they are of the earlier year."""

    xy: Floats
    who: Ints
    truth: Ints
    early: NDArray[np.bool_]

    def only(self, rows: NDArray[np.bool_]) -> Town:
        """Return some of the reports."""
        return Town(self.xy[rows], self.who[rows], self.truth[rows], self.early[rows])


@dataclass(frozen=True)
class Answer:
    """What a method says: a group for each report (−1 for none), and its areas with the reports in each."""

    label: Ints
    areas: list[tuple[BaseGeometry, int]]


def main() -> None:
    """Print one table of groups against the truth, and one of the next year's reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=5)
    towns = parser.parse_args().towns
    warnings.simplefilter("ignore", FutureWarning)
    print(machine())
    right: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    ahead: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for seed in range(towns):
        town = planted(np.random.default_rng(seed))
        false = (town.xy == SIDE_M / 2).all(axis=1)
        first, later = town.only(town.early), town.only(~town.early & ~false)
        best = best_possible(later.xy)
        for name, method in METHODS.items():
            right[name].append(against_truth(town, method(town)))
            ahead[name].append(hit_rate(method(first).areas, later.xy, best))
    print(f"\n{towns} towns of {len(town.xy):,} reports, {int(town.truth.max()) + 1} planted places each; means")
    print("| | AMI | planted places found | groups | false hot spot drawn |\n|---|---:|---:|---:|---:|")
    for name, rows in right.items():
        ami, found, groups, fooled = np.mean(rows, axis=0)
        print(f"| {name} | {ami:.3f} | {found:.0%} | {groups:.0f} | {fooled:.0%} |")
    print(
        f"\n| next year's reports in the hottest {AREA_SHARE:.0%} of the area | hit rate | PAI | PEI |\n|---|---:|---:|---:|"
    )
    for name, rows in ahead.items():
        hits, pai, pei = np.mean(rows, axis=0)
        print(f"| {name} | {hits:.1%} | {pai:.1f} | {pei:.2f} |")


def planted(chance: np.random.Generator) -> Town:
    """Return a town: 40 tunnels, 20 parks, 15 streets, noise, and the false hot spot; two years of reports."""
    places = (
        [_tunnel(chance) for _ in range(40)] + [_park(chance) for _ in range(20)] + [_street(chance) for _ in range(15)]
    )
    xy = list(places)
    truth = [np.full(len(points), k) for k, points in enumerate(places)]
    lonely = chance.uniform(0, SIDE_M, (1200, 2))
    xy.append(lonely)
    truth.append(np.full(len(lonely), NOISE))
    where, what = np.vstack(xy), np.concatenate(truth)
    error = np.clip(chance.lognormal(np.log(12), 0.6, len(where)), 5, 60) / 1.5
    where = where + chance.normal(0, 1, where.shape) * error[:, None]
    who = np.arange(len(where))
    again = chance.choice(len(where), len(where) // 8, replace=False)  # one in eight reports once more
    where = np.vstack([where, where[again] + chance.normal(0, 10, (len(again), 2)), np.full((FALLBACK, 2), SIDE_M / 2)])
    what = np.concatenate([what, what[again], np.full(FALLBACK, NOISE)])
    who = np.concatenate([who, who[again], np.arange(FALLBACK) + 10**6])
    order = chance.permutation(len(where))
    early = chance.random(len(where)) < 0.5
    return Town(where[order], who[order], what[order].astype(np.int64), early[order])


def _tunnel(chance: np.random.Generator) -> Floats:
    return chance.uniform(0, SIDE_M, 2) + chance.normal(0, 8, (int(chance.integers(6, 40)), 2))


def _park(chance: np.random.Generator) -> Floats:
    return chance.uniform(0, SIDE_M, 2) + chance.uniform(-45, 45, (int(chance.integers(12, 50)), 2))


def _street(chance: np.random.Generator) -> Floats:
    length, angle = chance.uniform(250, 700), chance.uniform(0, np.pi)
    along = chance.uniform(0, length, int(length / 12))
    start = chance.uniform(0, SIDE_M - 700, 2)
    return (
        start + np.column_stack([along * np.cos(angle), along * np.sin(angle)]) + chance.normal(0, 4, (len(along), 2))
    )


def ours(town: Town, least: int = 2) -> Answer:
    """Spots as the service makes them; held ones are not drawn."""
    label, areas = np.full(len(town.xy), NOISE), []
    shown = (s for s in find(town.xy, town.who) if not s.held and len(np.unique(town.who[s.members])) >= least)
    for k, spot in enumerate(shown):
        label[spot.members] = k
        areas.append((spot.shape, len(np.unique(town.who[spot.members]))))
    return Answer(label, areas)


def ours_of_three(town: Town) -> Answer:
    """The same, of three people or more: those that may be shown in public."""
    return ours(town, least=3)


def plain(town: Town) -> Answer:
    """DBSCAN with the same radius, two reports."""
    return _hulls(town, DBSCAN(eps=45.0, min_samples=2).fit_predict(town.xy))


def plain_of_three(town: Town) -> Answer:
    """DBSCAN with the same radius, three reports."""
    return _hulls(town, DBSCAN(eps=45.0, min_samples=3).fit_predict(town.xy))


def hierarchical(town: Town) -> Answer:
    """HDBSCAN, five reports to a cluster."""
    return _hulls(town, HDBSCAN(min_cluster_size=5, copy=True).fit_predict(town.xy))


def heat_map(town: Town) -> Answer:
    """A kernel density in squares of 25 m; the hottest two in a hundred squares, grouped where they touch."""
    side = int(SIDE_M / CELL_M) + 40
    cell = np.clip((town.xy / CELL_M).astype(np.int64) + 20, 0, side - 1)
    counts = np.zeros((side, side))
    np.add.at(counts, (cell[:, 0], cell[:, 1]), 1)
    heat = gaussian_filter(counts, BANDWIDTH_M / CELL_M)
    groups, many = connected(heat >= np.quantile(heat, 1 - HOTTEST))
    label = groups[cell[:, 0], cell[:, 1]].astype(np.int64) - 1
    areas = []
    for k in range(1, many + 1):
        xs, ys = np.nonzero(groups == k)
        west, south = (xs - 20) * CELL_M, (ys - 20) * CELL_M
        areas.append(
            (shapely.union_all(shapely.box(west, south, west + CELL_M, south + CELL_M)), int((label == k - 1).sum()))
        )
    return Answer(label, areas)


def _hulls(town: Town, label: Ints) -> Answer:
    areas = []
    for k in range(int(label.max()) + 1):
        points = town.xy[label == k]
        areas.append((shapely.buffer(shapely.concave_hull(shapely.multipoints(points), ratio=0.6), 15), len(points)))
    return Answer(label, areas)


METHODS: dict[str, Callable[[Town], Answer]] = {
    "Ljuspunkt": ours, "Ljuspunkt, three people": ours_of_three, "DBSCAN, two": plain, "DBSCAN, three": plain_of_three, "HDBSCAN": hierarchical, "heat map, threshold": heat_map,
}  # fmt: skip


def against_truth(town: Town, answer: Answer) -> tuple[float, float, float, float]:
    """Return AMI, the share of planted places found, the number of groups, and whether the false hot spot is one."""
    ami = adjusted_mutual_info_score(town.truth, answer.label)
    planted_places = range(int(town.truth.max()) + 1)
    found = sum(_jaccard(town.truth == k, answer.label) >= 0.5 for k in planted_places) / len(planted_places)
    false = (town.xy == SIDE_M / 2).all(axis=1)
    return float(ami), found, float(len(answer.areas)), float((answer.label[false] != NOISE).any())


def _jaccard(mine: NDArray[np.bool_], label: Ints) -> float:
    inside = label[mine]
    inside = inside[inside != NOISE]
    if not len(inside):
        return 0.0
    best = int(np.bincount(inside).argmax())
    return float((mine & (label == best)).sum() / (mine | (label == best)).sum())


def hit_rate(areas: list[tuple[BaseGeometry, int]], later: Floats, best: float) -> tuple[float, float, float]:
    """Return the hit rate, PAI and PEI of the densest areas that together are a hundredth of the town."""
    budget, taken = SIDE_M**2 * AREA_SHARE, []
    for shape, _ in sorted(areas, key=lambda a: -(a[1] - a[1] ** 0.5) / max(a[0].area, 1.0)):
        if shape.area <= budget:
            taken.append(shape)
            budget -= shape.area
    hot = shapely.union_all(taken)
    hits = float(shapely.intersects_xy(hot, later[:, 0], later[:, 1]).mean())
    share = hot.area / SIDE_M**2
    return hits, hits / share if share else 0.0, hits / best


def best_possible(later: Floats) -> float:
    """Return the hit rate of the best squares of 25 m that together are as large."""
    cells = np.floor(later / CELL_M).astype(np.int64)
    _, counts = np.unique(cells, axis=0, return_counts=True)
    most = int(SIDE_M**2 * AREA_SHARE / CELL_M**2)
    return float(np.sort(counts)[::-1][:most].sum() / len(later))


if __name__ == "__main__":
    main()
