"""For those who run the service: alive, ready, counted."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from app.services import operations
from app.web.guard import EVERYONE, admit
from app.web.parts import now, parts

blueprint = admit(Blueprint("operations", __name__), EVERYONE)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Say whether database, photo store and jobs can be reached."""
    found = operations.ready(parts().photo_store, parts().jobs, now=now())
    return jsonify(found), 200 if all(found.values()) else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return counts for Prometheus; nothing about persons or places."""
    registry = CollectorRegistry()
    for name, value in operations.counts(now=now()).items():
        Gauge(f"ljuspunkt_{name}", name.replace("_", " "), registry=registry).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
