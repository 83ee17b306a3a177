"""Promises of tickets at the desk: danger is a call first, the same lamp is one ticket, several faults can be one."""

from __future__ import annotations

from datetime import timedelta

from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.models.base import db
from app.models.notices import Notice
from app.models.reports import Report
from app.models.tickets import Ticket
from app.services import new_tickets, ticket_causes, tickets
from tests.builders import CENTRE, Scene

NEW = "/coordinator/tickets/new"


def only() -> Ticket:
    db.session.expire_all()
    return db.session.scalars(select(Ticket)).one()


def told(report: Report) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.report_id == report.id).order_by(Notice.id)))


def test_danger_opens_nothing_until_somebody_was_called(scene: Scene):
    scene.lamp("SK-104")
    desk = scene.signed_in("coordinator")
    refused = desk.post(NEW, data={"fault_code": "B11", "pole": "SK-104", "directions": "Vid kiosken"})
    assert refused.status_code == 422
    assert "Ring först" in refused.text
    assert "Vid kiosken" in refused.text
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 0
    opened = desk.post(NEW, data={"fault_code": "B11", "pole": "SK-104", "called_whom": "Anna på driften"})
    assert opened.status_code == 303
    page = desk.get(opened.headers["Location"]).text
    assert "Anna på driften" in page
    assert "Ring nu" not in page
    assert only().priority == "P1"


def test_a_dangerous_ticket_shouts_until_the_call_is_written_down(scene: Scene):
    ticket, desk = scene.ticket(fault="B12"), scene.signed_in("coordinator")
    address = f"/coordinator/tickets/{ticket.id}"
    assert "Ring nu" in desk.get(address).text
    assert 'href="tel:0480450000"' in desk.get(address).text
    assert desk.post(f"{address}/called", data={"version": "1"}).status_code == 422
    desk.post(f"{address}/called", data={"version": "1", "called_whom": "Driftjouren"})
    assert "Ring nu" not in desk.get(address).text


def test_a_ticket_by_hand_needs_a_pole_that_exists_or_a_place(scene: Scene):
    desk = scene.signed_in("coordinator")
    assert "känner inte igen" in desk.post(NEW, data={"fault_code": "B01", "pole": "XX-1"}).text
    assert "Välj var det är" in desk.post(NEW, data={"fault_code": "B01"}).text
    opened = desk.post(
        NEW,
        data={"fault_code": "B01", "lat": "56,676", "lon": "16.335", "source": "patrol", "environment": "underpass"},
    )
    assert opened.status_code == 303
    assert (only().source, only().priority, only().district_id) == ("patrol", "P2", scene.oxhagen.id)


def test_a_ticket_by_hand_far_outside_the_municipality_is_refused_beside_its_position(scene: Scene):
    lamp, desk = scene.lamp("SK-104", lon=18.06, lat=59.33), scene.signed_in("coordinator")
    sent = {"fault_code": "B01", "lat": "59,33", "lon": "18.06", "directions": "Vid kiosken"}
    answer = desk.post(NEW, data=sent)
    page = BeautifulSoup(answer.text, "html5lib")
    assert (answer.status_code, page.select_one("#lat-error").text) == (422, "Platsen ligger utanför kommunen.")
    assert [page.select_one(f"#{name}")["value"] for name in ("lat", "lon", "directions")] == [
        "59,33",
        "18.06",
        "Vid kiosken",
    ]
    assert db.session.scalars(select(Ticket)).all() == []
    assert desk.post(NEW, data={**sent, "lat": "56.754"}).status_code == 422
    assert desk.post(NEW, data={**sent, "lat": "56.754", "lon": "16.35"}).status_code == 303
    assert desk.post(NEW, data={**sent, "pole": "SK-104"}).status_code == 303
    assert db.session.scalars(select(Ticket.lamp_id).order_by(Ticket.id)).all() == [None, lamp.id]


