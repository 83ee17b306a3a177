"""Where photos lie: a folder, written so that no power cut loses an acknowledged one, or an S3 bucket."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as ObjectStore

RESERVE_BYTES = 500 * 1024 * 1024
RESERVE_SHARE = 0.05
_KEY = re.compile(r"[0-9a-f]{32}-(large|small)\.jpg")
TEMPORARY_SECONDS = 3600.0
_FULL = {errno.ENOSPC, errno.EDQUOT}


class StoreFull(OSError):
    """There is no room for another photo."""


class StoreUnreachable(OSError):
    """The store does not answer, or refuses."""


class PhotoStore(Protocol):
    """Something that keeps photos by key."""

    def put(self, key: str, data: bytes) -> None:
        """Keep a photo; when this returns it survives a power cut."""

    def get(self, key: str) -> bytes:
        """Return a photo, or raise KeyError."""

    def delete(self, key: str) -> None:
        """Forget a photo; forgetting twice is forgetting once."""

    def keys(self) -> Iterator[str]:
        """Return the key of every photo."""

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Return the key of every photo and when it was written."""

    def has_room(self) -> bool:
        """Say whether another photo may be taken."""

    def healthy(self) -> bool:
        """Say whether the store can be reached."""


def is_key(name: str) -> bool:
    """Say whether a store may have a photo of that name."""
    return _KEY.fullmatch(name) is not None


def open_store(url: str) -> PhotoStore:
    """Return the store that PHOTO_STORE_URL names: `file://FOLDER` or `s3://BUCKET[/PREFIX]?endpoint=…&region=…`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderStore(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        return S3Store(url)
    raise ValueError("PHOTO_STORE_URL must be file://FOLDER or s3://BUCKET")


class FolderStore:
    """Photos as files, spread over 256 folders by the first two letters of their random names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for left_over in folder.glob("*/*.tmp"):  # of a crash; a young one may be another process at work
            with contextlib.suppress(FileNotFoundError):
                if time.time() - left_over.stat().st_mtime > TEMPORARY_SECONDS:
                    left_over.unlink()

    def put(self, key: str, data: bytes) -> None:
        """Write beside, fsync, rename, fsync the folder: never half a photo under its name."""
        path = self._path(key)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            path.parent.mkdir(exist_ok=True)
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync_folder(path.parent)
            sync_folder(self.folder)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            if error.errno in _FULL:
                raise StoreFull(str(error)) from error
            raise

    def get(self, key: str) -> bytes:
        """Read one file."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(key) from error

    def delete(self, key: str) -> None:
        """Remove one file."""
        self._path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """Return the names of all files that are photos."""
        return (key for key, _ in self.written())

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Return them with the files' times."""
        for path in sorted(self.folder.glob("*/*.jpg")):
            if is_key(path.name):
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def has_room(self) -> bool:
        """Keep five per cent or 500 MB free, whichever is less to ask, so that text reports always fit."""
        usage = shutil.disk_usage(self.folder)
        return usage.free > min(RESERVE_BYTES, usage.total * RESERVE_SHARE)

    def healthy(self) -> bool:
        """Say whether the folder can be written to."""
        return os.access(self.folder, os.W_OK)

    def _path(self, key: str) -> Path:
        _check(key)
        return self.folder / key[:2] / key


class S3Store:
    """Photos in a bucket that nobody else can list."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        endpoint = options.pop("endpoint", None)
        settings = {"region": options.get("region", "us-east-1")}
        if endpoint:
            settings |= {"endpoint": endpoint, "virtual_hosted_style_request": "false"}
        client = {"allow_http": endpoint is not None and endpoint.startswith("http://"), "timeout": "10s"}
        patience = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
        self._store = ObjectStore(
            parts.netloc, prefix=parts.path.strip("/") or None, client_options=client, retry_config=patience, **settings  # type: ignore[arg-type]
        )  # fmt: skip

    def put(self, key: str, data: bytes) -> None:
        """Put one object; the answer comes when the bucket has it safe."""
        _check(key)
        with _translated():
            obstore.put(self._store, key, data)

    def get(self, key: str) -> bytes:
        """Get one object."""
        _check(key)
        try:
            with _translated():
                return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError as error:
            raise KeyError(key) from error

    def delete(self, key: str) -> None:
        """Delete one object."""
        _check(key)
        with contextlib.suppress(FileNotFoundError), _translated():
            obstore.delete(self._store, key)

    def keys(self) -> Iterator[str]:
        """List the bucket."""
        return (key for key, _ in self.written())

    def written(self) -> Iterator[tuple[str, datetime]]:
        """List the bucket with its times."""
        with _translated():
            for batch in obstore.list(self._store):
                yield from ((i["path"], i["last_modified"]) for i in batch if is_key(i["path"]))

    def has_room(self) -> bool:
        """A bucket has room."""
        return True

    def healthy(self) -> bool:
        """Say whether the bucket answers."""
        try:
            next(iter(obstore.list(self._store, chunk_size=1)), None)
        except (BaseError, OSError):
            return False
        return True


def orphans(store: PhotoStore, known: Collection[str], *, before: datetime) -> list[str]:
    """Return the photos that no row names (a crash between file and row leaves them).

    Args:
        known: the keys that rows name. before: a moment with a zone; younger ones are left, their row may be on its way.

    """
    return [key for key, written in store.written() if key not in known and written < before]


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Turn the library's errors into ours; that there is no such object stays FileNotFoundError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise StoreUnreachable(str(error)) from error


def _check(key: str) -> None:
    if not is_key(key):
        raise KeyError(key)


def sync_folder(folder: Path) -> None:
    """Let a folder's names survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
