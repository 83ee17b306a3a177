"""Grouping reports into dark spots: a job's work, never on the resident's path.

`regroup` looks only at what a change can touch, in one transaction; `rebuild` looks at everything. Both gather, let `geo`
decide, and write through the same steps, so that either gives the same spots. A rebuild reads without holding anybody up
and writes only if nobody has regrouped meanwhile; else it reads again.
"""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.states import OPEN_DARK_SPOTS
from app.models.base import db, reading
from app.models.dark_spots import SpotLineage
from app.models.jobs import enqueue, night_after
from app.services import spot_look_steps, spot_work_steps
from app.services.scoring_steps import Surroundings, Town, fresh_basis, members_of, surroundings, town, write_score
from app.services.spot_look_steps import Scene
from app.services.spot_report_steps import Facts
from app.services.spot_row_steps import SpotRow, rows_of, write_rows
from app.services.spot_steps import (
    SLEEPY,
    move_reports,
    next_round,
    outlines,
    this_round,
    wake_and_sleep,
    write_groups,
)  # fmt: skip
from geo.identity import Matching, match

TRIES = 3
NIGHTLY_AFTER = timedelta(hours=3)
WORKED_ON = OPEN_DARK_SPOTS - SLEEPY - {"dormant"}


@dataclass(frozen=True)
class Rebuilt:
    """What a regrouping did, in figures. `reports` and `spots` are those that it looked at."""

    reports: int
    spots: int
    kept: int
    new: int
    merged: int
    split: int
    dormant: int
    seconds: float


@dataclass(frozen=True)
class _Made:
    """What was decided and written: each group's reports, the spot that it was (None for a new one), the spot that it is."""

    matching: Matching
    known: Mapping[int, Sequence[int]]
    known_spots: Mapping[int, SpotRow]
    groups: Sequence[Sequence[int]]
    chosen: Sequence[SpotRow | None]
    spots: Sequence[SpotRow]
    facts: Mapping[int, Facts]


def rebuild(*, now: datetime) -> Rebuilt:
    """Group all reports anew; known spots keep their number, name, history and work. Returns figures."""
    started = time.perf_counter()
    _prepare_day(now)
    with _without_collecting():
        return _rebuild(started, now)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let nobody look for garbage among the hundreds of thousands of rows that all live until the end (a third of the time)."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _rebuild(started: float, now: datetime) -> Rebuilt:
    for tries_left in range(TRIES - 1, -1, -1):
        with reading():
            number, here = this_round(), town(now)
            scene, counted = spot_look_steps.everything(here.epsg)
            db.session.rollback()
        if next_round() == number + 1 or not tries_left:
            break
        db.session.rollback()
    figures = _write(scene, here, now)
    db.session.commit()
    return replace(figures, reports=counted, seconds=round(time.perf_counter() - started, 3))


def regroup(marks: Mapping[str, Any], *, now: datetime) -> Rebuilt:
    """Group anew what these marks can touch; everything when there is none, or too much for looking around.

    Args:
        marks: `reports` and `spots`, numbers of what came, went or changed; `places`, [lon, lat] of what is no more.
        now: the moment; scores are of its day.

    """
    started = time.perf_counter()
    if not any(marks.get(name) for name in ("reports", "spots", "places")):
        return rebuild(now=now)
    with _without_collecting():
        figures = _regroup(marks, now)
    return rebuild(now=now) if figures is None else replace(figures, seconds=round(time.perf_counter() - started, 4))


def _regroup(marks: Mapping[str, Any], now: datetime) -> Rebuilt | None:
    next_round(in_job=True)
    here, scene = spot_look_steps.around(marks, now)
    if scene is None:
        db.session.rollback()
        return None
    figures = _write(scene, here, now)
    db.session.commit()
    return figures


def _prepare_day(now: datetime) -> None:
    """Keep what today's scores share, and ask for the first regrouping of tomorrow, when every score is a day older."""
    with reading():
        today, basis = fresh_basis(now)
        db.session.rollback()
    if basis is not None:
        db.session.merge(basis)
    enqueue("regroup", f"regroup after {today}", now=now, run_at=night_after(now, NIGHTLY_AFTER))
    db.session.commit()


