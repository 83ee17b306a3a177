"""What the sender of a new report may expect, and by which day: the municipality's own priorities and response times.

Pure: what is in force (dated data), today and the calendar are handed in; sentences come out with their facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from app.domain.tickets import (
    DANGER,
    DEFAULT_MATRIX,
    PASSAGE,
    PROTECTED_PLACE,
    SINGLE_LAMP,
    PriorityRow,
    ResponseTimes,
    due_on,
    fault_for,
    priority,
)
from app.domain.words import N_

READ_DAYS: Final = 5
READ: Final = N_("Vi läser rapporten senast %(read_on)s.")
_REPAIR: Final = {
    DANGER: N_("Fara åtgärdas först. Allt är lagat senast %(due_on)s."),
    PASSAGE: N_("Mörka tunnlar, trappor, övergångar och hållplatser lagas senast %(due_on)s."),
    PROTECTED_PLACE: N_("Lampor vid skolvägar, hållplatser och huvudstråk lagas senast %(due_on)s."),
    SINGLE_LAMP: N_("En enstaka lampa lagas senast %(due_on)s."),
}
"""Words that say as much as the reason of a priority; a reason of the municipality's own gets those of any fault."""
_ANY_FAULT: Final = N_("Felet åtgärdas senast %(due_on)s.")
_ANSWER: Final = N_("Du får svar senast %(due_on)s.")
_PATROL: Final = N_("En enstaka lampa lagas senast %(due_on)s, eller vid ronden %(patrol_on)s.")
_WISH: Final = N_("Du får svar senast %(due_on)s. Ny belysning är en investering och tar längre tid.")
_PLACE: Final = N_("Flera rapporter om samma plats läggs ihop. När vi vet vad som händer med platsen står det här.")


@dataclass(frozen=True)
class Sentence:
    """A sentence with its facts; those whose name ends with `_on` are ISO dates."""

    text: str
    facts: dict[str, Any] = field(default_factory=dict)


def expected(
    kind: str,
    categories: Collection[str],
    environment: str | None,
    received_on: date,
    *,
    times: ResponseTimes,
    matrix: Sequence[PriorityRow] = DEFAULT_MATRIX,
    is_working_day: Callable[[date], bool],
) -> list[Sentence]:
    """Return what a sender may expect after `received_on`: when it is read, and when it is mended or answered.

    Args:
        kind: `fault`, `wish` or `unsafe_place`. categories: what was chosen. environment: of the lamp, when known.
        times, matrix: those in force that day. is_working_day: the municipality's calendar.

    """
    where = environment or ("underpass" if "underpass" in categories else None)
    fault = fault_for(categories)
    found = priority(fault, 1, where, None, matrix)
    code = found.code if kind == "fault" else "P5"
    read_on = after_working_days(received_on, times.read_days.get(code, READ_DAYS), is_working_day)
    sentences = [Sentence(READ, {"read_on": read_on.isoformat()})]
    if kind == "unsafe_place":
        return [*sentences, Sentence(_PLACE)]
    due = due_on(received_on, code, times, is_working_day, fault if kind == "fault" else "").isoformat()
    if kind == "wish":
        return [*sentences, Sentence(_WISH, {"due_on": due})]
    patrol, waits_for_it = times.next_patrol_on, code in times.by_patrol
    if found.reason == SINGLE_LAMP and not waits_for_it and patrol is not None and patrol.isoformat() > due:
        return [*sentences, Sentence(_PATROL, {"due_on": due, "patrol_on": patrol.isoformat()})]
    sentence = _ANSWER if code == "P5" else _REPAIR.get(found.reason, _ANY_FAULT)
    return [*sentences, Sentence(sentence, {"due_on": due})]


def after_working_days(day: date, days: int, is_working_day: Callable[[date], bool]) -> date:
    """Return the day that lies so many working days later."""
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day
