"""What came out of a walk, stop by stop, as pages print it: nothing is averaged away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.walks import PARAMETERS, spread
from app.models.measures import Measure
from app.models.walks import Walk, WalkStop


@dataclass(frozen=True)
class Finding:
    """One stop: each parameter's spread of scores, what was seen and how often, and the measures it led to."""

    stop: WalkStop
    scores: Sequence[tuple[str, str]]
    observations: Sequence[tuple[str, int]]
    measures: Sequence[Measure]


def findings(walk: Walk, measures: Sequence[Measure]) -> list[Finding]:
    """Return the findings of a walk in the order of its stops."""
    return [_finding(stop, measures) for stop in walk.stops]


def compared(walk: Walk, earlier: Walk | None) -> list[tuple[WalkStop, list[tuple[str, str, str]]]]:
    """Return what each stop scored the last time and now, parameter by parameter; only what both times were scored."""
    if earlier is None:
        return []
    before = {(s.dark_spot_id, s.title): _scores(s) for s in earlier.stops}
    lines = []
    for stop in walk.stops:
        then, now = before.get((stop.dark_spot_id, stop.title), {}), _scores(stop)
        lines.append((stop, [(key, then[key], now[key]) for key in PARAMETERS if key in then and key in now]))
    return [(stop, rows) for stop, rows in lines if rows]


def _scores(stop: WalkStop) -> dict[str, str]:
    said = {key: spread([e.scores[key] for e in stop.entries if key in e.scores]) for key in PARAMETERS}
    return {key: word for key, word in said.items() if word}


def _finding(stop: WalkStop, measures: Sequence[Measure]) -> Finding:
    entries = {e.id for e in stop.entries}
    scores = [(key, spread([e.scores[key] for e in stop.entries if key in e.scores])) for key in PARAMETERS]
    seen = [code for e in stop.entries for code in e.observations]
    return Finding(
        stop=stop,
        scores=[(key, said) for key, said in scores if said],
        observations=[(code, seen.count(code)) for code in dict.fromkeys(seen)],
        measures=[m for m in measures if m.walk_entry_id in entries],
    )
