"""How a municipality writes down its response times and its priority matrix: read from a form, checked, dated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from app.domain.tickets import FAULTS, PRIORITIES, PriorityRow, ResponseTimes
from app.domain.words import between

DAYS_MAX: Final = 365
HOURS_MAX: Final = 240
ROWS_MAX: Final = 30


@dataclass
class Read:
    """What a form said: the value to keep, and the code of what is wrong beside each field's name."""

    value: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


def read_times(sent: Mapping[str, str], working: Sequence[str], by_patrol: Sequence[str]) -> Read:
    """Return response times as the rule keeps them.

    Args:
        sent: `days_P1`, `read_P1`, `hours_P1`, `first_P1`, …, `cable_days` and `patrols` (ISO dates with commas or blanks between).
        working, by_patrol: the priorities that were ticked.

    """
    found = Read()
    repair, read, hours, days = {}, {}, {}, {}
    for code in PRIORITIES:
        repair[code] = _number(sent.get(f"days_{code}", ""), f"days_{code}", DAYS_MAX, found, needed=True)
        if sent.get(f"read_{code}", "").strip():
            read[code] = _number(sent[f"read_{code}"], f"read_{code}", DAYS_MAX, found)
        if sent.get(f"hours_{code}", "").strip():
            hours[code] = _number(sent[f"hours_{code}"], f"hours_{code}", HOURS_MAX, found)
        elif sent.get(f"first_{code}", "").strip():
            days[code] = _number(sent[f"first_{code}"], f"first_{code}", DAYS_MAX, found)
    cable = _number(sent.get("cable_days", ""), "cable_days", DAYS_MAX, found, needed=True)
    patrols = []
    for word in re.split(r"[\s,;]+", sent.get("patrols", "").strip()):
        try:
            patrols += [date.fromisoformat(word).isoformat()] if word else []
        except ValueError:
            found.codes["patrols"] = "date_not_readable"
    waits = [code for code in PRIORITIES if code in by_patrol]
    if waits and not patrols:
        found.codes.setdefault("patrols", "required")
    found.value = {
        "repair_days": repair, "working": [code for code in PRIORITIES if code in working], "read_days": read, "first_hours": hours,
        "first_days": days, "fault_days": {"B14": cable}, "by_patrol": waits, "patrols": sorted(patrols),
    }  # fmt: skip
    return found


def read_matrix(rows: Sequence[Mapping[str, Any]], environments: Sequence[str]) -> Read:
    """Return a priority matrix as the rule keeps it; rows without a priority are left out, and the last must hold always.

    Args:
        rows: each with code, reason, faults (text), least_lamps (text), environments (list), band. environments: known ones.

    """
    found = Read()
    kept: list[PriorityRow] = []
    for number, row in enumerate(rows[:ROWS_MAX]):
        code = str(row.get("code", ""))
        if not code:
            continue
        faults = tuple(sorted(set(re.findall(r"[A-Z0-9]+", str(row.get("faults", "")).upper()))))
        if code not in PRIORITIES or any(f not in FAULTS for f in faults):
            found.codes[f"faults_{number}"] = "choice_unknown"
        if not row.get("reason"):
            found.codes[f"reason_{number}"] = "reason_missing"
        least = _number(str(row.get("least_lamps") or "1"), f"least_{number}", 500, found)
        places = tuple(e for e in environments if e in row.get("environments", ()))
        bands = tuple(b for b in ("A", "B", "C") if b in str(row.get("band", "")).upper())
        kept.append(PriorityRow(code, str(row.get("reason", ""))[:200], faults, max(least, 1), places, bands))
    if not kept or not kept[-1].holds("B05", 1, None, None):
        found.codes["rows"] = "matrix_open"
    found.value = {
        "rows": [
            {
                **asdict(row),
                "faults": list(row.faults),
                "environments": list(row.environments),
                "bands": list(row.bands),
            }
            for row in kept
        ]
    }
    return found


def as_form(times: ResponseTimes) -> dict[str, str]:
    """Return response times as the fields of the form show them."""
    shown = {f"days_{code}": str(times.repair_days.get(code, "")) for code in PRIORITIES}
    shown |= {f"read_{code}": str(n) for code, n in times.read_days.items()}
    shown |= {f"hours_{code}": str(n) for code, n in times.first_hours.items()}
    shown |= {f"first_{code}": str(n) for code, n in times.first_days.items()}
    return shown | {
        "cable_days": str(times.fault_days.get("B14", "")),
        "patrols": ", ".join(d.isoformat() for d in times.patrols),
    }


def _number(text: str, name: str, most: int, found: Read, *, needed: bool = False) -> int:
    given = text.strip()
    if not given and needed:
        found.codes[name] = "required"
        return 0
    if not (given.isascii() and given.isdecimal()) or len(given) > 4 or not 0 < int(given) <= most:
        found.codes[name] = between(1, most)
        return 0
    return int(given)
