"""Forms of the desk: what is typed as people type it, and what is chosen is what happens."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.models.base import db
from app.models.measures import Measure
from app.models.tickets import Ticket
from app.web import walk_forms
from app.web.forms import Form
from app.web.languages import amount
from app.web.words import as_on_page
from tests.builders import Scene


def test_a_ticket_that_becomes_a_measure_makes_one_and_leads_to_it(scene: Scene) -> None:
    desk = scene.signed_in("coordinator")
    ticket = scene.ticket(scene.report(), lamp=scene.lamp())
    sent = {"version": ticket.version, "to": "became_measure", "end_reason": "Sträckan saknar lampor på mitten."}
    answer = desk.post(f"/coordinator/tickets/{ticket.id}/end", data=sent)
    measure = db.session.scalars(select(Measure)).one()
    assert answer.location == f"/coordinator/measures/{measure.id}"
    assert (measure.kind, measure.description) == ("lighting_new", "Sträckan saknar lampor på mitten.")
    db.session.expire_all()
    assert db.session.get(Ticket, ticket.id).measure_id == measure.id


def test_no_participants_is_an_error_and_not_twenty(scene: Scene) -> None:
    form = Form(MultiDict({"title": "Vandring", "participants_max": "0"}))
    walk_forms.details(form)
    assert form.codes == {"participants_max": "number_between:1:999"}


def test_a_text_longer_than_its_field_is_said_beside_it_and_comes_back_whole(scene: Scene) -> None:
    desk, title = scene.signed_in("coordinator"), "Å" * 201
    answer = desk.post("/coordinator/plans", data={"title": title, "district": scene.oxhagen.id})
    assert answer.status_code == 422
    assert "Texten är för lång. Högst 200 tecken får plats." in answer.text
    assert title in answer.text
    assert desk.post("/coordinator/plans", data={"title": title[:200], "district": scene.oxhagen.id}).status_code == 303


def test_a_name_of_a_place_that_is_too_long_is_not_cut(scene: Scene) -> None:
    desk, spot = scene.signed_in("coordinator"), scene.spot(scene.report(), name="Tunneln")
    long = "Gången " * 30
    answer = desk.post(f"/coordinator/dark-spots/{spot.id}/name", data={"name": long, "version": spot.version})
    assert answer.status_code == 422
    assert "Högst 200 tecken" in answer.text
    assert long.strip() in answer.text
    db.session.refresh(spot)
    assert spot.name == "Tunneln"


def test_a_summer_evening_that_has_passed_is_answered_with_a_day_that_lies_ahead(scene: Scene) -> None:
    with scene.app.test_request_context():
        said = walk_forms.sentences({"on": "dark_walk_in_summer"}, scene.now.date().replace(month=6, day=20))["on"]
    assert "november 2026" in said


def test_a_position_may_be_typed_with_a_comma(scene: Scene, client: FlaskClient) -> None:
    sent = {"lat": "56,6760", "lon": "16,3350", "method": "pin", "categories": "lamp_out"}
    sent |= {"client_id": "1b4e28ba-2fa1-41d2-883f-0016d3cca427"}
    assert client.post("/report", data=sent).status_code == 303


def test_a_form_that_comes_back_with_its_place_does_not_say_that_none_is_chosen(
    scene: Scene, client: FlaskClient
) -> None:
    again = client.post("/report", data={"lat": "56.676", "lon": "16.335", "method": "pin"})
    assert again.status_code == 422
    assert ">Ingen plats är vald" not in again.text
    assert ">Platsen är vald." in again.text


def test_the_columns_of_a_file_are_named_in_the_language_of_the_one_who_fetches_it(scene: Scene) -> None:
    desk = scene.signed_in("coordinator")
    files = [
        desk.get(f"/coordinator/{name}.csv?lang=en").text for name in ("municipality", "tickets/numbers", "statutory")
    ]
    assert [text.lstrip("\ufeff").split(";")[0] for text in files] == ["district", "table", "district"]
    assert desk.get("/coordinator/municipality.csv?lang=sv").text.startswith("\ufeffområde;")


def test_a_kept_sum_stands_in_its_field_as_people_write_it(scene: Scene) -> None:
    assert [amount(sum_) for sum_ in (Decimal("8000.00"), "250000.50", None, "tolv", "")] == [
        "8000",
        "250000,50",
        "",
        "tolv",
        "",
    ]


@pytest.mark.parametrize(
    ("written", "kronor"),
    [
        ("25000", "25000"), ("25 000", "25000"), ("1\u00a0234\u00a0567", "1234567"), ("12\u202f000,5", "12000.50"), ("12 500.50", "12500.50"),
        (" 8000 kr ", "8000"), ("0", "0"), ("12000,00", "12000"),
    ],
)  # fmt: skip
def test_a_sum_is_read_with_the_blanks_and_the_comma_that_people_write(written: str, kronor: str) -> None:
    form = Form(MultiDict({"sum": written}))
    assert (form.money("sum"), form.codes) == (Decimal(kronor), {})


@pytest.mark.parametrize(
    "written",
    [
        "12.000", "12,000", "1.234.567", "1e9", "1E3", "1_000", "12 00", "١٢٠٠٠", "１２", "Infinity", "nan", "-5", "12,", "12.0000", "kr",
        "100 000 000 000",
    ],
)  # fmt: skip
def test_a_sum_that_can_be_read_in_two_ways_is_refused_beside_its_field_and_stays(scene: Scene, written: str) -> None:
    sent = {"kind": "signs", "description": "Skylta om", "district": scene.oxhagen.id, "cost_estimate_sek": written}
    answer = scene.signed_in("coordinator").post("/coordinator/measures/new", data=sent)
    page = BeautifulSoup(answer.text, "html5lib")
    said = "Skriv ett belopp i kronor, 0 eller mer och utan punkt för tusental, till exempel 25 000 eller 25 000,50."
    assert (answer.status_code, page.select_one("#cost_estimate_sek-error").text) == (422, said)
    assert (page.select_one("#cost_estimate_sek")["value"], page.select_one("#description").text) == (
        written,
        "Skylta om",
    )
    assert db.session.scalars(select(Measure)).all() == []


def test_a_measured_light_may_have_three_decimals_that_a_sum_may_not() -> None:
    form = Form(MultiDict({"lux": "1,125"}))
    assert (form.decimal("lux"), form.codes) == (1.12, {})


def test_every_error_at_the_top_of_a_page_leads_to_a_field_that_is_there(scene: Scene) -> None:
    desk, van = scene.signed_in("coordinator"), scene.signed_in("technician")
    spot = scene.spot(*scene.reports_at(2), state="confirmed")
    ticket = scene.ticket(scene.report(), lamp=scene.lamp(), state="on_site", to=scene.technician())
    measure = desk.post("/coordinator/measures/new", data={
        "kind": "brush_clearing", "description": "Röj", "district": scene.oxhagen.id, "responsible_id": scene.lighting_unit.id,
        "deadline": "2027-03-31",
    }).location  # fmt: skip
    plan = desk.post("/coordinator/plans", data={"title": "Plan", "district": scene.oxhagen.id}).location
    at = f"/technician/tickets/{ticket.id}"
    sent = [
        (desk, "/coordinator/plans", {}), (desk, "/coordinator/measures/new", {}), (desk, measure, {}),
        (desk, f"{measure}/move", {}), (desk, plan, {}), (desk, f"{plan}/move", {"to": "decided"}), (desk, f"{plan}/move", {}),
        (desk, "/coordinator/funding", {}), (desk, "/coordinator/walks/new", {"district": scene.oxhagen.id}), (desk, "/coordinator/tickets/new", {}),
        (desk, "/coordinator/promises", {}), (desk, "/coordinator/calendar", {}), (desk, f"/coordinator/dark-spots/{spot.id}/dismiss", {}),
        (desk, f"/coordinator/dark-spots/{spot.id}/merge", {}), (desk, f"/coordinator/tickets/{ticket.id}/end", {}),
        (van, f"{at}/repair", {}), (van, f"{at}/wait", {}),
        (van, f"{at}/end", {"to": "forwarded"}), (van, f"{at}/pole", {}), (van, "/technician/lamps/new", {}),
        (scene.app.test_client(), "/report", {}),
    ]  # fmt: skip
    lost = []
    for who, path, data in sent:
        page = who.post(path, data=data)
        summary = page.text.partition('class="error-summary"')[2].partition("</div>")[0]
        lost += [(path, name) for name in re.findall(r'href="#([^"]+)"', summary) if f'id="{name}"' not in page.text]
        lost += [(path, page.status_code)] if page.status_code != 422 else []
    assert lost == []


def test_the_errors_of_a_new_measure_are_listed_as_its_fields_stand_on_the_page(scene: Scene) -> None:
    sent = {"district": "", "kind": "", "description": "", "deadline": "2020-01-01", "cost_estimate_sek": "mycket"}
    page = BeautifulSoup(scene.signed_in("coordinator").post("/coordinator/measures/new", data=sent).text, "html5lib")
    listed = [link["href"].removeprefix("#") for link in page.select(".error-summary a")]
    assert listed == ["kind", "description", "deadline", "cost_estimate_sek"]
    assert listed == [field["id"] for field in page.select("form [id]") if field["id"] in listed]


def test_an_error_of_something_that_was_not_sent_stands_where_it_was_found(scene: Scene) -> None:
    with scene.app.test_request_context(method="POST", data={"lat": "", "text": "", "contact": ""}):
        errors = {"lat": "1", "categories": "2", "contact": "4", "text": "3"}
        assert [said for _, said in as_on_page(errors)] == ["1", "2", "3", "4"]


def test_a_day_far_off_is_called_that_and_not_ill_written(scene: Scene) -> None:
    form = Form(MultiDict({"far": "9999-12-31", "ill": "31/12"}))
    assert (form.day("far"), form.day("ill")) == (None, None)
    assert form.codes == {"far": "date_out_of_range", "ill": "date_not_readable"}


def test_each_decision_about_a_place_says_what_it_did(scene: Scene) -> None:
    desk, spot = scene.signed_in("coordinator"), scene.spot(*scene.reports_at(3))
    for path, sent, said in (
        ("confirm", {"how": "visit"}, "Väntan på beslut räknas inte längre, så poängen kan sjunka."),
        ("name", {"name": "Tunneln"}, "Platsen har sitt nya namn."),
        ("pin", {"pinned": "1"}, "Platsen hålls samman."),
        ("pin", {}, "Platsen delas in av sig själv igen."),
    ):
        db.session.refresh(spot)
        answer = desk.post(f"/coordinator/dark-spots/{spot.id}/{path}", data={"version": spot.version, **sent})
        assert answer.status_code == 303
        assert said in desk.get(answer.location).text


def test_a_report_that_is_linked_to_a_place_is_offered_to_be_moved_and_not_linked_again(scene: Scene) -> None:
    desk, report = scene.signed_in("coordinator"), scene.report()
    spot = scene.spot(report)
    address = f"/coordinator/reports/{report.id}"
    assert "Koppla till mörk fläck" in desk.get(address).text
    sent = {"version": report.version, "spot_reference": spot.reference}
    assert desk.post(f"{address}/spot", data=sent).status_code == 303
    page = desk.get(address).text
    assert "Flytta till annan mörk fläck" in page
    assert f"Rapporten är kopplad till {spot.reference}." in page
    assert "Koppla till mörk fläck" not in page
