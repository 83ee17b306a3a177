"""Which dark spots a year's walks and money go to: round by round, so that loud districts do not win (domain brief, 5.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SHARE_MOST: Final = 1.5
"""A district that has got this many times its share of the people waits while another has an A-spot unserved."""
QUIET_BELOW: Final = 0.5
FIRST_LAP, PRIORITY, BY_POINTS = "first_lap", "priority", "by_points"


@dataclass(frozen=True)
class Candidate:
    """An open dark spot: its district (None outside all), points, band, and whether somebody has confirmed it."""

    id: int
    district_id: int | None
    points: float
    band: str
    confirmed: bool


@dataclass(frozen=True)
class Area:
    """A district: people, distinct reporters in twelve months, the decision that gives it priority if any, long silence."""

    id: int
    population: int | None
    reporters: int
    priority_decision: str = ""
    silent: bool = False


@dataclass(frozen=True)
class Choice:
    """A chosen spot and why: `first_lap`, `priority` or `by_points`."""

    id: int
    district_id: int | None
    why: str


def choose(spots: Sequence[Candidate], areas: Sequence[Area], capacity: int) -> list[Choice]:
    """Return at most `capacity` spots in the order in which they are to be served.

    First the best spot of every district that has a confirmed one, then one more for each district with political
    priority, then by points; a district that has more than 1.5 times its share of the people waits while another has an
    A-spot unserved. Ties go to the lower number.
    """
    ranked = sorted(spots, key=lambda s: (-s.points, s.id))
    chosen = _first_lap(ranked, areas)[: max(capacity, 0)]
    taken = {c.id for c in chosen}
    share = _shares(areas, capacity)
    served = Counter(c.district_id for c in chosen)
    while len(chosen) < capacity:
        rest = [s for s in ranked if s.id not in taken]
        best = next((s for s in rest if not _waits(s, rest, served, share)), None)
        if best is None:
            break
        chosen.append(Choice(best.id, best.district_id, BY_POINTS))
        taken.add(best.id)
        served[best.district_id] += 1
    return chosen


def quiet(areas: Sequence[Area]) -> list[int]:
    """Return districts that report less than half as much as all together, or have long been silent.

    Silence is not safety: they get outreach and an evening round by staff.
    """
    known = [a for a in areas if a.population]
    people = sum(a.population or 0 for a in known)
    rate = sum(a.reporters for a in known) / people if people else 0.0
    return [a.id for a in areas if a.silent or (a.population and a.reporters / a.population < QUIET_BELOW * rate)]


def _first_lap(ranked: Sequence[Candidate], areas: Sequence[Area]) -> list[Choice]:
    by_district: dict[int, list[Candidate]] = defaultdict(list)
    for spot in ranked:
        if spot.district_id is not None:
            by_district[spot.district_id].append(spot)
    first = [mine for mine in by_district.values() if any(s.confirmed for s in mine)]
    lap = [(mine[0], FIRST_LAP) for mine in first]
    prior = {a.id for a in areas if a.priority_decision}
    extra = [mine[1:2] if mine in first else mine[:1] for number, mine in by_district.items() if number in prior]
    best = sorted(lap, key=lambda pair: (-pair[0].points, pair[0].id))
    more = sorted((s for part in extra for s in part), key=lambda s: (-s.points, s.id))
    return [Choice(s.id, s.district_id, why) for s, why in [*best, *((s, PRIORITY) for s in more)]]


def _shares(areas: Sequence[Area], capacity: int) -> dict[int, float]:
    people = sum(a.population or 0 for a in areas)
    return {a.id: capacity * a.population / people for a in areas if a.population and people}


def _waits(
    spot: Candidate, rest: Sequence[Candidate], served: Mapping[int | None, int], share: Mapping[int, float]
) -> bool:
    mine = spot.district_id
    if mine is None or mine not in share or served[mine] < SHARE_MOST * share[mine]:
        return False
    return any(s.band == "A" and s.district_id not in {mine, None} for s in rest)
