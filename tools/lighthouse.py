"""Lighthouse on the pages that a resident meets first: speed, accessibility, good practice, each with its goal.

`make lighthouse` installs it by its lock into an ignored folder (tools/lighthouse/node_modules) and runs this. It is not
part of the tests: it is large, and its speed depends on what else the machine does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.durability import server as running_server
from tools import chromium

FOLDER: Final = Path(__file__).resolve().parent / "lighthouse"
GOALS: Final = {"performance": 95, "accessibility": 100, "best-practices": 100}
PAGES: Final = ("/", "/report", "/mine", "/places", "/accessibility")
FLAGS: Final = "--headless=new --no-sandbox --disable-gpu"


def scores(address: str) -> dict[str, int]:
    """Return a page's scores, 0 to 100."""
    command = [
        str(FOLDER / "node_modules/.bin/lighthouse"), address, "--output=json", "--quiet", f"--chrome-flags={FLAGS}",
        f"--only-categories={','.join(GOALS)}",
    ]  # fmt: skip
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "CHROME_PATH": chromium.program() or ""},
        timeout=180,
    )
    found = json.loads(done.stdout)["categories"]
    return {name: round(100 * (found[name]["score"] or 0)) for name in GOALS}


def main() -> int:
    """Print every page's scores; 1 when one misses its goal."""
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        running_server.migrate(Path(name))
        with running_server.running(Path(name)) as server:
            for page in PAGES:
                found = scores(f"http://127.0.0.1:{server.port}{page}")
                missed += sum(found[which] < goal for which, goal in GOALS.items())
                said = ", ".join(f"{which} {found[which]} (goal {goal})" for which, goal in GOALS.items())
                print(f"{page:16} {said}", flush=True)
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
