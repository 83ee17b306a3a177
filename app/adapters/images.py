"""Cleaning photos in processes of their own, limited in memory and time (reliability, T3–T5).

What comes back was encoded by us from bare pixels: upright, in two sizes, without any metadata. If anything fails,
nothing of the original is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.adapters.image_worker import read_frame, write_frame

BYTES_MAX = 20 * 1024 * 1024
Box = tuple[float, float, float, float]
"""Left, top, width and height, in shares of the picture."""

SECONDS_MAX = 10.0  # by the wall clock; by the processor's the worker stops itself earlier
START_SECONDS_MAX = 30.0
PHOTOS_PER_WORKER = 200
WORKERS = 2


class PhotoRefused(ValueError):
    """A photo that cannot be kept; `code` says why (domain/photos.py has the words)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class EncodedImage:
    """One encoded size: JPEG bytes, and its width and height in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True)
class CleanPhoto:
    """A photo as we encoded it, by size name; `exif_position` (lon, lat) is what the camera claimed."""

    variants: Mapping[str, EncodedImage]
    sha256: str
    exif_position: tuple[float, float] | None


class ImageCleaner:
    """A small pool of worker processes. Safe to use from many threads."""

    def __init__(self, workers: int = WORKERS, seconds_max: float = SECONDS_MAX) -> None:
        self._seconds_max = seconds_max
        self._free: queue.Queue[_Worker] = queue.Queue()
        for _ in range(workers):
            self._free.put(_Worker())

    def clean(self, data: bytes, boxes: Sequence[Box] = ()) -> CleanPhoto:
        """Return the photo cleaned, with solid boxes over what nobody shall see, or raise PhotoRefused with the reason's code."""
        if len(data) > BYTES_MAX:
            raise PhotoRefused("too_large")
        if not data:
            raise PhotoRefused("not_an_image")
        try:
            worker = self._free.get(timeout=3 * self._seconds_max)
        except queue.Empty as error:
            raise PhotoRefused("unavailable") from error
        try:
            return worker.clean(data, boxes, self._seconds_max)
        finally:
            self._free.put(worker)

    def close(self) -> None:
        """End the workers that rest; the next photo starts one anew."""
        resting = [self._free.get() for _ in range(self._free.qsize())]
        for worker in resting:
            worker.stop()
            self._free.put(worker)


class _Worker:
    """One process, started when first needed, replaced when it dies, hangs or has done its share."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._done = 0

    def clean(self, data: bytes, boxes: Sequence[Box], seconds_max: float) -> CleanPhoto:
        try:
            process = self._running()
        except (OSError, EOFError) as error:
            self.stop()
            raise PhotoRefused("unavailable") from error
        try:
            with _killed_after(process, seconds_max):
                header, variants = _ask(process, data, boxes)
        except TimeoutError as error:
            self.stop()
            raise PhotoRefused("took_too_long") from error
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            used_its_time = self.stop() == -signal.SIGXCPU
            raise PhotoRefused("took_too_long" if used_its_time else "broken") from error
        if "refused" in header:
            raise PhotoRefused(str(header["refused"]))
        position = header["position"] and (float(header["position"][0]), float(header["position"][1]))
        return CleanPhoto(variants, hashlib.sha256(variants["large"].data).hexdigest(), position)

    def stop(self) -> int:
        """End the process and return the number it ended with (negative: the signal)."""
        process, self._process, self._done = self._process, None, 0
        if process is None:
            return 0
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what was not read by then breaks the pipe
                pipe.close()  # type: ignore[union-attr]
        return process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._done >= PHOTOS_PER_WORKER or (self._process is not None and self._process.poll() is not None):
            self.stop()
        if self._process is None:
            script = Path(__file__).with_name("image_worker.py")
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and our own file)
                [sys.executable, "-I", str(script)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, close_fds=True,
            )  # fmt: skip
            with _killed_after(self._process, START_SECONDS_MAX):
                _frame(self._process)  # it says that it is ready, so that starting is no photo's time
        self._done += 1
        return self._process


@contextlib.contextmanager
def _killed_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """Kill the process when the block takes longer than this; what then breaks is a TimeoutError."""
    late = threading.Event()

    def kill() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, EOFError, ValueError) as error:
        if late.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()


def _ask(
    process: subprocess.Popen[bytes], data: bytes, boxes: Sequence[Box]
) -> tuple[dict[str, Any], dict[str, EncodedImage]]:
    """Hand over a photo and read the answer. The worker is not trusted: whatever it says wrongly is a ValueError."""
    write_frame(process.stdin, json.dumps(boxes).encode())  # type: ignore[arg-type]
    write_frame(process.stdin, data)  # type: ignore[arg-type]
    process.stdin.flush()  # type: ignore[union-attr]
    header = json.loads(_frame(process))
    if not isinstance(header, dict):
        raise TypeError("the worker's header is no object")
    sizes = header.get("sizes", [])
    return header, {str(name): EncodedImage(_frame(process), int(width), int(height)) for name, width, height in sizes}


def _frame(process: subprocess.Popen[bytes]) -> bytes:
    frame = read_frame(process.stdout)  # type: ignore[arg-type]
    if frame is None:
        raise EOFError
    return frame
