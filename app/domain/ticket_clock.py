"""The clock of a ticket: it stands still while somebody else must act, and the whole age is shown all the same.

A pause is `[from, to, state]`: ISO moments in UTC, `to` None while it lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from app.domain.states import OPEN_TICKETS, TICKET_WAITING

Pause = Sequence[str | None]
RUNNING: Final = frozenset(OPEN_TICKETS - TICKET_WAITING - {"repaired"})
DAY_S: Final = 86_400.0


@dataclass(frozen=True)
class Clock:
    """Ages in days: `total` since it was opened, `ours` while the clock ran, `waited` while somebody else had it.

    `running` says whether it runs now; `waits_for` is the state that it waits in, "" when it does not.
    """

    total: float
    ours: float
    waited: float
    running: bool
    waits_for: str


def pauses_after(pauses: Sequence[Pause], before: str, to: str, at: datetime) -> list[list[str | None]]:
    """Return the pauses after a move: one begins when the ticket leaves our hands and ends when it comes back."""
    found = [list(pause) for pause in pauses]
    if before not in RUNNING and before and found and found[-1][1] is None:
        found[-1][1] = at.astimezone(UTC).isoformat()
    if to not in RUNNING:
        found.append([at.astimezone(UTC).isoformat(), None, to])
    return found


def clock(opened_at: datetime, ended_at: datetime | None, pauses: Sequence[Pause], state: str, now: datetime) -> Clock:
    """Return how old a ticket is and how much of that was ours.

    Args:
        opened_at, now: moments. ended_at: when it was mended or ended, None while it is open. pauses: of the ticket.
        state: where it is.

    """
    until = ended_at if state not in RUNNING and state not in TICKET_WAITING and ended_at else now
    waited = sum((_length(pause, opened_at, until) for pause in pauses if pause[2] in TICKET_WAITING), timedelta())
    away = sum((_length(pause, opened_at, until) for pause in pauses), timedelta())
    total = max(until - opened_at, timedelta())
    return Clock(
        total.total_seconds() / DAY_S, (total - away).total_seconds() / DAY_S, waited.total_seconds() / DAY_S,
        state in RUNNING, state if state in TICKET_WAITING else "",
    )  # fmt: skip


def due_by_clock(
    opened_on: date,
    due_on: date,
    away: Collection[date],
    is_working_day: Callable[[date], bool] | None,
) -> date:
    """Return the day by which the contract's clock has run out: as many counted days as were promised, without pauses.

    Args:
        opened_on, due_on: the promise. away: the whole days on which the clock stood still. is_working_day: None when the
        priority counts every day.

    """
    counts = is_working_day or (lambda _day: True)
    left = sum(counts(opened_on + timedelta(days=n)) for n in range(1, (due_on - opened_on).days + 1))
    day = opened_on
    for _ in range(3660):
        if left <= 0:
            break
        day += timedelta(days=1)
        left -= counts(day) and day not in away
    return max(day, due_on)


def days_away(pauses: Sequence[Pause], now: datetime, local_day: Callable[[datetime], date]) -> set[date]:
    """Return the days after the one on which a pause began, up to the one on which it ended; these do not count."""
    found: set[date] = set()
    for begun, ended, _ in pauses:
        first = local_day(datetime.fromisoformat(str(begun)))
        last = local_day(datetime.fromisoformat(ended) if ended else now)
        found |= {first + timedelta(days=n) for n in range(1, (last - first).days + 1)}
    return found


def _length(pause: Pause, opened_at: datetime, until: datetime) -> timedelta:
    begun = max(datetime.fromisoformat(str(pause[0])), opened_at)
    ended = min(datetime.fromisoformat(pause[1]) if pause[1] else until, until)
    return max(ended - begun, timedelta())
