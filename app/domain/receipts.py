"""The receipt: a secret link that opens one report, and a short reference that opens nothing.

The secret is derived from `client_id` by HMAC-SHA256 under a server key, so that a repeated sending gets the same
link; only its SHA-256 is stored. 256 bits (OWASP ASVS 5.0, 11.5.1: a UUID alone is not a secret).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence

REFERENCE_LETTERS = "ABCDEFGHJKLMNPRTUVXYZ"
REFERENCE_SIGNS = "23456789ABCDEFGHJKLMNPRTUVXYZ"


def secret(client_id: str, key: str) -> str:
    """Return the receipt secret (43 URL-safe characters, 256 bits) for a sending with this `client_id`."""
    digest = hmac.new(key.encode(), b"receipt:" + client_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def secret_hash(receipt: str) -> str:
    """Return what is stored of a receipt: hex SHA-256 of the secret (it has full entropy, so no salt is needed)."""
    return hashlib.sha256(receipt.encode()).hexdigest()


def secret_matching(client_id: str, stored_hash: str, keys: Iterable[str]) -> str | None:
    """Return the secret whose hash was stored, trying the current key and then the retired ones; None if no key fits."""
    for key in keys:
        candidate = secret(client_id, key)
        if hmac.compare_digest(secret_hash(candidate), stored_hash):
            return candidate
    return None


def reference(numbers: Sequence[int]) -> str:
    """Return a speakable reference such as `K7-4F2` from five random whole numbers (each taken modulo its alphabet)."""
    letter = REFERENCE_LETTERS[numbers[0] % len(REFERENCE_LETTERS)]
    rest = [REFERENCE_SIGNS[n % len(REFERENCE_SIGNS)] for n in numbers[1:5]]
    return f"{letter}{rest[0]}-{''.join(rest[1:])}"


def fingerprint(parts: Iterable[bytes]) -> str:
    """Return hex SHA-256 over length-prefixed parts: the same body gives the same fingerprint, and only that."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
