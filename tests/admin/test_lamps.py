"""Promises of the register's page: nothing is written before it was shown, and then all of it or nothing."""

from __future__ import annotations

import io
import json

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models.base import db
from app.models.lamps import Lamp, RegisterFile
from tests.builders import Scene

TABLE = (
    "id;stolpnummer;y;x;ägare;märkning\nL1;SK-1;56.6761;16.3351;Kommunen;a\nL2;SK-2;56.6762;16.3352;Vägföreningen;b\n"
)


def sent(admin: FlaskClient, text: str, name: str = "lampor.csv", **more: str) -> str:
    answer = admin.post("/admin/lamps", data={"file": (io.BytesIO(text.encode()), name), **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def work(scene: Scene) -> None:
    """Let the worker do what waits, as its thread would."""
    db.session.remove()
    scene.app.extensions["ljuspunkt"].jobs._round_of_work()


def compared(admin: FlaskClient, scene: Scene, text: str, **columns: str) -> str:
    address = sent(admin, text)
    work(scene)
    chosen = {"column_id": "id", "column_lon": "x", "column_lat": "y", "column_pole_number": "stolpnummer", **columns}
    assert admin.post(f"{address}/columns", data=chosen).status_code == 303
    work(scene)
    return address


def lamps() -> dict[str, Lamp]:
    db.session.expire_all()
    return {lamp.asset_id: lamp for lamp in db.session.scalars(select(Lamp))}


def test_a_file_shows_its_columns_and_first_rows_before_anything_else(scene: Scene):
    admin = scene.signed_in("admin")
    address = sent(admin, TABLE)
    waiting = admin.get(address)
    assert waiting.headers["Refresh"]
    work(scene)
    page = admin.get(address).text
    assert "Vägföreningen" in page
    assert '<option value="stolpnummer" selected>' in page
    assert lamps() == {}


def test_one_row_is_called_a_row_and_several_are_called_rows(scene: Scene):
    admin, one = scene.signed_in("admin"), "".join(TABLE.splitlines(keepends=True)[:2])
    pages = []
    for table in (one, TABLE):
        address = sent(admin, table)
        work(scene)
        pages += [BeautifulSoup(admin.get(f"{address}?lang={lang}").text, "html5lib") for lang in ("sv", "en")]
    said = [page.select_one("h1 + p").text.partition("·")[0].split()[-2:] for page in pages]
    assert said == [["1", "rad"], ["1", "row"], ["2", "rader"], ["2", "rows"]]


def test_nothing_is_written_until_somebody_has_seen_the_difference(scene: Scene):
    admin = scene.signed_in("admin")
    address = compared(admin, scene, TABLE, column_owner="ägare")
    assert lamps() == {}
    assert "<strong>2</strong> nya" in admin.get(address).text
    admin.post(f"{address}/write")
    work(scene)
    assert set(lamps()) == {"L1", "L2"}
    assert lamps()["L1"].properties == {"märkning": "a"}
    again = compared(admin, scene, TABLE.replace("SK-2", "SK-9").replace("56.6761", "56.6771"), column_owner="ägare")
    page = admin.get(again).text
    assert "SK-9" in page
    assert "56.677100, 16.335100" in page
    assert lamps()["L2"].pole_number == "SK-2"


def test_a_field_without_a_column_stays_as_the_register_has_it(scene: Scene):
    admin = scene.signed_in("admin")
    address = compared(admin, scene, TABLE)
    admin.post(f"{address}/write")
    work(scene)
    lamp = lamps()["L1"]
    lamp.status, lamp.off_reason = "deliberately_off", "Släckt nattetid."
    db.session.commit()
    address = compared(admin, scene, TABLE.replace("SK-1;", "SK-7;"))
    admin.post(f"{address}/write")
    work(scene)
    kept = lamps()["L1"]
    assert (kept.pole_number, kept.status, kept.off_reason) == ("SK-7", "deliberately_off", "Släckt nattetid.")


def test_one_bad_row_refuses_the_file_and_says_which(scene: Scene):
    admin = scene.signed_in("admin")
    address = compared(admin, scene, TABLE + "L3;SK-3;;16.3;;\n")
    page = admin.get(address).text
    assert "Rad 3 (L3): läget saknas." in page
    admin.post(f"{address}/write")
    work(scene)
    assert lamps() == {}


def test_a_table_in_sweref_becomes_degrees_when_its_system_is_named(scene: Scene):
    admin = scene.signed_in("admin")
    address = sent(admin, "id;x;y\nL1;581800;6282500\n", crs="EPSG:3006")
    work(scene)
    admin.post(f"{address}/columns", data={"column_id": "id", "column_lon": "x", "column_lat": "y"})
    work(scene)
    admin.post(f"{address}/write")
    work(scene)
    assert 16.3 < lamps()["L1"].lon < 16.4
    assert 56.6 < lamps()["L1"].lat < 56.7


def test_a_missing_column_is_asked_for_beside_its_field_and_nothing_is_lost(scene: Scene):
    admin = scene.signed_in("admin")
    address = sent(admin, TABLE)
    work(scene)
    answer = admin.post(f"{address}/columns", data={"column_lon": "x", "column_lat": "y", "column_owner": "ägare"})
    assert answer.status_code == 422
    assert 'id="column_id-error"' in answer.text
    assert '<option value="ägare" selected>' in answer.text


def test_what_is_no_map_file_is_refused_in_words(scene: Scene):
    admin = scene.signed_in("admin")
    assert admin.post("/admin/lamps", data={}).status_code == 422
    for name, text in (
        ("lampor.exe", "x"),
        ("lampor.geojson", "{"),
        ("lampor.geojson", json.dumps({"type": "Topology"})),
    ):
        address = sent(admin, text, name)
        work(scene)
        assert "Inget lästes in" in admin.get(address).text


def test_an_empty_file_is_called_empty_and_not_missing(scene: Scene):
    answer = scene.signed_in("admin").post("/admin/lamps", data={"file": (io.BytesIO(b""), "tom.csv")})
    assert answer.status_code == 422
    assert "Filen tom.csv är tom." in answer.text


def test_a_file_that_the_server_died_of_thrice_is_not_read_for_ever(scene: Scene):
    admin = scene.signed_in("admin")
    address = sent(admin, TABLE)
    kept = db.session.scalars(select(RegisterFile)).one()
    kept.outcome = {"tries": 3}
    db.session.commit()
    work(scene)
    page = admin.get(address).text
    assert "Gick inte att läsa in" in page
    assert "Servern stannade medan filen lästes" in page


def test_a_file_that_was_thrown_away_is_gone_with_its_content(scene: Scene):
    admin = scene.signed_in("admin")
    address = compared(admin, scene, TABLE)
    assert admin.post(f"{address}/throw-away").status_code == 303
    assert admin.get(address).status_code == 404
    assert db.session.scalars(select(RegisterFile)).all() == []
