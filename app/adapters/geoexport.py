"""Our own places as map files that every map program opens: GeoJSON, and GeoPackage in the municipality's own system."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from app.adapters import gdal

DECIMALS = 6


@dataclass(frozen=True)
class Layer:
    """Places of one kind: values by column, and a geometry (WGS84, longitude first) or None for each row.

    Every row has the same columns; a number column may hold None.
    """

    name: str
    rows: Sequence[tuple[Mapping[str, Any], BaseGeometry | None]]


def geojson(layer: Layer) -> bytes:
    """Return a layer as GeoJSON (RFC 7946): always WGS84."""
    features = [
        {
            "type": "Feature",
            "properties": dict(values),
            "geometry": None if shape is None else mapping(shapely.set_precision(shape, 10**-DECIMALS)),
        }
        for values, shape in layer.rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def geopackage(layers: Sequence[Layer], epsg: int) -> bytes:
    """Return layers as one GeoPackage in the coordinate system with this EPSG number. A layer without rows is left out."""
    turn = Transformer.from_crs(4326, epsg, always_xy=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.gpkg"
        for layer in layers:
            if layer.rows:
                _write(path, layer, turn, epsg)
        return path.read_bytes() if path.exists() else b""


def _write(path: Path, layer: Layer, turn: Transformer, epsg: int) -> None:
    columns = list(layer.rows[0][0])
    shapes = [
        None if shape is None else shapely.transform(shape, lambda xy: _turned(xy, turn)) for _, shape in layer.rows
    ]
    fields = [_column([row[c] for row, _ in layer.rows]) for c in columns]
    packed = np.array([None if s is None else shapely.to_wkb(s) for s in shapes], dtype=object)
    gdal.pyogrio().raw.write(
        path, packed, [values for values, _ in fields], columns, field_mask=[missing for _, missing in fields],
        layer=layer.name, driver="GPKG", geometry_type="Unknown", crs=f"EPSG:{epsg}", append=path.exists(),
    )  # fmt: skip


def _turned(xy: NDArray[np.float64], turn: Transformer) -> NDArray[np.float64]:
    return np.column_stack(turn.transform(xy[:, 0], xy[:, 1]))


def _column(values: Sequence[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return a column as whole numbers, numbers or text, with what is missing marked."""
    missing = np.array([v is None for v in values])
    said = [v for v in values if v is not None]
    if said and all(isinstance(v, int | float) and not isinstance(v, bool) for v in said):
        kind = np.int64 if all(isinstance(v, int) for v in said) else np.float64
        return np.array([0 if v is None else v for v in values], dtype=kind), missing
    return np.array(["" if v is None else str(v) for v in values], dtype=object), missing
