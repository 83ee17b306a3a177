"""Plans, measures and money: the trio, the moves, and what follows for lights, places and residents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import District
from app.models.measures import Funding, Measure, MeasureFunding, Plan
from app.models.notices import Notice
from app.models.reports import Report
from app.models.tickets import Ticket
from app.services import measure_pages
from app.services.transitions import move
from tests.builders import Scene

DEADLINE = "2027-03-31"


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    """The coordinator's browser."""
    return scene.signed_in("coordinator")


@pytest.fixture
def spot(scene: Scene) -> DarkSpot:
    """A confirmed spot that two people have reported."""
    return scene.spot(*scene.reports_at(2), state="confirmed")


def a_measure(scene: Scene, desk: FlaskClient, spot: DarkSpot | None = None, **sent: Any) -> Measure:
    where = {"spot": spot.id} if spot else {"district": scene.oxhagen.id}
    answer = desk.post("/coordinator/measures/new", data={
        "kind": "brush_clearing", "description": "Röj sly längs gångvägen", "responsible_id": scene.lighting_unit.id,
        "deadline": DEADLINE, **where, **sent,
    })  # fmt: skip
    assert answer.status_code == 303, answer.text
    return newest(Measure)


def newest(kind: Any) -> Any:
    db.session.expire_all()
    return db.session.scalars(select(kind).order_by(kind.id.desc())).first()


def act(desk: FlaskClient, thing: Measure | Plan, path: str, **sent: Any) -> Any:
    db.session.expire_all()
    kind, word = (Measure, "measures") if isinstance(thing, Measure) else (Plan, "plans")
    version = db.session.scalars(select(kind.version).where(kind.id == thing.id)).one()
    return desk.post(f"/coordinator/{word}/{thing.id}{path}", data={"version": version, **sent})


def step(desk: FlaskClient, measure: Measure, *moves: str) -> None:
    for to in moves:
        answer = act(desk, measure, "/move", to=to)
        assert answer.status_code == 303, answer.text


def state(thing: Any) -> str:
    db.session.expire_all()
    return str(db.session.get(type(thing), thing.id).state)


def some_money(scene: Scene, amount: str = "100000") -> Funding:
    row = Funding(
        name="Trygghetspaketet",
        kind="safety_package",
        year=2026,
        amount_sek=Decimal(amount),
        created_at=scene.now,
        updated_at=scene.now,
    )
    db.session.add(row)
    db.session.commit()
    return row


def test_a_measure_without_owner_date_and_money_says_all_three_in_words(scene: Scene, desk: FlaskClient) -> None:
    a_measure(scene, desk, responsible_id="", deadline="")
    page = desk.get("/coordinator/plans").text
    assert all(words in page for words in ("ansvarig saknas", "datum saknas", "pengar saknas"))


def test_a_measure_with_the_whole_trio_lacks_nothing_on_the_board(scene: Scene, desk: FlaskClient) -> None:
    a_measure(scene, desk, cost_estimate_sek="12 500,50")
    page = desk.get("/coordinator/plans").text
    assert 'class="missing"' not in page
    assert newest(Measure).cost_estimate_sek == Decimal("12500.50")


