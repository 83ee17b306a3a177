"""Map files that GDAL reads and writes, in one process with SpatiaLite."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WORK = """
import sys
from pathlib import Path
from shapely.geometry import Point
from sqlalchemy import create_engine, text
from app.adapters.geoexport import Layer, geopackage
from app.adapters.geofiles import read
from app.models.base import engine_options, prepare
url = f"sqlite:///{sys.argv[1]}/x.db"
engine = create_engine(url, **engine_options(url))
prepare(engine)
with engine.connect() as connection:
    assert connection.scalar(text("SELECT spatialite_version()"))
file = Path(sys.argv[1]) / "places.gpkg"
file.write_bytes(geopackage([Layer("places", [({"name": "Oxhagen"}, Point(16.33, 56.67))])], 3006))
print([feature.values["name"] for feature in read(file).features])
"""


def test_a_map_file_is_written_and_read_after_the_database_was_opened_and_the_server_lives(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORK, str(tmp_path)], check=False, capture_output=True, text=True, timeout=120
    )  # a process of its own: in this one GDAL was there before, and a crash would take all tests along
    assert (done.returncode, done.stdout.strip()) == (0, "['Oxhagen']"), done.stderr[-500:]