def test_a_spot_gives_its_ticket_place_environment_and_band(scene: Scene):
    spot, desk = scene.spot(), scene.signed_in("coordinator")
    assert f'name="spot_id" value="{spot.id}"' in desk.get(f"{NEW}?spot={spot.id}").text
    desk.post(NEW, data={"fault_code": "B01", "spot_id": str(spot.id), "lat": str(spot.lat), "lon": str(spot.lon)})
    assert (only().dark_spot_id, only().source, only().priority) == (spot.id, "spot", "P3")


def test_a_second_fault_at_the_same_lamp_joins_the_open_ticket(scene: Scene):
    lamp, desk = scene.lamp("SK-104"), scene.signed_in("coordinator")
    ticket = scene.ticket(lamp=lamp)
    answer = desk.post(NEW, data={"fault_code": "B04", "pole": "SK-104"}, follow_redirects=True)
    assert "hade redan ett öppet ärende" in answer.text
    assert only().id == ticket.id


def follow(scene: Scene, report: Report) -> str:
    return new_tickets.follow_lamp({"report_id": report.id}, scene.now)


def test_a_report_of_a_lamp_with_an_open_ticket_follows_it_by_itself(scene: Scene):
    ticket = scene.ticket(lamp=scene.lamp("SK-104"))
    report = scene.report(pole_number="SK-104", method="pole")
    assert follow(scene, report) == "joined"
    db.session.expire_all()
    kept = db.session.get_one(Report, report.id)
    assert (kept.ticket_id, kept.state) == (ticket.id, "ticketed")
    assert follow(scene, report) == ""


def test_the_same_lamp_within_two_weeks_opens_again_for_the_same_team(scene: Scene):
    first, who = scene.report(pole_number="SK-104", method="pole"), scene.technician()
    ticket = scene.ticket(first, lamp=scene.lamp("SK-104"), to=who, state="repaired")
    tickets.verify(tickets.open_ticket(ticket.id, who), None, how="night_check", actor=who, now=scene.now)
    scene.now += timedelta(days=13)
    again = scene.report(pole_number="SK-104", method="pole", now=scene.now)
    assert follow(scene, again) == "reopened"
    assert (only().state, only().assignee_id, only().reopened_count) == ("reopened", who.staff_id, 1)
    assert told(first)[-1] == "ticket.reopened"
    assert told(first).count("ticket.reopened") == 1
    assert told(first).count("report.reopened") == 0


def test_the_same_lamp_after_three_weeks_is_a_fault_of_its_own(scene: Scene):
    lamp, who = scene.lamp("SK-104"), scene.technician()
    scene.ticket(lamp=lamp, to=who, state="repaired")
    scene.now += timedelta(days=21)
    report = scene.report(pole_number="SK-104", method="pole", now=scene.now)
    assert follow(scene, report) == ""
    assert db.session.get_one(Report, report.id).state == "received"


def row_of_lamps(scene: Scene, count: int) -> list[Ticket]:
    found = []
    for n in range(count):
        lon = CENTRE[0] + 0.0005 * n
        lamp = scene.lamp(f"SK-{n}", lon, CENTRE[1], cabinet="C1", section="S1")
        found.append(scene.ticket(scene.report(lon), lamp=lamp, at=(lon, CENTRE[1])))
    return found


