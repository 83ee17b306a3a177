"""Money that is spent once, owners who answer without an account, and what came of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from app.adapters.mail import Letter
from app.domain.follow_ups import compare
from app.domain.funding import balance
from app.domain.people import THE_SYSTEM
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.jobs import Job
from app.models.measures import FollowUp, Funding, Measure, OwnerRequest
from app.models.staff import Organisation
from app.services import follow_ups, measure_reminders, owner_requests
from app.services.reminder_steps import REMIND
from tests.builders import Scene
from tests.coordinator.test_plans import DEADLINE, a_measure, act, newest, some_money, state, step


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    """The coordinator's browser."""
    return scene.signed_in("coordinator")


@pytest.fixture
def spot(scene: Scene) -> DarkSpot:
    """A confirmed spot that two people have reported."""
    return scene.spot(*scene.reports_at(2), state="confirmed")


@pytest.fixture
def housing(scene: Scene) -> Organisation:
    """A housing company outside the municipality."""
    row = Organisation(
        name="Kalmarhem",
        kind="property_owner",
        email="drift@kalmarhem.example",
        external=True,
        created_at=scene.now,
        updated_at=scene.now,
    )
    db.session.add(row)
    db.session.commit()
    return row


def letters(scene: Scene) -> list[str]:
    """Do the jobs that wait, and return the letters to owners."""
    db.session.rollback()
    parts = scene.app.extensions["ljuspunkt"]
    parts.jobs.round()
    return [p.read_text(encoding="utf-8") for p in sorted(parts.mail.folder.glob("owner-*.eml"))]


def asked(scene: Scene, desk: FlaskClient, spot: DarkSpot, housing: Organisation) -> tuple[Measure, str]:
    """Ask the housing company, and return the measure and the link in the letter."""
    measure = a_measure(scene, desk, spot, responsible_id=housing.id, deadline="")
    assert desk.post(f"/coordinator/measures/{measure.id}/ask-owner").status_code == 303
    text = letters(scene)[-1].replace("=\n", "")
    found = re.search(r"/owner/[\w-]+", text)
    assert found, text
    return measure, found[0]


def test_an_outside_owner_takes_a_measure_by_a_link_without_an_account(
    scene: Scene, desk: FlaskClient, spot: DarkSpot, housing: Organisation
) -> None:
    measure, link = asked(scene, desk, spot, housing)
    assert state(measure) == "waiting_owner"
    owner = scene.app.test_client()
    assert "Röj sly längs gångvägen" in owner.get(link).text
    assert owner.post(link, data={"answer": "takes"}).status_code == 422  # by when?
    assert owner.post(link, data={"answer": "takes", "will_be_done_on": DEADLINE}).status_code == 303
    db.session.expire_all()
    assert (state(measure), db.session.get(Measure, measure.id).deadline) == ("decided", date.fromisoformat(DEADLINE))
    assert "tar åtgärden, klart" in desk.get(f"/coordinator/measures/{measure.id}").text


def test_an_owner_answers_once_and_a_made_up_link_opens_nothing(
    scene: Scene, desk: FlaskClient, spot: DarkSpot, housing: Organisation
) -> None:
    measure, link = asked(scene, desk, spot, housing)
    owner = scene.app.test_client()
    assert owner.post(link, data={"answer": "refuses"}).status_code == 422  # why not?
    assert owner.post(link, data={"answer": "refuses", "reason": "Marken är såld."}).status_code == 303
    owner.post(link, data={"answer": "takes", "will_be_done_on": DEADLINE})
    request = db.session.scalars(select(OwnerRequest)).one()
    db.session.expire_all()
    assert (request.answer, request.reason) == ("refuses", "Marken är såld.")
    assert state(measure) == "waiting_owner"
    assert owner.get("/owner/pahittad").status_code == 404
    assert "Marken är såld." in desk.get(f"/coordinator/measures/{measure.id}").text


def test_an_owner_who_says_nothing_is_reminded_twice_and_then_shown_as_silent(
    scene: Scene, desk: FlaskClient, spot: DarkSpot, housing: Organisation
) -> None:
    measure, _link = asked(scene, desk, spot, housing)
    request = db.session.scalars(select(OwnerRequest)).one()
    parts = scene.app.extensions["ljuspunkt"]
    for days in owner_requests.REMIND_AFTER_DAYS:
        later = scene.now + timedelta(days=days)
        owner_requests.write(
            {"request_id": request.id, "reminder": days},
            mail=parts.mail,
            base_url="http://x",
            keys=("k" * 40,),
            now=later,
        )
    db.session.expire_all()
    assert db.session.get(OwnerRequest, request.id).reminders == 2
    assert len(list(parts.mail.folder.glob("owner-*.eml"))) == 3
    assert "inget svar från ägaren" in desk.get(f"/coordinator/measures/{measure.id}").text


