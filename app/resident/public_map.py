"""What the public may see: approved, named places, as a list first and a map second; work done in a district."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, jsonify, render_template, url_for
from flask_babel import gettext

from app.services import editions, place_names, promises, public_places
from app.web.guard import EVERYONE, admit
from app.web.parts import base_url, now, random_id
from app.web.reporter import with_reporter

blueprint = admit(Blueprint("places", __name__), EVERYONE)


@blueprint.get("/places")
def listing() -> Response:
    """List the places that the municipality looks over; whoever presses “Jag med” there twice is one person."""
    page = render_template(
        "resident/places.html", places=[(place, random_id()) for place in public_places.approved()], municipality=place_names.municipality(),
        districts=place_names.districts(),
    )  # fmt: skip
    return with_reporter(Response(page))


@blueprint.get("/map")
def map_page() -> str:
    """Show the same places on a map, with the list under it."""
    return render_template(
        "resident/map.html", places=public_places.approved(), municipality=place_names.municipality()
    )


@blueprint.get("/places.geojson")
def geojson() -> Response:
    """Return the approved places as GeoJSON: their own geometry, never a report's."""
    response = jsonify(public_places.as_geojson())
    response.headers["Content-Type"] = "application/geo+json"
    return response


@blueprint.get("/map/base.geojson")
def base() -> Response:
    """Return the municipality's own vectors, so that a map without tiles still says where one is."""
    response = jsonify(public_places.base_map())
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Content-Type"] = "application/geo+json"
    return response


@blueprint.get("/places.atom")
def feed() -> Response:
    """Return what became public, for those who read feeds."""
    return _feed(public_places.news() or [], url_for("places.listing"), gettext("Platser vi ser över"))


@blueprint.get("/districts/<slug>.atom")
def district_feed(slug: str) -> Response:
    """Return what became public in one district."""
    lines = public_places.news(slug)
    found = public_places.district(slug, now=now())
    if lines is None or found is None:
        abort(404)
    return _feed(lines, url_for("places.district", slug=slug), found["district"].name)


def _feed(lines: Sequence[public_places.News], page: str, title: str) -> Response:
    newest = max((line.at for line in lines), default=now())
    body = render_template(
        "resident/feed.xml", lines=lines, page=base_url() + page, title=title, newest=newest, base=base_url()
    )
    response = Response(body, mimetype="application/atom+xml")
    response.headers["Cache-Control"] = "public, max-age=900"
    return response


@blueprint.get("/districts/<slug>")
def district(slug: str) -> str:
    """Show what was done in a district: walks, measures, repairs."""
    found = public_places.district(slug, now=now()) or abort(404)
    promised = promises.listing(public_only=True, district_id=found["district"].id)
    return render_template("resident/district.html", **found, promised=promised, editions=editions.issued(slug))
