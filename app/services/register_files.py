"""A file of lamps on its way into the register: looked at, compared, and written by a job, each step when somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import undefer

from app.adapters import geofiles
from app.adapters.geofeatures import GeoFile
from app.domain.imports import BadMapping, Refused
from app.domain.lamp_problems import Problem, plain
from app.domain.lamp_register import FIELDS, columns_for, text
from app.models.base import db
from app.models.jobs import enqueue
from app.models.lamps import RegisterFile
from app.services.lamp_steps import compare_only, write

AT_WORK = frozenset({"reading", "comparing", "writing"})
PROBLEMS_MAX = 200
SAMPLE = 5
KEPT_FOR = timedelta(days=30)
TRIES_MAX = 3
"""A file that the server has died of so often is not read once more."""


class NotNow(ValueError):
    """The file is not in a state in which this can be asked of it."""


def take_in(name: str, content: bytes, *, crs: str, layer: str, by: str, now: datetime) -> RegisterFile:
    """Keep a file that somebody sent, and have a job look at its columns."""
    db.session.execute(delete(RegisterFile).where(RegisterFile.created_at < now - KEPT_FOR))
    kept = RegisterFile(
        name=name[:200], content=content, sha256=hashlib.sha256(content).hexdigest(), crs=crs[:60], layer=layer[:100],
        status="reading", mapping={}, outcome={}, by_name=by, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    _ask(kept, now)
    db.session.commit()
    return kept


def newest() -> Sequence[RegisterFile]:
    """Return the files that came last, newest first, without their content."""
    return db.session.scalars(select(RegisterFile).order_by(RegisterFile.id.desc()).limit(20)).all()


def find(file_id: int) -> RegisterFile | None:
    """Return one file without its content."""
    return db.session.get(RegisterFile, file_id)


def choose(file_id: int, mapping: Mapping[str, str], *, now: datetime) -> RegisterFile:
    """Say which column is which, and have a job compare the file with the register.

    Raises:
        NotNow: it is at work or written. BadMapping: no column for the id or the position.

    """
    kept = _locked(file_id, {"waiting", "compared", "refused"})
    columns_for(kept.outcome.get("columns_in_file", []), mapping, placed=bool(kept.outcome.get("placed")))
    kept.mapping, kept.status = dict(mapping), "comparing"
    kept.outcome = {
        k: v for k, v in kept.outcome.items() if k in {"columns_in_file", "placed", "rows", "sample", "guessed"}
    }
    _ask(kept, now)
    db.session.commit()
    return kept


def accept(file_id: int, *, now: datetime) -> RegisterFile:
    """Have a job write what the comparison showed."""
    kept = _locked(file_id, {"compared"})
    kept.status = "writing"
    _ask(kept, now)
    db.session.commit()
    return kept


def throw_away(file_id: int) -> None:
    """Forget a file; what it has written stays."""
    kept = _locked(file_id, {"waiting", "compared", "refused", "written", "reading"})
    db.session.delete(kept)
    db.session.commit()


def work_on(payload: Mapping[str, Any], now: datetime) -> str:
    """Do what a file waits for; return its state afterwards. Safe to run again: the state says what is left to do."""
    found = select(RegisterFile).where(RegisterFile.id == int(payload["id"])).options(undefer(RegisterFile.content))
    kept = db.session.scalars(found).first()
    if kept is None or kept.status not in AT_WORK:
        db.session.rollback()
        return "nothing to do"
    tries = int(kept.outcome.get("tries", 0)) + 1
    kept.outcome = {**kept.outcome, "tries": tries}
    db.session.commit()  # before the reading, which takes its time: a server that dies of it has counted, and nobody waits
    db.session.refresh(kept)
    db.session.expunge(kept)
    db.session.rollback()
    try:
        state, outcome = _done(kept, now)
    except (geofiles.Unreadable, BadMapping) as error:
        state, outcome = "refused", {"problems": [plain(error.args[0])], "problem_count": 1}
    except Refused as error:
        problems = [plain(problem) for problem in error.problems[:PROBLEMS_MAX]]
        state, outcome = "refused", {"problems": problems, "problem_count": len(error.problems)}
    row = db.session.get_one(RegisterFile, kept.id)
    row.status, row.outcome, row.updated_at = state, {**row.outcome, **outcome}, now
    db.session.commit()
    return state


def _done(kept: RegisterFile, now: datetime) -> tuple[str, dict[str, Any]]:
    if kept.outcome.get("tries", 0) > TRIES_MAX:
        raise geofiles.Unreadable(Problem("The server stopped while it read the file.", "stopped"))
    file = geofiles.read_bytes(kept.name, kept.content, kept.crs, kept.layer)
    if kept.status == "reading":
        return "waiting", _seen(file)
    done = compare_only(file, kept.mapping, kept.crs)
    if kept.status == "comparing":
        return "compared", done.outcome()
    write(done, now=now, step=lambda _count: None)
    return "written", done.outcome()


def _seen(file: GeoFile) -> dict[str, Any]:
    """Return what somebody needs to choose the columns: their names, the first rows, and what we would guess."""
    placed = file.features.placed
    guessed = {}
    for name in FIELDS:
        try:
            guessed[name] = columns_for(
                file.columns, {"id": (file.columns or [""])[0]} if name != "id" else {}, placed=True
            )[name]
        except BadMapping:
            guessed[name] = ""
    if not placed:
        guessed |= _positions(file.columns)
    sample = [{c: text(f.values.get(c))[:60] for c in file.columns} for f in islice(file.features, SAMPLE)]
    return {
        "columns_in_file": list(file.columns), "placed": placed, "rows": len(file.features), "sample": sample,
        "guessed": guessed, "file_crs": file.crs,
    }  # fmt: skip


def _positions(columns: Sequence[str]) -> dict[str, str]:
    try:
        found = columns_for(columns, {"id": columns[0]}, placed=False)
    except (BadMapping, IndexError):
        return {"lon": "", "lat": ""}
    return {"lon": found["lon"], "lat": found["lat"]}


def _ask(kept: RegisterFile, now: datetime) -> None:
    kept.updated_at, kept.outcome = now, {k: v for k, v in kept.outcome.items() if k != "tries"}
    enqueue("register_file", f"register_file {kept.id} {kept.status}", now=now, payload={"id": kept.id})


def _locked(file_id: int, states: set[str]) -> RegisterFile:
    kept = db.session.scalars(select(RegisterFile).where(RegisterFile.id == file_id).with_for_update()).first()
    if kept is None or kept.status not in states:
        raise NotNow
    return kept
