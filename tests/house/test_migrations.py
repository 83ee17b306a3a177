"""The schema has one history."""

from __future__ import annotations

import re

from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.house.sources import ROOT, files, text

FOLDER = ROOT / "migrations"


def script() -> ScriptDirectory:
    """Return Alembic's view of our revisions."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def test_there_is_one_head_and_it_is_written_down_so_that_two_collide_in_git() -> None:
    assert script().get_heads() == [(FOLDER / "current_head").read_text(encoding="ascii").strip()]


def test_a_revision_bears_its_number_and_its_file_the_same() -> None:
    for path in files(".py", under=("migrations",)):
        if "versions" not in path.parts:
            continue
        number = re.search(r'^revision(?:: str)? = "(\d{4})"$', text(path), re.MULTILINE)
        assert number, path
        assert path.name.startswith(f"{number[1]}_"), path


def test_every_revision_can_be_taken_back() -> None:
    for revision in script().walk_revisions():
        assert callable(revision.module.upgrade)
        assert callable(revision.module.downgrade)