@pytest.mark.parametrize("what", ["own_unit", "no_address", "asked_already"])
def test_a_question_that_cannot_be_sent_says_why(
    scene: Scene, desk: FlaskClient, spot: DarkSpot, housing: Organisation, what: str
) -> None:
    if what == "no_address":
        housing.email = ""
        db.session.commit()
    measure = a_measure(scene, desk, spot, responsible_id=scene.lighting_unit.id if what == "own_unit" else housing.id)
    if what == "asked_already":
        desk.post(f"/coordinator/measures/{measure.id}/ask-owner", follow_redirects=True)
    page = desk.post(f"/coordinator/measures/{measure.id}/ask-owner", follow_redirects=True).text
    said = {"own_unit": "kommunens egen enhet", "no_address": "ingen e-postadress", "asked_already": "redan tillfrågad"}
    assert said[what] in page


def test_money_that_is_only_applied_for_cannot_be_drawn_until_it_is_granted(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    sent = {"name": "Statsbidrag", "kind": "state_grant", "year": "2026", "state": "idea", "applied_sek": "400000"}
    backwards = {"call_opens_on": "2027-01-01", "call_closes_on": "2026-12-01"}
    assert desk.post("/coordinator/funding", data={**sent, **backwards}).status_code == 422
    assert desk.post("/coordinator/funding", data=sent).status_code == 303
    grant, measure = newest(Funding), a_measure(scene, desk, spot, cost_estimate_sek="100000")
    refused = act(desk, measure, "/funding", funding_id=grant.id, amount="50000")
    assert refused.status_code == 422
    assert "inte beviljade" in refused.text

    def on(path: str, **values: str) -> int:
        db.session.expire_all()
        version = db.session.get(Funding, grant.id).version
        return int(desk.post(f"/coordinator/funding/{grant.id}{path}", data={"version": version, **values}).status_code)

    assert on("/move", to="applied") == 303
    assert on("/move", to="granted") == 422  # how much?
    assert on("", **{**sent, "amount_sek": "300000"}) == 303
    assert on("/move", to="granted") == 303
    assert act(desk, measure, "/funding", funding_id=grant.id, amount="50000").status_code == 303
    assert on("", **{**sent, "amount_sek": "40000"}) == 422  # less than is drawn


def test_a_grant_that_wants_others_to_pay_half_pays_no_more_than_half(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    grant = some_money(scene)
    grant.co_funding_percent = 50
    db.session.commit()
    measure = a_measure(scene, desk, spot)
    assert "beräknade kostnad först" in act(desk, measure, "/funding", funding_id=grant.id, amount="10000").text
    measure = a_measure(scene, desk, spot, cost_estimate_sek="60000")
    assert "andra betalar en del" in act(desk, measure, "/funding", funding_id=grant.id, amount="40000").text
    assert act(desk, measure, "/funding", funding_id=grant.id, amount="30000").status_code == 303
    page = desk.get(f"/coordinator/funding/{grant.id}").text
    assert "50 %" in page


def test_a_camera_is_not_decided_before_the_ladder_is_written_down(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    measure = a_measure(scene, desk, spot, kind="camera", description="Kamera vid tunneln")
    answer = act(desk, measure, "/move", to="decided")
    assert answer.status_code == 422
    ladder = {
        "incidents": "Sex händelser i höst", "tried": "Ljus 2025-10-01, röjning 2026-04-10", "assessment": "KS 2026/12",
        "sign_text": "Kamerabevakning, Kalmar kommun", "ends_on": "2028-01-01",
    }  # fmt: skip
    terms = {"kind": "camera", "description": "Kamera", "responsible_id": scene.lighting_unit.id, "deadline": DEADLINE}
    assert act(desk, measure, "", **terms, **ladder).status_code == 303
    step(desk, measure, "decided")
    assert state(measure) == "decided"


def test_clearing_in_the_nesting_season_is_warned_of(scene: Scene, desk: FlaskClient, spot: DarkSpot) -> None:
    measure = a_measure(scene, desk, spot, season_from="2026-09-01", season_to="2027-03-15", nesting_checked="1")
    assert measure.details == {"season_from": "2026-09-01", "season_to": "2027-03-15", "nesting_checked": True}
    assert "utanför säsongen" in desk.get(f"/coordinator/measures/{measure.id}").text


def test_a_verified_measure_is_looked_back_at_after_30_90_and_365_days_with_what_was_before(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    measure = a_measure(scene, desk, spot)
    step(desk, measure, "decided", "ongoing", "done", "verified")
    rows = db.session.scalars(select(FollowUp).order_by(FollowUp.days)).all()
    assert [(r.days, (r.due_on - scene.now.date()).days) for r in rows] == [(30, 30), (90, 90), (365, 365)]
    assert rows[0].before["reporters"] == 2
    assert "Ska följas upp" in desk.get("/coordinator/measures").text
    answer = desk.post(f"/coordinator/follow-ups/{rows[0].id}", data={
        "measure_id": measure.id, "effect": "better", "note": "Ljusare", "lux_now": "2,5",
    })  # fmt: skip
    assert answer.status_code == 303
    db.session.expire_all()
    kept = db.session.get(FollowUp, rows[0].id)
    assert (kept.effect, kept.after["lux"], kept.done_on) == ("better", 2.5, scene.now.date())
    assert state(measure) == "verified"
    follow_ups.look_back(rows[2].id, "better", "", None, actor=THE_SYSTEM, now=scene.now, today=scene.now.date())
    assert state(measure) == "effect_followed_up"


def test_a_comparison_says_which_way_each_figure_points_and_leaves_out_what_nobody_measured() -> None:
    lines = compare({"reporters": 9, "score": 1, "lux": 0.4}, {"reporters": 3, "score": 2})
    assert [(line.before, line.after, line.direction) for line in lines] == [(9, 3, 1), (1, 2, 1), (0.4, None, 0)]


def test_the_list_shows_in_words_what_each_measure_lacks_and_filters_by_source(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    paid, unpaid = (
        a_measure(scene, desk, spot, cost_estimate_sek="9000"),
        a_measure(scene, desk, spot, responsible_id=""),
    )
    source = some_money(scene)
    assert act(desk, paid, "/funding", funding_id=source.id, amount="5000").status_code == 303
    page = desk.get("/coordinator/measures").text
    assert "ansvarig saknas" in page
    assert "pengar saknas" in page
    only = desk.get(f"/coordinator/measures?money={source.id}").text
    assert paid.reference in only
    assert f"{unpaid.reference} " not in only
    assert Decimal(source.amount_sek) == Decimal(100000)


def test_without_a_script_the_kind_comes_first_and_brings_its_own_fields(desk: FlaskClient) -> None:
    page = BeautifulSoup(desk.get("/coordinator/measures/new?kind=brush_clearing").text, "html5lib")
    assert page.select_one("form[data-kind-first] select") is not None
    fields = page.select(".kind-fields:not([hidden])")
    assert [one["data-kind"] for one in fields] == ["brush_clearing"]
    assert fields[0].select_one('[name="season_from"]:not([disabled])') is not None


def test_a_unit_of_our_own_is_reminded_the_morning_after_its_day_and_no_longer_when_the_day_moved(
    scene: Scene, desk: FlaskClient, spot: DarkSpot
) -> None:
    scene.lighting_unit.email = "belysning@kalmar.example"
    db.session.commit()
    measure = a_measure(scene, desk, spot)
    step(desk, measure, "decided")
    kept = db.session.get_one(Measure, measure.id)
    jobs = db.session.execute(select(Job.payload, Job.run_at).where(Job.kind == REMIND)).all()
    assert [(payload["due"], at.date() - kept.deadline) for payload, at in jobs] == [
        (kept.deadline.isoformat(), timedelta(days=1))
    ]
    mail, due = KeptMail(), scene.now + timedelta(days=400)
    assert measure_reminders.remind(jobs[0].payload, mail=mail, base_url="https://x.example", now=due) == 1
    assert mail.sent[0].to == "belysning@kalmar.example"
    assert f"https://x.example/coordinator/measures/{measure.id}" in mail.sent[0].body
    assert len(db.session.scalars(select(Job.id).where(Job.kind == REMIND)).all()) == 2  # it will ask again
    kept = db.session.get_one(Measure, measure.id)
    kept.deadline += timedelta(days=30)
    db.session.commit()
    assert measure_reminders.remind(jobs[0].payload, mail=mail, base_url="https://x.example", now=due) == 0


class KeptMail:
    """Keeps letters instead of sending them."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.sent.append(letter)


def test_of_money_that_is_only_applied_for_nothing_is_used() -> None:
    assert [balance(Decimal(a), [Decimal(d)]).share_used for a, d in ((0, 0), (0, 5), (200, 50))] == [0, 100, 25]


def test_a_day_that_is_promised_lies_ahead_unless_it_stood_there_before(scene: Scene, desk: FlaskClient) -> None:
    measure = a_measure(scene, desk)
    db.session.get_one(Measure, measure.id).deadline = date(2026, 10, 1)
    db.session.commit()
    sent = {"kind": measure.kind, "description": "Röj", "responsible_id": scene.lighting_unit.id}
    for days, status in (
        ({"deadline": "2026-10-01"}, 303),
        ({"deadline": "2026-10-02"}, 422),
        ({"next_on": "2026-11-23"}, 422),
    ):
        version = newest(Measure).version
        answer = desk.post(f"/coordinator/measures/{measure.id}", data={**sent, "version": version, **days})
        assert answer.status_code == status
        assert ("Dagen har redan varit." in answer.text) is (status == 422)


def test_no_next_step_of_a_measure_is_chosen_beforehand(scene: Scene, desk: FlaskClient) -> None:
    measure = a_measure(scene, desk)
    page = BeautifulSoup(desk.get(f"/coordinator/measures/{measure.id}").text, "html5lib")
    assert page.select('[name="to"]')
    assert page.select('[name="to"][checked]') == []
    answer = act(desk, measure, "/move", reason="")
    assert answer.status_code == 422
    assert 'id="to-error"' in answer.text
