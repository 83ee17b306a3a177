"""Somebody else's map file: GeoJSON, GeoPackage, Shapefile or a table (CSV), in any coordinate system, as WGS84.

A file is read as a stream and kept on the disk (geofeatures): 200,000 lamps need no more memory than 2,000.
"""

from __future__ import annotations

import codecs
import csv
import json
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import ijson
import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from app.adapters import gdal
from app.adapters.geofeatures import WGS84, Drawn, GeoFile, gathered
from app.domain.lamp_problems import Problem

_GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
ENDINGS = (".geojson", ".json", ".gpkg", ".csv", ".txt", ".tsv", ".zip")
_PART = 1_000_000
_SNIFFED = 20_000
_GDAL_ROWS = 5000


class Unreadable(ValueError):
    """The file cannot be read as a whole; the message says why in plain words."""


def read(path: Path, crs: str = "", layer: str = "") -> GeoFile:
    """Read a file by what its name ends with.

    Args:
        path: .geojson or .json, .gpkg, .shp (or a .zip of one), .csv. crs: the coordinate system, for a file that does
            not say or says it wrongly, such as EPSG:3006. layer: which, in a file of several.

    Raises:
        Unreadable: no such file, another format, broken, or several layers and none chosen.

    """
    if not path.is_file():
        raise Unreadable(f"There is no file {path}.")
    system = _system(crs) if crs else None
    if path.suffix.lower() in {".geojson", ".json"}:
        return _read_geojson(path, system)
    if path.suffix.lower() in {".csv", ".txt", ".tsv"}:
        return _read_table(path)
    return _read_with_gdal(path, system, layer)


