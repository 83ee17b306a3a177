"""The file of a backup: a plain tar of the database's copy and the photos, closed by a list of what is in it.

The list gives each file's length and SHA-256 (FIPS 180-4), so that a copy that was damaged on its way is refused whole,
before anything is written. It is written beside, fsynced and renamed: there is never half a backup under its name.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from app.adapters.photo_store import is_key, sync_folder

LIST: Final = "contents.json"
PHOTOS: Final = "photos/"
FORMAT: Final = 1
_AT_ONCE: Final = 1 << 20
_REVISION: Final = re.compile(r"[0-9a-z]{1,32}")
_TABLE: Final = re.compile(r"[a-z][a-z_]*")


class BadBackup(ValueError):
    """This file is no backup, or not whole; the message says which part."""


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself: kind of database, its revision, rows of each table, and length and hash of each file."""

    kind: str
    revision: str
    made_at: str
    rows: Mapping[str, int]
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def photos(self) -> list[str]:
        """Return the keys of the photos that are in it."""
        return [name.removeprefix(PHOTOS) for name in self.files if name.startswith(PHOTOS)]


class Writer:
    """A backup that is being written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar, self._files = tar, dict[str, tuple[int, str]]()

    def add_file(self, name: str, path: Path) -> None:
        """Put a file in, under a name."""
        with path.open("rb") as file:
            self._add(name, path.stat().st_size, file)

    def add_photo(self, key: str, data: bytes) -> None:
        """Put a photo in."""
        self._add(PHOTOS + key, len(data), io.BytesIO(data))

    def close(self, said: Contents) -> None:
        """Put in what stands in it, at the end, when everything is known."""
        whole = {
            "format": FORMAT, "kind": said.kind, "revision": said.revision, "made_at": said.made_at, "rows": dict(said.rows),
            "files": self._files,
        }  # fmt: skip
        data = json.dumps(whole, indent=1, sort_keys=True).encode()
        self._tar.addfile(_entry(LIST, len(data)), io.BytesIO(data))

    def _add(self, name: str, length: int, file: IO[bytes]) -> None:
        reader = _Hashing(file)
        self._tar.addfile(_entry(name, length), reader)
        self._files[name] = (length, reader.digest())


class _Hashing(io.RawIOBase):
    """A file whose hash is taken while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Give a backup to fill, which only its owner may read; it has its name when the block is left without an error.

    Raises:
        FileExistsError: there is a file of that name: no backup writes over another.

    """
    if path.exists():
        raise FileExistsError(str(path))
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # readable by its owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
        sync_folder(path.parent)
    finally:
        Path(beside).unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Give a backup to read from.

    Raises:
        BadBackup: it is none, or its list cannot be read.

    """
    try:
        tar = tarfile.open(path, mode="r:")  # noqa: SIM115  (closed below)
    except (tarfile.TarError, EOFError) as error:
        raise BadBackup("this is no backup of Ljuspunkt") from error
    with tar:
        yield Reader(tar)


class Reader:
    """A backup that is being read."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        try:
            self._entries = {entry.name: entry for entry in tar}
            self.contents = _understood(json.loads(self._open(LIST).read()))
        except BadBackup:
            raise
        except (
            tarfile.TarError,
            EOFError,
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise BadBackup("it is damaged or cut short: its list of contents cannot be read") from error

    def check(self, database: str) -> None:
        """Read everything once and compare it with the list; `database` is the name of the database's copy.

        Raises:
            BadBackup: something is missing, damaged, or not named.

        """
        stray = sorted(set(self._entries) - {LIST, *self.contents.files})
        if stray:
            raise BadBackup(f"{stray[0]} is in it and not in its list")
        for name, expected in self.contents.files.items():
            if name != database and not (name.startswith(PHOTOS) and is_key(name.removeprefix(PHOTOS))):
                raise BadBackup(f"{name} is neither the database nor a photo")
            if self._measured(name) != expected:
                raise BadBackup(f"{name} is not as it was written")

    def _measured(self, name: str) -> tuple[int, str]:
        found, length = hashlib.sha256(), 0
        try:
            with self._open(name) as file:
                while data := file.read(_AT_ONCE):
                    found.update(data)
                    length += len(data)
        except (tarfile.TarError, EOFError, OSError) as error:
            raise BadBackup(f"{name} cannot be read to its end") from error
        return length, found.hexdigest()

    def photo(self, key: str) -> bytes:
        """Return a photo."""
        with self._open(PHOTOS + key) as file:
            return file.read()

    def take_out(self, name: str, path: Path) -> None:
        """Write a file that is in it somewhere."""
        with self._open(name) as file, path.open("wb") as copy:
            shutil.copyfileobj(file, copy, _AT_ONCE)

    def _open(self, name: str) -> IO[bytes]:
        entry = self._entries.get(name)
        file: Any = self._tar.extractfile(entry) if entry is not None and entry.isfile() else None
        if file is None:
            raise BadBackup(f"it is not whole, {name} is missing")
        return file  # type: ignore[no-any-return]


def _understood(said: Any) -> Contents:
    if str(said["format"]) != str(FORMAT):
        raise BadBackup("its format is not known to this version")
    files = {str(name): (int(length), str(digest)) for name, (length, digest) in said["files"].items()}
    rows = {str(table): int(count) for table, count in said["rows"].items()}
    if not rows or not all(_TABLE.fullmatch(table) for table in rows):
        raise BadBackup("its list names tables that are none of ours")
    if not _REVISION.fullmatch(said["revision"]):
        raise BadBackup("its list names no revision of ours")
    return Contents(str(said["kind"]), said["revision"], str(said["made_at"]), rows, files)


def _entry(name: str, length: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = length, 0o600
    return entry
