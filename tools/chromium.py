"""The browser that tests, benches and tools drive: Chromium as the system packs it."""

from __future__ import annotations

import os
import shutil
from typing import Final

NAMES: Final = ("chromium-headless-shell", "chromium", "google-chrome")
"""Without a window, by preference: the same engine without what draws tabs and menus, in two thirds of the time."""


def program() -> str | None:
    """Return the path of the browser; None where the system has none, and Playwright brings its own. CHROMIUM chooses another."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def arguments() -> list[str]:
    """Return what it is started with: Chromium's sandbox refuses to run as root, and nobody here has a graphics card."""
    return ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
