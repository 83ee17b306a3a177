"""Two commands, each from nothing, and quick the second time."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files, text


def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the project's folder."""
    return subprocess.run(
        words, cwd=ROOT, env={**os.environ, **more}, capture_output=True, text=True, check=False, timeout=60
    )


def test_setting_up_a_second_time_takes_no_time_and_no_network() -> None:
    if not (ROOT / ".uv/bin/uv").exists():
        pytest.skip("these tests run in an environment that tools/setup did not make")
    begun = time.monotonic()
    done = run(
        "tools/setup", "run", PATH="/usr/bin:/bin", HTTPS_PROXY="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9"
    )
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - begun < 5
    assert "Installing" not in done.stderr


def test_make_alone_lists_what_can_be_done_and_does_none_of_it() -> None:
    said = run("make").stdout
    assert {"run", "test", "check", "lint", "bench", "demo", "console"} <= {
        line.split()[1] for line in said.splitlines()
    }


def test_set_up_refuses_a_level_that_it_does_not_know() -> None:
    assert run("tools/setup", "everything").returncode == 2


@pytest.mark.parametrize("script", ["tools/setup", ".ci/run"])
def test_a_script_is_executable_stops_at_the_first_error_and_is_good_shell(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in text(Path(script))
    assert run("bash", "-n", script).returncode == 0
    if shutil.which("shellcheck"):
        assert run("shellcheck", script).stdout == ""


def test_nothing_that_set_up_fetches_is_committed() -> None:
    fetched = [str(p) for p in files("") if p.parts[0] in {"node_modules", ".venv", ".uv"} or "vendor" in p.parts]
    assert fetched == []


def test_what_set_up_copies_for_the_browser_is_where_pages_look_for_it() -> None:
    for name in ("leaflet/leaflet.js", "leaflet/leaflet.css", "leaflet/LICENSE", "idb/index.js", "idb/LICENSE"):
        assert (ROOT / "static/vendor" / name).is_file()
