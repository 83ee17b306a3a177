"""What a photo can do to the service: nothing. Its process may die, hang or be taken over, and the next photo works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.adapters import image_worker, images
from app.adapters.images import ImageCleaner, PhotoRefused
from tests.adapters.pictures import encoded, pattern

PHOTO = encoded(pattern())
ECHO = "import sys; sys.path[:0] = [{folder!r}]\nimport image_worker as w\n"


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImageCleaner]:
    cleaner = ImageCleaner(workers=1, seconds_max=5)
    yield cleaner
    cleaner.close()


def worker_of(cleaner: ImageCleaner) -> Any:
    return cleaner._free.queue[0]


def in_shut_worker(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that is shut in as the worker is."""
    folder = str(Path(image_worker.__file__).parent)
    script = ECHO.format(folder=folder) + "import os, socket, time\nw.load_decoders()\nw.shut_in()\n" + code
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)


def test_a_worker_killed_in_the_middle_costs_that_photo_and_no_other(one: ImageCleaner) -> None:
    one.clean(PHOTO)
    process = worker_of(one)._process
    os.kill(process.pid, signal.SIGSTOP)
    threading.Timer(0.3, process.kill).start()
    with pytest.raises(PhotoRefused, match="broken"):
        one.clean(PHOTO)
    assert set(one.clean(PHOTO).variants) == {"large", "small"}


def test_a_worker_that_died_between_two_photos_is_replaced_unnoticed(one: ImageCleaner) -> None:
    one.clean(PHOTO)
    process = worker_of(one)._process
    process.kill()
    process.wait()
    assert one.clean(PHOTO).sha256
    assert worker_of(one)._process.pid != process.pid


def test_a_photo_that_takes_too_long_is_stopped_and_said_to_be_slow() -> None:
    cleaner = ImageCleaner(workers=1, seconds_max=0.5)
    cleaner.clean(PHOTO)
    os.kill(worker_of(cleaner)._process.pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(PhotoRefused, match="took_too_long"):
        cleaner.clean(PHOTO)
    assert time.monotonic() - began < 3
    assert cleaner.clean(PHOTO).sha256
    cleaner.close()


def test_a_process_that_uses_up_its_processor_time_is_ended_by_the_kernel() -> None:
    done = in_shut_worker("w._allow_seconds(1)\nwhile True: pass")
    assert done.returncode == -signal.SIGXCPU


def test_a_decoder_that_was_taken_over_can_open_no_file_no_socket_and_no_program() -> None:
    done = in_shut_worker("""
for name, attempt in {
    "read": lambda: open('/etc/hostname'), "write": lambda: open('/tmp/x', 'w'), "socket": socket.socket,
    "pipe": os.pipe,
}.items():
    try:
        attempt(); print(name, 'opened')
    except OSError as error:
        print(name, error.errno)
""")
    assert done.stdout.split() == ["read", "24", "write", "24", "socket", "24", "pipe", "24"]


def test_a_photo_that_wants_more_memory_than_there_is_for_it_gets_none() -> None:
    done = in_shut_worker("""
try:
    print(len(bytearray(w.MEMORY_BYTES)))
except MemoryError:
    print('refused')
""")
    assert done.stdout.strip() == "refused"


def test_running_out_of_memory_or_a_decoders_own_bug_is_an_answer_and_not_a_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for error, code in ((MemoryError, "too_many_pixels"), (RuntimeError, "broken"), (ZeroDivisionError, "broken")):
        monkeypatch.setattr(Image, "open", lambda *_a, error=error, **_k: (_ for _ in ()).throw(error))
        assert image_worker.answer(PHOTO) == ({"refused": code}, [])


def test_a_worker_is_renewed_after_its_share_of_photos(one: ImageCleaner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "PHOTOS_PER_WORKER", 2)
    pids = []
    for _ in range(5):
        one.clean(PHOTO)
        pids.append(worker_of(one)._process.pid)
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


def test_many_threads_at_once_each_get_their_own_photo_back(cleaner: ImageCleaner) -> None:
    sizes = [(40 + n, 30) for n in range(24)]
    with ThreadPoolExecutor(12) as pool:
        photos = list(pool.map(lambda size: cleaner.clean(encoded(pattern(*size))), sizes))
    assert [(p.variants["large"].width, p.variants["large"].height) for p in photos] == sizes


def test_when_every_worker_is_busy_for_too_long_the_photo_is_refused_for_now() -> None:
    cleaner = ImageCleaner(workers=0, seconds_max=0.05)
    with pytest.raises(PhotoRefused, match="unavailable"):
        cleaner.clean(PHOTO)


def test_a_worker_that_cannot_be_started_refuses_the_photo_for_now(
    one: ImageCleaner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(PhotoRefused, match="unavailable"):
        one.clean(PHOTO)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(PhotoRefused, match="unavailable"):
        one.clean(PHOTO)


@pytest.mark.parametrize(
    "said", [b"\xff\xff\xff\xff", b"\0\0\0\4nope", b"\0\0\0\2[]", b'\0\0\0\x15{"sizes":[["a",1,1]]}', b""]
)
def test_a_worker_that_talks_nonsense_is_not_believed(
    one: ImageCleaner, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    one.clean(PHOTO)
    worker = worker_of(one)
    worker.stop()
    script = f"import os, sys; os.write(1, {said!r}); os.close(1); sys.stdin.buffer.read()"
    worker._process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with pytest.raises(PhotoRefused, match="broken"):
        one.clean(PHOTO)


def test_the_worker_ends_by_itself_when_the_server_is_gone() -> None:
    script = Path(image_worker.__file__)
    process = subprocess.Popen([sys.executable, "-I", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert image_worker.read_frame(process.stdout) == b"ready"
    process.communicate(timeout=10)  # closes the pipe, as the end of the server does
    assert process.returncode == 0


def test_a_cleaner_that_was_closed_works_again_when_a_photo_comes(one: ImageCleaner) -> None:
    one.clean(PHOTO)
    process = worker_of(one)._process
    one.close()
    assert process.poll() is not None
    assert set(one.clean(PHOTO).variants) == {"large", "small"}
