"""The name that somebody gave a place goes where the place goes: through merges, splits and bridges of reports, and back."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import NamedPlace
from app.models.reports import Report
from app.services import grouping
from tests.builders import CENTRE, Scene
from tests.coordinator.test_spot_decisions import FAR, kept, newest, post, spots

GIVEN = "Tunneln vid skolan"


def two_spots(scene: Scene) -> tuple[DarkSpot, DarkSpot]:
    scene.reports_at(3)
    scene.reports_at(3, *FAR)
    grouping.rebuild(now=scene.now)
    one, other = spots()
    return one, other


def test_a_given_name_goes_along_into_a_place_that_nobody_has_named_and_comes_back_when_the_merge_is_undone(
    scene: Scene,
) -> None:
    (one, other), client = two_spots(scene), scene.signed_in("coordinator")
    called = other.name
    post(client, one, "name", name=GIVEN)
    post(client, one, "merge", into=other.reference)
    assert (kept(other).name, kept(other).named_by_staff) == (GIVEN, True)
    post(client, other, "undo", decision=newest())
    assert (kept(other).name, kept(other).named_by_staff) == (called, False)
    assert (kept(one).name, kept(one).named_by_staff) == (GIVEN, True)


def test_a_place_that_has_a_given_name_keeps_it_when_another_is_merged_into_it(scene: Scene) -> None:
    (one, other), client = two_spots(scene), scene.signed_in("coordinator")
    post(client, one, "name", name=GIVEN)
    post(client, other, "name", name="Parken")
    post(client, one, "merge", into=other.reference)
    assert kept(other).name == "Parken"


def large_and_named_small(scene: Scene) -> tuple[DarkSpot, DarkSpot, FlaskClient]:
    """Return two places with a gap between them that reports can fill, the smaller with a given name, and the desk."""
    scene.reports_at(3)
    for i in range(2):
        scene.report(CENTRE[0] + 0.0018 + i * 1e-5)
    grouping.rebuild(now=scene.now)
    (large, small), client = spots(), scene.signed_in("coordinator")
    post(client, small, "name", name=GIVEN)
    return large, small, client


def fill_the_gap(scene: Scene) -> list[int]:
    bridge = [scene.report(CENTRE[0] + step * 0.0004).id for step in (1, 2, 3, 4)]
    grouping.regroup({"reports": bridge}, now=scene.now)
    return bridge


def take_back(scene: Scene, bridge: list[int]) -> None:
    for number in bridge:
        db.session.get_one(Report, number).state = "withdrawn"
    db.session.commit()
    grouping.regroup({"reports": bridge}, now=scene.now)


def test_a_given_name_survives_when_reports_make_its_place_one_with_a_larger_and_comes_back_with_it(
    scene: Scene,
) -> None:
    large, small, _ = large_and_named_small(scene)
    called = large.name
    bridge = fill_the_gap(scene)
    assert (kept(small).state, kept(large).name, kept(large).named_by_staff) == ("merged", GIVEN, True)
    take_back(scene, bridge)
    assert (kept(small).name, kept(large).name, kept(large).named_by_staff) == (GIVEN, called, False)


def test_a_name_that_was_given_after_the_places_grew_together_is_not_taken_back_with_the_bridge(scene: Scene) -> None:
    large, small, client = large_and_named_small(scene)
    bridge = fill_the_gap(scene)
    post(client, large, "name", name="Hela gångvägen")
    take_back(scene, bridge)
    assert (kept(small).name, kept(large).name) == (GIVEN, "Hela gångvägen")


def test_a_part_is_called_after_what_is_near_it_and_not_by_the_name_that_was_given_to_the_whole(scene: Scene) -> None:
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    db.session.add(NamedPlace(kind="place", name="Norra porten", lon=CENTRE[0] + 0.0008, lat=CENTRE[1], **stamp))
    reports = [*scene.reports_at(3), *(scene.report(CENTRE[0] + 0.0007 + i * 1e-5) for i in range(3))]
    for report in reports:
        report.state = "reviewed"
    spot, client = scene.spot(*reports, name=GIVEN), scene.signed_in("coordinator")
    post(client, spot, "split", part=[r.id for r in reports[3:]])
    part = spots()[-1]
    assert (kept(spot).name, part.name, part.named_by_staff) == (GIVEN, "Norra porten", False)


def test_the_list_of_decisions_tells_a_place_that_is_let_go_from_one_that_is_kept_together(scene: Scene) -> None:
    scene.reports_at(3)
    grouping.rebuild(now=scene.now)
    (spot,), client = spots(), scene.signed_in("coordinator")
    post(client, spot, "pin", pinned="1")
    post(client, spot, "pin")
    page = BeautifulSoup(client.get(f"/coordinator/dark-spots/{spot.id}").text, "html5lib")
    heading = page.find("h2", string="Beslut om vad som hör hit")
    listed = [item.get_text(" ", strip=True) for item in heading.find_next("ul").find_all("li")]
    assert ["Hålls inte längre samman" in line for line in listed] == [True, False]


def test_nothing_is_decided_about_a_place_that_is_part_of_another_by_now_and_what_was_typed_is_shown_there(
    scene: Scene,
) -> None:
    (one, other), client = two_spots(scene), scene.signed_in("coordinator")
    post(client, one, "merge", into=other.reference)
    for action, typed in (("name", {"name": GIVEN}), ("confirm", {"how": "visit"}), ("pin", {"pinned": "1"})):
        answer = post(client, one, action, **typed)
        page = BeautifulSoup(answer.text, "html5lib")
        assert answer.status_code == 409
        assert f"{one.reference} är nu en del av {other.reference}." in page.get_text()
        assert page.select_one("form[action$='/name']")["action"].endswith(f"/{other.id}/name")
        if action == "name":
            assert page.select_one("input[name=name]")["value"] == GIVEN
    assert (kept(one).state, kept(one).merged_into_id, kept(one).confirmed_at) == ("merged", other.id, None)


def test_asking_why_of_a_place_that_is_part_of_another_says_of_which(scene: Scene) -> None:
    (one, other), client = two_spots(scene), scene.signed_in("coordinator")
    post(client, one, "merge", into=other.reference)
    said = scene.app.test_cli_runner().invoke(args=["spots", "why", one.reference])
    assert said.output.endswith(f"{one.reference} är nu en del av {other.reference}.\n")


def test_where_a_place_comes_from_says_which_merges_were_undone(scene: Scene) -> None:
    (one, other), client = two_spots(scene), scene.signed_in("coordinator")
    post(client, one, "merge", into=other.reference)
    post(client, other, "undo", decision=newest())
    page = BeautifulSoup(client.get(f"/coordinator/dark-spots/{other.id}").text, "html5lib")
    (line,) = page.find("h2", string="Var platsen kommer ifrån").find_next("ul").find_all("li")
    assert line.get_text(" ", strip=True).endswith("(sammanslagning) ångrat")


def test_the_list_of_decisions_says_what_a_place_was_called_before(scene: Scene) -> None:
    (one, _), client = two_spots(scene), scene.signed_in("coordinator")
    post(client, one, "name", name="Parken")
    post(client, one, "name", name=GIVEN)
    page = client.get(f"/coordinator/dark-spots/{one.id}").text
    assert "hette Parken" in page
