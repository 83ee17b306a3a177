"""The coordinator's walks: proposed, planned, held, written down and published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from app.models.base import db
from app.models.dark_spots import DarkSpot, DarkSpotDistrict
from app.models.districts import District, NamedPlace
from app.models.measures import Measure
from app.models.notices import Notice
from app.models.walks import Walk, WalkEntry, WalkStop
from tests.builders import CENTRE, Scene

DECEMBER = "2026-12-10"


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    """The coordinator's browser."""
    return scene.signed_in("coordinator")


def a_spot(
    scene: Scene, name: str, east_m: float = 0.0, north_m: float = 0.0, state: str = "confirmed", **report: Any
) -> DarkSpot:
    lon, lat = CENTRE[0] + east_m / 61_000, CENTRE[1] + north_m / 111_195
    return scene.spot(scene.report(lon, lat, **report), name=name, state=state)


def a_place(scene: Scene, name: str = "Biblioteket", lon: float = CENTRE[0], lat: float = CENTRE[1]) -> NamedPlace:
    place = NamedPlace(
        name=name, lon=lon, lat=lat, district_id=scene.oxhagen.id, created_at=scene.now, updated_at=scene.now
    )
    db.session.add(place)
    db.session.commit()
    return place


def a_walk(scene: Scene, desk: FlaskClient, *spots: DarkSpot, **sent: Any) -> Walk:
    chosen = spots or (a_spot(scene, "Tunneln"), a_spot(scene, "Parken", 300))
    answer = desk.post("/coordinator/walks/new", data={
        "district": scene.oxhagen.id, "on": DECEMBER, "spots": [s.id for s in chosen], "meeting_place": "Biblioteket", **sent,
    })  # fmt: skip
    assert answer.status_code == 303, answer.text
    return newest(Walk)


def newest(kind: Any) -> Any:
    db.session.expire_all()
    return db.session.scalars(select(kind).order_by(kind.id.desc())).first()


def stops(walk: Walk) -> list[WalkStop]:
    return list(db.session.scalars(select(WalkStop).where(WalkStop.walk_id == walk.id).order_by(WalkStop.ordinal)))


def act(desk: FlaskClient, walk: Walk, path: str, **sent: Any) -> Any:
    db.session.expire_all()
    version = db.session.scalars(select(Walk.version).where(Walk.id == walk.id)).one()
    return desk.post(f"/coordinator/walks/{walk.id}{path}", data={"version": version, **sent})


def state(thing: Any) -> str:
    db.session.expire_all()
    return str(db.session.get(type(thing), thing.id).state)


def a_held_walk(scene: Scene, desk: FlaskClient) -> Walk:
    walk = a_walk(scene, desk)
    assert act(desk, walk, "/plan").status_code == 303
    assert act(desk, walk, "/hold", residents=9, police=1, held_early="1").status_code == 303
    return walk


def test_the_planner_proposes_the_best_spots_and_leaves_out_one_two_kilometres_away(
    scene: Scene, desk: FlaskClient
) -> None:
    near = [a_spot(scene, f"Nära {i}", 150 * i) for i in range(3)]
    far = a_spot(scene, "Långt bort", 0, 2500)
    page = desk.get(f"/coordinator/walks/new?district={scene.oxhagen.id}").text
    assert [f'value="{s.id}" checked' in page for s in (*near, far)] == [True, True, True, False]


def test_a_new_walk_starts_a_quarter_after_civil_dusk_and_counts_its_metres_and_minutes(
    scene: Scene, desk: FlaskClient
) -> None:
    walk = a_walk(scene, desk)
    assert walk.civil_dusk_at is not None
    assert walk.starts_at is not None
    assert walk.civil_dusk_at.astimezone(UTC).hour == 15  # 16.05 in Kalmar in the middle of December
    assert 10 <= (walk.starts_at - walk.civil_dusk_at).total_seconds() / 60 <= 20
    assert walk.length_m == pytest.approx(2 * 300 * 1.3, rel=0.02)
    assert walk.minutes == 11 + 2 * 6 + 30


