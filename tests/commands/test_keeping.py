"""Promises of `backup` and `restore`: what was kept comes back whole, and what is not whole changes nothing."""

from __future__ import annotations

import io
import os
import shutil
import signal
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.adapters import backup_file, database_copy
from app.adapters.backup_file import Contents
from app.adapters.photo_intake import key
from app.factory import create_app
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.photos import Photo
from app.models.reports import Report
from tests.builders import PASSWORD, Scene, jpeg
from tests.conftest import SECRET, empty_tables, settings_for

pytestmark = pytest.mark.usefixtures("empty_store")
NAME = "ab" * 16
SARA = "sara@kalmar.example"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ljuspunkt.backup"


def run(app: Flask, *words: object) -> Result:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    db.session.expire_all()
    return result


def lived_in(scene: Scene) -> Report:
    """Return a report with a photo, in a spot, in a municipality with somebody at the desk."""
    report = scene.report()
    scene.spot(report)
    run(scene.app, "staff", "create", SARA, "--role", "coordinator", "--password", PASSWORD)
    for variant in ("large", "small"):
        photo_store(scene.app).put(key(NAME, variant), jpeg(64, 48, "red"))
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    db.session.add(Photo(public_id=NAME, sha256="0" * 64, width=64, height=48, report_id=report.id, **stamp))
    db.session.commit()
    return report


def photo_store(app: Flask):
    return app.extensions["ljuspunkt"].photo_store


def lose_everything(app: Flask) -> None:
    empty_tables()
    folder = app.extensions["ljuspunkt"].settings.instance / "photos"
    for part in folder.iterdir():
        shutil.rmtree(part)


@contextmanager
def another_house(scene: Scene, tmp_path: Path) -> Iterator[Flask]:
    """Give a service of its own, whose database nobody has even made tables in."""
    url = f"sqlite:///{tmp_path / 'another.db'}"
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CREATE DATABASE another TEMPLATE template_gis"))
        url = db.engine.url.set(database="another").render_as_string(hide_password=False)
    app = create_app(settings_for(url, tmp_path / "house"))
    try:
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()
    finally:
        app.extensions["ljuspunkt"].cleaner.close()
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("DROP DATABASE another WITH (FORCE)"))


def test_what_was_kept_comes_back_with_its_photos_its_people_and_its_receipts(scene: Scene, file: Path) -> None:
    report, receipt = lived_in(scene), scene.last_receipt
    before = (report.lon, report.reference, db.session.scalars(select(DarkSpot.id)).one())
    said = run(scene.app, "backup", file)
    assert said.exit_code == 0, said.output
    assert "2 photos" in said.output
    lose_everything(scene.app)
    said = run(scene.app, "restore", file)
    assert said.exit_code == 0, said.output
    assert f"{file} is whole. It was made {scene.now:%Y-%m-%d %H:%M} UTC.\n" in said.output
    back = db.session.scalars(select(Report)).one()
    assert (back.lon, back.reference, back.dark_spot_id) == before
    assert photo_store(scene.app).get(key(NAME, "large")) == jpeg(64, 48, "red")
    client = scene.app.test_client()
    assert client.get(f"/r/{receipt}").status_code == 200
    assert client.post("/login", data={"email": SARA, "password": PASSWORD}).status_code == 302


def test_history_that_came_back_is_as_closed_as_before_and_new_reports_get_new_numbers(
    scene: Scene, file: Path
) -> None:
    first = lived_in(scene).id
    run(scene.app, "backup", file)
    lose_everything(scene.app)
    assert run(scene.app, "restore", file).exit_code == 0
    with pytest.raises(DBAPIError):
        db.session.execute(text("DELETE FROM history"))
    db.session.rollback()
    assert scene.report().id > first


def test_a_database_without_any_table_gets_everything_and_can_be_worked_with(
    scene: Scene, file: Path, tmp_path: Path
) -> None:
    reference = lived_in(scene).reference
    run(scene.app, "backup", file)
    db.session.remove()
    with another_house(scene, tmp_path) as app:
        said = run(app, "restore", file)
        assert said.exit_code == 0, said.output
        assert db.session.scalars(select(Report.reference)).all() == [reference]
        db.session.rollback()
        assert app.test_client().get("/").status_code == 200
        assert run(app, "spots", "rebuild").exit_code == 0


