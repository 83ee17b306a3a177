"""What a weak line has to carry."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin

from flask.testing import FlaskClient

from app.web import shell
from tests.builders import Scene


def fetch(client: FlaskClient, address: str) -> tuple[bytes, int]:
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.data) if packed else answer.data), len(answer.data)


def carried(client: FlaskClient, address: str) -> tuple[int, set[str]]:
    """Return the bytes of a page with all its styles and scripts, and their addresses."""
    page, total = fetch(client, address)
    waiting = set(re.findall(r'(?:href|src)="(/(?:static/)?[^"]+\.(?:css|js|svg))"', page.decode()))
    seen: set[str] = set()
    while waiting - seen:
        address = (waiting - seen).pop()
        seen.add(address)
        text, size = fetch(client, address)
        total += size
        asked = re.findall(r'(?:from |import\(|new URL\()"(\.{1,2}/[^"]+\.js)"', text.decode())
        waiting |= {urljoin(address, name) for name in asked}  # also what a script asks for only when it is needed
    return total, seen


def test_the_report_page_and_all_it_needs_weigh_less_than_60_kilobytes(scene: Scene, client: FlaskClient) -> None:
    total, seen = carried(client, "/report")
    assert {
        "/resident.css",
        "/static/js/report.js",
        "/static/js/paint_over.js",
        "/static/vendor/idb/index.js",
    } <= seen
    assert total < 60_000


def test_a_file_that_is_the_same_for_everybody_says_so_and_what_speaks_a_language_says_that(
    scene: Scene, client: FlaskClient
) -> None:
    for path in (*shell.files(), "/sw.js", "/map/names.json"):
        with client.get(path) as answer:
            assert "Cookie" not in answer.headers.get("Vary", ""), path
    assert "Accept-Language" in client.get("/places.atom").headers["Vary"]


def test_with_the_map_it_weighs_less_than_120_kilobytes(scene: Scene, client: FlaskClient) -> None:
    for number in range(60):
        scene.lamp(f"OX-{number}", 16.33 + number * 1e-4)
    total, _ = carried(client, "/report")
    extra = sum(
        fetch(client, a)[1]
        for a in (
            "/static/vendor/leaflet/leaflet-phone.js",
            "/static/vendor/leaflet/leaflet-phone.css",
            "/static/vendor/protomaps-leaflet/protomaps-leaflet.js",
            "/map/base.geojson",
        )
    )
    assert total + extra < 115_000  # the squares of a map of our own come on top


def test_a_page_with_a_form_is_never_compressed_beside_what_somebody_typed(scene: Scene, client: FlaskClient) -> None:
    asked = client.get("/report?pole=guess", headers={"Accept-Encoding": "gzip, br"})
    sent = client.post("/report", data={"text": "guess"}, headers={"Accept-Encoding": "gzip, br"})
    assert sent.status_code == 422
    assert "Content-Encoding" not in asked.headers
    assert "Content-Encoding" not in sent.headers


def test_a_page_that_shows_nothing_of_whoever_asked_comes_compressed(scene: Scene, client: FlaskClient) -> None:
    answer = client.get("/report", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 8_000
