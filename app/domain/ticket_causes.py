"""Several dark lamps that may have one cause: the same section, the same cabinet, poles in a row (domain brief, 3.1)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.words import N_

LEAST: Final = 3
LEAST_OF_CABINET: Final = 5
WHOLE_SHARE: Final = 0.6
ROW_M: Final = 60.0
OUT: Final = frozenset({"B01", "B02", "B03"})
"""Faults that mean darkness; only these can have a cause in the cable or the cabinet."""


ALONE: Final = frozenset({"B10", "B11", "B12", "B14", "B16", "B17", "B18", "B19"})
"""Danger, a cable, light that has never been there, and what is not ours: each of these ends by itself."""


def ends_together(fault: str, state: str) -> str:
    """Return a name that tickets share which one piece of work may end; "" for one that stands by itself or waits."""
    if fault in ALONE or state.startswith("waiting_"):
        return ""
    return "dark" if fault in OUT else fault


@dataclass(frozen=True)
class DarkLamp:
    """A lamp that somebody found dark: `x`, `y` in metres; the open tickets and the reports that say so."""

    lamp_id: int
    cabinet: str
    section: str
    x: float
    y: float
    ticket_ids: frozenset[int] = frozenset()
    report_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Cause:
    """Dark lamps with probably one cause: `reason` is a sentence with `facts`, `fault` the code of the one ticket."""

    kind: str
    fault: str
    reason: str
    facts: Mapping[str, str | int]
    lamps: Sequence[DarkLamp]

    @property
    def ticket_ids(self) -> list[int]:
        """Return the tickets that would become one, the oldest first."""
        return sorted({i for lamp in self.lamps for i in lamp.ticket_ids})

    @property
    def report_ids(self) -> list[int]:
        """Return the reports that would join it."""
        return sorted({i for lamp in self.lamps for i in lamp.report_ids})


def causes(lamps: Sequence[DarkLamp], section_sizes: Mapping[tuple[str, str], int]) -> list[Cause]:
    """Return the groups of dark lamps that suggest one cause, the largest first; each lamp is in at most one.

    Args:
        lamps: each dark lamp once. section_sizes: how many lamps each section (cabinet, section) has.

    """
    found: list[Cause] = []
    left = {lamp.lamp_id: lamp for lamp in sorted(lamps, key=lambda lamp: lamp.lamp_id)}
    for make in (_by_cabinet, _by_section, _by_row):
        for cause in make(list(left.values()), section_sizes):
            found.append(cause)
            for lamp in cause.lamps:
                left.pop(lamp.lamp_id, None)
    one_already = [c for c in found if len(c.ticket_ids) == 1 and not c.report_ids]
    return sorted((c for c in found if c not in one_already), key=lambda c: (-len(c.lamps), c.lamps[0].lamp_id))


def _by_cabinet(lamps: Sequence[DarkLamp], sizes: Mapping[tuple[str, str], int]) -> Iterable[Cause]:
    for (cabinet, _), group in _grouped(((lamp.cabinet, ""), lamp) for lamp in lamps if lamp.cabinet):
        dark = {s: len([x for x in group if x.section == s]) for s in {x.section for x in group}}
        whole = [s for s, n in dark.items() if n >= WHOLE_SHARE * sizes.get((cabinet, s), math.inf)]
        if len(group) >= LEAST_OF_CABINET and len(dark) >= 2 and len(whole) >= 2:
            reason = N_("%(n)s lampor i %(sections)s sektioner under samma central (%(cabinet)s) är släckta.")
            yield Cause("cabinet", "B03", reason, {"n": len(group), "sections": len(dark), "cabinet": cabinet}, group)


def _by_section(lamps: Sequence[DarkLamp], sizes: Mapping[tuple[str, str], int]) -> Iterable[Cause]:
    for key, group in _grouped(((x.cabinet, x.section), x) for x in lamps if x.section):
        if len(group) < LEAST:
            continue
        size = sizes.get((key[0], key[1]), 0)
        whole = bool(size) and len(group) >= WHOLE_SHARE * size
        reason = N_("%(n)s av %(size)s lampor i samma sektion (%(section)s) är släckta.")
        name = " ".join(part for part in key if part)
        yield Cause(
            "section", "B03" if whole else "B02", reason, {"n": len(group), "size": size, "section": name}, group
        )


def _by_row(lamps: Sequence[DarkLamp], _sizes: Mapping[tuple[str, str], int]) -> Iterable[Cause]:
    for row in _chains(lamps):
        if len(row) >= LEAST:
            reason = N_("%(n)s stolpar i rad är släckta, med högst %(gap)s m emellan.")
            yield Cause("row", "B02", reason, {"n": len(row), "gap": round(ROW_M)}, row)


def _grouped(pairs: Iterable[tuple[tuple[str, str], DarkLamp]]) -> list[tuple[tuple[str, str], list[DarkLamp]]]:
    found: dict[tuple[str, str], list[DarkLamp]] = defaultdict(list)
    for key, lamp in pairs:
        found[key].append(lamp)
    return sorted(found.items())


def _chains(lamps: Sequence[DarkLamp]) -> list[list[DarkLamp]]:
    """Return the lamps that reach each other in steps of at most ROW_M (a grid of that size finds the neighbours)."""
    cells: dict[tuple[int, int], list[DarkLamp]] = defaultdict(list)
    for lamp in lamps:
        cells[int(lamp.x // ROW_M), int(lamp.y // ROW_M)].append(lamp)
    seen: set[int] = set()
    chains = []
    for lamp in lamps:
        if lamp.lamp_id in seen:
            continue
        seen.add(lamp.lamp_id)
        chain, waiting = [], [lamp]
        while waiting:
            here = waiting.pop()
            chain.append(here)
            near = [x for x in _around(here, cells) if x.lamp_id not in seen]
            seen |= {x.lamp_id for x in near}
            waiting += near
        chains.append(sorted(chain, key=lambda x: x.lamp_id))
    return chains


def _around(lamp: DarkLamp, cells: Mapping[tuple[int, int], Sequence[DarkLamp]]) -> Iterable[DarkLamp]:
    column, row = int(lamp.x // ROW_M), int(lamp.y // ROW_M)
    for c in (column - 1, column, column + 1):
        for r in (row - 1, row, row + 1):
            for other in cells.get((c, r), ()):
                if math.hypot(other.x - lamp.x, other.y - lamp.y) <= ROW_M:
                    yield other
