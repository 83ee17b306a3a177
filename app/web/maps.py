"""The desk's analysis map: folium, with our own copy of Leaflet and nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import shapely
from flask import Response, make_response, url_for
from flask_babel import gettext
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import escape
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from app.web.languages import language
from app.web.map_scripts import SCRIPTS
from app.web.security import csp_nonce

MAX_ZOOM = 19


@dataclass(frozen=True)
class MapSpot:
    """A dark spot on the map: `shape` in WGS84 degrees; `label` is its band's letter, `address` its page."""

    id: int
    shape: BaseGeometry | None
    lon: float
    lat: float
    label: str
    name: str
    address: str


@dataclass(frozen=True)
class MapGround:
    """What lies under the spots: outlines with names, reports as (lon, lat), dark lamps as (lon, lat, pole)."""

    districts: Sequence[tuple[str, BaseGeometry]]
    reports: Sequence[tuple[float, float]]
    lamps: Sequence[tuple[float, float, str]]


@dataclass(frozen=True)
class MapAsks:
    """Addresses that the map asks when it is moved: reports as heat ("" for none), and shapes of the spots in view."""

    heat: str
    shapes: str


@cache
def _folium() -> tuple[type[Any], type[Any], type[Any]]:
    """Return folium's map and layer as we use them, and its control: with pandas and requests it takes a second to load,
    which only who asks for the map should pay.
    """
    import folium  # noqa: PLC0415
    from folium.map import Layer  # noqa: PLC0415
    from folium.template import Template  # noqa: PLC0415

    class OwnMap(folium.Map):
        """A map whose only script and style are ours; colours follow the person's light or dark setting."""

        default_js: list[tuple[str, str]] = []  # noqa: RUF012  (folium reads it from the class)
        default_css: list[tuple[str, str]] = []  # noqa: RUF012

    class OwnLayer(Layer):
        """A layer drawn by a script of ours.

        The data go through `literal`: folium renders what a layer says once more as a template, so a name with braces
        in it would be run on the server.
        """

        def __init__(self, kind: str, name: str, data: Any, words: Mapping[str, str] | None = None) -> None:
            super().__init__(name=str(escape(name)), overlay=True, control=True, show=True)
            self._name, self._template = kind, Template(SCRIPTS[kind])
            self.data = literal(data)
            self.words = {name: literal(word) for name, word in (words or {}).items()}

    return OwnMap, OwnLayer, folium.LayerControl


def literal(value: Any) -> str:
    """Return a value as a JavaScript literal that neither HTML nor any number of Jinja renderings can change.

    In JSON a brace that opens Jinja's `{{`, `{%` or `{#` can only stand inside a string, where it may be spelled out.
    """
    text = str(htmlsafe_json_dumps(value))
    return re.sub(r"\{(?=[{%#])", r"\\u007b", text)


def analysis_map(spots: Sequence[MapSpot], ground: MapGround, centre: tuple[float, float], asks: MapAsks) -> Response:
    """Return a page of its own (for a frame) with districts, reports, dark lamps and spots by band.

    `centre` is the longitude and latitude that the map shows when there is no spot. Without `asks.heat` the single
    reports are drawn, and a tap on the map is a corner of a shape.
    """
    own_map, layer, control = _folium()
    world = own_map(
        location=[centre[1], centre[0]], zoom_start=13, tiles=None, prefer_canvas=True, zoom_control=False,
        attributionControl=False, maxZoom=MAX_ZOOM,
    )  # fmt: skip
    outlines = [{"name": name, "shape": mapping(shape)} for name, shape in ground.districts]
    layer("Outlines", gettext("Områden"), outlines).add_to(world)
    if asks.heat:
        layer("Heat", gettext("Rapporter, var de samlas"), asks.heat).add_to(world)
    else:
        reports = [(round(lat, 5), round(lon, 5)) for lon, lat in ground.reports]
        layer("Dots", gettext("Rapporter"), reports).add_to(world)
        layer("Pen", gettext("Form som ritas"), None).add_to(world)
    layer("Dots", gettext("Lampor som inte lyser"), [(lat, lon, pole) for lon, lat, pole in ground.lamps]).add_to(world)
    words = {"band": gettext("Grupp"), "closer": gettext("Zooma in"), "further": gettext("Zooma ut")}
    words |= {"many": gettext("%(n)s platser, högst grupp %(band)s", n="{n}", band="{band}"), "shapes": asks.shapes}
    layer("Spots", gettext("Mörka fläckar"), [_spot(s) for s in spots], words).add_to(world)
    control(collapsed=True).add_to(world)
    corners = _corners(spots, ground)
    if corners:
        world.fit_bounds(corners, padding=(30, 30), max_zoom=17)
    return _page(world)


def _spot(spot: MapSpot) -> dict[str, Any]:
    shape = outline(spot.shape) if spot.shape is not None else None
    return {
        "id": spot.id, "lat": spot.lat, "lon": spot.lon, "label": spot.label, "name": spot.name,
        "address": spot.address, "shape": shape,
    }  # fmt: skip


def outline(shape: BaseGeometry) -> dict[str, Any]:
    """Return a shape as GeoJSON with a tenth of a metre's precision."""
    return dict(mapping(shapely.set_precision(shape, 1e-6)))


def _corners(spots: Sequence[MapSpot], ground: MapGround) -> list[list[float]]:
    """Return the south-west and north-east corner (lat, lon) of all spots, else of all districts."""
    boxes = [s.shape.bounds if s.shape is not None else (s.lon, s.lat, s.lon, s.lat) for s in spots]
    boxes = boxes or [shape.bounds for _, shape in ground.districts]
    if not boxes:
        return []
    return [[min(b[1] for b in boxes), min(b[0] for b in boxes)], [max(b[3] for b in boxes), max(b[2] for b in boxes)]]


def _page(world: Any) -> Response:
    """Give folium's page our nonce, our Leaflet, and the language and name that a page must have."""
    nonce, label = csp_nonce(), escape(gettext("Karta över mörka fläckar"))
    text = world.get_root().render()
    text = re.sub(r"<(script|style)(?=[\s>])", rf'<\1 nonce="{nonce}"', text)
    text = re.sub(
        r'<meta name="viewport"[^>]*>', '<meta name="viewport" content="width=device-width, initial-scale=1">', text
    )
    head = (
        f'<script nonce="{nonce}" src="{url_for("static", filename="vendor/leaflet/leaflet.js")}"></script>'
        f'<link rel="stylesheet" href="{url_for("static", filename="vendor/leaflet/leaflet.css")}">'
        f'<link rel="stylesheet" href="{url_for("static", filename="css/map.css")}">'
        f"<title>{label}</title>"
    )
    text = text.replace('<div class="folium-map"', f'<div role="main" aria-label="{label}" class="folium-map"', 1)
    text = text.replace("<head>", f"<head>{head}", 1).replace("<html>", f'<html lang="{language()}">', 1)
    return make_response(text)
