"""Settings come from the environment, have defaults that work, and say by name what is wrong with them."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.factory import create_app
from config import ROOT, BadSetting, Settings


def settings(folder: Path, **env: str) -> Settings:
    """Read settings from an environment that has only these."""
    return Settings.from_environment({"INSTANCE_PATH": str(folder), **env})


def test_without_any_setting_everything_lies_in_one_folder(tmp_path: Path) -> None:
    read = settings(tmp_path / "new")
    places = (read.database_url, read.photo_store_url, read.jobs_url, read.mail_url)
    assert all(str(tmp_path / "new") in place for place in places)
    assert read.rate_limits
    assert read.trusted_proxies == 0
    assert read.standing_now is None


def test_a_key_is_made_once_kept_from_others_and_found_again(tmp_path: Path) -> None:
    first, second = settings(tmp_path).secret_key, settings(tmp_path).secret_key
    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings(tmp_path).secret_key, range(8)))
    assert len(keys) == 1


@pytest.mark.parametrize("given", ["postgres://u@h/n", "postgresql://u@h/n", "postgresql+psycopg://u@h/n"])
def test_every_spelling_of_postgresql_leads_to_the_driver_that_we_have(tmp_path: Path, given: str) -> None:
    assert settings(tmp_path, DATABASE_URL=given).database_url == "postgresql+psycopg://u@h/n"


def test_the_clock_can_be_made_to_stand_still_in_any_zone(tmp_path: Path) -> None:
    read = settings(tmp_path, LJUSPUNKT_NOW="2026-11-24T20:00:00+01:00")
    assert read.standing_now == datetime(2026, 11, 24, 19, tzinfo=UTC)


def test_retired_keys_are_read_in_their_order_and_empty_ones_left_out(tmp_path: Path) -> None:
    assert settings(tmp_path, SECRET_KEY_FALLBACKS="a,,b").secret_key_fallbacks == ("a", "b")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "too short"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("TRUSTED_PROXIES", "many"),
        ("TRUSTED_PROXIES", "-1"),
        ("RATE_LIMITS", "perhaps"),
        ("BASE_URL", "kommun.example"),
        ("LJUSPUNKT_NOW", "tomorrow"),
        ("LJUSPUNKT_NOW", "2026-11-24T20:00:00"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        settings(tmp_path, **{name: value})


def test_a_key_file_that_somebody_emptied_is_not_taken_for_a_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("", encoding="ascii")
    with pytest.raises(BadSetting, match="secret_key"):
        settings(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_URL", "ftp://somewhere"),
        ("JOBS_URL", "somewhere"),
        ("PHOTO_STORE_URL", "s3://"),
        ("VAPID_PRIVATE_KEY", "abc"),
    ],
)
def test_an_address_that_no_part_understands_is_named_at_the_start(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        create_app(settings(tmp_path, **{name: value}))


def flask(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Type a command as an operator does."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words], env={"PATH": os.environ["PATH"], **env}, cwd=ROOT,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_folder_that_cannot_be_used_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="ascii")
    said = flask("spots", "rebuild", INSTANCE_PATH=str(tmp_path / "file"))
    assert (said.returncode, said.stderr) == (
        1,
        f"Error: INSTANCE_PATH {tmp_path / 'file'} cannot be used: File exists.\n",
    )


def test_whoever_has_not_made_the_tables_yet_is_told_how_and_nobody_else_reads_the_folder(tmp_path: Path) -> None:
    said = flask("spots", "rebuild", INSTANCE_PATH=str(tmp_path / "new"))
    assert said.returncode == 1
    assert "Run first: flask --app wsgi db upgrade" in said.stderr
    assert "Traceback" not in said.stderr
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("words", [("spots", "rebuild"), ("db", "upgrade")])
def test_a_database_that_is_not_there_is_said_in_words_and_without_its_password(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    url = "postgresql+psycopg://somebody:unspoken@127.0.0.1:1/nothing"
    said = flask(*words, INSTANCE_PATH=str(tmp_path), DATABASE_URL=url)
    assert said.returncode == 1
    assert "refused" in said.stderr
    assert "Traceback" not in said.stderr
    assert "unspoken" not in said.stderr