def test_a_whole_section_becomes_one_ticket_and_nobody_is_lost(scene: Scene):
    rows, desk = row_of_lamps(scene, 4), scene.signed_in("coordinator")
    page = desk.get("/coordinator/tickets/causes").text
    assert "4 av 4 lampor i samma sektion (C1 S1)" in page
    (cause,) = ticket_causes.suggestions(scene.coordinator(), now=scene.now)
    sent = {"lamp_id": [str(x.lamp_id) for x in cause.lamps]}
    assert desk.post("/coordinator/tickets/causes", data=sent).status_code == 303
    db.session.expire_all()
    kept = {t.id: t.state for t in db.session.scalars(select(Ticket).order_by(Ticket.id))}
    assert kept == {rows[0].id: "new", **dict.fromkeys((t.id for t in rows[1:]), "duplicate")}
    reports = db.session.scalars(select(Report)).all()
    assert {r.ticket_id for r in reports} == {rows[0].id}
    assert {r.state for r in reports} == {"ticketed"}
    main = tickets.open_ticket(rows[0].id, scene.coordinator())
    assert (main.fault_code, main.priority, len(main.lamps)) == ("B03", "P2", 4)
    assert "SK-3" in desk.get(f"/coordinator/tickets/{main.id}").text
    assert "Inga öppna fel hänger ihop" in desk.get("/coordinator/tickets/causes").text
    assert desk.post("/coordinator/tickets/causes", data=sent).status_code == 303


def test_the_repair_of_the_one_ticket_answers_everybody_once(scene: Scene):
    rows = row_of_lamps(scene, 3)
    desk, who = scene.coordinator(), scene.technician()
    (cause,) = ticket_causes.suggestions(desk, now=scene.now)
    ticket_causes.join_up([x.lamp_id for x in cause.lamps], actor=desk, now=scene.now, today=scene.now.date())
    for step in (tickets.arrive,):
        step(tickets.open_ticket(rows[0].id, who), None, actor=who, now=scene.now)
    done = tickets.Repair("fuse", "fuse_replaced", "", switch_on_test=True, note="")
    main = tickets.open_ticket(rows[0].id, who)
    main.priority = "P4"
    tickets.repair(main, None, done, (), actor=who, now=scene.now, today=scene.now.date())
    tickets.verify(tickets.open_ticket(rows[0].id, who), None, how="control", actor=who, now=scene.now)
    for report in db.session.scalars(select(Report)).all():
        assert report.state == "answered"
        assert told(report)[-2:] == ["ticket.repaired", "report.answered"]


def test_ending_a_ticket_tells_each_reporter_one_thing(scene: Scene):
    report = scene.report()
    ticket = scene.ticket(report, state="on_site", to=scene.technician())
    who = scene.technician()
    tickets.end(tickets.open_ticket(ticket.id, who), None, "no_fault", reason="Den lyser.", actor=who, now=scene.now)
    assert told(report)[-1] == "ticket.no_fault"
    assert "report.answered" not in told(report)
    assert db.session.get_one(Report, report.id).state == "answered"


def test_the_page_shows_the_whole_age_while_the_clock_stands_still(scene: Scene):
    ticket, who = scene.ticket(state="on_site", to=scene.technician()), scene.technician()
    day = scene.now.date() + timedelta(days=30)
    tickets.wait(
        tickets.open_ticket(ticket.id, who),
        None,
        "waiting_grid_owner",
        next_on=day,
        reason="Kabel",
        actor=who,
        now=scene.now,
    )
    kept = db.session.get_one(Ticket, ticket.id)
    kept.created_at -= timedelta(days=20)
    db.session.commit()
    page = scene.signed_in("coordinator").get(f"/coordinator/tickets/{ticket.id}").text
    assert "20 dygn i allt" in page
    assert "Klockan står: väntar på nätägare." in page


def test_degrees_that_nobody_can_read_are_said_beside_their_field_and_the_map_opens_in_town(scene: Scene):
    sent = {"fault_code": "B01", "pole": "XX-1", "lat": "hej", "lon": "16.352"}
    answer = scene.signed_in("coordinator").post(NEW, data=sent)
    assert answer.status_code == 422
    assert 'id="lat-error"' in answer.text
    assert 'id="pole-error"' in answer.text
    assert 'data-lat="hej"' not in answer.text
    assert 'value="hej"' in answer.text


def test_a_number_that_no_row_can_have_begins_an_empty_ticket(scene: Scene):
    desk = scene.signed_in("coordinator")
    for asked in ("lamp", "spot"):
        assert desk.get(NEW, query_string={asked: 10**20}).status_code == 200
