"""Word to a phone that asked for it (RFC 8030, 8291, 8292): encrypted here, handed to the host that the browser chose.

The address comes from a browser, so it is not believed: https on the usual port, a name that leads to public addresses
only, no redirects, and the peer that was reached is looked at again before a byte of the message is sent.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

TIMEOUT_S: Final = 10
TTL_S: Final = 3 * 24 * 3600
ENDPOINT_LENGTH_MAX: Final = 500
GONE: Final = frozenset({404, 410})
Resolve = Callable[[str], Iterable[str]]


class Refused(ValueError):
    """The address is none that we send anything to."""


class Gone(LookupError):
    """The phone no longer takes messages at this address."""


class PushFailed(OSError):
    """The message could not be handed over now; it may be tried again."""


@dataclass(frozen=True)
class Phone:
    """Where a message for one phone is handed over, and the keys that only that phone can open it with."""

    endpoint: str
    p256dh: str
    auth: str


class Push(Protocol):
    """Something that takes messages for phones."""

    @property
    def public_key(self) -> str:
        """The key that a browser subscribes with."""

    def send(self, phone: Phone, message: Mapping[str, str]) -> None:
        """Hand one message over, or raise Gone, Refused or PushFailed."""


def resolve(host: str) -> list[str]:
    """Return the addresses of a host."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """True for an address of the open internet: not ours, not a neighbour's, not the machine's own."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


def check_form(endpoint: str) -> str:
    """Return the host of an endpoint whose form may be sent to; raise Refused for any other."""
    try:
        parts = urlsplit(endpoint)
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise Refused("not an address") from error
    plain = parts.scheme == "https" and port in {None, 443} and not parts.username and not parts.password
    printable = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    if not (plain and printable and "." in host and len(endpoint) <= ENDPOINT_LENGTH_MAX):
        raise Refused("only https at a named host")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    raise Refused("a number is no host")


def check(endpoint: str, resolver: Resolve = resolve) -> None:
    """Raise Refused unless the endpoint is https at a host whose every address is public."""
    host = check_form(endpoint)
    try:
        addresses = list(resolver(host))
    except OSError as error:
        raise PushFailed(f"no address for {host}") from error
    if not addresses or not all(map(is_public, addresses)):
        raise Refused("not a public host")


class WebPush:
    """Sends with the municipality's own key; `contact` is where the browser's maker reaches the operator."""

    def __init__(self, keys: Callable[[], tuple[str, str]], contact: str) -> None:
        self._find_keys, self._contact = keys, contact

    @cached_property
    def _keys(self) -> tuple[str, str]:
        return self._find_keys()

    @property
    def public_key(self) -> str:
        """The key that a browser subscribes with: an uncompressed point, base64url."""
        return self._keys[1]

    def send(self, phone: Phone, message: Mapping[str, str]) -> None:
        """Check the address, encrypt and hand over."""
        import pywebpush  # noqa: PLC0415  (slow to load, and few need it)
        import requests  # noqa: PLC0415

        check(phone.endpoint)
        subscription = {"endpoint": phone.endpoint, "keys": {"p256dh": phone.p256dh, "auth": phone.auth}}
        with _careful_session(requests) as session:
            try:
                pywebpush.webpush(
                    subscription, json.dumps(message, ensure_ascii=False), vapid_private_key=self._keys[0],
                    vapid_claims={"sub": self._contact}, ttl=TTL_S, timeout=TIMEOUT_S, requests_session=session,
                    headers={"Urgency": "low"},
                )  # fmt: skip
            except pywebpush.WebPushException as error:
                status = getattr(error.response, "status_code", None)
                if status in GONE:
                    raise Gone(phone.endpoint) from error
                raise PushFailed(f"answered {status}") from error
            except (OSError, ValueError) as error:
                raise PushFailed(str(error)) from error


def _careful_session(requests: Any) -> Any:
    """Return a session without proxies of the environment, redirects or trust in a name that changed its mind."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    adapter = requests.adapters.HTTPAdapter(max_retries=0)
    pools = adapter.poolmanager.pool_classes_by_scheme.copy()
    base = pools["https"].ConnectionCls

    class Looked(base):  # type: ignore[misc, valid-type]
        """A connection that looks at whom it reached before it says anything."""

        def _new_conn(self) -> socket.socket:
            reached: socket.socket = super()._new_conn()
            if not is_public(str(reached.getpeername()[0])):
                reached.close()
                raise OSError("the host led to an address that is not public")
            return reached

    pool = type("LookedPool", (pools["https"],), {"ConnectionCls": Looked})
    adapter.poolmanager.pool_classes_by_scheme = {**pools, "https": pool}
    session.mount("https://", adapter)
    session.mount("http://", _Nowhere())
    return session


class _Nowhere:
    """Takes no request: nothing is ever sent without encryption."""

    def send(self, *_args: Any, **_kwargs: Any) -> Any:
        raise OSError("only https")

    def close(self) -> None:
        """Nothing is open."""
