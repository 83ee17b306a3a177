"""What was acknowledged is kept, whatever happens to the process (reliability, R1–R5)."""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.builders import jpeg
from tests.durability.server import Server, migrate, report_fields, request, running, send, start

CYCLES = 10
WRITERS = 6
pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for one server's database and photos."""
    migrate(tmp_path)
    return tmp_path


def write_until_it_dies(server: Server, acknowledged: list[dict[str, Any]], sent: list[dict[str, Any]]) -> None:
    photo = jpeg(320, 240)
    for number in range(10_000):
        fields = report_fields(text=f"nummer {number}")
        sent.append(fields)
        try:
            status, answer = send(server, fields, photo if number % 3 == 0 else None)
        except (OSError, HTTPException, json.JSONDecodeError):
            return
        assert status in {200, 201}, answer
        acknowledged.append({**answer, "client_id": fields["client_id"], "photo": number % 3 == 0})


def wait_until(enough: Callable[[], bool]) -> None:
    """Wait for the phones, however slow the machine; the server is killed all the same when they have stopped."""
    deadline = time.monotonic() + 60
    while not enough() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_no_acknowledged_report_is_lost_or_torn_when_the_process_is_killed_again_and_again(folder: Path) -> None:
    chance = random.Random(11)
    acknowledged: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []
    for _ in range(CYCLES):
        server = start(folder)
        enough = len(acknowledged) + chance.randint(10, 30)
        with ThreadPoolExecutor(WRITERS) as pool:
            for _ in range(WRITERS):
                pool.submit(write_until_it_dies, server, acknowledged, sent)
            wait_until(lambda: len(acknowledged) >= enough)  # noqa: B023  (asked within this turn only)
            time.sleep(chance.uniform(0.0, 0.1))  # the moment of the crash is what is tried
            server.kill()
    assert len(acknowledged) >= 10 * CYCLES
    with running(folder) as server:
        for report in acknowledged:
            status, body = request(server, "GET", f"/api/v1/reports/{report['receipt']}")
            assert status == 200
            photos = json.loads(body)["photos"]
            assert len(photos) == int(report["photo"])
            for address in photos:
                status, picture = request(server, "GET", address)
                assert status == 200
                Image.open(io.BytesIO(picture)).load()
        unsure = [f for f in sent if f["client_id"] not in {r["client_id"] for r in acknowledged}]
        for fields in unsure[:40]:
            assert send(server, fields)[0] in {200, 201, 409}  # 409: it had been kept, with its photo
    with contextlib.closing(sqlite3.connect(folder / "ljuspunkt.db")) as database:
        kept, distinct = database.execute("SELECT count(*), count(DISTINCT client_id) FROM report").fetchone()
        rows = {row[0] for row in database.execute("SELECT public_id FROM photo")}
    assert kept == distinct
    files = {path.name.split("-")[0] for path in (folder / "photos").glob("*/*.jpg")}
    assert rows <= files


def test_twenty_sendings_of_one_report_at_once_make_one_report(folder: Path) -> None:
    fields = report_fields(text="samma")
    with running(folder) as server, ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: send(server, fields), range(20)))
        other = send(server, {**fields, "text": "en annan"})
    assert {status for status, _ in answers} <= {200, 201}
    assert [status for status, _ in answers].count(201) == 1
    assert len({answer["receipt"] for _, answer in answers}) == 1
    assert other[0] == 409


def test_a_locked_database_delays_and_one_that_stays_locked_says_when_to_come_back(folder: Path) -> None:
    with running(folder) as server:
        assert send(server, report_fields())[0] == 201
        with _locked(folder, 2.5):
            assert send(server, report_fields())[0] == 201
        with _locked(folder, 8.0):
            status, body = request(
                server, "POST", "/api/v1/reports", json.dumps(report_fields()).encode(), "application/json"
            )
            assert status == 503, body
            began = time.monotonic()
            assert request(server, "GET", "/report")[0] == 200
            assert time.monotonic() - began < 4


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is installed by the set-up")
def test_photo_and_database_are_on_the_disk_before_the_answer_leaves(folder: Path) -> None:
    trace = folder / "trace"
    watch = ("strace", "-f", "-y", "-qq", "-o", str(trace), "-e", "trace=fsync,fdatasync,rename,sendto,send,write")
    server = start(folder, prefix=watch)
    try:
        for _ in range(3):
            assert send(server, report_fields(), jpeg(320, 240))[0] == 201
    finally:
        server.kill()
    lines = trace.read_text(errors="replace").splitlines()
    answers = [i for i, line in enumerate(lines) if "201 CREATED" in line]
    assert len(answers) == 3
    for begin, end in zip([0, *answers], answers, strict=False):
        before = lines[begin:end]
        photo = _first(before, "fsync", ".tmp>")
        name = _first(before, "rename", ".jpg")
        directory = max(
            i for i, line in enumerate(before) if "fsync" in line and "/photos/" in line and ".tmp" not in line
        )
        wal = max(
            i
            for i, line in enumerate(before)
            if ("fsync" in line or "fdatasync" in line) and "ljuspunkt.db-wal" in line
        )
        assert photo < name < directory < wal


def _first(lines: list[str], call: str, what: str) -> int:
    return next(i for i, line in enumerate(lines) if call in line and what in line)


class _locked:  # noqa: N801  (reads as a word in a sentence)
    """Hold the database's write lock for some seconds."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.database = sqlite3.connect(folder / "ljuspunkt.db", isolation_level=None, check_same_thread=False)
        self.timer = threading.Timer(seconds, self._release)

    def _release(self) -> None:
        self.database.execute("ROLLBACK")

    def __enter__(self) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        self.timer.start()

    def __exit__(self, *_: object) -> None:
        self.timer.join()
        self.database.close()
