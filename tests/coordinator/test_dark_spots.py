"""What a coordinator sees of dark spots, and what each decision about one does."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.publication import may_be_public
from app.models.base import db
from app.models.dark_spots import DarkSpot, SpotLineage
from app.models.history import History
from app.models.notices import Notice
from app.models.reports import Report
from app.services import grouping, spot_pages
from app.services.spot_pages import Filters
from tests.builders import Scene


def post(client: FlaskClient, spot: DarkSpot, action: str, **fields: object):
    return client.post(f"/coordinator/dark-spots/{spot.id}/{action}", data={"version": kept(spot).version, **fields})


def kept(spot: DarkSpot) -> DarkSpot:
    db.session.expire_all()
    return db.session.get_one(DarkSpot, spot.id)


def page_of(client: FlaskClient, spot: DarkSpot) -> BeautifulSoup:
    answer = client.get(f"/coordinator/dark-spots/{spot.id}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html5lib")


def test_the_score_is_read_as_sentences_that_add_up_to_the_sum(scene: Scene) -> None:
    scene.reports_at(4, text="Mörkt här")
    grouping.rebuild(now=scene.now)
    spot = db.session.scalars(select(DarkSpot)).one()
    page = page_of(scene.signed_in("coordinator"), spot)
    points = [float(p.text.replace(",", ".")) for p in page.select(".score-list .points")]
    assert sum(points) == pytest.approx(spot.score, abs=0.5)
    assert "4 personer har rapporterat" in page.select_one(".score-list").text
    assert "Utan den korrigeringen" in page.text


def test_a_sum_just_under_a_band_is_never_rounded_up_into_it(scene: Scene) -> None:
    spot = scene.spot()
    spot.score, spot.band = 59.8, "B"
    db.session.commit()
    client = scene.signed_in("coordinator")
    assert "59 poäng, grupp B" in page_of(client, spot).text
    assert (
        "60" not in BeautifulSoup(client.get("/coordinator/dark-spots").text, "html5lib").select_one("tbody .num").text
    )


def test_confirming_a_spot_tells_everybody_who_reported_it_and_raises_the_score(scene: Scene) -> None:
    spot = scene.spot(*scene.reports_at(3))
    answer = post(scene.signed_in("coordinator"), spot, "confirm", how="visit")
    assert answer.status_code == 303
    assert (kept(spot).state, kept(spot).confirmed_how) == ("confirmed", "visit")
    assert [p["points"] for p in kept(spot).score_parts if p["key"] == "confirmation"] == [6]
    told = db.session.scalars(select(Notice.report_id).where(Notice.kind == "dark_spot.confirmed")).all()
    assert len(set(told)) == 3


def test_a_spot_is_dismissed_only_with_a_reason_and_leaves_the_public_map(scene: Scene) -> None:
    spot, client = scene.spot(*scene.reports_at(3)), scene.signed_in("coordinator")
    assert post(client, spot, "publish", public="1", public_text="Lampor är släckta.").status_code == 303
    assert post(client, spot, "dismiss", reason=" ").status_code == 422
    assert kept(spot).state == "proposed"
    assert post(client, spot, "dismiss", reason="Platsen byggs om 2027").status_code == 303
    assert (kept(spot).state, kept(spot).public) == ("dismissed", False)


def test_a_name_given_by_hand_survives_every_regrouping_and_stands_in_history(scene: Scene) -> None:
    scene.reports_at(4)
    grouping.rebuild(now=scene.now)
    spot = db.session.scalars(select(DarkSpot)).one()
    post(scene.signed_in("coordinator"), spot, "name", name="GC-tunneln vid Norrlidens centrum")
    grouping.rebuild(now=scene.now)
    assert kept(spot).name == "GC-tunneln vid Norrlidens centrum"
    reasons = db.session.scalars(select(History.reason).where(History.thing == "dark_spot")).all()
    assert "Namn: GC-tunneln vid Norrlidens centrum" in reasons


def test_facts_about_light_and_school_change_the_score_in_the_same_commit(scene: Scene) -> None:
    spot = scene.spot(*scene.reports_at(2))
    client = scene.signed_in("coordinator")
    post(client, spot, "facts", environment="underpass", light_fact="fine", flow="low")
    low = kept(spot).score
    answer = post(
        client, spot, "facts", environment="underpass", light_fact="section_out", flow="main",
        context=["school", "only_way"], owner_light_id=scene.lighting_unit.id,
    )  # fmt: skip
    assert answer.status_code == 303
    assert kept(spot).score == pytest.approx(low + 14 + 9 + 10, abs=0.2)
    assert kept(spot).score_low == kept(spot).score_high == kept(spot).score
    assert kept(spot).owner_light_id == scene.lighting_unit.id


def test_an_owner_that_does_not_exist_is_an_error_beside_the_field(scene: Scene) -> None:
    spot = scene.spot()
    answer = post(scene.signed_in("coordinator"), spot, "facts", environment="park", owner_land_id="999")
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html5lib").select_one("#owner_land_id-error") is not None
    assert kept(spot).environment == ""


@pytest.mark.parametrize(
    ("reporters", "days", "on_walk", "public"),
    [(3, 2, False, True), (2, 2, False, False), (9, 1, False, False), (1, 1, True, True)],
)
def test_a_place_is_public_only_when_no_single_person_is_pointed_out(reporters, days, on_walk, public) -> None:
    assert may_be_public(reporters, days, on_walk=on_walk) is public


def test_two_reporters_are_too_few_to_publish_and_the_text_is_kept(scene: Scene) -> None:
    spot = scene.spot(*scene.reports_at(2))
    answer = post(scene.signed_in("coordinator"), spot, "publish", public="1", public_text="Tre lampor är släckta.")
    page = BeautifulSoup(answer.text, "html5lib")
    assert answer.status_code == 422
    assert page.select_one("#public-error") is not None
    assert page.select_one("#public_text").text.strip() == "Tre lampor är släckta."
    assert not kept(spot).public


def test_three_reporters_on_two_days_make_a_place_that_may_be_public_with_words_about_it(scene: Scene) -> None:
    spot, client = scene.spot(*scene.reports_at(3)), scene.signed_in("coordinator")
    assert post(client, spot, "publish", public="1", public_text="").status_code == 422
    assert post(client, spot, "publish", public="1", public_text="Lagas senast 28 november.").status_code == 303
    assert kept(spot).public
    assert post(client, spot, "publish", public_text="").status_code == 303
    assert not kept(spot).public


def test_merging_moves_the_reports_and_the_old_page_leads_to_the_new_one(scene: Scene) -> None:
    first, second = scene.spot(*scene.reports_at(2)), scene.spot(*scene.reports_at(3, 16.3360), name="Parken")
    client = scene.signed_in("coordinator")
    assert post(client, first, "merge", into=second.reference.lower()).status_code == 303
    assert (kept(first).state, kept(first).merged_into_id) == ("merged", second.id)
    assert (kept(second).report_count, kept(second).pinned) == (5, True)
    assert client.get(f"/coordinator/dark-spots/{first.id}").location == f"/coordinator/dark-spots/{second.id}"
    assert db.session.scalars(select(SpotLineage)).one().child_id == second.id


def test_what_a_coordinator_merged_stays_merged_when_everything_is_regrouped(scene: Scene) -> None:
    far = scene.reports_at(3), scene.reports_at(3, 16.3380, 56.6780)
    grouping.rebuild(now=scene.now)
    one, other = db.session.scalars(select(DarkSpot).order_by(DarkSpot.id)).all()
    desk = scene.signed_in("coordinator")
    post(desk, one, "merge", into=other.reference.lower())
    assert f"{one.reference} är nu en del av {other.reference}." in page_of(desk, other).text
    grouping.rebuild(now=scene.now)
    db.session.expire_all()
    homes = {db.session.get_one(Report, r.id).dark_spot_id for group in far for r in group}
    assert homes == {other.id}


def test_new_reports_at_a_place_that_was_merged_by_hand_join_it_and_count_in_its_score(scene: Scene) -> None:
    scene.reports_at(3)
    scene.reports_at(3, 16.3380, 56.6780)
    grouping.rebuild(now=scene.now)
    one, other = db.session.scalars(select(DarkSpot).order_by(DarkSpot.id)).all()
    post(scene.signed_in("coordinator"), one, "merge", into=other.reference)
    before = kept(other).score
    late = [scene.report(), scene.report(16.33505), scene.report(16.3381, 56.6780)]
    grouping.rebuild(now=scene.now)
    db.session.expire_all()
    assert {db.session.get_one(Report, r.id).dark_spot_id for r in late} == {other.id}
    assert (kept(other).report_count, db.session.query(DarkSpot).count()) == (9, 2)
    assert kept(other).score > before


def test_a_report_far_from_a_pinned_spot_makes_no_part_of_it(scene: Scene) -> None:
    spot = scene.spot(*scene.reports_at(3))
    post(scene.signed_in("coordinator"), spot, "pin", pinned="1")
    far = scene.report(16.3400, 56.6800)
    grouping.rebuild(now=scene.now)
    db.session.expire_all()
    assert db.session.get_one(Report, far.id).dark_spot_id is None


@pytest.mark.parametrize("into", ["", "F-999", "x", "F-1", "F-99999999999"])
def test_a_spot_is_not_merged_into_itself_or_into_nothing(scene: Scene, into: str) -> None:
    spot = scene.spot()
    answer = post(scene.signed_in("coordinator"), spot, "merge", into=into.replace("F-1", spot.reference))
    assert answer.status_code == 422
    assert kept(spot).state == "proposed"


def test_a_dismissed_spot_can_be_opened_again_with_a_reason(scene: Scene) -> None:
    spot, client = scene.spot(*scene.reports_at(2)), scene.signed_in("coordinator")
    post(client, spot, "dismiss", reason="Byggs om")
    assert post(client, spot, "reopen", reopen_reason="").status_code == 422
    assert post(client, spot, "reopen", reopen_reason="Bygget är uppskjutet").status_code == 303
    assert kept(spot).state == "proposed"


def test_of_two_who_decide_at_once_the_second_is_told_and_loses_no_words(scene: Scene) -> None:
    spot, client = scene.spot(*scene.reports_at(2)), scene.signed_in("coordinator")
    version = kept(spot).version
    post(client, spot, "name", name="Tunneln")
    late = client.post(
        f"/coordinator/dark-spots/{spot.id}/dismiss", data={"version": version, "reason": "Byggs om 2027"}
    )
    assert late.status_code == 409
    assert "Byggs om 2027" in late.text
    assert kept(spot).state == "proposed"


def test_a_coordinator_may_neither_see_nor_change_a_spot_of_other_districts(scene: Scene, limit_coordinator) -> None:
    spot, client = scene.spot(), scene.signed_in("coordinator")
    limit_coordinator(scene.skalby)
    assert client.get(f"/coordinator/dark-spots/{spot.id}").status_code == 403
    assert post(client, spot, "confirm", how="visit").status_code == 403
    assert spot.reference not in client.get("/coordinator/dark-spots").text
    assert kept(spot).state == "proposed"


def test_the_list_shows_the_highest_score_first_and_keeps_to_its_filters(scene: Scene) -> None:
    low, high = scene.spot(name="Låg"), scene.spot(name="Hög")
    low.score, low.band, high.score, low.category_counts = 20.0, "C", 80.0, {"litter": 2}
    db.session.commit()
    everything, total = spot_pages.listing(frozenset(), Filters(), page=1)
    assert ([s.id for s in everything], total) == ([high.id, low.id], 2)
    assert [s.id for s in spot_pages.listing(frozenset(), Filters(band="C"), page=1)[0]] == [low.id]
    assert [s.id for s in spot_pages.listing(frozenset(), Filters(category="litter"), page=1)[0]] == [low.id]
    assert spot_pages.listing(frozenset(), Filters(district_id=scene.skalby.id), page=1)[1] == 0


def test_a_spots_page_asks_the_database_as_often_for_one_report_as_for_many(scene: Scene, count_queries) -> None:
    client, spot = scene.signed_in("coordinator"), scene.spot(scene.report())
    with count_queries() as one:
        page_of(client, spot)
    big = scene.spot(*scene.reports_at(12))
    with count_queries() as many:
        page_of(client, big)
    assert many.count == one.count


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=x", "?district=99999999999999999999", "?band=Z&state=x&category=y"]
)
def test_an_address_with_strange_filters_shows_the_list_all_the_same(scene: Scene, query: str) -> None:
    scene.spot()
    assert scene.signed_in("coordinator").get(f"/coordinator/dark-spots{query}").status_code == 200


@pytest.mark.parametrize(("homes", "public"), [(0, True), (1, False), (7, False), (8, True)])
def test_where_few_live_three_reporters_are_too_few_to_show_a_place(homes: int, public: bool) -> None:
    assert may_be_public(3, 2, on_walk=False, homes=homes) is public
    assert may_be_public(5, 2, on_walk=False, homes=homes)
