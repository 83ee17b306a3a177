"""What a bench ran on, for the head of its table."""

from __future__ import annotations

import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import scipy


def machine() -> str:
    """Return one line: processor, cores, memory, load, versions, the day, and the pace: a machine may be slower tomorrow."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_gigabytes()} GB, load {os.getloadavg()[0]:.1f}, "
        f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"SciPy {scipy.__version__}, {datetime.now(UTC):%Y-%m-%d}, "
        f"a million keys argsorted in {_pace_ms():.0f} ms"
    )


def _pace_ms() -> float:
    """Return the median of five."""
    keys, taken = np.random.default_rng(1).random(1_000_000), []
    for _ in range(5):
        begun = time.perf_counter()
        np.argsort(keys)
        taken.append(time.perf_counter() - begun)
    return float(np.median(taken)) * 1000


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _gigabytes() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
