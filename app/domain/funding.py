"""Money for measures: what is left of a source, in kronor (domain brief, 2.4 Finansieringskälla)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True)
class Balance:
    """A source's amount and what its measures draw from it, in kronor."""

    amount: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        """What is still free; negative when the source was cut after money was promised."""
        return self.amount - self.used

    @property
    def share_used(self) -> int:
        """The used part in whole per cent, at most 100."""
        if not self.amount:
            return 100 if self.used else 0  # of money that is only applied for nothing is used
        return min(round(100 * self.used / self.amount), 100)


def balance(amount: Decimal, draws: Sequence[Decimal]) -> Balance:
    """Return the balance of a source of `amount` kronor on which measures draw these amounts."""
    return Balance(amount, sum(draws, Decimal(0)))


MAY_BE_DRAWN: Final = frozenset({"granted", "available"})
"""Money that was only thought of or applied for is nobody's yet; money that was reported is gone."""


def others_share_missing(cost: Decimal, drawn: Decimal, co_funding_percent: int | None) -> Decimal:
    """Return how many kronor too much a measure draws from a source that wants others to pay a share of the cost."""
    if not co_funding_percent:
        return Decimal(0)
    most = cost * (100 - co_funding_percent) / 100
    return max(drawn - most, Decimal(0))


def may_draw(amount: Decimal, drawn_by_others: Sequence[Decimal], wanted: Decimal) -> bool:
    """Say whether a measure may draw `wanted` kronor when others already draw theirs."""
    return wanted <= balance(amount, drawn_by_others).left
