"""Which new group is which known spot: by the reports they share, best over the whole (not one by one)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Matching:
    """`spot_of[k]`: the known spot that new group k is, None for a new one; `gone`: spots that no group is any more.

    `merged`: (spot, into) when a gone spot's reports are mostly in another; `split`: (spot, k) when a new group took
    reports from a spot that lives on.
    """

    spot_of: tuple[int | None, ...]
    gone: tuple[int, ...]
    merged: tuple[tuple[int, int], ...]
    split: tuple[tuple[int, int], ...]


def match(
    known: Mapping[int, Collection[int]], groups: Sequence[Collection[int]], pinned: Collection[int] = ()
) -> Matching:
    """Match groups of report numbers to known spots so that the sum of shared reports is greatest.

    An assignment problem (Kuhn 1955; solved as by Crouse 2016), apart for each set of spots and groups that share
    reports at all. Ties go to the spot with the lower number and the group with the lowest report, so that the order in
    which groups are listed changes nothing.

    Args:
        known: the reports of each spot; a report belongs to one spot. groups: the reports of each new group.
        pinned: spots whose members stand as they are: never matched, never gone, their reports tie no group to a spot.

    """
    free = {spot: reports for spot, reports in known.items() if spot not in set(pinned)}
    shared = _shared(free, groups)
    spot_of: list[int | None] = [None] * len(groups)
    for spots, numbers in _components(shared):
        numbers.sort(key=lambda k: (min(groups[k]), k))
        for spot, k in _assign(spots, numbers, shared):
            spot_of[k] = spot
    living = {spot for spot in spot_of if spot is not None}
    gone = tuple(sorted(set(free) - living))
    return Matching(tuple(spot_of), gone, _merged(gone, shared, spot_of), _split(living, shared, spot_of))


def _shared(known: Mapping[int, Collection[int]], groups: Sequence[Collection[int]]) -> Counter[tuple[int, int]]:
    spot_of_report = {report: spot for spot, reports in known.items() for report in reports}
    return Counter(
        (spot_of_report[report], k)
        for k, reports in enumerate(groups)
        for report in reports
        if report in spot_of_report
    )


def _components(shared: Mapping[tuple[int, int], int]) -> list[tuple[list[int], list[int]]]:
    groups_of, spots_of = defaultdict(set), defaultdict(set)
    for spot, k in shared:
        groups_of[spot].add(k)
        spots_of[k].add(spot)
    found, seen = [], set[int]()
    for start in sorted(groups_of):
        if start in seen:
            continue
        spots, numbers, waiting = {start}, set[int](), [start]
        while waiting:
            for k in groups_of[waiting.pop()] - numbers:
                numbers.add(k)
                fresh = spots_of[k] - spots
                spots |= fresh
                waiting.extend(fresh)
        seen |= spots
        found.append((sorted(spots), sorted(numbers)))
    return found


def _assign(spots: list[int], numbers: list[int], shared: Mapping[tuple[int, int], int]) -> list[tuple[int, int]]:
    if len(spots) == len(numbers) == 1:  # nothing to weigh up, as nearly always
        return [(spots[0], numbers[0])]
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - heavy, and only grouping needs it

    gain = np.array([[shared.get((spot, k), 0) for k in numbers] for spot in spots], dtype=np.float64)
    rank = np.add.outer(np.arange(len(spots)), np.arange(len(numbers)))
    # Less than one report in all, so that it settles ties and nothing else.
    rows, columns = linear_sum_assignment(gain - rank * (0.4 / rank.size / (rank.max() + 1)), maximize=True)
    return [(spots[r], numbers[c]) for r, c in zip(rows, columns, strict=True) if gain[r, c] > 0]


def _merged(
    gone: Collection[int], shared: Mapping[tuple[int, int], int], spot_of: Sequence[int | None]
) -> tuple[tuple[int, int], ...]:
    heirs = []
    for spot in gone:
        taken = [(count, -k, spot_of[k]) for (s, k), count in shared.items() if s == spot]
        heir = max(taken)[2] if taken else None
        if heir is not None:
            heirs.append((spot, heir))
    return tuple(heirs)


def _split(
    living: Collection[int], shared: Mapping[tuple[int, int], int], spot_of: Sequence[int | None]
) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((spot, k) for spot, k in shared if spot in living and spot_of[k] is None))
