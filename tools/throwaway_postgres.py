"""A PostgreSQL + PostGIS cluster that lives as long as a `with` block, for tests and trials.

It listens on a Unix socket only, gives up durability for speed, and works for root too, by running as another user:
PostgreSQL refuses to run as root. `python -m tools.throwaway_postgres` starts one to look into by hand.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

TEMPLATE = "template_gis"
# A crash may lose everything here, and nobody minds. TCP is off: a socket in our own folder cannot collide with a port.
OPTIONS = "-c listen_addresses='' -c max_connections=60"
FORGETFUL = f"{OPTIONS} -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB -c autovacuum=off -c jit=off"
IN_SERVICE = f"{OPTIONS} -c shared_buffers=2GB -c max_wal_size=4GB"
"""As a server is set up that keeps its promises: what is committed is on the disk. For benches that write."""


class NoPostgres(RuntimeError):
    """PostgreSQL's programs are not on this machine; the message says which package has them."""


@dataclass(frozen=True)
class Cluster:
    """A running server; `folder` holds its socket and its data."""

    folder: Path

    def url(self, name: str) -> str:
        """Return the SQLAlchemy address of a database of this cluster."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create_database(self, name: str, template: str = TEMPLATE) -> str:
        """Copy the template (PostGIS installed, no tables of ours) under a new name and return its address."""
        self._run("postgres", sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, template))))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run("postgres", sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def prepare_template(self) -> None:
        """Make the database that the others are copied from: installing PostGIS once is what takes the time."""
        self._run("postgres", sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        self._run(TEMPLATE, sql.SQL("CREATE EXTENSION postgis"))

    def _run(self, database: str, statement: sql.Composed | sql.SQL) -> None:
        address = f"host={self.folder} user=postgres dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def cluster(options: str = FORGETFUL) -> Iterator[Cluster]:
    """Start a cluster in a folder of its own, and stop and remove it at the end; about three seconds.

    Raise NoPostgres when PostgreSQL is not installed, CalledProcessError when it does not start.
    """
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="ljuspunkt-pg-"))
    data = folder / "data"
    try:
        _give_away(folder)
        style = ("-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8")
        _as_owner(programs / "initdb", "-D", data, *style)
        _as_owner(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} {options}", "start")
        running = Cluster(folder)
        running.prepare_template()
        yield running
    finally:
        if (data / "postmaster.pid").exists():  # pg_ctl ends exactly the process that wrote this file
            _as_owner(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Return the folder of the newest installed server programs; Debian keeps them off the PATH."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).parent)
    if not found:
        raise NoPostgres("PostgreSQL is missing; `make setup-test` installs it (postgresql, postgresql-*-postgis-3).")
    return max(found, key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))])


def _owner() -> str | None:
    """Return the user to run the server as: none but ourselves, unless we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _give_away(folder: Path) -> None:
    owner = _owner()
    if owner:
        shutil.chown(folder, owner)


def _as_owner(*command: object) -> None:
    """Run one of PostgreSQL's programs as the cluster's owner; show what it said only when it fails."""
    owner = _owner()
    words = [str(word) for word in command]
    if owner:
        words = ["runuser", "-u", owner, "--", *words]
    said = subprocess.DEVNULL if "start" in words else subprocess.PIPE  # a server that starts keeps a pipe open
    done = subprocess.run(
        words, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, check=False, text=True
    )
    if done.returncode:
        sys.stderr.write(done.stdout or "")
        done.check_returncode()


def main() -> None:
    """Hold a cluster with one empty database until Enter is pressed."""
    with cluster() as running:
        sys.stdout.write(f"DATABASE_URL='{running.create_database('ljuspunkt')}'\nEnter ends it.\n")
        sys.stdout.flush()
        sys.stdin.readline()


if __name__ == "__main__":
    main()