def read_bytes(name: str, content: bytes, crs: str = "", layer: str = "") -> GeoFile:
    """Read a file that somebody sent, as `read` does; only the ending of its name is used."""
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise Unreadable(
            Problem(
                f"The name of the file should end with one of {', '.join(ENDINGS)}.",
                "ending",
                endings=", ".join(ENDINGS),
            )
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{ending}"
        path.write_bytes(content)
        return read(path, crs, layer)


def to_wgs84(points: Sequence[tuple[float, float]], crs: str) -> list[tuple[float, float]]:
    """Return positions of a table in WGS84, longitude first; raise Unreadable for an unknown system."""
    if not points:
        return []
    transformer = Transformer.from_crs(_system(crs), WGS84, always_xy=True)
    xs, ys = transformer.transform([p[0] for p in points], [p[1] for p in points])
    return list(zip(map(float, xs), map(float, ys), strict=True))


def _system(name: str) -> CRS:
    try:
        return CRS.from_user_input(name)
    except CRSError as error:
        sentence = f"{name!r} is no coordinate system that is known. Give it as for example EPSG:3006."
        raise Unreadable(Problem(sentence, "system_unknown", system=name)) from error


def _encoding(path: Path) -> str:
    """Return UTF-8 when the whole file is that, with or without its mark, else the one that old Windows writes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while part := file.read(_PART):
                decoder.decode(part)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _read_table(path: Path) -> GeoFile:
    try:
        with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
            dialect = _dialect(file.read(_SNIFFED))
            file.seek(0)
            reader = csv.DictReader(file, dialect=dialect)
            names = [name for name in reader.fieldnames or () if isinstance(name, str)]
            rows = ((None, {k: v or "" for k, v in row.items() if isinstance(k, str)}, "") for row in reader)
            found = gathered(rows, None, names)
    except csv.Error as error:
        raise Unreadable(Problem(f"{path.name} is no table that can be read: {error}.", "no_table")) from error
    if not found.features:
        raise Unreadable(Problem(f"{path.name} has no rows.", "no_rows"))
    return found


def _dialect(text: str) -> Any:
    try:
        return csv.Sniffer().sniff(text, delimiters=",;\t|")
    except csv.Error:
        return csv.excel


def _read_geojson(path: Path, given: CRS | None) -> GeoFile:
    encoding = _encoding(path)
    try:
        root = _head(path, encoding)
        if root is None:
            root = _whole(path, encoding)
            return gathered(_single(root, path.name), given or _stated(root, path.name))
        _expect_collection(root, path.name)
        with _json(path, encoding) as file:
            rows = (_drawn(*_row(feature)) for feature in ijson.items(file, "features.item", use_float=True))
            return gathered(rows, given or _stated(root, path.name))
    except (ValueError, RecursionError, ijson.JSONError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(Problem(f"{path.name} is not JSON: {error}.", "no_json")) from error


def _whole(path: Path, encoding: str) -> dict[str, Any]:
    root = json.loads(path.read_text(encoding, errors="replace"))
    if not isinstance(root, dict):
        raise Unreadable(
            Problem(f"{path.name} is JSON but not GeoJSON: it should be an object with a type.", "no_geojson")
        )
    return root


def _expect_collection(root: Mapping[str, Any], name: str) -> None:
    if root.get("type") != "FeatureCollection":
        raise Unreadable(Problem(f"{name} is JSON but not GeoJSON: its type is {root.get('type')!r}.", "no_geojson"))


def _json(path: Path, encoding: str) -> IO[bytes]:
    """Open a file as UTF-8 without a mark, whatever it is in."""
    if encoding != "utf-8-sig":
        return codecs.EncodedFile(path.open("rb"), "utf-8", encoding, errors="replace")
    file = path.open("rb")
    if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        file.seek(0)
    return file


def _head(path: Path, encoding: str) -> dict[str, Any] | None:
    """Return what a collection says beside its features (`type`, `crs`); None when it has no list of features.

    Programs that sort the names write some of it behind the features: then the file is read through for it.
    """
    found: dict[str, Any] = {}
    with _json(path, encoding) as file:
        for prefix, event, value in ijson.parse(file):
            if (prefix, event) == ("features", "start_array"):
                break
            if prefix == "type" and event == "string":
                found["type"] = value
            if prefix == "crs":
                found["crs"] = ...
        else:
            return None
    for name in ("type", "crs"):
        if found.get(name, ...) is ... and _mentions(path, f'"{name}"'):
            with _json(path, encoding) as file:
                found[name] = next(ijson.items(file, name, use_float=True), None)
    return found


def _mentions(path: Path, text: str) -> bool:
    """Say whether a text stands anywhere in a file; read by parts, since a mapped file would count as memory."""
    wanted, rest = text.encode(), b""
    with path.open("rb") as file:
        while part := file.read(_PART):
            if wanted in rest + part:
                return True
            rest = part[-len(wanted) :]
    return False


def _stated(root: Mapping[str, Any], name: str) -> CRS:
    """The system that older GeoJSON names in `crs`; WGS84 otherwise (RFC 7946, section 4)."""
    stated = root.get("crs")
    if stated is None:
        return WGS84
    try:
        return _system(str(stated["properties"]["name"]))
    except (KeyError, TypeError, IndexError) as error:
        raise Unreadable(
            Problem(f"{name} has a crs that cannot be understood. Say which it is with --crs.", "system_missing")
        ) from error


def _single(root: Mapping[str, Any], name: str) -> Iterator[Drawn]:
    """Give the one row of a file that is a feature or a bare geometry."""
    kind = str(root.get("type"))
    if kind == "FeatureCollection":
        raise Unreadable(Problem(f"{name} is a FeatureCollection without a list of features.", "no_geojson"))
    if kind != "Feature" and kind not in _GEOMETRIES:
        raise Unreadable(Problem(f"{name} is JSON but not GeoJSON: its type is {kind!r}.", "no_geojson"))
    yield _drawn(*(_row(root) if kind == "Feature" else (root, {}, "")))


def _row(feature: Any) -> tuple[Any, dict[str, Any], str]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return None, {}, "is no Feature"
    values = feature.get("properties")
    if values is not None and not isinstance(values, dict):
        return None, {}, "has properties that are no object"
    values = {str(k): v for k, v in (values or {}).items()}
    if "id" not in values and isinstance(feature.get("id"), str | int):
        values["id"] = feature["id"]
    if "geometry" not in feature:
        return None, values, "has no geometry"
    return feature["geometry"], values, ""


def _drawn(geometry: Any, values: Mapping[str, Any], problem: str) -> Drawn:
    """Return one row with its geometry built, in the file's own coordinates."""
    if problem or geometry is None:
        return None, values, problem
    if fault := _fault(geometry):
        return None, values, fault
    try:
        return _built(geometry), values, ""
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None, values, f"has coordinates that make no {geometry['type']}"


def _built(geometry: Any) -> BaseGeometry:
    if geometry["type"] == "Point" and geometry["coordinates"]:  # a register is all points, and this is the quick way
        return shapely.Point(geometry["coordinates"][0], geometry["coordinates"][1])
    return shapely.force_2d(shape(geometry))


def _fault(geometry: Any) -> str:
    """Return what is wrong with the shape of a GeoJSON geometry, before anything tries to build it."""
    if not isinstance(geometry, dict) or str(geometry.get("type")) not in _GEOMETRIES:
        return "has a geometry of no known type"
    if geometry["type"] == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list):
            return "has a GeometryCollection without geometries"
        return next((fault for part in parts if (fault := _fault(part))), "")
    if not isinstance(geometry.get("coordinates"), list):
        return "has a geometry without coordinates"
    return "" if _numbers_only(geometry["coordinates"]) else "has coordinates that are not pairs of finite numbers"


