"""Where photos lie: all of a photo or nothing, under names that cannot lead anywhere else."""

from __future__ import annotations

import errno
import http.client
import os
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from app.adapters import photo_store
from app.adapters.images import ImageCleaner
from app.adapters.photo_intake import key, take_in
from app.adapters.photo_store import FolderStore, PhotoStore, S3Store, StoreFull, StoreUnreachable, open_store, orphans
from tests.adapters.pictures import encoded, pattern

NAME, OTHER = "ab" * 16, "cd" * 16
KEY, OTHER_KEY = f"{NAME}-large.jpg", f"{OTHER}-small.jpg"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of a stand-in for S3."""
    server = ThreadedMotoServer(port=0)
    server.start()
    port = server.get_host_and_port()[1]
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("PUT", "/photos")
    assert connection.getresponse().status == 200
    connection.close()
    yield f"s3://photos/kalmar?endpoint=http://127.0.0.1:{port}&region=us-east-1"
    server.stop()
    del os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return open_store(f"file://{tmp_path / 'photos'}")
    bucket_store = open_store(request.getfixturevalue("bucket"))
    for name in list(bucket_store.keys()):
        bucket_store.delete(name)
    return bucket_store


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "photos")


def test_a_photo_comes_back_as_it_was_put_from_every_kind_of_store(store: PhotoStore) -> None:
    store.put(KEY, b"one")
    store.put(OTHER_KEY, b"two" * 100_000)
    assert (store.get(KEY), store.get(OTHER_KEY)) == (b"one", b"two" * 100_000)
    assert sorted(store.keys()) == [KEY, OTHER_KEY]
    assert store.healthy()
    assert store.has_room()


def test_a_photo_that_is_not_there_is_told_and_forgetting_twice_is_once(store: PhotoStore) -> None:
    store.put(KEY, b"one")
    store.delete(KEY)
    store.delete(KEY)
    with pytest.raises(KeyError):
        store.get(KEY)
    assert list(store.keys()) == []


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        f"../{KEY}",
        "/etc/passwd",
        f"{NAME}-huge.jpg",
        f"{NAME.upper()}-large.jpg",
        f"{KEY}\n",
        f"{KEY}\0",
        "",
        "x",
    ],
)
def test_no_name_leads_out_of_the_store(store: PhotoStore, name: str) -> None:
    for attempt in (store.get, store.delete, lambda n: store.put(n, b"x")):
        with pytest.raises(KeyError):
            attempt(name)


def test_photos_without_a_row_are_found_but_young_ones_are_left_for_their_row(store: PhotoStore) -> None:
    store.put(KEY, b"kept")
    store.put(OTHER_KEY, b"orphan")
    now = datetime.now(UTC)
    assert orphans(store, {KEY}, before=now - DAY) == []
    assert orphans(store, {KEY}, before=now + DAY) == [OTHER_KEY]


def test_the_file_and_then_its_name_are_on_the_disk_when_put_returns(
    folder: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    sync, replace = os.fsync, Path.replace

    def watched_sync(handle: int) -> None:
        seen.append("sync " + Path(f"/proc/self/fd/{handle}").readlink().suffix)
        sync(handle)

    def watched_replace(path: Path, target: Path) -> Path:
        seen.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    folder.put(KEY, b"one")
    assert seen[:3] == ["sync .tmp", "rename", "sync "]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_called_full_and_leaves_no_half_photo(
    folder: FolderStore, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(_handle: int) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFull):
        folder.put(KEY, b"one")
    monkeypatch.undo()
    assert not [p for p in folder.folder.rglob("*") if p.is_file()]
    folder.put(KEY, b"one")  # and when there is room again, without a new start
    assert folder.get(KEY) == b"one"


def test_another_error_of_the_disk_is_not_called_full(folder: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_handle: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken") as error:
        folder.put(KEY, b"one")
    assert not isinstance(error.value, StoreFull)


@pytest.mark.parametrize(
    ("total_gb", "free_mb", "room"), [(1000, 499, False), (1000, 501, True), (1, 49, False), (1, 60, True)]
)
def test_the_last_room_on_the_disk_is_kept_for_words(
    folder: FolderStore, monkeypatch: pytest.MonkeyPatch, total_gb: int, free_mb: int, room: bool
) -> None:
    usage = shutil._ntuple_diskusage(total_gb * 2**30, 0, free_mb * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert folder.has_room() is room


def test_left_overs_of_a_crash_go_at_start_and_another_process_at_work_is_left_alone(folder: FolderStore) -> None:
    place = folder.folder / "ab"
    place.mkdir()
    old, young, foreign = place / "x.1.tmp", place / "y.2.tmp", place / "readme.jpg"
    for path in (old, young, foreign):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    again = FolderStore(folder.folder)
    assert (old.exists(), young.exists()) == (False, True)
    assert list(again.keys()) == []


def test_a_folder_that_is_gone_is_not_healthy(folder: FolderStore) -> None:
    assert folder.healthy()
    shutil.rmtree(folder.folder)
    assert not folder.healthy()


def test_a_bucket_that_does_not_answer_is_said_to_be_unreachable_and_soon() -> None:
    store = S3Store("s3://photos?endpoint=http://127.0.0.1:9&region=us-east-1")
    began = time.monotonic()
    assert not store.healthy()
    with pytest.raises(StoreUnreachable):
        store.put(KEY, b"one")
    assert time.monotonic() - began < 25


@pytest.mark.parametrize("url", ["", "photos", "ftp://photos", "/var/photos"])
def test_an_address_that_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="PHOTO_STORE_URL"):
        open_store(url)


class _Ill:
    """A store where every put fails in one way."""

    def __init__(self, error: OSError, *, room: bool = True) -> None:
        self.error, self.room = error, room

    def has_room(self) -> bool:
        return self.room

    def put(self, *_: Any) -> None:
        raise self.error


def test_whatever_happens_to_a_photo_the_others_and_the_report_go_on(
    cleaner: ImageCleaner, folder: FolderStore
) -> None:
    photo = encoded(pattern())
    names = [f"{n:032x}" for n in range(5)]
    intake = take_in([b"no photo", photo, photo[:200], photo, photo], names, cleaner, folder, 4)
    assert intake.refused == ("too_many", "not_an_image", "broken")
    assert [k.public_id for k in intake.kept] == [names[1], names[3]]
    assert sorted(folder.keys()) == sorted(key(k.public_id, v) for k in intake.kept for v in ("large", "small"))


@pytest.mark.parametrize(
    ("store", "code"),
    [
        (_Ill(StoreFull()), "no_room"),
        (_Ill(OSError(), room=False), "no_room"),
        (_Ill(OSError(errno.EIO, "broken")), "unavailable"),
        (_Ill(StoreUnreachable()), "unavailable"),
    ],
    ids=["full", "reserve", "broken", "unreachable"],
)
def test_an_ill_store_refuses_the_photo_in_words_and_raises_nothing(
    cleaner: ImageCleaner, store: Any, code: str
) -> None:
    intake = take_in([encoded(pattern())], [NAME], cleaner, store, 3)
    assert (intake.kept, intake.refused) == ((), (code,))


def test_two_hundred_photos_written_at_once_are_all_there_whole(folder: FolderStore) -> None:
    names = [f"{n:032x}-large.jpg" for n in range(200)]
    threads = [
        threading.Thread(target=lambda part: [folder.put(n, n.encode() * 50) for n in part], args=(names[i::8],))
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(folder.keys()) == names
    assert all(folder.get(n) == n.encode() * 50 for n in names)
    assert photo_store._KEY.fullmatch(names[0])
