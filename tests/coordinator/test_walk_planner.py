"""The planner proposes a walk, says what it left out and why, and does as it is told."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from shapely.geometry import LineString

from app.adapters.walk_network_files import Way, WayFile
from app.models.walks import Walk
from app.services import walk_network
from tests.builders import CENTRE, Scene
from tests.coordinator.test_walks import DECEMBER, a_place, a_spot, a_walk, act, newest, stops

M_EAST, M_NORTH = 1 / 61_000, 1 / 111_195


@pytest.fixture
def desk(scene: Scene) -> FlaskClient:
    """The coordinator's browser."""
    return scene.signed_in("coordinator")


def at(east_m: float, north_m: float = 0.0) -> tuple[float, float]:
    return CENTRE[0] + east_m * M_EAST, CENTRE[1] + north_m * M_NORTH


def ways(*lines: list[tuple[float, float]], steps: tuple[int, ...] = ()) -> None:
    found = [
        Way(str(i), "", "path", LineString([at(*p) for p in line]), i in steps, None) for i, line in enumerate(lines)
    ]
    walk_network.replace(WayFile(found))


def ticked(page: str, name: str = "spots") -> list[int]:
    found = BeautifulSoup(page, "html5lib").select(f"input[name={name}][checked]")
    return [int(str(box["value"])) for box in found]


def test_what_was_left_out_stands_on_the_page_with_the_reason_in_metres(scene: Scene, desk: FlaskClient) -> None:
    for i in range(3):
        a_spot(scene, f"Nära {i}", 120 * i)
    a_spot(scene, "Långt bort", 0, 2500)
    page = desk.get(f"/coordinator/walks/new?district={scene.oxhagen.id}").text
    left = BeautifulSoup(page, "html5lib").select_one(".left-out")
    assert left is not None
    assert re.search(r"Långt bort.*För långt bort: dit och tillbaka är 6\s?\d{3} m", left.get_text(" ", strip=True))


def test_a_spot_that_is_pinned_comes_along_and_one_that_is_chosen_away_does_not(
    scene: Scene, desk: FlaskClient
) -> None:
    near = [a_spot(scene, f"Nära {i}", 120 * i) for i in range(3)]
    aside = a_spot(scene, "Vid sidan", -250, 250)
    page = desk.post("/coordinator/walks/new", data={
        "district": scene.oxhagen.id, "again": "1", "length_m": 1000, "pin": aside.id, "not": near[0].id, "on": DECEMBER,
    }).text  # fmt: skip
    assert aside.id in ticked(page)
    assert near[0].id not in ticked(page)
    assert "Du har valt bort den" in page
    assert f'value="{DECEMBER}"' in page


def test_a_named_place_without_reports_is_proposed_as_the_place_that_feels_safe(
    scene: Scene, desk: FlaskClient
) -> None:
    spot = a_spot(scene, "Tunneln")
    a_place(scene, "Vid tunneln")  # where people feel unsafe
    library = a_place(scene, "Biblioteket", *at(200))
    page = desk.get(f"/coordinator/walks/new?district={scene.oxhagen.id}").text
    assert ticked(page, "safe") == [library.id]
    walk = a_walk(scene, desk, spot, safe=[library.id])
    assert sorted((s.title, s.safe_place) for s in stops(walk)) == [("Biblioteket", True), ("Tunneln", False)]


def test_the_loop_is_measured_along_the_ways_that_were_imported_and_says_so(scene: Scene, desk: FlaskClient) -> None:
    ways([(0, 0), (300, 0)], [(0, 0), (0, 200), (300, 200), (300, 0)])
    walk = a_walk(scene, desk, a_spot(scene, "Tunneln"), a_spot(scene, "Parken", 300))
    assert walk.length_m == pytest.approx(600, rel=0.02)
    assert walk.planning["measured"] == "network"
    assert "längs gångvägarna" in desk.get(f"/coordinator/walks/{walk.id}").text


def test_without_ways_the_page_names_the_detour_factor_and_says_nothing_of_steps(
    scene: Scene, desk: FlaskClient
) -> None:
    walk = a_walk(scene, desk)
    page = desk.get(f"/coordinator/walks/{walk.id}").text
    assert "fågelvägen gånger 1,3" in page
    assert "okänt: inga gångvägar är inlästa här" in page


def test_the_variant_without_steps_is_longer_and_names_the_stop_that_it_does_not_reach(
    scene: Scene, desk: FlaskClient
) -> None:
    ways([(0, 0), (0, 300), (300, 300), (300, 0)], [(0, 0), (300, 0)], [(300, 0), (600, 0)], steps=(1, 2))
    walk = a_walk(scene, desk, a_spot(scene, "Tunneln"), a_spot(scene, "Parken", 300), a_spot(scene, "Kullen", 600))
    assert walk.planning["variant"]["without"] == ["Kullen"]
    assert walk.planning["variant"]["length_m"] == pytest.approx(1800, rel=0.02)
    assert walk.length_m == pytest.approx(1200, rel=0.02)
    assert "Kullen" in desk.get(f"/coordinator/walks/{walk.id}").text.split("når inte:")[1][:80]


def test_stops_lie_in_the_order_that_they_were_dragged_to(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk, *(a_spot(scene, f"Plats {i}", 100 * i) for i in range(4)))
    wanted = [s.id for s in stops(walk)][::-1]
    assert act(desk, walk, "/reorder", stops=wanted).status_code == 303
    assert [s.id for s in stops(walk)] == wanted
    assert act(desk, walk, "/reorder", stops=[999_999]).status_code == 404


def test_the_draft_keeps_what_was_left_out_and_why(scene: Scene, desk: FlaskClient) -> None:
    near, far = a_spot(scene, "Nära"), a_spot(scene, "Långt bort", 0, 2500)
    unticked = a_spot(scene, "Bredvid", 100)
    walk = a_walk(scene, desk, near)
    assert {c["id"]: c["why"] for c in walk.planning["left_out"]} == {far.id: "too_far", unticked.id: "excluded"}


def test_an_evening_in_june_is_refused_with_the_hour_until_which_it_is_light(scene: Scene, desk: FlaskClient) -> None:
    spot = a_spot(scene, "Tunneln")
    answer = desk.post(
        "/coordinator/walks/new", data={"district": scene.oxhagen.id, "on": "2027-06-17", "spots": spot.id}
    )
    assert answer.status_code == 422
    assert re.search(r"Torsdag 17 juni 2027 är det ljust till 22\.[345]\d", answer.text)
    assert newest(Walk) is None


def test_the_trial_walk_is_noted_with_its_day_and_not_ahead_of_it(scene: Scene, desk: FlaskClient) -> None:
    walk = a_walk(scene, desk)
    assert act(desk, walk, "/trial", trial_done_on="2026-12-24").status_code == 422
    assert act(desk, walk, "/trial", trial_done_on="2026-11-23").status_code == 303
    assert "gjord måndag 23 november" in desk.get(f"/coordinator/walks/{walk.id}").text
