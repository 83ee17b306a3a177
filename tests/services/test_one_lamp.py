"""One lamp, three views: the report, the dark spot and the ticket meet at the lamp, and each moves once when it shines."""

from __future__ import annotations

from sqlalchemy import func, select

from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.history import History
from app.models.notices import Notice
from app.models.reports import Report
from app.models.tickets import Ticket
from app.services import tickets, triage
from tests.builders import Scene


def shine(scene: Scene, ticket: Ticket) -> None:
    who = scene.technician()
    tickets.verify(tickets.open_ticket(ticket.id, who), None, how="night_check", actor=who, now=scene.now)
    db.session.expire_all()


def answers(report: Report) -> int:
    found = (
        select(func.count()).select_from(Notice).where(Notice.report_id == report.id, Notice.kind == "report.answered")
    )
    return db.session.scalar(found) or 0


def moves(thing: str, number: int, to: str) -> int:
    found = (
        select(func.count())
        .select_from(History)
        .where(History.thing == thing, History.thing_id == number, History.to_state == to)
    )
    return db.session.scalar(found) or 0


def test_the_lamps_page_shows_report_spot_and_ticket_together(scene: Scene):
    lamp = scene.lamp("SK-104")
    report = scene.report(pole_number="SK-104", method="pole")
    spot = scene.spot(report)
    ticket = scene.ticket(report, lamp=lamp, dark_spot_id=spot.id)
    page = scene.signed_in("coordinator").get(f"/coordinator/lamps/{lamp.id}").text
    for name in (report.reference, f"B-{ticket.id}", spot.name):
        assert name in page


def test_everybody_who_reported_the_lamp_is_told_once_however_it_was_sorted(scene: Scene):
    lamp, desk = scene.lamp("SK-104"), scene.coordinator()
    on_ticket, in_spot, twin, other = (scene.report(pole_number="SK-104", method="pole") for _ in range(4))
    elsewhere = scene.report()
    spot = scene.spot(in_spot, state="confirmed")

    def decide(report: Report) -> triage.Desk:
        return triage.Desk(desk, scene.now, db.session.get_one(Report, report.id).version)

    triage.to_spot(in_spot.id, spot.reference, desk=decide(in_spot))
    triage.duplicate(twin.id, on_ticket.reference, desk=decide(twin))
    triage.review(other.id, desk=decide(other))
    ticket = scene.ticket(on_ticket, lamp=lamp, state="repaired", to=scene.technician())
    shine(scene, ticket)
    assert [answers(r) for r in (on_ticket, in_spot, twin, other, elsewhere)] == [1, 1, 1, 1, 0]
    assert [moves("report", r.id, "answered") for r in (on_ticket, in_spot, twin, other)] == [1, 1, 1, 1]


def test_a_spot_follows_the_lamp_of_its_reports_though_the_ticket_names_no_spot(scene: Scene):
    report = scene.report(pole_number="SK-104", method="pole")
    spot = scene.spot(report, state="confirmed")
    shine(scene, scene.ticket(report, lamp=scene.lamp("SK-104"), state="repaired", to=scene.technician()))
    assert db.session.get_one(DarkSpot, spot.id).state == "remedied"
    assert moves("dark_spot", spot.id, "remedied") == 1


def test_a_spot_with_a_second_dark_lamp_waits_for_it(scene: Scene):
    first, second = scene.report(), scene.report()
    spot = scene.spot(first, second, state="confirmed")
    one = scene.ticket(first, lamp=scene.lamp("SK-1"), state="repaired", to=scene.technician())
    two = scene.ticket(second, lamp=scene.lamp("SK-2"), state="repaired", to=scene.technician())
    shine(scene, one)
    assert db.session.get_one(DarkSpot, spot.id).state == "confirmed"
    shine(scene, two)
    assert db.session.get_one(DarkSpot, spot.id).state == "remedied"
