"""The tables can be brought up to date and back, with a municipality's data in them, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from pytest_alembic.config import Config as PytestAlembicConfig
from pytest_alembic.tests import test_model_definitions_match_ddl as test_the_models_ask_for_no_further_revision
from pytest_alembic.tests import test_single_head_revision as test_there_is_a_single_newest_revision
from pytest_alembic.tests import test_up_down_consistency as test_every_revision_can_be_taken_back_one_by_one
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from app.factory import create_app
from app.models.base import Base, db
from config import ROOT
from tests.builders import Scene
from tests.conftest import settings_for
from tools.throwaway_postgres import Cluster

__all__ = [
    "test_every_revision_can_be_taken_back_one_by_one",
    "test_the_models_ask_for_no_further_revision",
    "test_there_is_a_single_newest_revision",
]
OWN = set(Base.metadata.tables)


@pytest.fixture
def bare(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Return the app on a database of its own with nothing in it, beside the one that other tests share."""
    cluster, name = None, f"bare_{abs(hash(request.node.name)) % 10**8}"
    url = f"sqlite:///{tmp_path / 'bare.db'}"
    if not database_url.startswith("sqlite"):
        cluster = Cluster(Path(parse_qs(urlsplit(database_url).query)["host"][0]))
        url = cluster.create_database(name)
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["ljuspunkt"].cleaner.close()
    if cluster:
        cluster.drop_database(name)


def tables() -> set[str]:
    """Return the names of our tables that are in the database."""
    return set(inspect(db.engine).get_table_names()) & OWN


def ours(connection: Connection) -> MigrationContext:
    """Return Alembic's view of the database, without the tables that the spatial extension keeps for itself."""
    own = {"include_object": lambda _thing, name, kind, _reflected, _other: kind != "table" or name in OWN}
    return MigrationContext.configure(connection, opts={"target_metadata": Base.metadata, **own})


def test_the_newest_revision_makes_exactly_the_tables_of_the_models(bare: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        found = compare_metadata(ours(connection), Base.metadata)
    columns = [d for d in found if isinstance(d, tuple) and d[0] in {"add_table", "add_column", "remove_column"}]
    assert tables() == OWN
    assert columns == []


def test_a_municipality_with_data_can_go_all_the_way_back_and_begin_again(bare: Flask, now: datetime) -> None:
    upgrade()
    scene = Scene(bare, now)
    scene.spot(*scene.reports_at(3))
    db.session.remove()
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert tables() == OWN
    assert Scene(bare, now).report().reference


def test_history_refuses_to_be_rewritten_whoever_asks(bare: Flask, now: datetime) -> None:
    upgrade()
    Scene(bare, now).report()
    db.session.remove()
    for rewriting in ("UPDATE history SET to_state = 'answered'", "DELETE FROM history"):
        with pytest.raises(Exception, match="append-only"), db.engine.begin() as connection:
            connection.execute(text(rewriting))


def test_spatialite_notes_no_times_of_writing_but_still_refuses_what_is_no_place(bare: Flask, now: datetime) -> None:
    if bare.extensions["ljuspunkt"].settings.database_url.startswith("postgresql"):
        pytest.skip("PostgreSQL notes nothing of the kind")
    upgrade()
    noted = "SELECT count(*) FROM geometry_columns_time WHERE last_insert NOT LIKE '0000%'"
    indexed = "SELECT count(*) FROM idx_report_position"
    number = Scene(bare, now).report().id
    db.session.commit()
    with db.engine.connect() as connection:
        assert [connection.scalar(text(asked)) for asked in (noted, indexed)] == [0, 1]
    with pytest.raises(Exception, match="geom-type or SRID not allowed"), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE report SET position = MakePoint(1, 1, 3006) WHERE id = :number"), {"number": number}
        )


def test_who_belongs_to_which_dark_spot_goes_along_to_the_newest_revision_and_back(bare: Flask, now: datetime) -> None:
    upgrade()
    scene = Scene(bare, now)
    members, alone = scene.reports_at(2), scene.report()
    spot = scene.spot(*members)
    kept = [(members[0].id, spot.id), (members[1].id, spot.id)]
    number = alone.id
    db.session.remove()
    db.engine.dispose()
    for way, asked in (
        (downgrade, "SELECT id, dark_spot_id FROM report WHERE dark_spot_id IS NOT NULL ORDER BY id"),
        (upgrade, "SELECT report_id, dark_spot_id FROM membership ORDER BY report_id"),
    ):
        way(revision="0017" if way is downgrade else "head")
        with db.engine.connect() as connection:
            assert [tuple(row) for row in connection.execute(text(asked))] == kept
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text("INSERT INTO membership VALUES (:number, 999)"), {"number": number})


@pytest.fixture
def alembic_config() -> PytestAlembicConfig:
    """Tell the revision checks where our revisions are."""
    return PytestAlembicConfig(config_options={"script_location": str(ROOT / "migrations")})


@pytest.fixture
def alembic_engine(bare: Flask) -> Engine:
    """Give the revision checks the bare database."""
    del bare
    return db.engine
