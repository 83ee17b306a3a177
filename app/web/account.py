"""Signing in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.domain.people import TECHNICIAN
from app.web import sign_in
from app.web.guard import EVERYONE, admit
from app.web.security import SIGN_INS_PER_ACCOUNT, account_key, limiter

blueprint = admit(Blueprint("account", __name__), EVERYONE)


@blueprint.get("/login")
def login() -> str | Response:
    """Show the sign-in page, or go on when already signed in."""
    if sign_in.signed_in_role():
        return redirect(_home())
    return render_template("account/login.html", email="", error="", onward=_onward(request.args.get("next", "")))


@blueprint.post("/login")
@limiter.limit(SIGN_INS_PER_ACCOUNT, key_func=account_key, deduct_when=lambda answer: answer.status_code == 401)
def enter() -> tuple[str, int] | Response:
    """Sign in; the answer is the same whether the address or the password was wrong."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    onward = _onward(request.form.get("next", ""))
    if not sign_in.enter(email[:320], password[:1024]):
        error = gettext("Adressen eller lösenordet stämmer inte.")
        return render_template("account/login.html", email=email, error=error, onward=onward), 401
    return redirect(onward or _home())


@blueprint.post("/logout")
def leave() -> Response:
    """Sign out, in the database too."""
    sign_in.leave()
    return redirect(url_for("account.login"))


def _home() -> str:
    if sign_in.signed_in_role() == TECHNICIAN:
        return url_for("technician.tickets")
    return url_for("dashboard.overview")


def _onward(given: str) -> str:
    """Return a path on this site to go on to, or nothing (no open redirects)."""
    parts = urlsplit(given)
    bad = parts.scheme or parts.netloc or not given.startswith("/") or given.startswith("//") or "\\" in given
    return "" if bad or any(ord(c) < 32 for c in given) else given
