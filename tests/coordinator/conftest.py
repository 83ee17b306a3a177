"""What the tests of the desk share: counting queries, and a coordinator of one district."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import g
from sqlalchemy import event, select
from sqlalchemy.orm import selectinload

from app.models.base import db
from app.models.districts import District
from app.models.staff import Staff
from tests.builders import Scene


@dataclass
class Queries:
    """The statements that were sent while a block ran."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_queries(scene: Scene) -> Callable[[], Iterator[Queries]]:
    @contextmanager
    def counting() -> Iterator[Queries]:
        db.session.expunge_all()
        found = Queries()

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
                found.statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def limit_coordinator(scene: Scene) -> Callable[[District], None]:
    def limit(district: District) -> None:
        scene.coordinator()
        found = select(Staff).where(Staff.role == "coordinator").options(selectinload(Staff.districts))
        db.session.scalars(found).one().districts.append(district)
        db.session.commit()
        g.pop("_login_user", None)  # requests of a test share its context, and with it the one who was signed in

    return limit
