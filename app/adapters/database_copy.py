"""A copy of the database in one file, taken while it is used and put back whole or not at all.

SQLite copies itself page by page (its online backup), PostgreSQL writes itself as SQL (pg_dump) and reads that in one
transaction (psql). Both are of one moment, and so are the counts of rows beside them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Engine, bindparam, text
from sqlalchemy.engine import URL, Connection

NAMES: Final = {"sqlite": "database.sqlite", "postgresql": "database.sql"}
"""What the copy is called, by kind of database."""
_DROP_TABLES = text(
    "SELECT format('DROP TABLE %I.%I CASCADE;', schemaname, tablename) FROM pg_tables"
    " WHERE schemaname = current_schema() AND tablename IN :ours ORDER BY tablename"
).bindparams(bindparam("ours", expanding=True))
_DROP_FUNCTIONS = text(
    "SELECT DISTINCT format('DROP FUNCTION %s CASCADE;', t.tgfoid::regprocedure) FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND c.relname IN :ours"
).bindparams(bindparam("ours", expanding=True))
_OPTIONS: Final = {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}


class Expected(NamedTuple):
    """What a copy must have to be taken for ours: its revision, and how many rows are in each table."""

    revision: str
    rows: Mapping[str, int]


class CopyFailed(RuntimeError):
    """The database could not be copied or put back; the message is its own."""


def copy_out(engine: Engine, path: Path, tables: Iterable[str]) -> dict[str, int]:
    """Write the database as it is now to a file; return how many rows each table has in it."""
    if engine.dialect.name == "postgresql":
        return _dump(engine, path, tables)
    return _copy_sqlite(engine, path, tables)


def copy_in(engine: Engine, path: Path, tables: Iterable[str], expected: Expected) -> None:
    """Let the database be what a file says, in place of these tables as they are, if the file has what is expected.

    Raises:
        CopyFailed: it is as it was.

    """
    if engine.dialect.name == "postgresql":
        _read_dump(engine, path, tables, expected)
    else:
        _read_sqlite(engine, path, expected)
    engine.dispose()  # what connections had prepared is of the database before


def count_rows(connection: Connection, tables: Iterable[str]) -> dict[str, int]:
    """Return how many rows each of these tables has."""
    counted = ((name, connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar()) for name in tables)  # noqa: S608
    return {name: int(count or 0) for name, count in counted}


def _copy_sqlite(engine: Engine, path: Path, tables: Iterable[str]) -> dict[str, int]:
    with closing(_sqlite(engine).connect(str(path))) as copy:
        with closing(engine.raw_connection()) as here:
            here.driver_connection.backup(copy)  # type: ignore[union-attr]
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        return {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608


def _read_sqlite(engine: Engine, path: Path, expected: Expected) -> None:
    module = _sqlite(engine)
    try:
        with closing(module.connect(str(path))) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone()[0]
            if sound != "ok":
                raise CopyFailed(f"the copy of the database is broken: {sound}")
            _compare(copy, expected)
            with closing(engine.raw_connection()) as here:
                copy.backup(here.driver_connection)
    except module.Error as error:
        raise CopyFailed(str(error)) from error


def _compare(copy: Any, expected: Expected) -> None:
    found = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    if found is None or found[0] != expected.revision:
        raise CopyFailed("the copy of the database is of another revision than the list says")
    for table, count in expected.rows.items():
        has = copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608  (a name that was checked)
        if has != count:
            raise CopyFailed(f"the copy of the database has {has} rows of {table}, and the list says {count}")


def _sqlite(engine: Engine) -> Any:
    """Return the module that the engine speaks to SQLite through: one copies only to another of its own."""
    return engine.dialect.loaded_dbapi


def _dump(engine: Engine, path: Path, tables: Iterable[str]) -> dict[str, int]:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        counts = count_rows(connection, tables)
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
        _run(
            engine.url, "pg_dump", "--format=plain", "--no-owner", "--no-privileges", f"--schema={schema}",
            f"--snapshot={moment}", f"--file={path}",
        )  # fmt: skip
    return counts


def _read_dump(engine: Engine, path: Path, tables: Iterable[str], expected: Expected) -> None:
    ours = {"ours": sorted(tables)}
    with engine.connect() as connection:
        lines = [line for asked in (_DROP_FUNCTIONS, _DROP_TABLES) for line in connection.scalars(asked, ours)]
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
    before = path.with_suffix(".before.sql")
    before.write_text("\n".join([*lines, ""]), encoding="utf-8")
    after = path.with_suffix(".after.sql")
    after.write_text(_comparing(str(schema), expected), encoding="utf-8")
    cleaned = path.with_suffix(".here.sql")
    with path.open(encoding="utf-8") as given, cleaned.open("w", encoding="utf-8") as kept:
        kept.writelines(line for line in given if line.strip() != f"CREATE SCHEMA {schema};")  # it is there
    _run(
        engine.url, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
        f"--file={before}", f"--file={cleaned}", f"--file={after}",
    )  # fmt: skip


def _comparing(schema: str, expected: Expected) -> str:
    """Return SQL that fails, and takes back all before it, where the database does not have what is expected."""
    wrong = [f"(SELECT max(version_num) FROM {schema}.alembic_version) IS DISTINCT FROM '{expected.revision}'"]  # noqa: S608  (names that were checked)
    wrong += [f"(SELECT count(*) FROM {schema}.{table}) <> {count}" for table, count in expected.rows.items()]  # noqa: S608
    checks = [
        f"IF {test} THEN RAISE EXCEPTION 'the copy of the database is not as its list says'; END IF;" for test in wrong
    ]
    return "\n".join(["DO $$ BEGIN", *checks, "END $$;", ""])


def _run(url: URL, program: str, *words: str) -> None:
    """Run one of PostgreSQL's own programs on a database; the password goes where no list of processes shows it."""
    found = shutil.which(program)
    if found is None:
        raise CopyFailed(f"{program} is not on this machine; Debian's package postgresql-client has it")
    done = subprocess.run(  # noqa: S603  (our own words)
        [found, *words], env={**os.environ, **_environment(url)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CopyFailed(done.stderr.strip()[-2000:] or f"{program} ended with {done.returncode}")


def _environment(url: URL) -> Mapping[str, str]:
    """Return an address as PostgreSQL's programs read it from their environment."""
    query = {name: value if isinstance(value, str) else value[0] for name, value in url.query.items()}
    given = {
        "PGUSER": url.username, "PGPASSWORD": url.password, "PGHOST": url.host, "PGDATABASE": url.database,
        "PGPORT": str(url.port) if url.port else None, "PGCLIENTENCODING": "UTF8",
        **{variable: query.get(option) for option, variable in _OPTIONS.items() if option in query},
    }  # fmt: skip
    return {name: value for name, value in given.items() if value}