def test_a_walk_in_the_dark_in_june_is_refused_with_the_first_evening_that_works(
    scene: Scene, desk: FlaskClient
) -> None:
    spot = a_spot(scene, "Tunneln")
    answer = desk.post("/coordinator/walks/new", data={
        "district": scene.oxhagen.id, "on": "2027-06-17", "spots": [spot.id], "meeting_place": "Biblioteket",
    })  # fmt: skip
    assert answer.status_code == 422
    assert "inte mörkt i tid" in answer.text
    assert "Den första kvällen som går är" in answer.text
    assert "Biblioteket" in answer.text
    assert f'value="{spot.id}" checked' in answer.text
    assert newest(Walk) is None


def test_a_walk_in_daylight_in_june_is_planned_at_the_hour_that_was_chosen(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk, on="2027-06-17", light="daylight", start="10:30")
    assert walk.starts_at == datetime(2027, 6, 17, 8, 30, tzinfo=UTC)


def test_a_start_before_dark_is_refused_beside_its_field(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    answer = act(desk, walk, "", title="Ny rubrik", on=DECEMBER, start="13:00", light="dark", meeting_place="Skolan")
    assert answer.status_code == 422
    assert "Då är det inte mörkt än" in answer.text
    assert "Ny rubrik" in answer.text
    assert newest(Walk).title == "Trygghetsvandring i Oxhagen"


def test_stops_lie_in_the_order_of_the_shortest_loop_from_the_meeting_place(scene: Scene, desk: FlaskClient) -> None:
    spots = [a_spot(scene, name, east) for name, east in (("Bort", 600), ("Först", 100), ("Sedan", 350))]
    walk = a_walk(scene, desk, *spots, meeting_at=a_place(scene, lon=CENTRE[0] - 0.001).id)
    assert [s.title for s in stops(walk)] in (["Först", "Sedan", "Bort"], ["Bort", "Sedan", "Först"])
    assert [s.ordinal for s in stops(walk)] == [1, 2, 3]


def test_a_stop_is_moved_by_a_button_and_taken_away_by_another(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    first, second = stops(walk)
    assert act(desk, walk, f"/stops/{second.id}/up").status_code == 303
    assert [s.id for s in stops(walk)] == [second.id, first.id]
    assert act(desk, walk, f"/stops/{first.id}/remove").status_code == 303
    assert [s.id for s in stops(walk)] == [second.id]
    assert newest(Walk).length_m == 0.0


def test_unticked_spots_leave_the_walk_and_a_safe_place_stays(scene: Scene, desk: FlaskClient) -> None:
    kept, gone = a_spot(scene, "Tunneln"), a_spot(scene, "Parken", 300)
    walk = a_walk(scene, desk, kept, gone)
    assert act(desk, walk, "/safe-places", named_place_id=a_place(scene, "Torget").id).status_code == 303
    assert act(desk, walk, "/stops", spots=[kept.id]).status_code == 303
    assert [(s.title, s.safe_place) for s in stops(walk)] == [("Tunneln", False), ("Torget", True)]


def test_planning_moves_the_spots_and_tells_each_reporter_of_their_own_place(scene: Scene, desk: FlaskClient) -> None:
    tunnel, park = a_spot(scene, "Tunneln"), a_spot(scene, "Parken", 300)
    walk = a_walk(scene, desk, tunnel, park)
    assert act(desk, walk, "/plan").status_code == 303
    assert (state(walk), state(tunnel), state(park)) == ("planned", "on_walk", "on_walk")
    told = db.session.scalars(select(Notice).where(Notice.kind == "walk.planned")).all()
    assert {(n.facts["place"], n.facts["walk_on"]) for n in told} == {("Tunneln", DECEMBER), ("Parken", DECEMBER)}


def test_a_walk_without_meeting_place_is_not_planned_and_says_so(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk, meeting_place="")
    answer = act(desk, walk, "/plan")
    assert answer.status_code == 422
    assert 'href="#meeting_place"' in answer.text
    assert state(walk) == "draft"


def test_an_evening_that_has_been_is_not_planned(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    db.session.get(Walk, walk.id).starts_at = datetime(2026, 11, 19, 17, tzinfo=UTC)
    db.session.commit()
    answer = act(desk, walk, "/plan")
    assert answer.status_code == 422
    assert "Dagen har redan varit" in answer.text


def test_a_cancelled_walk_gives_its_reason_to_those_who_were_told_and_its_spots_back(
    scene: Scene, desk: FlaskClient
) -> None:
    spot = a_spot(scene, "Tunneln")
    walk = a_walk(scene, desk, spot, a_spot(scene, "Parken", 300))
    act(desk, walk, "/plan")
    assert act(desk, walk, "/cancel", reason="").status_code == 422
    assert act(desk, walk, "/cancel", reason="Storm").status_code == 303
    assert (state(walk), state(spot)) == ("cancelled", "confirmed")
    told = db.session.scalars(select(Notice).where(Notice.kind == "walk.cancelled")).all()
    assert {n.facts["reason"] for n in told} == {"Storm"}


def test_nobody_is_told_that_a_draft_was_given_up(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    assert act(desk, walk, "/cancel", reason="Fel område").status_code == 303
    assert db.session.scalars(select(Notice).where(Notice.kind == "walk.cancelled")).all() == []


def test_a_change_made_from_an_old_page_is_refused_and_changes_nothing(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    first, second = stops(walk)
    old = walk.version
    assert act(desk, walk, f"/stops/{second.id}/up").status_code == 303
    answer = desk.post(f"/coordinator/walks/{walk.id}/stops/{first.id}/remove", data={"version": old})
    assert answer.status_code == 409
    assert len(stops(walk)) == 2


def test_holding_a_walk_counts_people_and_confirms_every_spot_that_was_seen(scene: Scene, desk: FlaskClient) -> None:
    proposed = a_spot(scene, "Ny plats", state="proposed")
    walk = a_walk(scene, desk, proposed, a_spot(scene, "Parken", 300))
    act(desk, walk, "/plan")
    assert act(desk, walk, "/hold", held_early="1").status_code == 422
    assert act(desk, walk, "/hold", residents=7, held_early="1").status_code == 303
    spot = db.session.get(DarkSpot, proposed.id, populate_existing=True)
    assert (spot.confirmed_how, spot.state, spot.confirmed_at is not None) == ("walk", "on_walk", True)
    assert newest(Walk).attendance == {"residents": 7}


def test_an_entry_keeps_scores_observations_and_both_sides_of_a_disagreement(scene: Scene, desk: FlaskClient) -> None:
    walk = a_held_walk(scene, desk)
    stop = stops(walk)[0]
    answer = act(desk, walk, f"/stops/{stop.id}/entry", group_name="A", score_light="0", score_feeling="1",
                 observations=["lamp_out", "brush"], note="Mörkt mellan träden", dissent="Två tycker att det är lugnt",
                 lux="0,4", lux_instrument="Hagner E4-X")  # fmt: skip
    assert answer.status_code == 303
    entry = newest(WalkEntry)
    assert (entry.scores, entry.observations, entry.lux) == ({"light": 0, "feeling": 1}, ["lamp_out", "brush"], 0.4)
    assert entry.dissent == "Två tycker att det är lugnt"
    assert state(walk) == "protocol_draft"


def test_a_measured_light_without_its_instrument_is_refused_and_nothing_typed_is_lost(
    scene: Scene, desk: FlaskClient
) -> None:
    walk = a_held_walk(scene, desk)
    stop = stops(walk)[0]
    answer = act(
        desk, walk, f"/stops/{stop.id}/entry", score_light="2", lux="0,4", note="Skriven text", observations=["brush"]
    )
    assert answer.status_code == 422
    assert "Skriven text" in answer.text
    assert 'value="0,4"' in answer.text
    assert 'value="brush" checked' in answer.text
    assert 'name="score_light" value="2" checked' in answer.text
    assert newest(WalkEntry) is None


def test_an_entry_becomes_measures_with_the_owner_of_the_light_and_of_the_greenery(
    scene: Scene, desk: FlaskClient
) -> None:
    walk = a_held_walk(scene, desk)
    spot = db.session.get(DarkSpot, stops(walk)[0].dark_spot_id)
    spot.owner_light_id = scene.lighting_unit.id
    db.session.commit()
    act(desk, walk, f"/stops/{stops(walk)[0].id}/entry", observations=["lamp_out", "brush"], note="Mörkt")
    entry = newest(WalkEntry)
    page = desk.get(f"/coordinator/walks/{walk.id}/protocol").text
    assert 'value="lighting_repair" checked' in page
    assert 'value="brush_clearing" checked' in page
    assert (
        act(desk, walk, f"/entries/{entry.id}/measures", kinds=["lighting_repair", "brush_clearing"]).status_code == 303
    )
    made = db.session.scalars(select(Measure).order_by(Measure.id)).all()
    assert [(m.kind, m.responsible_id) for m in made] == [
        ("lighting_repair", scene.lighting_unit.id),
        ("brush_clearing", None),
    ]
    assert made[0].deadline == date(2027, 5, 25)
    assert made[1].deadline is None


def test_a_protocol_without_summary_or_entries_is_not_published(scene: Scene, desk: FlaskClient) -> None:
    walk = a_held_walk(scene, desk)
    answer = act(desk, walk, "/publish")
    assert answer.status_code == 422
    assert "Skriv minst en anteckning" in answer.text
    public = desk.get(f"/walks/{walk.id}").text
    assert ("Protokollet kommer senast" in public, "Tunneln" in public) == (True, False)


def test_everybody_reads_the_published_protocol_with_its_yes_and_its_no(scene: Scene, desk: FlaskClient) -> None:
    walk = a_held_walk(scene, desk)
    stop = stops(walk)[0]
    act(desk, walk, f"/stops/{stop.id}/entry", group_name="A", score_light="0", note="Mörkt <b>här</b>")
    act(desk, walk, f"/stops/{stop.id}/entry", group_name="B", score_light="2", observations=["brush"])
    act(desk, walk, "/protocol", summary="Vi såg tre mörka hål.", residents="9")
    entry = newest(WalkEntry)
    act(desk, walk, f"/entries/{entry.id}/measures", kinds=["brush_clearing"])
    measure = newest(Measure)
    desk.post(
        f"/coordinator/measures/{measure.id}/move",
        data={"version": measure.version, "to": "rejected", "reason": "Träden är skyddade"},
    )
    assert act(desk, walk, "/publish").status_code == 303
    page = scene.app.test_client().get(f"/walks/{walk.id}")
    assert page.status_code == 200
    assert "Vi såg tre mörka hål." in page.text
    assert "Träden är skyddade" in page.text
    assert "0–2" in page.text
    assert "<b>här</b>" not in page.text
    assert "coordinator" not in page.text.split("<main")[1].split("</main>")[0]


def test_a_day_that_has_passed_is_called_late_on_the_public_page(scene: Scene, desk: FlaskClient) -> None:
    walk = a_held_walk(scene, desk)
    act(desk, walk, f"/stops/{stops(walk)[0].id}/entry", observations=["brush"])
    act(desk, walk, "/protocol", summary="Klart.", residents="9")
    act(desk, walk, f"/entries/{newest(WalkEntry).id}/measures", kinds=["brush_clearing"])
    measure = newest(Measure)
    measure.deadline, measure.responsible_id = scene.now.date(), scene.lighting_unit.id
    db.session.commit()
    desk.post(f"/coordinator/measures/{measure.id}/move", data={"version": measure.version, "to": "decided"})
    measure = newest(Measure)
    measure.deadline = date(2026, 11, 1)
    db.session.commit()
    act(desk, walk, "/publish")
    assert "Det skulle ha varit klart söndag 1 november 2026 och är försenat." in desk.get(f"/walks/{walk.id}").text


def test_a_protocol_that_is_published_can_no_longer_be_changed(scene: Scene, desk: FlaskClient) -> None:
    walk = a_held_walk(scene, desk)
    stop = stops(walk)[0]
    act(desk, walk, f"/stops/{stop.id}/entry", score_light="0")
    act(desk, walk, "/protocol", summary="Klart.", residents="9")
    act(desk, walk, "/publish")
    assert act(desk, walk, "/protocol", summary="Ändrat.", residents="1").status_code == 422
    assert newest(Walk).summary == "Klart."


def test_the_calendar_file_holds_the_evening_and_its_occasions_with_lasting_identities(
    scene: Scene, desk: FlaskClient
) -> None:
    walk = a_walk(scene, desk)
    answer = desk.get(f"/coordinator/walks/{walk.id}.ics")
    assert answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert len({str(e["uid"]) for e in events}) == len(events) == 5  # evening, trial, pre-meeting, feedback, re-walk
    evening = events[0]
    assert evening.decoded("dtstart") == walk.starts_at
    assert (evening.decoded("dtend") - evening.decoded("dtstart")).total_seconds() / 60 == walk.minutes
    assert str(evening["location"]) == "Biblioteket"


def test_the_printed_sheet_has_route_stops_checklist_and_the_emergency_number(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    page = desk.get(f"/coordinator/walks/{walk.id}/print").text
    assert all(words in page for words in ("<svg", "Tunneln", "Parken", "Reflexväst", "ring 112", "Fri sikt".lower()))
    document = desk.get(f"/coordinator/walks/{walk.id}/print.pdf")
    assert document.mimetype == "application/pdf"
    assert document.data.startswith(b"%PDF")


def test_a_district_s_quota_counts_held_walks_and_not_cancelled_ones(scene: Scene, desk: FlaskClient) -> None:
    a_held_walk(scene, desk)
    walk = a_walk(scene, desk, a_spot(scene, "Tredje", 600))
    act(desk, walk, "/cancel", reason="Storm")
    page = desk.get("/coordinator/walks?year=2026").text
    row = page[page.index("<td>Oxhagen</td><td><meter") :].split("</tr>")[0]
    assert "1 av 1" in row
    assert '<td class="num">0</td><td class="num">0</td>' in row


def test_a_coordinator_of_another_district_neither_sees_nor_changes_the_walk(
    scene: Scene, desk: FlaskClient, limit_coordinator: Callable[[District], None]
) -> None:
    walk = a_walk(scene, desk)
    limit_coordinator(scene.skalby)
    assert desk.get(f"/coordinator/walks/{walk.id}").status_code == 404
    assert act(desk, walk, "/plan").status_code == 404
    made = desk.post("/coordinator/walks/new", data={"district": scene.oxhagen.id, "on": DECEMBER, "spots": [1]})
    assert made.status_code == 403


def test_the_list_and_a_walk_ask_as_many_questions_for_many_as_for_few(
    scene: Scene, desk: FlaskClient, count_queries: Callable[[], Any]
) -> None:
    def asked(path: str) -> int:
        with count_queries() as queries:
            assert desk.get(path).status_code == 200
        return int(queries.count)

    few = a_walk(scene, desk)
    many = a_walk(scene, desk, *(a_spot(scene, f"Plats {i}", 40 * i) for i in range(8)))
    before = [asked(f"/coordinator/walks/{few.id}"), asked(f"/coordinator/walks/{few.id}/protocol")]
    after = [asked(f"/coordinator/walks/{many.id}"), asked(f"/coordinator/walks/{many.id}/protocol")]
    assert after == before
    assert max(*after, asked("/coordinator/walks")) <= 16


def test_a_spot_that_lies_across_the_border_is_proposed_in_both_districts(scene: Scene, desk: FlaskClient) -> None:
    spot = a_spot(scene, "Gränsen")
    assert "Gränsen" not in desk.get(f"/coordinator/walks/new?district={scene.skalby.id}").text
    db.session.add(DarkSpotDistrict(dark_spot_id=spot.id, district_id=scene.skalby.id, share=0.3))
    db.session.commit()
    assert "Gränsen" in desk.get(f"/coordinator/walks/new?district={scene.skalby.id}").text
