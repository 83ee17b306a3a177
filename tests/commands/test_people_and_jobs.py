"""Promises of `staff create`, `jobs work`, `spots rebuild` and `serve` to whoever runs the service."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.models.base import db
from app.models.contractors import Contractor
from app.models.jobs import Job, enqueue
from app.models.staff import Staff
from app.services import contractor_pages, demo_accounts, staff, work
from app.services.transitions import move
from config import ROOT
from geo import dark_spots
from tests.builders import PASSWORD, Scene


def run(app: Flask, *words: str) -> Result:
    db.session.rollback()  # a reader who stays would keep the worker waiting
    result = app.test_cli_runner().invoke(args=list(words))
    db.session.expire_all()
    return result


def enters(app: Flask, email: str, password: str) -> bool:
    return app.test_client().post("/login", data={"email": email, "password": password}).status_code == 302


def test_an_account_is_made_with_a_role_and_can_sign_in(scene: Scene) -> None:
    said = run(scene.app, "staff", "create", "Sara@Kalmar.example", "--role", "coordinator", "--password", PASSWORD)
    assert said.exit_code == 0, said.output
    assert enters(scene.app, "sara@kalmar.example", PASSWORD)


def test_a_password_that_nobody_chose_is_made_up_and_shown_once(scene: Scene) -> None:
    said = run(scene.app, "staff", "create", "tove@kalmar.example", "--role", "technician")
    shown = re.search(r"Password \(shown once\): (\S+)", said.output)
    assert shown is not None
    assert enters(scene.app, "tove@kalmar.example", shown[1])
    stored = db.session.scalars(select(Staff)).one()
    assert stored.password_hash.startswith("$argon2id$")


def test_a_password_costs_what_rfc_9106_asks_also_where_nobody_has_the_address() -> None:
    assert extract_parameters(staff.NOBODYS_HASH) == RFC_9106_LOW_MEMORY


def test_creating_an_account_again_changes_its_password_and_ends_its_sign_ins(scene: Scene) -> None:
    run(scene.app, "staff", "create", "sara@kalmar.example", "--role", "coordinator", "--password", PASSWORD)
    browser = scene.app.test_client()
    browser.post("/login", data={"email": "sara@kalmar.example", "password": PASSWORD})
    assert browser.get("/coordinator/").status_code == 200
    run(scene.app, "staff", "create", "sara@kalmar.example", "--role", "coordinator", "--password", "another good one")
    assert browser.get("/coordinator/").status_code == 302
    assert not enters(scene.app, "sara@kalmar.example", PASSWORD)


@pytest.mark.parametrize(
    "wrong",
    [
        ("sara@kalmar.example", "--role", "mayor"),
        ("not an address", "--role", "coordinator"),
        ("sara@kalmar.example", "--role", "coordinator", "--password", "short"),
    ],
)
def test_an_account_that_would_be_unsafe_or_unreachable_is_refused(scene: Scene, wrong: tuple[str, ...]) -> None:
    assert run(scene.app, "staff", "create", *wrong).exit_code != 0
    assert db.session.scalars(select(Staff)).all() == []


def test_a_round_of_work_groups_what_came_in_and_tells_those_who_asked(scene: Scene) -> None:
    for number in range(3):
        report = scene.report(16.335 + number * 1e-5, contact="anna@exempel.se", wants_answer="1")
        move(report, "reviewed", actor=scene.coordinator(), now=scene.now)
    db.session.commit()
    said = run(scene.app, "jobs", "work", "--once")
    assert said.exit_code == 0
    assert re.match(r"\d+ jobs done, 0 left\.", said.output)
    settings = scene.app.extensions["ljuspunkt"].settings
    assert len(list((settings.instance / "outbox").glob("*.eml"))) == 3
    assert "1 dark spots" in run(scene.app, "spots", "rebuild").output


def test_a_worker_loads_the_compiled_loops_while_it_works(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, jobs = threading.Event(), scene.app.extensions["ljuspunkt"].jobs
    monkeypatch.setattr(dark_spots, "load_loops", loaded.set)
    monkeypatch.setattr(jobs, "start", lambda: loaded.wait(5) and os.kill(os.getpid(), signal.SIGTERM))
    monkeypatch.setattr(jobs, "stop", lambda: None)
    assert run(scene.app, "jobs", "work").exit_code == 0
    assert loaded.is_set()


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_is_stopped_while_it_starts_stops_whole(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, asked: signal.Signals
) -> None:
    stopped, jobs = threading.Event(), scene.app.extensions["ljuspunkt"].jobs
    monkeypatch.setattr(dark_spots, "load_loops", lambda: None)
    monkeypatch.setattr(jobs, "start", lambda: os.kill(os.getpid(), asked))
    monkeypatch.setattr(jobs, "stop", stopped.set)
    heard_by = signal.signal(asked, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        assert run(scene.app, "jobs", "work").exit_code == 0
    finally:
        signal.signal(asked, heard_by)
    assert stopped.is_set()


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_waits_hears_a_signal_that_did_not_interrupt_its_waiting(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, asked: signal.Signals
) -> None:
    """As when it comes in the moment before one waits, or when another thread is the one that the system interrupts."""
    at_work, unheard = threading.Event(), threading.Event()

    def interrupts_this_thread_only() -> None:
        at_work.wait(5)
        time.sleep(0.3)  # until the other one waits
        signal.pthread_kill(threading.get_ident(), asked)

    def shouts() -> None:
        unheard.set()
        os.kill(os.getpid(), asked)

    jobs = scene.app.extensions["ljuspunkt"].jobs
    monkeypatch.setattr(dark_spots, "load_loops", interrupts_this_thread_only)
    monkeypatch.setattr(jobs, "start", at_work.set)
    monkeypatch.setattr(jobs, "stop", lambda: None)
    patience = threading.Timer(10, shouts)
    patience.start()
    assert run(scene.app, "jobs", "work").exit_code == 0
    patience.cancel()
    assert not unheard.is_set()


def test_what_is_due_later_is_not_said_to_be_left(scene: Scene) -> None:
    enqueue("regroup", "tomorrow", now=scene.now, run_at=scene.now + timedelta(days=1))
    db.session.commit()
    assert run(scene.app, "jobs", "work", "--once").output.endswith("0 left.\n")


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("words", "ready"),
    [(("jobs", "work"), "at work"), (("serve", "--port", "0"), "technicians")],
    ids=["worker", "server"],
)
def test_who_works_or_serves_ends_when_asked_to_once(
    tmp_path: Path, words: tuple[str, ...], ready: str, asked: signal.Signals
) -> None:
    flask, where = (
        [sys.executable, "-u", "-m", "flask", "--app", "wsgi"],
        {**os.environ, "INSTANCE_PATH": str(tmp_path)},
    )
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=where, check=True, capture_output=True)
    with subprocess.Popen(
        [*flask, *words], cwd=ROOT, env=where, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            said = "nothing yet"
            while process.stdout and said and ready not in said:
                said = process.stdout.readline()
            process.send_signal(asked)
            rest, _ = process.communicate(timeout=30)
        finally:
            process.kill()  # one that does not hear would keep this test waiting
    assert process.returncode == 0
    assert "Stopping." in rest


def test_after_a_job_what_it_wrote_stands_in_the_database_file_and_nobody_commits_it_later(scene: Scene) -> None:
    path = scene.app.extensions["ljuspunkt"].settings.database_url.removeprefix("sqlite:///")
    if not Path(path).exists():
        pytest.skip("only SQLite keeps a log that somebody must carry over")
    mark = "this job is well known"
    enqueue("works", mark, now=scene.now, payload={"said": mark})
    db.session.commit()
    assert work.run_due({"works": lambda _payload, _now: None}, clock=lambda: scene.now) == 1
    assert mark.encode() in Path(path).read_bytes()


def test_a_job_that_fails_is_tried_again_later_and_the_others_are_done(scene: Scene) -> None:
    enqueue("breaks", "one", now=scene.now)
    enqueue("works", "two", now=scene.now)
    db.session.commit()
    seen: list[object] = []

    def breaks(_payload: object, _now: object) -> None:
        raise ConnectionError("the mail server does not answer")

    done = work.run_due({"breaks": breaks, "works": lambda p, n: seen.append((p, n))}, clock=lambda: scene.now)
    assert (done, len(seen)) == (1, 1)
    waiting = db.session.scalars(select(Job).where(Job.done_at.is_(None))).one()
    assert (waiting.kind, waiting.attempts, waiting.error) == ("breaks", 1, "ConnectionError")
    assert waiting.run_at > scene.now
    assert work.run_due({"breaks": breaks, "works": breaks}, clock=lambda: scene.now) == 0


def test_what_the_worker_did_is_forgotten_after_a_month_and_what_failed_stays(scene: Scene) -> None:
    old = {"kind": "works", "created_at": scene.now, "run_at": scene.now, "payload": {}}
    done = [scene.now - timedelta(days=days) for days in (31, 28)]
    db.session.add_all(
        [*(Job(**old, done_at=at) for at in done), Job(**old, attempts=work.ATTEMPTS_MAX, error="OSError")]
    )
    db.session.commit()
    handlers = {work.FORGET_DONE: lambda _payload, now: work.forget_done(now)}
    tomorrow = scene.now + timedelta(days=1)
    for at in (scene.now, tomorrow):
        work.run_due(handlers, clock=lambda at=at: at, nightly=[work.FORGET_DONE])
    kept = db.session.scalars(select(Job).where(Job.kind == "works").order_by(Job.id)).all()
    assert [(job.done_at, job.error) for job in kept] == [(done[1], ""), (None, "OSError")]


def test_a_rebuild_says_in_figures_what_it_did(scene: Scene) -> None:
    scene.reports_at(3)
    said = run(scene.app, "spots", "rebuild").output
    assert re.search(r"3 reports in 1 dark spots: 0 kept, 1 new, 0 merged, 0 split, 0 dormant\. \d", said)


def test_two_services_on_one_port_are_told_apart_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(taken.getsockname()[1])],
            cwd=ROOT, env={**os.environ, "INSTANCE_PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
            timeout=60,
        )  # fmt: skip
    assert said.returncode == 1
    assert "Choose another with --port or PORT=" in said.stderr


def test_only_the_three_accounts_of_the_demo_are_named_when_it_serves(scene: Scene) -> None:
    for email in ("coordinator@demo.ljuspunkt.example", "somebody@demo.ljuspunkt.example"):
        run(scene.app, "staff", "create", email, "--role", "coordinator", "--password", PASSWORD)
    assert demo_accounts.present() == [("coordinator@demo.ljuspunkt.example", "coordinator")]


def test_a_port_that_no_machine_has_is_refused(scene: Scene) -> None:
    said = run(scene.app, "serve", "--port", "99999")
    assert (said.exit_code, "99999 is not in the range" in said.output) == (2, True)


def test_a_contractor_is_not_reached_by_what_is_no_address(scene: Scene) -> None:
    said = run(scene.app, "contractors", "set", "Ny AB", "--email", "notmail")
    assert (said.exit_code, said.output) == (1, "Error: notmail is not an e-mail address.\n")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "A contractor needs a name."),
        (" \t ", "A contractor needs a name."),
        ("x" * 201, "The name is too long: 201 characters, and there is room for 200."),
    ],
)
def test_a_contractor_without_a_name_or_with_one_too_long_is_not_made(scene: Scene, name: str, why: str) -> None:
    said = run(scene.app, "contractors", "set", name)
    assert (said.exit_code, said.output) == (1, f"Error: {why}\n")
    assert db.session.scalars(select(Contractor)).all() == []


def test_a_contractor_is_known_by_its_name_without_the_blanks_around_it(scene: Scene) -> None:
    for name in ("Elbolaget", " Elbolaget "):
        said = run(scene.app, "contractors", "set", name)
        assert (said.exit_code, said.output) == (0, "Elbolaget is reached by CSV.\n")
    assert [c.organisation.name for c in contractor_pages.all_of_them()] == ["Elbolaget"]


def test_work_that_waits_for_a_later_hour_is_not_counted_as_waiting(scene: Scene) -> None:
    enqueue("works", "now", now=scene.now)
    enqueue("works", "later", now=scene.now, run_at=scene.now + timedelta(days=7))
    db.session.commit()
    assert "ljuspunkt_jobs_waiting 1.0" in scene.app.test_client().get("/metrics").text
