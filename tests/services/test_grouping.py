"""Reports gather into dark spots that keep their name, their number and their work."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm.exc import StaleDataError

from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.dark_spots import DarkSpot, DarkSpotDistrict, SpotLineage
from app.models.districts import Municipality, NamedPlace
from app.models.reports import Report
from app.services import grouping, spot_steps
from app.services.spot_row_steps import rows_of, write_merged
from app.services.spot_steps import belong
from app.services.transitions import move, move_row
from tests.builders import Scene


def spots() -> list[DarkSpot]:
    return list(db.session.scalars(select(DarkSpot).order_by(DarkSpot.id)))


def test_three_neighbours_make_one_dark_spot_with_a_score_in_sentences(scene: Scene, now: datetime) -> None:
    scene.reports_at(3)
    figures = grouping.rebuild(now=now)
    (spot,) = spots()
    assert (figures.spots, figures.new, spot.reporter_count, spot.state) == (1, 1, 3, "proposed")
    assert [p["key"] for p in spot.score_parts][:3] == ["voices", "exposed", "flow"]
    assert spot.score_low <= spot.score <= spot.score_high


def test_a_lonely_report_makes_no_dark_spot(scene: Scene, now: datetime) -> None:
    scene.report()
    grouping.rebuild(now=now)
    assert spots() == []


def test_a_spot_that_grows_keeps_its_number_and_the_name_that_staff_gave_it(scene: Scene, now: datetime) -> None:
    scene.reports_at(3)
    grouping.rebuild(now=now)
    (spot,) = spots()
    spot.name, spot.named_by_staff = "Tunneln vid skolan", True
    db.session.commit()
    scene.reports_at(2)
    figures = grouping.rebuild(now=now)
    (same,) = spots()
    assert (same.id, same.name, same.reporter_count, figures.kept) == (spot.id, "Tunneln vid skolan", 5, 1)


def test_regrouping_does_not_make_an_open_form_stale(scene: Scene, now: datetime) -> None:
    scene.reports_at(3)
    grouping.rebuild(now=now)
    version = spots()[0].version
    scene.reports_at(2)
    grouping.rebuild(now=now)
    assert spots()[0].version == version


def test_a_spot_that_loses_its_reports_fades_to_dormant_and_keeps_its_page(scene: Scene, now: datetime) -> None:
    reports = scene.reports_at(2)
    grouping.rebuild(now=now)
    for report in reports:
        move(report, "rejected", actor=THE_SYSTEM, now=now, reason="Skräppost.")
    db.session.commit()
    grouping.rebuild(now=now)
    (spot,) = spots()
    assert spot.state == "dormant"


def test_a_spot_that_is_worked_on_and_loses_its_reports_keeps_its_state_and_says_that_nobody_counts_there(
    scene: Scene, now: datetime
) -> None:
    reports = scene.reports_at(3)
    scene.spot(*reports, state="in_plan")
    grouping.rebuild(now=now)
    before = spots()[0].score
    for report in reports:
        move(report, "rejected", actor=THE_SYSTEM, now=now, reason="Skräppost.")
    db.session.commit()
    grouping.regroup({"reports": [r.id for r in reports]}, now=now)
    db.session.expire_all()
    (spot,) = spots()
    assert (spot.state, spot.report_count, spot.reporter_count) == ("in_plan", 0, 0)
    assert spot.score < before
    grouping.rebuild(now=now + timedelta(days=2))
    db.session.expire_all()
    (spot,) = spots()
    assert spot.scored_at == now + timedelta(days=2)
    page = scene.signed_in("coordinator").get(f"/coordinator/dark-spots/{spot.id}").text
    assert "Inga rapporter räknas här just nu." in page
    assert "Den första rapporten" not in page


@pytest.mark.parametrize("few", [0, 10])
def test_a_new_spot_is_called_after_the_nearest_place_within_250_metres_or_else_its_district(
    scene: Scene, now: datetime, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(spot_steps, "FEW", few)
    named = {"Ängöparken": 16.3360, "Långt borta": 16.3500}
    stamp = {"lat": 56.66, "created_at": now, "updated_at": now}
    db.session.add_all([NamedPlace(name=name, lon=lon, **stamp) for name, lon in named.items()])
    for lon in (16.3350, 16.3351, 16.3420, 16.3421):
        scene.report(lon, 56.66)
    grouping.rebuild(now=now)
    assert [spot.name for spot in spots()] == ["Ängöparken", scene.skalby.name]


def test_a_spot_across_a_border_is_listed_in_both_districts(scene: Scene, now: datetime) -> None:
    for lon in (16.3396, 16.3399, 16.3403):
        scene.report(lon)
    grouping.rebuild(now=now)
    (spot,) = spots()
    listed = db.session.scalars(
        select(DarkSpotDistrict.district_id).where(DarkSpotDistrict.dark_spot_id == spot.id)
    ).all()
    assert spot.district_id == scene.oxhagen.id
    assert set(listed) == {scene.oxhagen.id, scene.skalby.id}


def test_two_spots_that_grow_together_become_one_and_say_where_they_came_from(scene: Scene, now: datetime) -> None:
    west = [scene.report(16.3350 + i * 1e-5) for i in range(2)]
    east = [scene.report(16.3370 + i * 1e-5) for i in range(2)]
    grouping.rebuild(now=now)
    assert len(spots()) == 2
    for step in range(1, 6):
        scene.report(16.3350 + step * 0.00034, now=now - timedelta(days=step))
    grouping.rebuild(now=now)
    members = {r.dark_spot_id for r in db.session.scalars(select(Report))}
    assert len(members) == 1
    assert members == {spots()[0].id}
    lineage = db.session.scalars(select(SpotLineage)).all()
    assert [(line.parent_id, line.child_id, line.how) for line in lineage] == [(spots()[1].id, spots()[0].id, "merge")]
    assert west
    assert east


@pytest.mark.parametrize("around", [True, False])
def test_a_report_that_was_turned_down_goes_along_when_its_place_grows_together_with_another(
    scene: Scene, now: datetime, *, around: bool
) -> None:
    for k in range(3):
        scene.report(16.3350 + k * 1e-5)
    east = [scene.report(16.3370 + k * 1e-5) for k in range(3)]
    grouping.rebuild(now=now)
    assert len(spots()) == 2
    move(east[2], "rejected", actor=scene.coordinator(), now=now, reason="Prov.")
    db.session.commit()
    between = [scene.report(16.3350 + step * 0.00034, now=now - timedelta(days=step)) for step in range(1, 6)]
    grouping.regroup({"reports": [r.id for r in between]} if around else {}, now=now)
    [line] = db.session.scalars(select(SpotLineage).where(SpotLineage.how == "merge"))
    assert line.moved["reports"] == [r.id for r in east]
    db.session.expire_all()
    assert {db.session.get_one(Report, r.id).dark_spot_id for r in east} == {line.child_id}


@pytest.mark.parametrize("around", [True, False])
def test_a_report_that_is_let_go_inside_a_place_that_people_keep_together_is_of_that_place_at_once(
    scene: Scene, now: datetime, *, around: bool
) -> None:
    scene.reports_at(3)
    far = [scene.report(16.3450 + number * 1e-5) for number in range(3)]
    grouping.rebuild(now=now)
    here, there = spots()
    here.pinned = True
    astray = scene.report(here.lon)
    belong(astray, there.id)
    db.session.commit()
    grouping.regroup({"spots": [there.id]} if around else {}, now=now)
    db.session.expire_all()
    assert db.session.get_one(Report, astray.id).dark_spot_id == here.id
    assert {db.session.get_one(Report, report.id).dark_spot_id for report in far} == {there.id}
    assert [spot.report_count for spot in spots()] == [4, 3]


def test_a_spot_that_somebody_decided_about_meanwhile_is_not_merged_over(scene: Scene, now: datetime) -> None:
    scene.reports_at(3)
    grouping.rebuild(now=now)
    (spot,) = spots()
    row = rows_of([spot.id])[spot.id]
    spot.public_text, spot.version = "Vi byter lampan i mars.", spot.version + 1
    db.session.flush()
    assert move_row("dark_spot", row, "merged", actor=THE_SYSTEM, now=now, reason="Sammanslagen.")
    with pytest.raises(StaleDataError):
        write_merged(row, spot.id, now)


def test_a_pinned_spot_keeps_its_reports_whatever_the_grouping_says(scene: Scene, now: datetime) -> None:
    reports = scene.reports_at(2)
    far = scene.report(16.3390)
    spot = scene.spot(*reports, far)
    spot.pinned = True
    db.session.commit()
    grouping.rebuild(now=now)
    assert {r.dark_spot_id for r in db.session.scalars(select(Report))} == {spot.id}


def test_doing_it_again_changes_nothing(scene: Scene, now: datetime) -> None:
    scene.reports_at(4)
    grouping.rebuild(now=now)
    before = [(s.id, s.score, s.lon, s.lat, s.version) for s in spots()]
    figures = grouping.rebuild(now=now)
    assert [(s.id, s.score, s.lon, s.lat, s.version) for s in spots()] == before
    assert (figures.kept, figures.new, figures.dormant) == (1, 0, 0)


def test_an_arrival_where_no_municipality_has_been_founded_is_grouped_as_elsewhere(scene: Scene, now: datetime) -> None:
    reports = [report.id for report in scene.reports_at(3)]
    db.session.execute(delete(Municipality))
    db.session.commit()
    grouping.regroup({"reports": reports}, now=now)
    assert [spot.reporter_count for spot in spots()] == [3]


def test_only_the_commit_of_a_job_goes_ahead_of_the_disk(scene: Scene) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite keeps no settings for one transaction")
    for in_job, waits in ((True, "off"), (False, "on")):
        db.session.execute(text("SET LOCAL synchronous_commit = on"))
        spot_steps.next_round(in_job=in_job)
        assert db.session.scalar(text("SHOW synchronous_commit")) == waits
        db.session.rollback()