def _numbers_only(value: list[Any]) -> bool:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if any(isinstance(x, list) for x in part):
            if not all(isinstance(x, list) for x in part):
                return False
            waiting.extend(part)
        elif part and not (
            len(part) >= 2
            and all(isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x) for x in part)
        ):
            return False
    return True


def _read_with_gdal(path: Path, given: CRS | None, layer: str) -> GeoFile:
    source = f"/vsizip/{path}" if path.suffix.lower() == ".zip" else path
    pyogrio = gdal.pyogrio()
    try:
        layers = [str(row[0]) for row in pyogrio.list_layers(source)]
        if len(layers) != 1 and layer not in layers:
            named = ", ".join(layers) or "none"
            sentence = f"{path.name} has {len(layers)} layers; choose one with --layer: {named}."
            raise Unreadable(Problem(sentence, "layers", layers=named))
        about = pyogrio.read_info(source, layer=layer or layers[0])
        if not about["geometry_type"]:
            raise Unreadable(Problem(f"{path.name} has no geometries.", "no_geometries"))
        if given is None and not about["crs"]:
            sentence = (
                f"{path.name} does not say its coordinate system. Say it with --crs, for example --crs EPSG:3006."
            )
            raise Unreadable(Problem(sentence, "system_missing"))
        columns = [str(name) for name in about["fields"]]
        return gathered(
            _gdal_rows(pyogrio, source, layer or layers[0], columns), given or _system(about["crs"]), columns
        )
    except (RuntimeError, ValueError) as error:  # of GDAL's own errors, RuntimeError is the parent
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(Problem(f"{path.name} cannot be read as a map file: {error}.", "no_map_file")) from error


def _gdal_rows(pyogrio: Any, source: object, layer: str, columns: Sequence[str]) -> Iterator[Drawn]:
    """Give the rows of a layer, a part of it at a time."""
    skipped = 0
    while True:
        _, _, packed, fields = pyogrio.raw.read(
            source, layer=layer, force_2d=True, skip_features=skipped, max_features=_GDAL_ROWS
        )
        if packed is None or not len(packed):
            return
        for i, drawn in enumerate(shapely.from_wkb(packed, on_invalid="ignore")):
            yield drawn, {c: _plain(values[i]) for c, values in zip(columns, fields, strict=True)}, ""
        skipped += len(packed)


def _plain(value: Any) -> Any:
    """Return a NumPy value as Python's own, and not-a-number as nothing."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
