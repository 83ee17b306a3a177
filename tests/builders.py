"""Builders: a small municipality, its people, and things in the state that a test begins with.

Everything goes through the same doors as in life (services and transitions), so a scene cannot be impossible.
"""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from shapely.geometry import Polygon, box

from app.adapters.photo_intake import Intake
from app.domain.people import ADMIN, COORDINATOR, TECHNICIAN, THE_SYSTEM, Actor
from app.domain.reports import read
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import District, Municipality
from app.models.lamps import Lamp
from app.models.places import to_element, to_multipolygon
from app.models.reports import Report
from app.models.staff import Organisation, Staff
from app.models.tickets import Ticket
from app.services import reports, staff, ticket_steps
from app.services.spot_steps import belong
from app.services.transitions import begin, move

PASSWORD = "correct horse battery"
CENTRE = (16.3350, 56.6760)
"""Oxhagen in Kalmar: longitude, latitude."""

TICKET_WAYS = {
    "new": (), "assigned": ("assigned",), "en_route": ("assigned", "en_route"), "on_site": ("on_site",),
    "made_safe": ("on_site", "made_safe"), "repaired": ("on_site", "repaired"),
    "verified": ("on_site", "repaired", "verified"),
}  # fmt: skip


def jpeg(width: int = 64, height: int = 48, colour: str = "navy") -> bytes:
    """Return the bytes of a small honest photo."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG")
    return file.getvalue()


@dataclass
class Scene:
    """A municipality with two districts that share a border, and ways to fill it."""

    app: Flask
    now: datetime
    _numbers: int = 0
    _last: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stamp = {"created_at": self.now, "updated_at": self.now}
        west, east = box(16.30, 56.65, 16.34, 56.70), box(16.34, 56.65, 16.40, 56.70)
        self.municipality = Municipality(
            name="Kalmar", slug="kalmar", epsg=3006, lon=16.36, lat=56.66, area=to_multipolygon(box(16.2, 56.6, 16.5, 56.75)),
            fault_number="0480-45 00 00", **stamp,
        )  # fmt: skip
        self.oxhagen = self._district("oxhagen", "Oxhagen", west)
        self.skalby = self._district("skalby", "Skälby", east)
        self.lighting_unit = Organisation(name="Gata och belysning", kind="unit", **stamp)
        db.session.add_all([self.municipality, self.oxhagen, self.skalby, self.lighting_unit])
        db.session.commit()

    def _district(self, slug: str, name: str, shape: Polygon) -> District:
        return District(
            slug=slug, name=name, area=to_multipolygon(shape), population=5000, created_at=self.now, updated_at=self.now
        )

    def numbers(self) -> list[int]:
        """Return whole numbers for a reference, new ones each time."""
        self._numbers += 1
        return [self._numbers, self._numbers // 21, self._numbers // 609, 7, 11]

    def report(self, lon: float = CENTRE[0], lat: float = CENTRE[1], **sent: Any) -> Report:
        """Return a report that a resident sent; fields as the form has them."""
        when = sent.pop("now", self.now)
        values = {
            "client_id": str(uuid.uuid4()), "lon": lon, "lat": lat, "method": "pin", "categories": ["lamp_out"],
            "severity": 2, "when_felt": "evening", **sent,
        }  # fmt: skip
        reading = read({k: v if isinstance(v, list) else [str(v)] for k, v in values.items()})
        assert reading.draft is not None, reading.errors
        draft = reading.draft
        got = reports.receive(
            draft, reports.fingerprint(draft, []), photos=Intake(), staged=[], keys=self.app.extensions["ljuspunkt"].keys,
            reference_numbers=self.numbers(), now=when,
        )  # fmt: skip
        self._last["receipt"] = got.receipt
        report = reports.by_receipt(got.receipt)
        assert report is not None
        return report

    @property
    def last_receipt(self) -> str:
        """Return the secret of the report that was sent last."""
        return str(self._last["receipt"])

    def reports_at(self, count: int, lon: float = CENTRE[0], lat: float = CENTRE[1], **sent: Any) -> list[Report]:
        """Return reports by different people a few metres apart, one a day, the newest today."""
        return [
            self.report(
                lon + 0.00008 * (i % 3), lat + 0.00005 * (i // 3), now=self.now - timedelta(days=count - 1 - i), **sent
            )
            for i in range(count)
        ]

    def lamp(self, pole: str = "SK-104", lon: float = CENTRE[0], lat: float = CENTRE[1], **values: Any) -> Lamp:
        """Return a lamp of the register."""
        lamp = Lamp(asset_id=f"asset-{pole}", pole_number=pole, created_at=self.now, updated_at=self.now, **values)
        lamp.place_at(lon, lat)
        db.session.add(lamp)
        db.session.commit()
        return lamp

    def spot(self, *members: Report, name: str = "GC-tunneln vid Oxhagen", state: str | None = None) -> DarkSpot:
        """Return a dark spot around these reports (or around the centre), in the state asked for."""
        lon, lat = (members[0].lon, members[0].lat) if members else CENTRE
        spot = DarkSpot(
            name=name, named_by_staff=True, kind="place", report_count=len(members),
            reporter_count=len(members), district_id=self.oxhagen.id, shape=to_element(box(lon - 0.0005, lat - 0.0003, lon + 0.0005, lat + 0.0003)),
            first_report_at=self.now, last_report_at=self.now, score=62.0, score_low=55.0, score_high=70.0, band="A",
            created_at=self.now, updated_at=self.now,
        )  # fmt: skip
        spot.place_at(lon, lat)
        begin(spot, actor=THE_SYSTEM, now=self.now, state=state)
        for report in members:
            belong(report, spot.id)
        db.session.commit()
        return spot

    def ticket(
        self, *members: Report, state: str = "new", fault: str = "B01", to: Actor | None = None, **values: Any
    ) -> Ticket:
        """Return a lighting ticket for these reports; `to` has it, `state` is one of TICKET_WAYS, values are of ticket_steps.Fault."""
        lon, lat = values.pop("at", CENTRE)
        known = ticket_steps.Fault(fault, lon, lat, assignee_id=to.staff_id if to else None, **values)
        ticket = ticket_steps.open_ticket(
            known, members, actor=THE_SYSTEM, report_actor=THE_SYSTEM, now=self.now, today=self.now.date()
        )
        db.session.flush()
        db.session.refresh(ticket, ["reports"])
        for step in TICKET_WAYS[state]:
            move(ticket, step, actor=THE_SYSTEM, now=self.now, facts={"repaired_on": self.now.date().isoformat()})
        if state == "repaired":
            ticket.repaired_at, ticket.action_code = self.now, "lamp_replaced"
        db.session.commit()
        return ticket

    def staff(self, role: str, email: str = "", name: str = "") -> Staff:
        """Return an account with PASSWORD."""
        return staff.create(email or f"{role}@kalmar.example", role, PASSWORD, name or role.title(), now=self.now)

    def coordinator(self) -> Actor:
        """Return a coordinator of the whole municipality."""
        return self._actor(COORDINATOR)

    def technician(self) -> Actor:
        """Return a technician."""
        return self._actor(TECHNICIAN)

    def admin(self) -> Actor:
        """Return an administrator."""
        return self._actor(ADMIN)

    def _actor(self, role: str) -> Actor:
        if role not in self._last:
            self._last[role] = self.staff(role)
        return Actor(role, self._last[role].id, self._last[role].name)

    def signed_in(self, role: str) -> FlaskClient:
        """Return a browser in which a member of staff is signed in."""
        actor = self._actor(role)
        client = self.app.test_client()
        answer = client.post("/login", data={"email": self._last[actor.role].email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client
