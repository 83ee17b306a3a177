"""Every bench, one after the other: `python -m bench [--full] [--page]`.

Without a word: what takes a few minutes. `--full`: the sizes that docs/performance.md speaks of (half an hour or more, on
a machine that does nothing else). `--page`: put the tables into docs/performance.md as well.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
QUICK = {
    "geo_dbscan": ["--most", "100000"], "geo_spots": [], "geo_arrival": ["--most", "10000", "--arrivals", "100"],
    "crowded": ["--arrivals", "20"],
    "quality": ["--towns", "3"], "score_simulation": ["--runs", "100"],
}  # fmt: skip
FULL = {
    "geo_dbscan": ["--most", "10000000", "--postgis"], "geo_spots": [],
    "geo_arrival": ["--most", "1000000", "--arrivals", "1000"], "crowded": [], "quality": ["--towns", "10"],
    "score_simulation": ["--runs", "500"],
}  # fmt: skip


def main() -> None:
    """Run the benches that are known here, then any other script of the folder."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("names", nargs="*", help="only these")
    asked = parser.parse_args()
    known = FULL if asked.full else QUICK
    rest = {p.stem: [] for p in sorted((ROOT / "bench").glob("*.py")) if "def main(" in p.read_text(encoding="utf-8")}
    rest.pop("__main__", None)
    for name, arguments in (known | {n: a for n, a in rest.items() if n not in known}).items():
        if asked.names and name not in asked.names:
            continue
        print(f"\n== {name} {' '.join(arguments)}", flush=True)
        told = run(name, arguments)
        if asked.page:
            keep(name, told)


def run(name: str, arguments: list[str]) -> str:
    """Run one bench, show what it prints while it prints it, and return it."""
    command = [sys.executable, str(ROOT / "bench" / f"{name}.py"), *arguments]
    told = []
    with subprocess.Popen(  # noqa: S603 - our own scripts
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            told.append(line)
    if running.returncode:
        raise SystemExit(f"{name} ended with {running.returncode}")
    return "".join(told).strip()


def keep(name: str, told: str) -> None:
    """Put a bench's tables into its place on the page."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    page = PAGE.read_text(encoding="utf-8")
    if begin not in page:
        return
    place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    PAGE.write_text(place.sub(lambda _: f"{begin}\n{told}\n{end}", page), encoding="utf-8")


if __name__ == "__main__":
    main()
