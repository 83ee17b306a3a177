"""The municipality's own key for messages to phones (RFC 8292): given by a setting, or made once and kept."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import Final

from app.adapters.push import WebPush

FILE: Final = "vapid_key"
KEY_BYTES: Final = 32
SAID: Final = "VAPID_PRIVATE_KEY (or the file vapid_key) must be 32 bytes in base64url."


class BadKey(ValueError):
    """The key cannot be used; the message says where it came from."""


def open_push(instance: Path, given: str, contact: str) -> WebPush:
    """Return what sends, with the key of the setting or of the instance's file (made when it is first needed).

    Raises:
        BadKey: the setting's key cannot be used.

    """
    if given:
        public_of(given)

    def keys() -> tuple[str, str]:
        private = given or _kept(instance / FILE)
        return private, public_of(private)

    return WebPush(keys, contact)


def public_of(private: str) -> str:
    """Return the public key (65 bytes, base64url) of a private one (32 bytes, base64url)."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  (slow to load)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    try:
        data = _bytes(private)
        if len(data) != KEY_BYTES:
            raise BadKey(SAID)
        number = int.from_bytes(data, "big")
        key = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    except ValueError as error:
        raise BadKey(SAID) from error
    return _text(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _kept(path: Path) -> str:
    if not path.exists():
        written = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        written.touch(mode=0o600)
        written.write_text(_new(), encoding="ascii")
        try:
            path.hardlink_to(written)  # whole or not at all, and only the first of those that start at this moment
        except FileExistsError:
            pass
        finally:
            written.unlink()
    return path.read_text(encoding="ascii").strip()


def _new() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    return _text(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
