"""Print the words of pages and code that the English catalogue lacks, as entries to put beside their neighbours there.

`python -m tools.missing_words build/messages.pot`, after `pybabel extract`: `make messages` does both. Catalogues stand in
the order in which people read, so nothing sorts or rewrites them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ENGLISH = Path("app/translations/en/LC_MESSAGES/messages.po")


def missing(found: Catalog, known: Catalog) -> Catalog:
    """Return what was found and is not known."""
    new = Catalog()
    for entry in found:
        if entry.id and entry.id not in known:
            new.add(entry.id, flags=entry.flags)
    return new


def main() -> None:
    """Read both catalogues and print what is missing."""
    with Path(sys.argv[1]).open("rb") as file:
        found = read_po(file)
    with ENGLISH.open("rb") as file:
        known = read_po(file, locale="en")
    write_po(sys.stdout.buffer, missing(found, known), width=0, omit_header=True)


if __name__ == "__main__":
    main()
