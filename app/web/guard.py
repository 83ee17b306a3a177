"""Closed until opened: a blueprint that names nobody lets nobody in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from flask import Blueprint, Flask, abort, redirect, request, url_for
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from app.domain.people import ADMIN, COORDINATOR, TECHNICIAN
from app.models.base import db, set_reading
from app.web.sign_in import signed_in_role

EVERYONE: Final = "everyone"
_SAFE_METHODS: Final = {"GET", "HEAD", "OPTIONS"}


class RowNumber(IntegerConverter):
    """A number in an address that a database row can have; any other is no such page, on both databases."""

    regex = "[0-9]+"  # the usual one takes the digits of every script: a second address for each page

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        """Take the largest 32-bit number as the default limit."""
        super().__init__(url_map, *args, **{"max": 2**31 - 1, **kwargs})


def admit(blueprint: Blueprint, *roles: str) -> Blueprint:
    """Say who may enter a blueprint: EVERYONE, or roles (an admin may enter wherever a coordinator may)."""
    allowed = set(roles)
    if COORDINATOR in allowed:
        allowed.add(ADMIN)
    unknown = allowed - {EVERYONE, COORDINATOR, TECHNICIAN, ADMIN}
    if unknown or not allowed:
        raise ValueError(f"{blueprint.name} admits nobody we know: {sorted(unknown)}")
    blueprint.admits = frozenset(allowed)  # type: ignore[attr-defined]
    return blueprint


def admitted(app: Flask, endpoint: str) -> Collection[str]:
    """Return who may enter an endpoint; nobody when its blueprint has not said so."""
    if endpoint == "static":
        return {EVERYONE}
    name = endpoint.rpartition(".")[0]
    found: Collection[str] = getattr(app.blueprints.get(name), "admits", ())
    return found


def install(app: Flask) -> None:
    """Put the guard before every request."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_read_only_when_safe)
    app.before_request(lambda: _check(app))
    app.teardown_request(_writable_again)


def _read_only_when_safe() -> None:
    set_reading(only=request.method in _SAFE_METHODS)


def _writable_again(_error: BaseException | None) -> None:
    db.session.rollback()  # what a request did not commit, it did not do
    set_reading(only=False)


def _check(app: Flask) -> Response | None:
    if request.endpoint is None:
        return None  # no such page: the router answers 404 or 405 itself
    allowed = admitted(app, request.endpoint)
    if EVERYONE in allowed:
        return None
    role = signed_in_role()
    if role is None:
        if request.path.startswith("/api/"):
            abort(401)
        return redirect(url_for("account.login", next=request.full_path if request.method == "GET" else None))
    if role not in allowed:
        abort(403)
    return None