def test_a_backup_waits_for_nobody_and_has_what_was_committed_when_it_began(scene: Scene, file: Path) -> None:
    number = lived_in(scene).id
    db.session.rollback()
    with db.engine.connect() as another:
        another.execute(text("UPDATE report SET text = 'not committed'"))
        said = run(scene.app, "backup", file)
        another.rollback()
    assert said.exit_code == 0, said.output
    lose_everything(scene.app)
    assert run(scene.app, "restore", file).exit_code == 0
    assert db.session.get_one(Report, number).text != "not committed"


def test_nobody_else_may_read_it_the_key_is_not_in_it_and_none_is_written_over(scene: Scene, file: Path) -> None:
    lived_in(scene)
    run(scene.app, "backup", file)
    kept = file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert SECRET.encode() not in kept
    said = run(scene.app, "backup", file)
    assert said.exit_code == 1
    assert "is there already" in said.output
    assert file.read_bytes() == kept
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_photo_that_a_row_names_and_the_store_lacks_is_counted_and_no_success(scene: Scene, file: Path) -> None:
    lived_in(scene)
    photo_store(scene.app).delete(key(NAME, "small"))
    said = run(scene.app, "backup", file)
    assert said.exit_code == 1
    assert "1 photos that rows name are not in the store" in said.output
    assert file.exists()  # what there is is kept all the same


def test_what_is_in_the_database_is_lost_only_when_one_says_so(scene: Scene, file: Path) -> None:
    lived_in(scene)
    run(scene.app, "backup", file)
    scene.report()
    said = run(scene.app, "restore", file)
    assert said.exit_code == 1
    assert "2 in report" in said.output
    assert f"the newest came {scene.now:%Y-%m-%d %H:%M} UTC). With --replace it is lost." in said.output
    assert len(db.session.scalars(select(Report)).all()) == 2
    assert run(scene.app, "restore", "--replace", file).exit_code == 0
    assert len(db.session.scalars(select(Report)).all()) == 1


def damaged(file: Path) -> None:
    kept = bytearray(file.read_bytes())
    kept[512 + 100] ^= 1  # behind the head of the first file, which is the database
    file.write_bytes(kept)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20_000])


def something_else(file: Path) -> None:
    file.write_bytes(jpeg())


def with_a_stray(file: Path) -> None:
    with tarfile.open(file, "a") as tar:
        entry = tarfile.TarInfo("photos/../../secret_key")
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"mine"))


def of_a_newer_service(file: Path) -> None:
    rewritten(file, b'"revision": "00', b'"revision": "99')


def of_another_kind(file: Path) -> None:
    other = "sqlite" if db.engine.dialect.name == "postgresql" else "postgresql"
    rewritten(file, f'"kind": "{db.engine.dialect.name}"'.encode(), f'"kind": "{other}"'.encode())


def rewritten(file: Path, old: bytes, new: bytes) -> None:
    """Change the list of contents, which is the last in the file."""
    with tarfile.open(file) as tar:
        entries = [(entry.name, tar.extractfile(entry).read()) for entry in tar]  # type: ignore[union-attr]
    with tarfile.open(file, "w") as tar:
        for name, data in entries:
            changed = data.replace(old, new) if name == backup_file.LIST else data
            entry = tarfile.TarInfo(name)
            entry.size = len(changed)
            tar.addfile(entry, io.BytesIO(changed))


@pytest.mark.parametrize(
    "harm", [damaged, cut_short, something_else, with_a_stray, of_a_newer_service, of_another_kind]
)
def test_what_is_no_whole_backup_of_ours_changes_nothing(
    scene: Scene, file: Path, harm: Callable[[Path], None]
) -> None:
    lived_in(scene)
    run(scene.app, "backup", file)
    scene.report()
    harm(file)
    said = run(scene.app, "restore", "--replace", file)
    assert said.exit_code == 1
    assert "cannot be brought back" in said.output
    assert len(db.session.scalars(select(Report)).all()) == 2


