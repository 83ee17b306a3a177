"""What people decide about which reports are one spot moves the open work with it, and can be taken back."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.dark_spots import DarkSpot, SpotLineage
from app.models.measures import Measure
from app.models.reports import Report
from app.models.tickets import Ticket
from app.models.walks import Walk, WalkStop
from app.services import grouping, spot_work_steps
from app.services.transitions import remark
from tests.builders import CENTRE, Scene

FAR = (16.3380, 56.6780)


def post(client: FlaskClient, spot: DarkSpot, action: str, **fields: object):
    return client.post(f"/coordinator/dark-spots/{spot.id}/{action}", data={"version": kept(spot).version, **fields})


def kept(spot: DarkSpot) -> DarkSpot:
    db.session.expire_all()
    return db.session.get_one(DarkSpot, spot.id)


def spots() -> list[DarkSpot]:
    return list(db.session.scalars(select(DarkSpot).order_by(DarkSpot.id)))


def homes() -> dict[int, int | None]:
    return dict(db.session.execute(select(Report.id, Report.dark_spot_id)).all())


def newest() -> int:
    return db.session.scalars(select(SpotLineage.id).order_by(SpotLineage.id.desc())).first()


def work_on(scene: Scene, spot: DarkSpot, at: tuple[float, float]) -> dict[str, int]:
    """Give a spot a ticket, a measure and a stop of a planned walk at a place."""
    ticket = scene.ticket(at=at, dark_spot_id=spot.id)
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    measure = Measure(state="proposed", kind="lighting", description="Ny lampa", dark_spot_id=spot.id, **stamp)
    walk = Walk(state="planned", title="Vandring", district_id=scene.oxhagen.id, **stamp)
    db.session.add_all([measure, walk])
    db.session.flush()
    stop = WalkStop(walk_id=walk.id, ordinal=1, dark_spot_id=spot.id, lon=at[0], lat=at[1], title="Tunneln", **stamp)
    db.session.add(stop)
    db.session.commit()
    return {"ticket": ticket.id, "measure": measure.id, "stop": stop.id}


def owners(work: dict[str, int]) -> list[int | None]:
    db.session.expire_all()
    tables = {"ticket": Ticket, "measure": Measure, "stop": WalkStop}
    return [db.session.get_one(tables[name], number).dark_spot_id for name, number in work.items()]


def test_undoing_a_merge_gives_back_reports_and_work_and_each_its_old_state(scene: Scene) -> None:
    scene.reports_at(3)
    scene.reports_at(3, *FAR)
    grouping.rebuild(now=scene.now)
    (one, other), before, client = spots(), homes(), scene.signed_in("coordinator")
    work = work_on(scene, one, CENTRE)
    post(client, one, "confirm", how="visit")
    standing = (kept(other).pinned, kept(other).lon, kept(other).report_count)
    assert post(client, one, "merge", into=other.reference).status_code == 303
    assert owners(work) == [other.id] * 3
    assert post(client, other, "undo", decision=newest()).status_code == 303
    assert (kept(one).state, kept(one).merged_into_id, homes()) == ("confirmed", None, before)
    assert (kept(other).pinned, kept(other).lon, kept(other).report_count) == standing
    assert owners(work) == [one.id] * 3
    grouping.rebuild(now=scene.now)
    assert homes() == before


def test_a_spot_is_split_by_choosing_reports_and_open_work_follows_the_nearer_part(scene: Scene) -> None:
    west, east = scene.reports_at(3), scene.reports_at(3, CENTRE[0] + 0.0012)
    bridge = [scene.report(CENTRE[0] + step * 0.0004) for step in (1, 2)]
    grouping.rebuild(now=scene.now)
    (whole,) = spots()
    near_east, near_west = work_on(scene, whole, (east[0].lon, east[0].lat)), work_on(scene, whole, CENTRE)
    answer = post(scene.signed_in("coordinator"), whole, "split", part=[r.id for r in east])
    assert answer.status_code == 303
    _, part = spots()
    assert {number for number, home in homes().items() if home == part.id} == {r.id for r in east}
    assert (kept(part).report_count, kept(whole).report_count) == (3, 5)
    assert owners({k: near_east[k] for k in ("ticket", "stop")}) == [part.id] * 2
    assert owners(near_west) == [whole.id] * 3
    grouping.rebuild(now=scene.now)
    assert {homes()[r.id] for r in east} == {part.id}
    assert {homes()[r.id] for r in (*west, *bridge)} == {whole.id}


def test_undoing_a_split_makes_it_one_again_with_its_work_and_the_part_leads_there(scene: Scene) -> None:
    reports = scene.reports_at(5)
    grouping.rebuild(now=scene.now)
    (whole,), client = spots(), scene.signed_in("coordinator")
    work = work_on(scene, whole, (reports[4].lon, reports[4].lat))
    post(client, whole, "split", part=[reports[3].id, reports[4].id])
    part = spots()[1]
    assert post(client, part, "undo", decision=newest()).status_code == 303
    assert (kept(part).state, kept(part).merged_into_id, kept(whole).pinned) == ("merged", whole.id, False)
    assert set(homes().values()) == {whole.id}
    assert owners(work) == [whole.id] * 3
    grouping.rebuild(now=scene.now)
    assert (set(homes().values()), kept(whole).report_count) == ({whole.id}, 5)


def test_a_split_of_no_or_all_or_foreign_reports_is_refused_beside_the_choice(scene: Scene) -> None:
    reports, foreign = scene.reports_at(3), scene.report(*FAR)
    grouping.rebuild(now=scene.now)
    (spot,), client = spots(), scene.signed_in("coordinator")
    for chosen in ([], [r.id for r in reports], [reports[0].id, foreign.id], ["x"]):
        answer = post(client, spot, "split", part=chosen)
        assert answer.status_code == 422
        assert BeautifulSoup(answer.text, "html5lib").select_one("#part-error") is not None
    assert len(spots()) == 1


def test_a_name_and_a_pin_can_be_taken_back_and_nothing_is_undone_twice(scene: Scene) -> None:
    scene.reports_at(3)
    grouping.rebuild(now=scene.now)
    (spot,), client = spots(), scene.signed_in("coordinator")
    old = spot.name
    post(client, spot, "name", name="Tunneln")
    naming = newest()
    post(client, spot, "pin", pinned="1")
    assert post(client, spot, "undo", decision=newest()).status_code == 303
    assert post(client, spot, "undo", decision=naming).status_code == 303
    assert (kept(spot).name, kept(spot).named_by_staff, kept(spot).pinned) == (old, False, False)
    assert post(client, spot, "undo", decision=naming).status_code == 422


def test_a_decision_that_a_later_one_stands_on_is_not_undone_before_it(scene: Scene) -> None:
    reports = scene.reports_at(4)
    grouping.rebuild(now=scene.now)
    (spot,), client = spots(), scene.signed_in("coordinator")
    post(client, spot, "pin", pinned="1")
    pinning = newest()
    post(client, spot, "split", part=[reports[0].id])
    assert post(client, spot, "undo", decision=pinning).status_code == 422
    page = BeautifulSoup(client.get(f"/coordinator/dark-spots/{spot.id}").text, "html5lib")
    assert len(page.select("input[name=decision]")) == 1


def test_spots_that_grow_together_bring_their_work_and_come_back_when_the_bridge_is_gone(scene: Scene) -> None:
    west = scene.reports_at(3)
    east = [scene.report(CENTRE[0] + 0.0018 + i * 1e-5) for i in range(2)]
    grouping.rebuild(now=scene.now)
    first, second = spots()
    before, work = homes(), work_on(scene, second, (east[0].lon, east[0].lat))
    bridge = [scene.report(CENTRE[0] + step * 0.0004) for step in (1, 2, 3, 4)]
    grouping.regroup({"reports": [r.id for r in bridge]}, now=scene.now)
    assert (kept(second).state, kept(second).merged_into_id, set(homes().values())) == ("merged", first.id, {first.id})
    assert owners(work) == [first.id] * 3
    for report in bridge:
        db.session.get_one(Report, report.id).state = "withdrawn"
    db.session.commit()
    grouping.regroup({"reports": [r.id for r in bridge]}, now=scene.now)
    assert (kept(second).state, kept(second).merged_into_id) == ("proposed", None)
    assert {r.id: homes()[r.id] for r in (*west, *east)} == before
    assert owners(work) == [second.id] * 3


def test_work_without_a_place_stays_with_the_spot_that_lives_on(scene: Scene) -> None:
    spot, child = scene.spot(), scene.spot(name="Delen")
    moved = spot_work_steps.split_work(spot.id, child.id, [CENTRE], [FAR])
    assert moved == {"measures": [], "tickets": [], "stops": []}


def test_the_page_says_why_it_is_one_spot_and_what_changed_since_the_day_before(scene: Scene) -> None:
    reports = scene.reports_at(3)
    grouping.rebuild(now=scene.now.replace(day=23))
    scene.report()
    grouping.rebuild(now=scene.now)
    (spot,) = spots()
    page = BeautifulSoup(scene.signed_in("coordinator").get(f"/coordinator/dark-spots/{spot.id}").text, "html5lib")
    said = page.select_one("details.why").text
    assert "Rapporter: 4. Olika personer: 4." in said
    assert "Det längsta steget" in said
    assert "1 ny rapport" in said or "2 nya rapporter" in said
    assert "Röster" in said
    told = scene.app.test_cli_runner().invoke(args=["spots", "why", f"F-{spot.id}"])
    assert told.exit_code == 0, told.output
    assert "Rapporter: 4. Olika personer: 4." in told.output
    assert "Sedan måndag 23 november 2026: från" in told.output
    assert "från grupp C till B." in told.output
    assert reports


def test_a_place_that_stays_in_its_group_is_not_said_to_have_moved_from_it_to_itself(scene: Scene) -> None:
    scene.reports_at(3)
    for day in (23, 24):
        grouping.rebuild(now=scene.now.replace(day=day))
    (spot,) = spots()
    page = scene.signed_in("coordinator").get(f"/coordinator/dark-spots/{spot.id}").text
    told = scene.app.test_cli_runner().invoke(args=["spots", "why", f"F-{spot.id}"]).output
    for said in (page, told):
        assert f"fortfarande grupp {spot.band}." in said
        assert "från grupp" not in said


def test_why_is_said_in_one_language_with_the_times_of_the_municipality(scene: Scene) -> None:
    scene.reports_at(3)
    grouping.rebuild(now=scene.now.replace(day=23))
    (spot,) = spots()
    remark(spot, actor=THE_SYSTEM, now=scene.now.replace(hour=19, minute=30), reason="Vi var där.")
    db.session.commit()
    grouping.rebuild(now=scene.now)

    def told(lang: str) -> str:
        return scene.app.test_cli_runner().invoke(args=["spots", "why", spot.reference, "--lang", lang]).output

    assert "Varför de hör ihop" in told("sv")
    assert "24 november 2026 kl. 20:30: Vi var där." in told("sv")
    assert "Why they belong together" in told("en")
    assert not re.search("[åäö]", told("en").replace("Vi var där.", ""))


def test_places_far_apart_are_merged_only_when_it_is_said_twice(scene: Scene) -> None:
    scene.reports_at(3)
    scene.reports_at(3, CENTRE[0] + 0.03, CENTRE[1])
    grouping.rebuild(now=scene.now)
    (one, other), client = spots(), scene.signed_in("coordinator")
    asked = post(client, one, "merge", into=other.reference)
    assert asked.status_code == 422
    page = BeautifulSoup(asked.text, "html5lib")
    assert re.search(r"Platserna ligger 1[78]\d\d meter från varandra", page.text)
    assert page.select_one("input[name=into]")["value"] == other.reference
    assert page.select_one("input[name=far_apart]")["type"] == "checkbox"
    assert kept(one).state == "proposed"
    assert post(client, one, "merge", into=other.reference, far_apart="1").status_code == 303
    assert kept(one).merged_into_id == other.id


def test_after_a_split_the_new_place_is_named(scene: Scene) -> None:
    reports = scene.reports_at(4)
    grouping.rebuild(now=scene.now)
    (one,), client = spots(), scene.signed_in("coordinator")
    numbers = [report.id for report in reports[:2]]
    post(client, one, "split", part=numbers)
    (new,) = [spot for spot in spots() if spot.id != one.id]
    said = client.get(f"/coordinator/dark-spots/{one.id}").text
    assert f"De rapporter du valde är en egen plats nu: {new.reference}." in said


def test_asking_why_of_a_spot_that_is_not_there_fails_with_a_sentence(scene: Scene) -> None:
    told = scene.app.test_cli_runner().invoke(args=["spots", "why", "F-99"])
    assert told.exit_code == 1
    assert "There is no dark spot F-99." in told.output


def test_a_place_that_people_keep_together_says_so_and_nothing_of_limits_that_hold_for_others(scene: Scene) -> None:
    scene.reports_at(3)
    grouping.rebuild(now=scene.now)
    (spot,) = spots()

    def told() -> str:
        return scene.app.test_cli_runner().invoke(args=["spots", "why", f"F-{spot.id}"]).output

    assert "En plats blir högst 150 meter" in told()
    kept(spot).pinned = True
    db.session.commit()
    assert "Formen står kvar" in told()
    assert "En plats blir högst" not in told()