def _write(scene: Scene, here: Town, now: datetime) -> Rebuilt:
    """Write spots, memberships, descent and what becomes of the work."""
    free, known = scene.free, scene.free.known()
    found = outlines(scene.groups, free.ids, here.epsg)
    facts = free.facts()
    matching = match(known, [outline.reports for outline in found])
    spots = dict(scene.spots) if scene.spots is not None else rows_of(None)
    chosen = _chosen(matching, [o.reports for o in found], spots, now)
    called = _bring_names(matching, spots)
    around = surroundings(now, {n: spot.perspectives for n, spot in spots.items()}, here)
    _write_pinned(scene, spots, around)
    written = write_groups(found, chosen, facts, around, known)
    after = {report: spot.id for outline, spot in zip(found, written, strict=True) for report in outline.reports}
    move_reports(dict(zip(free.ids.tolist(), free.spot.tolist(), strict=True)), after)
    _descend(_Made(matching, known, spots, [o.reports for o in found], chosen, written, facts), called, now)
    merged = {parent for parent, _ in matching.merged}
    alone = {n: spot for n, spot in spots.items() if n not in merged}
    living = {spot.id for spot in written} | set(scene.fixed)
    wake_and_sleep(alone, living, now)
    _write_emptied([spot for n, spot in alone.items() if n not in living], around)
    new = sum(spot is None for spot in chosen)
    return Rebuilt(
        len(free.ids), len(found) + len(scene.fixed), len(found) - new, new, len(matching.merged), len(matching.split),
        len(matching.gone), 0.0,
    )  # fmt: skip


def _write_pinned(scene: Scene, spots: Mapping[int, SpotRow], around: Surroundings) -> None:
    """Give pinned spots their new reports and today's score; their shape and name stay as people left them."""
    if not scene.fixed:
        return
    move_reports(dict.fromkeys(scene.homes, 0), scene.homes)
    members = members_of(scene.fixed)
    scored = [n for n in sorted(scene.fixed) if n in spots and (members[n] or spots[n].report_count)]
    for number in scored:
        write_score(spots[number], members[number], around)
    write_rows(spots[number] for number in scored)


def _write_emptied(spots: Iterable[SpotRow], around: Surroundings) -> None:
    """A spot that lost its reports while it is worked on keeps its state, and its score says that nobody counts there now."""
    worked_on = [spot for spot in spots if spot.state in WORKED_ON and not spot.pinned]
    for spot in worked_on:
        write_score(spot, (), around)
    write_rows(worked_on)


def _chosen(
    matching: Matching, groups: Sequence[Sequence[int]], spots: dict[int, SpotRow], now: datetime
) -> list[SpotRow | None]:
    """Return the spot that each group is: the known one, one that comes back, or None for a new one."""
    parents: dict[int, list[int]] = defaultdict(list)
    for parent, k in matching.split:
        parents[k].append(parent)
    chosen: list[SpotRow | None] = []
    for k, number in enumerate(matching.spot_of):
        back = spot_work_steps.returning(parents[k], groups[k]) if number is None and k in parents else None
        if back:
            spot_work_steps.revive(*back, now)
            db.session.flush()
            spots |= rows_of([back[1].id])
            chosen.append(spots[back[1].id])
            _give_name_back(back[0], spots)
        else:
            chosen.append(spots[number] if number is not None else None)
    return chosen


def _bring_names(matching: Matching, spots: Mapping[int, SpotRow]) -> dict[int, str]:
    """Let a name that people gave go along into a spot that they have not named; return what that was called, by the giver."""
    called: dict[int, str] = {}
    for parent, child in matching.merged:
        giver, taker = spots[parent], spots[child]
        if giver.named_by_staff and not taker.named_by_staff and spot_work_steps.may_merge(giver):
            called[parent] = taker.name
            taker.name, taker.named_by_staff = giver.name, True
    return called


def _give_name_back(line: SpotLineage, spots: Mapping[int, SpotRow]) -> None:
    """Call a spot as before when the one whose name it has is itself again; not if it was named anew since."""
    called, taker = line.moved.get("called"), spots[line.child_id]
    if called is not None and taker.name == spots[line.parent_id].name:
        taker.name, taker.named_by_staff = called, False


def _descend(made: _Made, called: Mapping[int, str], now: datetime) -> None:
    """Write who came from whom, and let the open work go along."""
    after = {n: spot.id for spot, reports in zip(made.spots, made.groups, strict=True) for n in reports}
    for parent, child in made.matching.merged:
        gone = [n for n in made.known[parent] if after.get(n) == child]
        rest = () if _all_counted(made, parent) else spot_work_steps.hand_over("reports", parent, child)
        name = {"called": called[parent]} if parent in called else {}
        spot_work_steps.merge_into(made.known_spots[parent], child, sorted({*gone, *rest}), now=now, more=name)
    for parent, k in made.matching.split:
        if made.chosen[k] is None:
            part = made.spots[k].id
            kept, taken = (_places(made, parent, home, after) for home in (parent, part))
            moved = spot_work_steps.split_work(parent, part, kept, taken)
            spot_work_steps.remember(parent, part, "split", moved, now=now)


def _all_counted(made: _Made, number: int) -> bool:
    """Say whether every report of a spot counts, so that none is left behind when those that count have gone."""
    return made.known_spots[number].members == len(made.known[number])


def _places(made: _Made, parent: int, home: int, after: Mapping[int, int]) -> list[tuple[float, float]]:
    """Return where the reports stand that a spot had and that now belong to one or the other."""
    return [(made.facts[n].lon, made.facts[n].lat) for n in made.known[parent] if after.get(n) == home]
