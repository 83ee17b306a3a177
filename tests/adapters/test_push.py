"""A message to a phone goes to a public host over https, or nowhere."""

from __future__ import annotations

import base64
import os
import socket
from pathlib import Path
from typing import Any

import pytest
import requests

from app.adapters import push, push_keys
from app.adapters.push import Gone, Phone, PushFailed, Refused, check, is_public

PUBLIC = "93.184.215.14"
ENDPOINT = "https://push.browser.example/send/abc"


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture
def phone(tmp_path: Path) -> Phone:
    """Return a phone with keys of its own."""
    (tmp_path / "phone").mkdir()
    key = push_keys.open_push(tmp_path / "phone", "", "mailto:a@b.example").public_key
    return Phone(ENDPOINT, key, text(os.urandom(16)))


@pytest.fixture
def sender(tmp_path: Path) -> push.WebPush:
    return push_keys.open_push(tmp_path, "", "mailto:drift@kommun.example")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.browser.example/a", "https://push.browser.example:8443/a", "https://user:pw@push.browser.example/a",
        "https://127.0.0.1/a", "https://[::1]/a", "https://2130706433/a", "https://localhost/a", "file:///etc/passwd",
        "ftp://push.browser.example/a", "https:///a", "", "not an address", "https://push.browser.example/" + "a" * 600,
        "https://push.browser.example/a b", "https://push.browser.example:x/a", "https://10.0.0.1:443/a",
    ],
)  # fmt: skip
def test_an_address_of_another_form_is_refused_before_anything_is_looked_up(endpoint: str) -> None:
    def never(host: str) -> list[str]:
        raise AssertionError(host)

    with pytest.raises(Refused):
        check(endpoint, never)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
        "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:7f00:1::", "x",
    ],
)  # fmt: skip
def test_a_name_that_leads_to_an_address_of_our_own_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Refused):
        check(ENDPOINT, lambda _: [PUBLIC, address])


def test_a_name_that_leads_to_public_addresses_only_is_taken() -> None:
    check(ENDPOINT, lambda _: [PUBLIC, "2606:4700::1111"])


def test_a_name_without_an_address_is_tried_again_later() -> None:
    def nobody(host: str) -> list[str]:
        raise OSError(host)

    with pytest.raises(PushFailed):
        check(ENDPOINT, nobody)


def test_a_host_that_changes_its_mind_after_the_look_up_gets_not_a_byte(
    sender: push.WebPush, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(5)
        port = inside.getsockname()[1]
        monkeypatch.setattr(push, "resolve", lambda _: [PUBLIC])
        monkeypatch.setattr(push.check, "__defaults__", (push.resolve,))
        real = socket.create_connection
        monkeypatch.setattr("urllib3.util.connection.create_connection", lambda *_a, **_k: real(("127.0.0.1", port)))
        with pytest.raises(PushFailed):
            sender.send(phone, {"title": "x"})
        reached, _ = inside.accept()
        reached.settimeout(5)
        heard.append(reached.recv(10))
        reached.close()
    assert heard == [b""]


def answering(status: int) -> Any:
    """Return what stands in for the other side: keeps the requests and answers with one status."""
    kept: list[requests.PreparedRequest] = []

    class Side(requests.adapters.BaseAdapter):
        def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
            kept.append(request)
            answer = requests.Response()
            answer.status_code, answer.url, answer.request = status, str(request.url), request
            answer._content = b""
            return answer

        def close(self) -> None: ...

    def session(_: Any) -> requests.Session:
        made = requests.Session()
        made.mount("https://", Side())
        return made

    return session, kept


def deliver(sender: push.WebPush, phone: Phone, monkeypatch: pytest.MonkeyPatch, status: int) -> list[Any]:
    session, kept = answering(status)
    monkeypatch.setattr(push, "_careful_session", session)
    monkeypatch.setattr(push, "check", lambda _: None)
    sender.send(phone, {"title": "Ljuspunkt", "body": "Det finns något nytt att läsa."})
    return kept


def test_what_is_said_leaves_encrypted_and_signed_with_our_key(
    sender: push.WebPush, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    [request] = deliver(sender, phone, monkeypatch, 201)
    assert b"Ljuspunkt" not in request.body
    assert request.headers["content-encoding"] == "aes128gcm"
    assert sender.public_key in request.headers["Authorization"]
    assert request.headers["Urgency"] == "low"


@pytest.mark.parametrize(("status", "raised"), [(410, Gone), (404, Gone), (500, PushFailed), (429, PushFailed)])
def test_a_phone_that_is_gone_is_told_apart_from_one_that_is_busy(
    sender: push.WebPush, phone: Phone, monkeypatch: pytest.MonkeyPatch, status: int, raised: type[Exception]
) -> None:
    with pytest.raises(raised):
        deliver(sender, phone, monkeypatch, status)


def test_the_key_is_made_once_kept_from_others_and_found_again(tmp_path: Path) -> None:
    first = push_keys.open_push(tmp_path, "", "mailto:a@b.example").public_key
    assert first == push_keys.open_push(tmp_path, "", "mailto:a@b.example").public_key
    assert len(base64.urlsafe_b64decode(first + "=")) == 65
    assert (tmp_path / push_keys.FILE).stat().st_mode & 0o077 == 0


def test_no_key_is_made_where_one_is_given(tmp_path: Path) -> None:
    given = text((7).to_bytes(32, "big"))
    assert push_keys.open_push(tmp_path, given, "mailto:a@b.example").public_key == push_keys.public_of(given)
    assert not (tmp_path / push_keys.FILE).exists()


def test_a_key_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(push_keys.BadKey, match="VAPID_PRIVATE_KEY"):
        _ = push_keys.open_push(tmp_path, "AAAA", "mailto:a@b.example").public_key
