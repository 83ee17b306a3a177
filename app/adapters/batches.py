"""Rows by the batch in a file of our own: a register of any size is read, compared and written in little memory."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from collections.abc import Iterator
from typing import Generic, TypeVar

Row = TypeVar("Row")
IN_MEMORY_MAX = 4_000_000
"""Bytes; more than this goes to a file without a name, which is gone when nobody holds it any more."""


class Batches(Generic[Row]):
    """Lists of rows, put down once and read as often as somebody asks; two may read in turns."""

    def __init__(self) -> None:
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_MAX)  # noqa: SIM115  (closed with the last who holds it)
        self._file, self._begins, self._rows = file, list[int](), 0
        weakref.finalize(self, file.close)

    def add(self, rows: list[Row]) -> None:
        """Put a batch behind the others; an empty one leaves no trace."""
        if rows:
            self._begins.append(self._file.seek(0, 2))
            pickle.dump(rows, self._file, pickle.HIGHEST_PROTOCOL)
            self._rows += len(rows)

    def __iter__(self) -> Iterator[list[Row]]:
        """Give every batch in the order of putting down."""
        for begins in self._begins:
            self._file.seek(begins)
            yield pickle.load(self._file)  # noqa: S301  (we wrote it a moment ago, and nobody else can)

    def __len__(self) -> int:
        """Return the number of rows in all batches."""
        return self._rows
