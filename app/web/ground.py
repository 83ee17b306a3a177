"""What lies under the resident's pin: our own map file, the municipality's shapes, or what the operator chose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Flask, url_for

from app.adapters.tiles import is_archive
from app.services.basemap import TOWN, WHOLE
from app.web.parts import parts


@dataclass(frozen=True)
class Ground:
    """Addresses for the map's script: of a PMTiles file and its part for the phone, or of pictures with {z}/{x}/{y}."""

    vector: str = ""
    town: str = ""
    pictures: str = ""


def install(app: Flask) -> None:
    """Let the templates ask for the ground."""
    app.jinja_env.globals["map_ground"] = ground


def archive() -> Path | None:
    """Return the PMTiles file that we serve: the operator's, or the one that `basemap build` made; None without one."""
    settings = parts().settings
    if settings.tile_url.startswith(("http://", "https://")):
        return None
    path = Path(settings.tile_url) if settings.tile_url else settings.instance / WHOLE
    return path if is_archive(path) else None


def town() -> Path | None:
    """Return the part of it that a phone keeps, when it was made from the same extract."""
    path = parts().settings.instance / TOWN
    return path if not parts().settings.tile_url and is_archive(path) else None


def ground() -> Ground:
    """Return what the map's script shall draw upon; the version in an address changes when the file does."""
    asked = parts().settings.tile_url
    if asked.startswith(("http://", "https://")):
        return Ground(vector=asked) if asked.endswith(".pmtiles") else Ground(pictures=asked)
    whole, kept = archive(), town()
    return Ground(
        vector=url_for("basemap.archive", name="base", v=_version(whole)) if whole else "",
        town=url_for("basemap.archive", name="town", v=_version(kept)) if whole and kept else "",
    )


def _version(path: Path) -> str:
    found = path.stat()
    return f"{found.st_mtime_ns:x}-{found.st_size:x}"