def test_a_decision_without_owner_or_day_is_refused_beside_the_fields(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    measure = a_measure(scene, desk, spot, responsible_id="", deadline="")
    answer = act(desk, measure, "/move", to="decided")
    assert answer.status_code == 422
    assert "Utan ansvarig går det inte att besluta" in answer.text
    assert "De som rapporterade får veta dagen" in answer.text
    assert state(measure) == "proposed"


def test_every_mistake_of_a_measure_is_said_at_once(desk: FlaskClient, spot: DarkSpot, scene: Scene) -> None:
    sent = {"kind": "signs", "description": "Skylta", "deadline": "2020-01-01", "cost_estimate_sek": "mycket"}
    new = desk.post("/coordinator/measures/new", data={"spot": spot.id, **sent})
    for answer in (new, act(desk, a_measure(scene, desk, spot), "", **sent)):
        assert answer.status_code == 422
        assert "Dagen har redan varit." in answer.text
        assert "Skriv ett belopp" in answer.text


def test_a_decision_on_light_opens_one_ticket_with_the_same_day_and_takes_the_spot_into_a_plan(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    measure = a_measure(scene, desk, spot, kind="lighting_new", description="Två nya stolpar i tunneln")
    step(desk, measure, "decided")
    ticket = newest(Ticket)
    assert (ticket.fault_code, ticket.measure_id, ticket.dark_spot_id) == ("B16", measure.id, spot.id)
    assert ticket.due_on.isoformat() == DEADLINE
    assert state(spot) == "in_plan"
    assert {r.state for r in db.session.scalars(select(Report))} == {"ticketed"}
    told = db.session.scalars(select(Notice).where(Notice.kind.in_(("measure.decided", "report.ticketed")))).all()
    assert len(told) == 4
    assert {n.facts["due_on"] for n in told} == {DEADLINE}


def test_a_lighting_measure_that_waits_and_is_decided_again_keeps_its_only_ticket(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    measure = a_measure(scene, desk, spot, kind="lighting_repair")
    step(desk, measure, "decided")
    assert (
        act(
            desk, measure, "/move", to="waiting_funds", reason="Pengarna är slut", move_next_on="2027-01-15"
        ).status_code
        == 303
    )
    step(desk, measure, "decided")
    assert len(db.session.scalars(select(Ticket)).all()) == 1


def test_a_proposed_spot_is_confirmed_by_the_decision_that_is_made_for_it(scene: Scene, desk: FlaskClient) -> None:
    spot = scene.spot(scene.report())
    step(desk, a_measure(scene, desk, spot), "decided")
    assert state(spot) == "in_plan"
    assert db.session.get(DarkSpot, spot.id).confirmed_how == "decision"


def test_waiting_needs_a_reason_and_a_next_date_and_tells_both(scene: Scene, desk: FlaskClient, spot: DarkSpot) -> None:
    measure = a_measure(scene, desk, spot)
    answer = act(desk, measure, "/move", to="waiting_season", reason="")
    assert answer.status_code == 422
    assert "Skriv när nästa besked kommer" in answer.text
    assert (
        act(
            desk, measure, "/move", to="waiting_season", reason="Fåglarna häckar", move_next_on="2027-08-15"
        ).status_code
        == 303
    )
    told = db.session.scalars(select(Notice).where(Notice.kind == "measure.waiting_season")).all()
    assert {n.facts["next_on"] for n in told} == {"2027-08-15"}


def test_a_no_needs_a_reason_that_every_reporter_reads(scene: Scene, desk: FlaskClient, spot: DarkSpot) -> None:
    measure = a_measure(scene, desk, spot)
    assert act(desk, measure, "/move", to="rejected", reason=" ").status_code == 422
    assert act(desk, measure, "/move", to="rejected", reason="Marken ägs av någon annan").status_code == 303
    told = db.session.scalars(select(Notice).where(Notice.kind == "measure.rejected")).all()
    assert [n.facts["reason"] for n in told] == ["Marken ägs av någon annan"] * 2
    assert state(spot) == "confirmed"


def test_when_the_last_measure_is_verified_the_place_is_remedied_and_residents_are_asked(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    first, second = (
        a_measure(scene, desk, spot),
        a_measure(scene, desk, spot, kind="signs", description="Sätt upp skylt"),
    )
    for measure in (first, second):
        step(desk, measure, "decided", "ongoing", "done")
    step(desk, first, "verified")
    assert state(spot) == "in_plan"
    step(desk, second, "verified")
    assert state(spot) == "remedied"
    told = db.session.scalars(select(Notice).where(Notice.kind == "report.answered")).all()
    assert [n.facts["reason"] for n in told] == ["Röj sly längs gångvägen; Sätt upp skylt."] * 2


def test_a_place_with_an_open_ticket_is_not_called_remedied(scene: Scene, desk: FlaskClient, spot: DarkSpot) -> None:
    lamp, brush = a_measure(scene, desk, spot, kind="lighting_repair"), a_measure(scene, desk, spot)
    step(desk, lamp, "decided")
    step(desk, brush, "decided", "ongoing", "done", "verified")
    step(desk, lamp, "ongoing", "done", "verified")
    assert state(spot) == "in_plan"
    ticket = db.session.scalars(select(Ticket)).one()
    assert ticket.state == "new"


def test_no_more_money_can_be_drawn_than_is_left_in_the_source(scene: Scene, desk: FlaskClient) -> None:
    source = some_money(scene)
    first, second = a_measure(scene, desk), a_measure(scene, desk)
    assert act(desk, first, "/funding", funding_id=source.id, amount="80 000").status_code == 303
    answer = act(desk, second, "/funding", funding_id=source.id, amount="20000,01")
    assert answer.status_code == 422
    assert "Så mycket finns inte kvar" in answer.text
    assert 'value="20000,01"' in answer.text
    assert act(desk, second, "/funding", funding_id=source.id, amount="20000").status_code == 303
    assert act(desk, first, "/funding", funding_id=source.id, amount="").status_code == 303
    assert [(d.measure_id, d.amount_sek) for d in db.session.scalars(select(MeasureFunding))] == [
        (second.id, Decimal(20000))
    ]


def test_the_register_of_money_shows_what_is_used_and_what_is_left(scene: Scene, desk: FlaskClient) -> None:
    assert (
        desk.post(
            "/coordinator/funding",
            data={"name": "Årets pengar", "kind": "investment", "year": "2026", "amount_sek": "500 000"},
        ).status_code
        == 303
    )
    source = newest(Funding)
    act(desk, a_measure(scene, desk), "/funding", funding_id=source.id, amount="125000")
    row = desk.get("/coordinator/funding").text.replace("\u00a0", " ")
    assert all(f'<td class="num">{figure}</td>' in row for figure in ("500 000", "125 000", "375 000"))


def test_a_source_without_an_amount_is_refused_and_its_name_is_kept(scene: Scene, desk: FlaskClient) -> None:
    answer = desk.post(
        "/coordinator/funding",
        data={"name": "Årets pengar", "kind": "investment", "year": "2026", "amount_sek": "mycket"},
    )
    assert answer.status_code == 422
    assert "Årets pengar" in answer.text
    assert newest(Funding) is None


def test_a_form_from_an_old_page_changes_nothing_and_answers_409(scene: Scene, desk: FlaskClient) -> None:
    measure = a_measure(scene, desk)
    old = measure.version
    assert act(desk, measure, "", kind="signs", description="Ny text").status_code == 303
    answer = desk.post(
        f"/coordinator/measures/{measure.id}", data={"version": old, "kind": "camera", "description": "Gammal sida"}
    )
    assert answer.status_code == 409
    assert newest(Measure).description == "Ny text"


def test_the_board_shows_one_owner_s_overdue_measures_when_asked_to(scene: Scene, desk: FlaskClient) -> None:
    a_measure(scene, desk, description="I tid")
    for late in (
        a_measure(scene, desk, description="Försenad sak"),
        a_measure(scene, desk, description="Ingens sak", responsible_id=""),
    ):
        db.session.get_one(Measure, late.id).deadline = date(2026, 10, 1)
        db.session.commit()
    page = desk.get(f"/coordinator/plans?overdue=1&owner={scene.lighting_unit.id}").text
    assert "Försenad sak" in page
    assert "I tid" not in page
    assert "Ingens sak" not in page


def test_a_full_column_says_how_many_there_are_and_leads_to_all_of_them(scene: Scene, desk: FlaskClient) -> None:
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    whole = {"responsible_id": scene.lighting_unit.id, "cost_estimate_sek": 0, "deadline": scene.now.date()}
    wanting = [("proposed", {**whole, "cost_estimate_sek": None})] * 3
    rows = [("decided", whole)] * 43 + [("verified", {})] * 2 + wanting
    db.session.add_all(
        Measure(kind="signs", description=f"Skylt {n}", state=s, **v, **stamp) for n, (s, v) in enumerate(rows)
    )
    db.session.commit()
    board = measure_pages.board(scene.coordinator(), measure_pages.Filters(), scene.now.date())
    assert {name: (len(c.cards), c.total) for name, c in board.items() if c.total} == {
        "proposed": (3, 3), "decided": (40, 43), "finished": (2, 2),
    }  # fmt: skip
    assert "Alla 43 i listan" in desk.get("/coordinator/plans").text
    assert desk.get("/coordinator/measures?column=decided").text.count("Skylt ") == 43
    assert desk.get("/coordinator/measures?missing=1").text.count("Skylt ") == len(wanting)
    assert "Sida 1 av 1" not in desk.get("/coordinator/measures").text


def test_a_plan_needs_a_body_and_a_date_before_it_is_decided(scene: Scene, desk: FlaskClient) -> None:
    assert (
        desk.post("/coordinator/plans", data={"title": "Plan för Oxhagen", "district": scene.oxhagen.id}).status_code
        == 303
    )
    plan = newest(Plan)
    answer = act(desk, plan, "/move", to="decided")
    assert answer.status_code == 422
    assert 'href="#decision_body"' in answer.text
    text = {
        "title": "Plan för Oxhagen",
        "goal": "Alla vågar gå genom tunneln",
        "decision_body": "Nämnden",
        "decision_on": "2026-12-01",
    }
    assert act(desk, plan, "", **text).status_code == 303
    assert act(desk, plan, "/move", to="decided").status_code == 303
    assert state(plan) == "decided"


def test_a_plan_is_not_followed_up_while_its_measures_are_still_to_be_done(scene: Scene, desk: FlaskClient) -> None:
    sent = {"title": "Plan", "district": scene.oxhagen.id}
    desk.post("/coordinator/plans", data=sent)
    plan = newest(Plan)
    a_measure(scene, desk, plan_id=plan.id)
    move(plan, "decided", actor=THE_SYSTEM, now=scene.now)
    move(plan, "ongoing", actor=THE_SYSTEM, now=scene.now)
    db.session.commit()
    answer = act(desk, plan, "/move", to="followed_up")
    page = BeautifulSoup(answer.text, "html5lib")
    assert (answer.status_code, state(plan)) == (422, "ongoing")
    assert "inte är utförda eller avslagna: 1." in page.select_one("#to-error").text
    assert page.select_one('a[href="#measures"]') is not None


def test_a_measure_in_a_plan_stands_on_the_plan_s_own_board_with_its_cost(scene: Scene, desk: FlaskClient) -> None:
    desk.post("/coordinator/plans", data={"title": "Plan för Oxhagen", "district": scene.oxhagen.id})
    plan = newest(Plan)
    a_measure(scene, desk, plan_id=plan.id, cost_estimate_sek="40000")
    a_measure(scene, desk, description="Utanför planen")
    page = desk.get(f"/coordinator/plans/{plan.id}").text.replace("\u00a0", " ")
    assert "Röj sly" in page
    assert "40 000 kr beräknat" in page
    assert "Utanför planen" not in page


def test_what_somebody_typed_is_never_read_as_markup(scene: Scene, desk: FlaskClient) -> None:
    measure = a_measure(scene, desk, description="<script>alert(1)</script>")
    assert (
        "<script>alert(1)"
        not in desk.get("/coordinator/plans").text + desk.get(f"/coordinator/measures/{measure.id}").text
    )


def test_a_coordinator_of_another_district_neither_sees_nor_moves_the_measure(
    scene: Scene, desk: FlaskClient, limit_coordinator: Callable[[District], None]
) -> None:
    measure = a_measure(scene, desk)
    limit_coordinator(scene.skalby)
    assert desk.get(f"/coordinator/measures/{measure.id}").status_code == 404
    assert act(desk, measure, "/move", to="decided").status_code == 404
    sent = {"kind": "signs", "description": "Skylt", "district": scene.oxhagen.id}
    assert desk.post("/coordinator/measures/new", data=sent).status_code == 403


def test_the_board_asks_as_many_questions_for_forty_measures_as_for_one(
    scene: Scene, desk: FlaskClient, spot: DarkSpot, count_queries: Callable[[], Any]
) -> None:
    def asked(path: str) -> int:
        with count_queries() as queries:
            assert desk.get(path).status_code == 200
        return int(queries.count)

    first = a_measure(scene, desk, spot)
    spot_id, first_id = spot.id, first.id
    before = asked("/coordinator/plans"), asked(f"/coordinator/measures/{first_id}")
    for i in range(39):
        row = Measure(
            kind="signs",
            description=f"Skylt {i}",
            dark_spot_id=spot_id,
            district_id=None,
            created_at=scene.now,
            updated_at=scene.now,
            state="proposed",
        )
        db.session.add(row)
    db.session.commit()
    assert (asked("/coordinator/plans"), asked(f"/coordinator/measures/{first_id}")) == before
    assert max(before) <= 14


def test_a_ticket_that_was_closed_lets_the_place_be_settled(scene: Scene, desk: FlaskClient, spot: DarkSpot) -> None:
    lamp = a_measure(scene, desk, spot, kind="lighting_repair")
    step(desk, lamp, "decided", "ongoing", "done")
    ticket = db.session.scalars(select(Ticket)).one()
    db.session.refresh(ticket, ["reports"])
    for to in ("on_site", "repaired", "verified"):
        move(ticket, to, actor=THE_SYSTEM, now=scene.now)
    db.session.commit()
    step(desk, lamp, "verified")
    assert state(spot) == "remedied"
