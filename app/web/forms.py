"""Reading a form of the desk: every field cleaned, and the code of what is wrong kept beside its name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from app.domain.reports import clean_text
from app.domain.words import at_most, between
from app.models.base import row_number
from app.web.words import field_errors

MONEY_MAX = Decimal(10) ** 11
SUM = re.compile(r"([0-9]+|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+)(?:[.,]([0-9]{1,2}))?\s*(?:kr)?")
"""Kronor, and öre after a comma or a point. Three digits after one may be thousands or decimals: nobody knows which."""
__all__ = ["Form", "row_number"]


class Form:
    """One sent form. Ask it for its fields, then for its errors; it never raises on what somebody typed."""

    def __init__(self, sent: MultiDict[str, str]) -> None:
        self.sent = sent
        self.codes: dict[str, str] = {}

    @property
    def errors(self) -> dict[str, str]:
        """Return a sentence beside each wrong field's name."""
        return field_errors(self.codes)

    def text(self, name: str, longest: int = 2000, *, required: bool = False) -> str:
        """Return a text without control characters, and no longer than its field."""
        value = clean_text(self.sent.get(name, ""))
        if len(value) > longest:
            self.codes[name] = at_most(longest)
        if required and not value:
            self.codes[name] = "reason_missing" if name == "reason" else "required"
        return value[:longest]

    def choice(self, name: str, allowed: Collection[str], *, required: bool = False) -> str:
        """Return one of the allowed words, or nothing."""
        value = self.sent.get(name, "")
        if value and value not in allowed:
            self.codes[name] = "choice_unknown"
            return ""
        if required and not value:
            self.codes[name] = "required"
        return value

    def choices(self, name: str, allowed: Collection[str]) -> list[str]:
        """Return the allowed words that were ticked."""
        return [value for value in self.sent.getlist(name) if value in allowed]

    def number(self, name: str, within: tuple[int, int] | None = None, *, required: bool = False) -> int | None:
        """Return a whole number of at most nine digits and within these bounds, or nothing."""
        value = self.sent.get(name, "").strip()
        readable = value.isdecimal() and len(value) <= 9  # in whichever digits: ٣ is three
        if readable and (within is None or within[0] <= int(value) <= within[1]):
            return int(value)
        if value or required:
            wrong = between(*within) if within else "number_not_readable"
            self.codes[name] = wrong if value else "required"
        return None

    def decimal(self, name: str, within: tuple[float, float] = (0, 100_000)) -> float | None:
        """Return a number with decimals (comma or point) within these bounds, or nothing."""
        value = "".join(self.sent.get(name, "").split()).replace(",", ".")
        if not value:
            return None
        try:
            amount = Decimal(value)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or not within[0] <= amount <= within[1]:
            self.codes[name] = between(*within)
            return None
        return float(amount.quantize(Decimal("0.01")))

    def money(self, name: str) -> Decimal | None:
        """Return kronor, written as people here write them: `25 000`, `25000,50`; what can be read in two ways is refused."""
        value = self.sent.get(name, "").strip()
        if not value:
            return None
        found = SUM.fullmatch(value)
        amount = Decimal("".join(found[1].split()) + f".{found[2] or 0}") if found else MONEY_MAX
        if amount >= MONEY_MAX:
            self.codes[name] = "money_not_readable"
            return None
        return amount.quantize(Decimal("0.01"))

    def day(self, name: str, *, required: bool = False) -> date | None:
        """Return a date, or nothing."""
        value = self.sent.get(name, "").strip()
        try:
            found = date.fromisoformat(value) if value else None
        except ValueError:
            found = None
            self.codes[name] = "date_not_readable"
        if required and not value:
            self.codes[name] = "required"
        if found is not None and not 2000 <= found.year <= 2100:
            self.codes[name] = "date_out_of_range"
            return None
        return found

    def days(self, name: str, most: int = 12) -> list[date]:
        """Return dates written with commas or blanks between."""
        words = self.sent.get(name, "").replace(",", " ").replace(";", " ").split()
        try:
            found = [date.fromisoformat(word) for word in words]
        except ValueError:
            found = [date.min]
        if any(not 2000 <= day.year <= 2100 for day in found) or len(found) > most:
            self.codes[name] = "dates_not_readable"
            return []
        return found

    def moment(self, name: str, zone: str) -> datetime | None:
        """Return a local date and time with its zone, or nothing."""
        value = self.sent.get(name, "").strip()
        if not value:
            return None
        try:
            return datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            self.codes[name] = "date_not_readable"
            return None

    def counts(self, names: Collection[str], most: int) -> dict[str, int]:
        """Return the whole numbers that were written under these names, without the zeros."""
        found = {name: self.number(name, (0, most)) or 0 for name in names}
        return {name: count for name, count in found.items() if count}

    def ticked(self, name: str) -> bool:
        """Say whether a box was ticked."""
        return bool(self.sent.get(name))

    @property
    def version(self) -> int | None:
        """Return the version of the thing that the page showed."""
        value = self.sent.get("version", "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) <= 9 else None


def chosen(asked: Mapping[str, str], names: Collection[str]) -> dict[str, Any]:
    """Return what an address asks for by these names, to lead on with; any other name could mean something to `url_for`."""
    return {name: value for name, value in asked.items() if name in names and value}
