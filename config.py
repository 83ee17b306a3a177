"""Settings: read once from the environment, handed on as one frozen value.

Every setting, its default and its unit stands in docs/operations.md; a house test compares the two.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent


class BadSetting(ValueError):
    """A setting cannot be used as it stands; the message names it and says why."""


@dataclass(frozen=True)
class Settings:
    """All that may differ between two installations. Sizes in bytes, times in the unit their name ends with."""

    instance: Path
    secret_key: str
    secret_key_fallbacks: tuple[str, ...] = ()
    database_url: str = ""
    photo_store_url: str = ""
    jobs_url: str = ""
    mail_url: str = ""
    mail_from: str = "ljuspunkt@localhost"
    tile_url: str = ""
    vapid_private_key: str = ""
    push_contact: str = ""
    base_url: str = ""
    trusted_proxies: int = 0
    standing_now: datetime | None = None
    testing: bool = False
    rate_limits: bool = True
    photo_bytes_max: int = 20 * 1024 * 1024

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Settings:
        """Read the settings; raise BadSetting with the name of the first that cannot be used."""
        instance = Path(env.get("INSTANCE_PATH") or ROOT / "instance").resolve()
        _make(instance)
        return cls(
            instance=instance,
            secret_key=_secret_key(env, instance),
            secret_key_fallbacks=tuple(k for k in env.get("SECRET_KEY_FALLBACKS", "").split(",") if k),
            database_url=database_url(env.get("DATABASE_URL", ""), instance),
            photo_store_url=env.get("PHOTO_STORE_URL") or f"file://{instance / 'photos'}",
            jobs_url=env.get("JOBS_URL") or f"sqlite:///{instance / 'jobs.db'}",
            mail_url=env.get("MAIL_URL") or f"file://{instance / 'outbox'}",
            mail_from=env.get("MAIL_FROM") or "ljuspunkt@localhost",
            tile_url=_tile_url(env.get("TILE_URL", "")),
            vapid_private_key=env.get("VAPID_PRIVATE_KEY", ""),
            push_contact=_push_contact(env),
            base_url=_base_url(env.get("BASE_URL", "")),
            trusted_proxies=_whole_number(env, "TRUSTED_PROXIES", 0),
            standing_now=_standing_now(env.get("LJUSPUNKT_NOW", "")),
            rate_limits=_switch(env, "RATE_LIMITS"),
        )


def _make(instance: Path) -> None:
    """Make the folder for its owner alone: the database and what is written to residents lie there."""
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"INSTANCE_PATH {instance} cannot be used: {error.strerror}.") from error
    if not os.access(instance, os.R_OK | os.W_OK | os.X_OK):
        raise BadSetting(f"INSTANCE_PATH {instance} cannot be used: this user may not write there.")


def _base_url(given: str) -> str:
    if given and not given.startswith(("https://", "http://")):
        raise BadSetting("BASE_URL must begin with https:// or http://.")
    return given.rstrip("/")


def _switch(env: Mapping[str, str], name: str) -> bool:
    given = env.get(name) or "on"
    if given not in {"on", "off"}:
        raise BadSetting(f"{name} must be on or off, not {given!r}.")
    return given == "on"


def _secret_key(env: Mapping[str, str], instance: Path) -> str:
    """The given key, or one generated once and kept readable by its owner only."""
    given = env.get("SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise BadSetting("SECRET_KEY must be at least 32 characters; leave it out to have one generated.")
        return given
    path, written = instance / "secret_key", instance / f".secret_key.{secrets.token_hex(8)}"
    if not path.exists():
        written.touch(mode=0o600)
        written.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            path.hardlink_to(written)  # whole or not at all, and only the first of those that start at this moment
        except FileExistsError:
            pass
        finally:
            written.unlink()
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 32:
        raise BadSetting(f"The key in {path} is too short; remove the file to have a new one generated.")
    return key


def database_url(given: str, instance: Path) -> str:
    """Return an address as the service uses it, the instance's own file when none is given; BadSetting for another kind."""
    url = given or f"sqlite:///{instance / 'ljuspunkt.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting("DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    return url


def _push_contact(env: Mapping[str, str]) -> str:
    """Where the makers of browsers reach whoever runs this (RFC 8292 asks for it)."""
    given = env.get("PUSH_CONTACT") or f"mailto:{env.get('MAIL_FROM') or 'ljuspunkt@localhost'}"
    if not given.startswith(("mailto:", "https://")):
        raise BadSetting("PUSH_CONTACT must begin with mailto: or https://.")
    return given


def _tile_url(given: str) -> str:
    """Nothing, a PMTiles file of ours, or (the operator's own decision) an address at another host."""
    away = given.startswith(("https://", "http://"))
    pattern = all(part in given for part in ("{z}", "{x}", "{y}"))
    if given and not given.endswith(".pmtiles") and not (away and pattern):
        raise BadSetting("TILE_URL must be a PMTiles file, or an https address of one, or one with {z}, {x} and {y}.")
    if away and any(c in given for c in " ;,'\"<>\n"):
        raise BadSetting("TILE_URL must be one plain address.")
    return given


def _whole_number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, "")
    if not value:
        return default
    if not value.isdecimal():
        raise BadSetting(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def _standing_now(value: str) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadSetting(f"LJUSPUNKT_NOW must be an ISO 8601 time, not {value!r}.") from error
    if moment.tzinfo is None:
        raise BadSetting("LJUSPUNKT_NOW needs a time zone, for example 2026-11-24T21:00:00+01:00.")
    return moment
