"""The parts that the factory put together, as a request reaches them."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import current_app, g, url_for

from app.adapters.clock import Clock
from app.adapters.images import ImageCleaner
from app.adapters.jobs import Jobs
from app.adapters.mail import Mail
from app.adapters.photo_store import PhotoStore
from app.adapters.push import Push
from app.services.reports import Keys
from config import Settings

KEY = "ljuspunkt"


@dataclass(frozen=True)
class Parts:
    """Everything that talks to the world, and the settings."""

    settings: Settings
    clock: Clock
    cleaner: ImageCleaner
    photo_store: PhotoStore
    mail: Mail
    push: Push
    jobs: Jobs
    listening: list[str] = field(default_factory=list)
    """The address at which this process answers, once it does."""

    @property
    def address(self) -> str:
        """The public address, for links in mails: the operator's, else where this process answers."""
        return self.settings.base_url or next(iter(self.listening), "http://127.0.0.1:5000")

    @property
    def keys(self) -> Keys:
        """The receipt keys, current first."""
        return Keys(self.settings.secret_key, self.settings.secret_key_fallbacks)


def parts() -> Parts:
    """Return the parts of the running app."""
    return cast("Parts", current_app.extensions[KEY])


def do_without_database() -> None:
    """Let the page that is drawn next ask nothing of the database: it is the page that says there is none."""
    g.without_database = True


def without_database() -> bool:
    """Tell whether this answer has to be made without the database."""
    return bool(g.get("without_database"))


def now() -> datetime:
    """Return the moment of this request by the app's clock."""
    return parts().clock.now()


def base_url() -> str:
    """Return the address that residents reach us at, for links in mails and feeds."""
    return parts().settings.base_url or url_for("resident.start", _external=True).rstrip("/")


def random_numbers(count: int) -> list[int]:
    """Return random whole numbers for references."""
    return [secrets.randbelow(2**31) for _ in range(count)]


def random_id() -> str:
    """Return an id for a form, so that sending it twice is once."""
    return str(uuid.uuid4())


def random_name() -> str:
    """Return 128 random bits as an address that nobody can guess."""
    return secrets.token_hex(16)
