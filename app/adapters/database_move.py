"""Everything of one database put into another of either kind, row by row: who began on SQLite goes on with PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Column, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection

AT_ONCE: Final = 500
Each = Callable[[list[str]], Any]
"""Goes through the tables' names and may show how far one has come."""


def copy_rows(source: Connection, target: Connection, tables: Sequence[Table], each: Each = iter) -> dict[str, int]:
    """Let these tables of `target` have the rows of `source` and no others; return how many each has. Commits nothing.

    Args:
        tables: each after those that it names; both databases have them, of the same revision.

    """
    for table in reversed(tables):  # what the revisions themselves put into new tables
        if target.scalar(select(func.count()).select_from(table)):
            target.execute(delete(table))
    by_name = {table.name: table for table in tables}
    return {name: _copy(source, target, by_name[name]) for name in each(list(by_name))}


def _copy(source: Connection, target: Connection, table: Table) -> int:
    """Copy one table; a row that names another of the same table (a report its duplicate) is told of it when all are there."""
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    read = source.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key.columns))
    copied, told = 0, []
    for part in read.mappings().partitions():
        target.execute(insert(table), [{**row, **dict.fromkeys((c.name for c in own), None)} for row in part])
        told += [
            {"row": row["id"], **{f"new_{c.name}": row[c.name] for c in own}}
            for row in part
            if any(row[c.name] for c in own)
        ]
        copied += len(part)
    if told:
        named: dict[str, Any] = {c.name: bindparam(f"new_{c.name}") for c in own}
        target.execute(update(table).where(table.c.id == bindparam("row")).values(named), told)
    _go_on_counting(target, table)
    return copied


def _go_on_counting(target: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row after the last one; SQLite looks for itself."""
    number: Column[Any] | None = table.autoincrement_column
    if target.dialect.name == "postgresql" and number is not None and (last := target.scalar(select(func.max(number)))):
        target.execute(select(func.setval(func.pg_get_serial_sequence(table.name, number.name), last)))
