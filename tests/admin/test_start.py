"""The administrator finds their own pages, and an address with a slash too many leads to its page."""

from __future__ import annotations

import pytest

from tests.builders import Scene


def test_the_administrator_has_a_start_page_in_the_menu(scene: Scene) -> None:
    desk = scene.signed_in("admin")
    page = desk.get("/admin").text
    assert 'href="/admin/lamps"' in page
    assert 'href="/admin/response-times"' in page
    assert 'href="/admin"' in desk.get("/coordinator/walks").text


@pytest.mark.parametrize("address", ["/coordinator/dark-spots/", "/admin/", "/coordinator/dark-spots/?page=2"])
def test_an_address_with_a_slash_at_its_end_leads_to_its_page(scene: Scene, address: str) -> None:
    answer = scene.signed_in("admin").get(address)
    assert (answer.status_code, answer.location) == (308, address.replace("/?", "?").rstrip("/"))


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/coordinator/walks/7/stops", "/coordinator/walks/7"),
        ("/coordinator/dark-spots/3/facts", "/coordinator/dark-spots/3"),
        ("/logout", "/"),
        ("/r/abc/photos", "/r/abc"),
    ],
)
def test_the_address_of_a_form_that_came_back_leads_to_its_page_when_it_is_opened_again(
    scene: Scene, address: str, page: str
) -> None:
    answer = scene.signed_in("coordinator").get(address)
    assert (answer.status_code, answer.location) == (303, page)


def test_a_program_that_asks_in_the_wrong_way_is_told_so(scene: Scene) -> None:
    answer = scene.app.test_client().get("/api/v1/visits")
    assert answer.status_code in {401, 405}
    assert answer.content_type == "application/problem+json"


def test_no_slash_leads_out_of_the_house(scene: Scene) -> None:
    answer = scene.app.test_client().get("//elsewhere.example/map/")
    assert "elsewhere" not in (answer.location or "")


def test_an_error_keeps_the_menu_of_the_one_who_is_signed_in(scene: Scene) -> None:
    desk, van = scene.signed_in("coordinator"), scene.signed_in("technician")
    assert 'href="/coordinator/walks"' in desk.get("/coordinator/nowhere").text
    assert 'href="/technician/day"' in van.get("/technician/nowhere").text
