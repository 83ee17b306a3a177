"""The desk's first page, and the compilation of one district."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.models.base import db
from app.models.districts import Rule
from app.models.measures import Measure, Plan
from app.models.tickets import Ticket
from app.models.walks import Walk
from app.services import compilations, dashboard, plans
from app.services.desk_steps import Desk
from tests.builders import Scene


def measure(scene: Scene, spot, **values) -> Measure:
    row = Measure(
        state="decided", kind="lighting_repair", description="Byt armatur", dark_spot_id=spot.id, district_id=spot.district_id,
        created_at=scene.now, updated_at=scene.now, **values,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def ticket(scene: Scene, spot, days: int, state: str = "assigned") -> Ticket:
    today = scene.now.date()
    row = Ticket(
        state=state, fault_code="B01", priority="P4", opened_on=today, due_on=today + timedelta(days=days),
        dark_spot_id=spot.id, district_id=spot.district_id, created_at=scene.now, updated_at=scene.now,
    )  # fmt: skip
    row.place_at(spot.lon, spot.lat)
    db.session.add(row)
    db.session.commit()
    return row


def walk(scene: Scene, state: str, days: int) -> Walk:
    row = Walk(
        state=state, title="Kvällsvandring", district_id=scene.oxhagen.id, starts_at=scene.now + timedelta(days=days),
        created_at=scene.now, updated_at=scene.now,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def seen(scene: Scene, district_ids=frozenset()) -> dashboard.Overview:
    return dashboard.overview(district_ids, now=scene.now, today=scene.now.date())


def page(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html5lib")


def test_the_first_page_counts_what_is_new_and_what_may_be_danger(scene: Scene) -> None:
    scene.report()
    scene.report(16.36, 56.66, text="En man hotar folk här")
    figures = page(scene.signed_in("coordinator"), "/coordinator/").select(".figures strong")
    assert [f.text for f in figures] == ["1", "0", "2", "0", "0"]


def test_a_district_without_reports_is_listed_and_said_to_have_none(scene: Scene) -> None:
    scene.report()
    rows = page(scene.signed_in("coordinator"), "/coordinator/").select("tbody tr")
    said = {row.select_one("th").text.strip(): row.text for row in rows}
    assert "inga rapporter" in said["Skälby"]
    assert "inga rapporter" not in said["Oxhagen"]


def test_spots_are_counted_by_band_in_their_own_district(scene: Scene) -> None:
    scene.spot()
    line = next(row for row in seen(scene).lines if row.district.id == scene.oxhagen.id)
    assert line.bands == {"A": 1, "B": 0, "C": 0}


def test_only_open_tickets_and_measures_whose_day_has_passed_are_late(scene: Scene) -> None:
    spot, today = scene.spot(), scene.now.date()
    late, _due, _done = ticket(scene, spot, -1), ticket(scene, spot, 0), ticket(scene, spot, -9, "closed")
    waits = measure(scene, spot, deadline=today - timedelta(days=3))
    measure(scene, spot, deadline=today - timedelta(days=3), next_on=today + timedelta(days=9))
    overview = seen(scene)
    assert ([t.id for t in overview.late_tickets], overview.late_ticket_count) == ([late.id], 1)
    assert ([m.id for m in overview.late_measures], overview.late_measure_count) == ([waits.id], 1)


def test_the_lists_of_what_is_late_have_as_many_as_the_first_page_says(scene: Scene) -> None:
    spot, today, desk = scene.spot(), scene.now.date(), scene.signed_in("coordinator")
    for days in range(12):
        ticket(scene, spot, -1 - days)
        measure(scene, spot, deadline=today - timedelta(days=1 + days))
    ticket(scene, spot, -9, "repaired")
    measure(scene, spot, deadline=today - timedelta(days=3), next_on=today + timedelta(days=9))
    measure(scene, spot, deadline=today + timedelta(days=30), next_on=today - timedelta(days=1))
    first = page(desk, "/coordinator/")
    counted = [figure.text for figure in first.select(".figures .bad strong")]
    links = [link for link in first.select("p a") if link.text.startswith("Alla 1")]
    assert (counted, [link.text for link in links]) == (["12", "13"], ["Alla 12 i listan", "Alla 13 i listan"])
    assert [len(page(desk, link["href"]).select_one("table").select("tbody tr")) for link in links] == [12, 13]
    late = [row.text for row in page(desk, "/coordinator/measures").select("tbody tr") if "försenad" in row.text]
    assert len(late) == 13


def test_a_plan_whose_review_day_has_come_is_named_until_it_is_followed_up(scene: Scene) -> None:
    day = scene.now.date() - timedelta(days=2)
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    plan = Plan(
        state="ongoing",
        title="Ljus längs ån",
        district_id=scene.oxhagen.id,
        review_on=day,
        review_dates=[day.isoformat()],
        **stamp,
    )
    draft = Plan(
        state="draft", title="Inte beslutad", district_id=scene.oxhagen.id, review_on=day, review_dates=[], **stamp
    )
    db.session.add_all([plan, draft])
    db.session.commit()
    assert [(p.id, due) for p, due in seen(scene).due_reviews] == [(plan.id, day)]
    assert seen(scene, frozenset({scene.skalby.id})).due_reviews == []
    assert (
        "Ljus längs ån ska följas upp"
        in page(scene.signed_in("coordinator"), "/coordinator/").select_one(".today").text
    )
    plans.move_on(plan.id, "followed_up", "", desk=Desk(scene.coordinator(), scene.now))
    assert seen(scene).due_reviews == []


def test_a_walk_counts_towards_the_quota_of_its_year_only_when_it_was_held(scene: Scene) -> None:
    for state, days in (("protocol_published", -20), ("planned", 9), ("cancelled", -5), ("finished", -400)):
        walk(scene, state, days)
    line = next(row for row in seen(scene).lines if row.district.id == scene.oxhagen.id)
    assert (line.walks_held, line.walks_planned, seen(scene).quota) == (1, 1, 1)


def test_the_quota_is_the_municipalitys_own_dated_rule_where_there_is_one(scene: Scene) -> None:
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    db.session.add(Rule(kind="walk_quota", valid_from=scene.now.date(), value={"per_district": 2}, **stamp))
    db.session.commit()
    assert seen(scene).quota == 2


def test_a_coordinator_of_one_district_sees_that_district_and_no_other(scene: Scene, limit_coordinator) -> None:
    scene.spot()
    client = scene.signed_in("coordinator")
    limit_coordinator(scene.skalby)
    rows = page(client, "/coordinator/").select(".narrow-first tbody tr th")
    assert [row.text.strip() for row in rows] == ["Skälby"]
    assert client.get("/coordinator/districts/oxhagen").status_code == 403
    assert client.get("/coordinator/districts/oxhagen.csv").status_code == 403
    assert "Oxhagen" not in page(client, "/coordinator/municipality").select_one("main").text
    assert "Oxhagen" not in client.get("/coordinator/municipality.csv").text


def test_a_compilation_says_for_each_spot_what_is_done_and_the_next_promised_day(scene: Scene) -> None:
    spot, today = scene.spot(*scene.reports_at(2)), scene.now.date()
    measure(scene, spot, deadline=today + timedelta(days=30), next_on=today + timedelta(days=20))
    ticket(scene, spot, 12)
    ticket(scene, spot, 2, "closed")
    found = compilations.compile_district("oxhagen", now=scene.now, today=scene.now.date())
    assert found is not None
    assert found.entries[0].next_on == today + timedelta(days=12)
    text = page(scene.signed_in("coordinator"), "/coordinator/districts/oxhagen").text
    assert "Laga belysning" in text
    assert "ansvarig saknas" in text


def test_a_silent_district_is_called_quiet_and_never_safe(scene: Scene) -> None:
    scene.reports_at(3)
    silent = compilations.compile_district("skalby", now=scene.now, today=scene.now.date())
    heard = compilations.compile_district("oxhagen", now=scene.now, today=scene.now.date())
    assert silent is not None
    assert heard is not None
    assert (silent.line.quiet, heard.line.quiet) == (True, False)
    assert heard.line.ratio == 2.0


def test_perspectives_count_as_heard_only_after_a_walk_of_the_last_two_years(scene: Scene) -> None:
    walk(scene, "finished", -10).perspective = "women"
    walk(scene, "planned", 10).perspective = "young"
    db.session.commit()
    found = compilations.compile_district("oxhagen", now=scene.now, today=scene.now.date())
    assert found is not None
    assert "women" not in found.missing_perspectives
    assert "young" in found.missing_perspectives


def test_the_table_as_a_file_cannot_run_formulas_in_a_spreadsheet(scene: Scene) -> None:
    spot = scene.spot(*scene.reports_at(2), name='=HYPERLINK("x";"y")')
    answer = scene.signed_in("coordinator").get("/coordinator/districts/oxhagen.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert answer.mimetype == "text/csv"
    assert rows[0]["nummer"] == spot.reference
    assert not rows[0]["namn"].startswith("=")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_districts_compilation_is_one_click_from_the_first_page(scene: Scene) -> None:
    client = scene.signed_in("coordinator")
    links = [a["href"] for a in page(client, "/coordinator/").select("tbody a")]
    assert "/coordinator/districts/oxhagen" in links
    assert page(client, "/coordinator/districts/oxhagen").select_one('a[href$=".csv"]') is not None
    assert client.get("/coordinator/districts/finns-inte").status_code == 404


def test_both_pages_ask_the_database_as_often_for_one_spot_as_for_many(scene: Scene, count_queries) -> None:
    client = scene.signed_in("coordinator")
    spots = [scene.spot(name=f"Plats {i}", state="dismissed" if i else None) for i in range(9)]
    ticket(scene, spots[0], -1)
    measure(scene, spots[0], deadline=scene.now.date() - timedelta(days=1))
    counts = []
    for _ in range(2):
        with count_queries() as queries:
            page(client, "/coordinator/")
            page(client, "/coordinator/districts/oxhagen")
        counts.append(queries.count)
        for spot in spots[1:]:
            ticket(scene, spot, -2)
            measure(scene, spot, deadline=scene.now.date() - timedelta(days=2))
        for spot in spots:
            db.session.merge(spot).state = "proposed"
        db.session.commit()
    assert counts[0] == counts[1]


def test_each_owner_stands_with_what_it_is_behind_with_and_since_when(scene: Scene) -> None:
    spot, today = scene.spot(), scene.now.date()
    ticket(scene, spot, -3).owner_id = scene.lighting_unit.id
    ticket(scene, spot, -9)
    measure(scene, spot, deadline=today - timedelta(days=40), responsible_id=scene.lighting_unit.id)
    db.session.commit()
    named, nobody = seen(scene).owners
    assert (named.name, named.tickets, named.measures) == ("Gata och belysning", 1, 1)
    assert named.oldest_on == today - timedelta(days=40)
    assert (nobody.name, nobody.tickets, nobody.measures) == ("", 1, 0)


def test_a_district_without_its_yearly_walk_is_named_from_september_on(scene: Scene) -> None:
    walk(scene, "planned", 5)
    november = dashboard.overview((), now=scene.now, today=scene.now.date())
    august = dashboard.overview((), now=scene.now, today=scene.now.date().replace(month=8))
    assert [line.district.name for line in november.without_walk] == ["Skälby"]
    assert august.without_walk == []


def test_reports_are_counted_by_month_and_months_without_any_are_shown(scene: Scene) -> None:
    scene.report()
    scene.report(now=scene.now - timedelta(days=60))
    months = seen(scene).months
    assert len(months) == 24
    assert [count for _, _, count in months[-3:]] == [1, 0, 1]
    assert months[-1][:2] == (2026, 11)


def test_every_chart_of_the_first_page_has_its_figures_in_a_table_too(scene: Scene) -> None:
    scene.spot(*scene.reports_at(3))
    first = page(scene.signed_in("coordinator"), "/coordinator/")
    charts = first.select("svg.chart")
    assert len(charts) == 2
    assert all("abellen" in chart["aria-label"] for chart in charts)
    assert "november 2026" in first.select_one("details table").text


def test_days_to_light_are_counted_from_fault_to_repair_and_told_per_district(scene: Scene) -> None:
    spot = scene.spot()
    for days in (2, 4, 9):
        row = ticket(scene, spot, 5, "closed")
        row.opened_on, row.repaired_at = scene.now.date() - timedelta(days=days), scene.now
    db.session.commit()
    lines = {line.district.name: line.median_days for line in seen(scene).lines}
    assert lines == {"Oxhagen": 4.0, "Skälby": None}
