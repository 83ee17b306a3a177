"""Promises of `move-from`: whoever began on one kind of database goes on with the other, with everything or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from geoalchemy2.elements import WKBElement
from geoalchemy2.shape import to_shape
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from app.factory import create_app
from app.models.base import db, reading
from app.models.reports import Report
from tests.builders import Scene
from tests.conftest import settings_for

pytestmark = pytest.mark.usefixtures("empty_store")


@contextmanager
def house(url: str, folder: Path) -> Iterator[Flask]:
    """Give a service of its own on this database, which has its tables."""
    app = create_app(settings_for(url, folder))
    try:
        with app.app_context():
            upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()
    finally:
        app.extensions["ljuspunkt"].cleaner.close()


@pytest.fixture
def new_url(scene: Scene, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty database of the kind that the test runs on."""
    del scene
    if db.engine.dialect.name != "postgresql":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    name, engine = "moved", db.engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template_gis"))
    yield engine.url.set(database=name).render_as_string(hide_password=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def run(app: Flask, *words: str, **environment: str) -> Result:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=list(words), env=environment)
    db.session.expire_all()
    return result


def lived_in(app: Flask) -> str:
    """Return the receipt of one who reported, in a service with people, spots, walks, plans and tickets."""
    assert run(app, "demo", "--reports", "20").exit_code == 0
    first, second = db.session.scalars(select(Report).order_by(Report.id).limit(2)).all()
    first.duplicate_of_id = second.id  # one that is named before it is there
    db.session.commit()
    return reported(app)


def reported(app: Flask) -> str:
    """Return the address of the receipt of a report that is sent now."""
    app.config["WTF_CSRF_ENABLED"] = False
    lon, lat = db.session.execute(select(Report.lon, Report.lat).limit(1)).one()
    sent = {"client_id": str(uuid.uuid4()), "lat": str(lat), "lon": str(lon), "method": "pin", "categories": "lamp_out"}
    answer = app.test_client().post("/report", data=sent)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, a geometry as its corners."""
    with reading(), engine.connect() as connection:
        return {
            table.name: [
                tuple(map(_value, row)) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in db.metadata.sorted_tables
        }


def _value(value: Any) -> Any:
    return to_shape(value).wkt if isinstance(value, WKBElement) else value


def test_whoever_began_on_sqlite_goes_on_with_every_row_number_and_receipt(new_url: str, tmp_path: Path) -> None:
    old_url = f"sqlite:///{tmp_path / 'old.db'}"
    with house(old_url, tmp_path / "house") as app:
        receipt, before = lived_in(app), everything(db.engine)
    with house(new_url, tmp_path / "house") as app:
        said = run(app, "move-from", old_url)
        assert said.exit_code == 0, said.output
        assert f"{len(before['report'])} reports among them" in said.output
        assert everything(db.engine) == before
        assert app.test_client().get(receipt).status_code == 200
        assert app.test_client().get(reported(app)).status_code == 200
        with pytest.raises(DBAPIError):
            db.session.execute(text("DELETE FROM history"))
        db.session.rollback()


def test_the_way_back_to_a_file_is_open_too(scene: Scene, tmp_path: Path) -> None:
    scene.spot(*scene.reports_at(3))
    scene.ticket(lamp=scene.lamp("OX-1"))
    before, here = everything(db.engine), db.engine.url.render_as_string(hide_password=False)
    db.session.remove()
    with house(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "house") as app:
        said = run(app, "move-from", OLD_DATABASE_URL=here)  # so that no list of processes shows a password
        assert said.exit_code == 0, said.output
        assert everything(db.engine) == before


def test_nothing_is_moved_to_where_somebody_works(scene: Scene, tmp_path: Path) -> None:
    with house(f"sqlite:///{tmp_path / 'old.db'}", tmp_path / "house"):
        pass
    scene.report()
    before = everything(db.engine)
    said = run(scene.app, "move-from", f"sqlite:///{tmp_path / 'old.db'}")
    assert (said.exit_code, everything(db.engine) == before) == (1, True)
    assert "1 in report. Rows are moved only to where nobody works yet." in said.output


@pytest.mark.parametrize(
    ("old", "why"),
    [
        ("sqlite:////nowhere/old.db", "there is no file"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/x", "refused"),
        ("what", "must begin with"),
        ("postgresql://nobody@127.0.0.1:1/x", "refused"),
    ],
)
def test_an_old_database_that_is_not_there_is_said_to_be_so(
    scene: Scene, new_url: str, tmp_path: Path, old: str, why: str
) -> None:
    del scene
    db.session.remove()
    with house(new_url, tmp_path / "house") as app:
        said = run(app, "move-from", old)
        assert said.exit_code == 1
        assert "Nothing was moved" in said.output
        assert why in said.output


def test_what_the_new_database_cannot_keep_moves_nothing(scene: Scene, new_url: str, tmp_path: Path) -> None:
    old_url = f"sqlite:///{tmp_path / 'old.db'}"
    with house(old_url, tmp_path / "house") as app:
        Scene(app, scene.now).report()
        db.session.execute(text("UPDATE report SET district_id = NULL"))
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    with house(new_url, tmp_path / "house") as app:
        said = run(app, "move-from", old_url)
        assert said.exit_code == 1
        assert "the old database is at revision 0001" in said.output
        assert db.session.scalars(select(Report)).all() == []