def crafted(file: Path, database: bytes, **said: object) -> None:
    """Write a backup whose list is right, with another database in it."""
    copy = file.with_name(database_copy.NAMES[db.engine.dialect.name])
    copy.write_bytes(database)
    newest = str(db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    db.session.rollback()
    with backup_file.writing(file) as backup:
        backup.add_file(copy.name, copy)
        rows = said.get("rows", {"report": 1})
        backup.close(Contents(db.engine.dialect.name, newest, "today", rows))  # type: ignore[arg-type]


def another_sqlite(tmp_path: Path, revision: str) -> bytes:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE alembic_version (version_num text)")
        other.execute("CREATE TABLE report (id integer)")
        other.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
        other.commit()
    return (tmp_path / "other.db").read_bytes()


@pytest.mark.parametrize("harm", ["nonsense", "nothing", "other rows", "other revision"])
def test_a_database_that_is_not_what_the_list_says_leaves_the_one_that_stands(
    scene: Scene, file: Path, tmp_path: Path, harm: str
) -> None:
    lived_in(scene)
    if db.engine.dialect.name == "postgresql":
        table = "CREATE TABLE alembic_version (version_num text);\nCREATE TABLE report (id integer);\n"
        rows = "INSERT INTO alembic_version VALUES ('{}');\n"
        made = {
            "nonsense": "CREATE TABLE half (id integer);\nNOT SQL AT ALL;\n", "nothing": "",
            "other rows": table + rows.format("0018"), "other revision": table + rows.format("ffff"),
        }[harm].encode()  # fmt: skip
    else:
        made = {"nonsense": b"CREATE TABLE half", "nothing": b""}.get(harm) or b""
        if harm.startswith("other"):
            made = another_sqlite(tmp_path, "0018" if harm == "other rows" else "ffff")
    crafted(file, made, rows={"report": 0 if harm == "other revision" else 1})
    said = run(scene.app, "restore", "--replace", file)
    assert said.exit_code == 1, said.output
    assert "The database is as it was" in said.output
    assert len(db.session.scalars(select(Report)).all()) == 1


@pytest.mark.parametrize(
    "list_of_contents",
    [
        b"\xff\xfe", b"[" * 200_000, b'{"format": ' + b"1" * 5000 + b"}", b"[]", b"{}", b'{"format": 1, "rows": {"report": "abc"}}',
        b'{"format": 1, "files": {}, "rows": {"report": Infinity}}', b'{"format": 1, "files": {"a": [1, 2, 3]}, "rows": {"report": 1}}',
        b'{"format": 1, "files": {}, "rows": {}, "revision": "0018", "kind": "sqlite", "made_at": ""}',
        b'{"format": 1, "files": {}, "rows": {"a\\"b": 0}, "revision": "0018", "kind": "sqlite", "made_at": ""}',
        b'{"format": 1, "files": {}, "rows": {"report": 0}, "revision": "\'; DROP", "kind": "sqlite", "made_at": ""}',
    ],
)  # fmt: skip
def test_a_list_of_contents_that_nobody_of_us_wrote_is_refused(
    scene: Scene, file: Path, list_of_contents: bytes
) -> None:
    with tarfile.open(file, "w") as tar:
        entry = tarfile.TarInfo(backup_file.LIST)
        entry.size = len(list_of_contents)
        tar.addfile(entry, io.BytesIO(list_of_contents))
    said = run(scene.app, "restore", "--replace", file)
    assert said.exit_code == 1
    assert "cannot be brought back" in said.output


def test_photos_that_belong_to_nothing_that_came_back_are_counted_and_in_no_backup(
    scene: Scene, file: Path, tmp_path: Path
) -> None:
    lived_in(scene)
    run(scene.app, "backup", file)
    photo_store(scene.app).put(key("cd" * 16, "large"), jpeg())
    assert "1 photos in the store belong to nothing" in run(scene.app, "restore", "--replace", file).output
    assert "and 2 photos in" in run(scene.app, "backup", tmp_path / "second.backup").output


def test_a_backup_that_is_ended_leaves_no_file_and_the_process_hears_as_before(
    scene: Scene, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in(scene)
    before = signal.getsignal(signal.SIGTERM)

    def ended(_key: str) -> bytes:
        os.kill(os.getpid(), signal.SIGTERM)
        return b""

    monkeypatch.setattr(photo_store(scene.app), "get", ended)
    assert run(scene.app, "backup", file).exit_code == 128 + signal.SIGTERM
    assert not list(file.parent.iterdir())
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_backup_that_breaks_off_leaves_no_file(scene: Scene, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived_in(scene)

    def breaks(_key: str) -> bytes:
        raise OSError("the disk is gone")

    monkeypatch.setattr(photo_store(scene.app), "get", breaks)
    said = run(scene.app, "backup", file)
    assert said.exit_code == 1
    assert "Nothing was kept" in said.output
    assert not list(file.parent.iterdir())
