"""The map under the pin: our own file in slices, its part for the phone, lamps near the pin, and names to search for."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, request, send_file

from app.domain.publication import LAMPS_SHOWN
from app.services import nearby, place_names
from app.web import ground
from app.web.guard import EVERYONE, admit
from app.web.languages import local_date, tr
from app.web.nearby import lamp_sentence
from app.web.parts import now
from app.web.security import NAMES_TYPE

blueprint = admit(Blueprint("basemap", __name__, url_prefix="/map"), EVERYONE)
DAY_S = 86_400
HOUR_S = 3600


@blueprint.get("/<name>.pmtiles")
def archive(name: str) -> Response:
    """Send the whole map (`base`) a slice at a time by range requests, or the part that a phone keeps (`town`) at once."""
    path = {"base": ground.archive, "town": ground.town}.get(name, lambda: None)()
    if path is None:
        abort(404)
    return send_file(path, mimetype="application/vnd.pmtiles", conditional=True, max_age=DAY_S)


@blueprint.get("/names.json")
def names() -> Response:
    """Send the municipality's own names, so that a phone without a net can search among them."""
    response = jsonify(place_names.bundle())
    response.mimetype = NAMES_TYPE
    response.headers["Cache-Control"] = f"public, max-age={HOUR_S}"
    return response


@blueprint.get("/lamps.geojson")
def lamps() -> Response:
    """Send the lamps of a part of the map, each with what is known of it already."""
    edges = [request.args.get(side, type=float) for side in ("west", "south", "east", "north")]
    west, south, east, north = (edge if edge is not None else 0.0 for edge in edges)
    found = nearby.lamps_in((west, south, east, north), most=LAMPS_SHOWN) if None not in edges else []
    today = local_date(now())
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(lamp.lon, 6), round(lamp.lat, 6)]},
            "properties": {"name": lamp.pole, "known": bool(lamp.known), "sentence": lamp_sentence(lamp, today)},
        }
        for lamp in found
    ]
    response = jsonify({"type": "FeatureCollection", "features": features, "word": tr("Stolpe")})
    response.mimetype = "application/geo+json"
    return response
