"""What the tests of the van share: a technician's phone that counts its taps."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models.base import db
from app.models.tickets import Ticket
from tests.builders import Scene


@dataclass
class Phone:
    """A phone in a glove: every press counts, and only what the page offers can be pressed."""

    client: FlaskClient
    page: str = ""
    taps: list[str] = field(default_factory=list)

    def opens(self, address: str) -> TestResponse:
        answer = self.client.get(address)
        self.page = answer.text
        return answer

    def taps_link(self, address: str) -> None:
        assert f'href="{address}"' in self.page, f"no link to {address}"
        self.taps.append(address)
        self.opens(address)

    def taps_choice(self, name: str, value: str) -> dict[str, str]:
        assert re.search(rf'name="{name}"\s+value="{value}"', self.page), f"no choice {name}={value}"
        self.taps.append(f"{name}={value}")
        return {name: value}

    def taps_button(self, address: str, **sent: Any) -> TestResponse:
        found = re.search(rf'action="{address}".*?name="version" value="(\d+)"', self.page, re.DOTALL)
        assert found, f"no button to {address}"
        self.taps.append(address)
        answer = self.client.post(address, data={"version": found[1], **sent}, follow_redirects=True)
        self.page = answer.text
        return answer


@pytest.fixture
def phone(scene: Scene) -> Phone:
    return Phone(scene.signed_in("technician"))


@pytest.fixture
def kept() -> Callable[[Ticket | int], Ticket]:
    """Return a ticket as the database has it now."""

    def read(ticket: Ticket | int) -> Ticket:
        number = ticket if isinstance(ticket, int) else ticket.id
        db.session.rollback()
        db.session.expire_all()
        found = db.session.get(Ticket, number)
        assert found is not None
        return found

    return read
