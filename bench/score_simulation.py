"""Does the score find the worst places, and does a brigade reach the top? `python bench/score_simulation.py [--runs N]`.

The brief's sanity check (domain, 5.6): 12 districts with a sixfold spread in how readily people report, 108 places with
a hidden need, reports and place facts that follow the need with noise. Every score is the service's own rule.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from app.domain.dark_spots import SpotFacts, Voice, band, correction, score
from app.domain.selection import Area, Candidate, choose
from bench.machine import machine

DISTRICTS, PLACES, WORST, PEOPLE = 12, 108, 20, 5_500
READINESS = np.geomspace(1.0, 6.0, DISTRICTS)
BRIGADE = 200


@dataclass
class Town:
    """One simulated town: what nobody knows (need), and what everybody sees."""

    need: np.ndarray
    district: np.ndarray
    facts: list[SpotFacts]

    @property
    def truly_worst(self) -> set[int]:
        """The twenty places with the greatest need."""
        return set(np.argsort(-self.need, kind="stable")[:WORST].tolist())

    def counts(self) -> np.ndarray:
        """Return how many people reported each place."""
        return np.array([len(f.voices) for f in self.facts], dtype=np.float64)

    def scores(self) -> np.ndarray:
        """Return each place's score."""
        return np.array([score(f).points for f in self.facts])


def main() -> None:
    """Print the share of the truly worst places found, and where a brigade ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    print(machine())
    found, brigade = Counter[str](), {"count": [], "saturation": [], "hold": []}
    for seed in range(runs):
        chance = np.random.default_rng(seed)
        one = town(chance, informed=1.0)
        found["count"] += hit(one, top(one.counts()))
        found["score"] += hit(one, top(one.scores()))
        found["half"] += hit(half := town(np.random.default_rng(seed), informed=0.5), top(half.scores()))
        found["noise"] += hit(none := town(np.random.default_rng(seed), informed=0.0), top(none.scores()))
        found["districts count"] += len({one.district[k] for k in top(one.counts())})
        found["districts score"] += len({one.district[k] for k in top(one.scores())})
        found["districts rounds"] += len({one.district[k] for k in by_rounds(one)})
        for how, ranks in brigade.items():
            ranks.append(rank_of_brigade(one, how))
    print(f"\n{runs} runs, {PLACES} places, {DISTRICTS} districts")
    print("| of the 20 truly worst, found in the top 20 | share |\n|---|---:|")
    for key, words in (
        ("count", "plain count of reporters"), ("score", "the score"),
        ("half", "the score, facts half as informative"), ("noise", "the score, facts pure noise"),
    ):  # fmt: skip
        print(f"| {words} | {found[key] / runs / WORST:.2f} |")
    print("\n| districts in the top 20 | mean |\n|---|---:|")
    for key in ("count", "score", "rounds"):
        print(f"| by {key} | {found[f'districts {key}'] / runs:.1f} |")
    print(
        f"\n| one middling place given {BRIGADE} fake reports | median rank of {PLACES} | runs in the top 20 |\n|---|---:|---:|"
    )
    for how, ranks in brigade.items():
        print(f"| {how} | {np.median(ranks):.0f} | {np.mean(np.array(ranks) <= WORST):.0%} |")


def town(chance: np.random.Generator, informed: float) -> Town:
    """Return a town whose place facts follow the need as well as `informed` says (1 well, 0 not at all)."""
    need, district = chance.normal(0, 1, PLACES), np.arange(PLACES) % DISTRICTS
    expected = 1.6 * READINESS[district] * np.exp(0.45 * need)
    reporters = chance.poisson(expected) + 2
    seen = informed * need + np.sqrt(max(1.0 - informed**2, 0.0) + 0.5) * chance.normal(0, 1, PLACES)
    in_district = np.bincount(district, reporters, DISTRICTS)
    rate = in_district.sum() / (DISTRICTS * PEOPLE)
    k = [correction(rate, float(n), PEOPLE) for n in in_district]
    facts = [place(chance, int(reporters[i]), float(seen[i]), k[district[i]]) for i in range(PLACES)]
    return Town(need, district, facts)


def place(chance: np.random.Generator, reporters: int, seen: float, k: float) -> SpotFacts:
    """Return what is known of a place that looks so bad (standard deviations), with so many reporters."""
    ages = chance.uniform(0, 900, reporters)
    voices = [
        Voice(int(s), True, float(a), float(a / 4)) for s, a in zip(chance.integers(1, 4, reporters), ages, strict=True)
    ]
    steps = int(np.searchsorted((-1.2, -0.4, 0.4, 1.2), seen))
    return SpotFacts(
        voices=voices, correction=k, context=[c for c, least in (("bus_stop", 0.2), ("school", 0.8), ("only_way", 1.4)) if seen > least],
        flow=("low", "medium", "medium", "high", "main")[steps],
        light=("fine", "obscured", "lamp_out", "no_lighting", "section_out")[steps] if chance.random() < 0.7 else "unknown",
        lighting_spot=True, dark_hours_ahead=250, confirmed=bool(seen > 0.6 and chance.random() < 0.6), perspectives=1,
        waiting_days=float(ages.max() / 4),
    )  # fmt: skip


def top(points: np.ndarray) -> list[int]:
    """Return the twenty places with most points."""
    return np.argsort(-points, kind="stable")[:WORST].tolist()


def by_rounds(one: Town) -> list[int]:
    """Return the twenty places that the rounds choose."""
    points = one.scores()
    spots = [Candidate(i, int(one.district[i]), float(points[i]), band(points[i]), True) for i in range(PLACES)]
    reporters = np.bincount(one.district, one.counts(), DISTRICTS)
    areas = [Area(d, PEOPLE, int(reporters[d])) for d in range(DISTRICTS)]
    return [c.id for c in choose(spots, areas, WORST)]


def hit(one: Town, chosen: list[int]) -> int:
    """Return how many of the truly worst are among the chosen."""
    return len(one.truly_worst & set(chosen))


def rank_of_brigade(one: Town, how: str) -> int:
    """Return the rank of a middling place after two hundred fake reports in one evening."""
    victim = int(np.argsort(one.scores(), kind="stable")[PLACES // 2])
    fake = [Voice(3, True, 0.0, 0.0, held=how == "hold")] * BRIGADE
    facts = list(one.facts)
    facts[victim] = replace(facts[victim], voices=[*facts[victim].voices, *fake])
    after = Town(one.need, one.district, facts)
    points = after.counts() if how == "count" else after.scores()
    return int((points > points[victim]).sum()) + 1


if __name__ == "__main__":
    main()
