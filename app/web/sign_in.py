"""Who is signed in: Flask-Login holds the token, the database says whether it still counts."""

from __future__ import annotations

import secrets

from flask import Flask, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.domain.people import Actor
from app.models.base import set_reading
from app.services import staff as accounts
from app.web.parts import now, without_database


class Recogniser(LoginManager):
    """Flask-Login without its cookie that remembers for a year: looking for it would touch the session of every file."""

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


login_manager = Recogniser()


class Holder(UserMixin):
    """One signed-in browser. Its id is the token of its session row, not of the account."""

    def __init__(self, token: str, who: accounts.SignedIn) -> None:
        self.token, self.who = token, who

    def get_id(self) -> str:
        """Return what the browser holds."""
        return self.token


def install(app: Flask) -> None:
    """Teach the app to recognise its staff."""
    login_manager.init_app(app)
    # It marks every anonymous session as not fresh. That writes the cookie anew with each answer, and one that was on its
    # way during the sign-in would put the old cookie back. The token is a random row of our own; nothing asks for freshness.
    login_manager.session_protection = None
    app.after_request(_keep_alive)
    app.jinja_env.globals["staff_role"] = signed_in_role


@login_manager.user_loader
def _load(token: str) -> Holder | None:
    who = None if without_database() else accounts.signed_in(token, now=now())
    return Holder(token, who) if who else None


def enter(email: str, password: str) -> bool:
    """Sign in with a fresh token and a fresh session (nothing from before the sign-in survives it)."""
    token = secrets.token_urlsafe(32)
    staff = accounts.sign_in(email, password, token, now=now())
    if staff is None:
        return False
    session.clear()
    who = accounts.signed_in(token, now=now())
    return who is not None and bool(login_user(Holder(token, who)))


def leave() -> None:
    """End this sign-in in the database and in the browser."""
    if current_user.is_authenticated:
        accounts.sign_out(current_user.token, now=now())
    logout_user()
    session.clear()


def signed_in_role() -> str | None:
    """Return the role of the one who is signed in, or None."""
    return current_user.who.role if current_user.is_authenticated else None


def who() -> accounts.SignedIn:
    """Return the one who is signed in; only behind the guard."""
    found: accounts.SignedIn = current_user.who
    return found


def actor() -> Actor:
    """Return the one who is signed in as the one who acts."""
    return who().actor


def _keep_alive(response: Response) -> Response:
    """Half an hour of reading is not idleness: note the use every other minute, in a write of its own."""
    user = g.get("_login_user")
    if user is not None and user.is_authenticated and user.who.stale and response.status_code < 500:
        set_reading(only=False)
        accounts.touch(user.who.session_id, now=now())
    return response
