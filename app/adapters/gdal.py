"""GDAL (through pyogrio), loaded when a file needs it, and beside SpatiaLite without harm."""

from __future__ import annotations

import importlib
import os
import sys
from threading import Lock
from typing import Any

_loading = Lock()


def pyogrio() -> Any:
    """Return pyogrio, which brings pandas, for which no other command or page need wait.

    SQLite puts what SpatiaLite brings (PROJ, GEOS, SQLite itself) where every library that is loaded later finds it before
    its own copy of the same name. GDAL would crash at its first call, and the server with it, so it looks into its own first.
    """
    with _loading:
        before = sys.getdlopenflags()
        sys.setdlopenflags(os.RTLD_NOW | getattr(os, "RTLD_DEEPBIND", 0))
        try:
            return importlib.import_module("pyogrio")
        finally:
            sys.setdlopenflags(before)
