"""Tables as files for a spreadsheet, in which no cell can become a formula (OWASP, CSV injection)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from numbers import Number
from typing import IO, Any, Final

from defusedcsv import csv

from app.domain.words import N_
from app.web.languages import tr

HEADINGS: Final = (
    N_("tabell"), N_("namn"), N_("ärenden"), N_("lagade"), N_("median dagar"), N_("p90 dagar"),
    N_("löften som förfallit"), N_("hållna"), N_("hållna enligt avtalets klocka"), N_("alla"), N_("fel"),
    N_("prioritet"), N_("ägare"), N_("område"), N_("kvot mellan områden"), N_("återkommande stolpe"),
    N_("återkommande central"), N_("nummer"), N_("läge"), N_("grupp"), N_("poäng"), N_("lägst"), N_("högst"),
    N_("varför"), N_("personer"), N_("ljus"), N_("ägare till belysningen"), N_("åtgärder"), N_("nästa datum"),
    N_("problem"), N_("åtgärd"), N_("beslutad eller skäl"), N_("uppföljning"),
)  # fmt: skip
"""What stands above the columns and before the rows of our tables, for translation."""

_FORMULA: Final = frozenset("=+-@|%")
_BEFORE: Final = re.compile(r"^[\s'\"`\u200b-\u200f\ufeff]+")
_NUMBER: Final = re.compile(r"^[+-]?\d[\d\s.,:]*$", re.ASCII)


def writer(file: IO[str]) -> Writer:
    """Return a writer of rows, separated by semicolons as Swedish spreadsheets expect."""
    return Writer(file)


class Writer:
    """Writes rows; a cell that a spreadsheet could run is shown as the text that it is."""

    def __init__(self, file: IO[str]) -> None:
        self._table = csv.writer(file, delimiter=";")

    def writerow(self, row: Iterable[Any]) -> None:
        """Write one row."""
        self._table.writerow([harmless(cell) for cell in row])

    def writerows(self, rows: Iterable[Iterable[Any]]) -> None:
        """Write many rows."""
        for row in rows:
            self.writerow(row)


def headings(names: Iterable[str]) -> list[str]:
    """Return the names of columns or rows in this request's language."""
    return [tr(name.replace("_", " ")) for name in names]


def harmless(cell: Any) -> Any:
    """Return a cell with an apostrophe before it when a formula hides behind blanks, quotes or full-width signs."""
    if cell is None or isinstance(cell, Number):
        return cell
    text = str(cell)
    bare = _BEFORE.sub("", unicodedata.normalize("NFKC", text))
    if bare[:1] in _FORMULA and bare and not _NUMBER.match(bare) and text[:1] not in _FORMULA:
        return f"'{text}"
    return text
