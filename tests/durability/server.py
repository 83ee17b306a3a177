"""A server in a process group of its own, which a test may kill at any moment."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 60.0


@dataclass
class Server:
    """One run of `flask serve`. `port` answers on loopback."""

    process: subprocess.Popen[bytes]
    port: int

    def kill(self) -> None:
        """Kill the whole group at once, as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a server that keeps everything in `folder`."""
    known = {k: v for k, v in os.environ.items() if not k.startswith("COV_")}
    return {
        **known,
        "INSTANCE_PATH": str(folder),
        "RATE_LIMITS": "off",
        "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))),
        **settings,
    }


def flask(*words: str) -> list[str]:
    """Return the command line of `flask --app wsgi …`."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]


def migrate(folder: Path, **settings: str) -> None:
    """Make the database."""
    subprocess.run(
        flask("db", "upgrade"), cwd=ROOT, env=environment(folder, **settings), check=True, capture_output=True
    )


def start(folder: Path, prefix: tuple[str, ...] = (), **settings: str) -> Server:
    """Start the server and wait until it answers."""
    port = int(settings.pop("PORT", 0)) or _free_port()
    command = [*prefix, *flask("serve", "--port", str(port))]
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(folder, **settings), stdout=log, stderr=log, start_new_session=True
        )
    server = Server(process, port)
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError((folder / "server.log").read_text())
        with contextlib.suppress(OSError):
            if request(server, "GET", "/healthz")[0] == 200:
                return server
        time.sleep(0.1)  # asked again, not waited for
    server.kill()
    raise AssertionError("the server did not answer in time")


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Server]:
    """Run a server for a while."""
    server = start(folder, (), **settings)
    try:
        yield server
    finally:
        server.kill()


def request(
    server: Server, method: str, path: str, body: bytes = b"", kind: str = "", seconds: float = 20.0
) -> tuple[int, bytes]:
    """Send one request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=seconds)
    try:
        connection.request(method, path, body or None, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def report_fields(**fields: Any) -> dict[str, Any]:
    """Return the fields of a small report."""
    return {"client_id": str(uuid.uuid4()), "lat": 56.676, "lon": 16.335, "categories": ["lamp_out"], **fields}


def send(server: Server, fields: dict[str, Any], photo: bytes | None = None) -> tuple[int, dict[str, Any]]:
    """Send a report, as JSON or with a photo as multipart; raise OSError when the connection breaks."""
    if photo is None:
        status, body = request(server, "POST", "/api/v1/reports", json.dumps(fields).encode(), "application/json")
    else:
        data, kind = _multipart(fields, photo)
        status, body = request(server, "POST", "/api/v1/reports", data, kind)
    return status, json.loads(body)


def _multipart(fields: dict[str, Any], photo: bytes) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="photos"; filename="p.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return b"".join(
        parts
    ) + head.encode() + photo + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
