"""Pages on paper: tagged for those who listen, and nothing fetched from anywhere."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from app.adapters import pdf
from tests.builders import jpeg

BASE = "https://ljus.example/kalmar"
PAGE = '<html lang="sv"><head><title>Sammanställning</title>{head}</head><body><h1>Norrliden</h1>{body}</body></html>'


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "ours.css").write_text("h1 { color: red }", encoding="utf-8")
    (tmp_path / "secret_key").write_text("nobody reads this", encoding="utf-8")
    return folder


def nothing(_name: str, _variant: str) -> None:
    return None


def drawn(static: Path, body: str = "", head: str = "", photo: pdf.Photo = nothing) -> bytes:
    return pdf.draw(PAGE.format(head=head, body=body), base_url=BASE, static=static, photo=photo)


def insides(document: bytes) -> bytes:
    """Return the document with its compressed streams unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL)
    plain = [document]
    for stream in streams:
        try:
            plain.append(zlib.decompress(stream))
        except zlib.error:
            plain.append(stream)
    return b"\n".join(plain)


def test_a_document_is_tagged_and_says_its_language_and_title(static) -> None:
    text = insides(drawn(static, "<table><thead><tr><th scope='col'>Fläck</th></tr></thead></table>"))
    assert b"pdfuaid" in text
    assert re.search(rb"/Marked\s+true", text)
    assert re.search(rb"/Lang\s*\(sv\)", text)
    assert re.search(rb"/DisplayDocTitle\s+true", text)
    assert {b"/H1", b"/Table", b"/TH"} <= set(re.findall(rb"/(?:H1|Table|TH)\b", text))


def test_a_photo_comes_along_only_when_its_reader_may_see_it(static) -> None:
    body = '<img alt="Tunneln" src="/kalmar/photos/abc/small">'
    asked: list[tuple[str, str]] = []

    def photo(name: str, variant: str) -> bytes:
        asked.append((name, variant))
        return jpeg()

    assert b"/Image" in insides(drawn(static, body, photo=photo))
    assert asked == [("abc", "small")]
    assert b"/Subtype /Image" not in insides(drawn(static, body))


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/kalmar/static/ours.css",
        "http://ljus.example/kalmar/static/ours.css",
        "https://ljus.example:8443/kalmar/static/ours.css",
        "https://ljus.example/static/ours.css",
        "file:///etc/passwd",
        f"{BASE}/static/../secret_key",
        f"{BASE}/static/%2e%2e/secret_key",
        f"{BASE}/static/",
        f"{BASE}/coordinator/inbox",
        f"{BASE}/photos/abc/small",
    ],
)
def test_every_address_that_is_not_a_file_of_ours_is_refused(static, address: str) -> None:
    with pytest.raises(pdf.Refused):
        pdf.own_file(address, base_url=BASE, static=static, photo=nothing)


def test_a_page_that_points_outside_is_drawn_and_no_connection_is_opened(static, monkeypatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: opened.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **_kw: opened.append(asked) or [])
    body = '<img alt="" src="https://elsewhere.example/a.png"><img alt="" src="file:///etc/hostname">'
    head = '<link rel="stylesheet" href="http://elsewhere.example/a.css"><style>@import "http://elsewhere.example/b.css";</style>'
    assert drawn(static, body, head).startswith(b"%PDF-")
    assert opened == []


def test_a_start_loads_no_library_that_only_some_pages_need() -> None:
    heavy = [
        "folium",
        "holidays",
        "numba",
        "ortools",
        "osmium",
        "pandas",
        "pyogrio",
        "pywebpush",
        "scipy",
        "weasyprint",
    ]
    code = f"import sys, app.factory; print(*sorted(set({heavy}) & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.split() == []
