"""What a person may send, and what is said when it cannot be read."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reports import CATEGORIES, clean_text, kind_of, read, sounds_urgent

CLIENT_ID = str(uuid.UUID(int=7))


def sent(**fields: str | list[str]) -> dict[str, list[str]]:
    given_fields = {"client_id": CLIENT_ID, "lat": "56.6760", "lon": "16.3350", "categories": ["lamp_out"], **fields}
    return {k: v if isinstance(v, list) else [v] for k, v in given_fields.items()}


def test_a_place_and_one_category_are_enough_for_a_report() -> None:
    draft = read(sent()).draft
    assert draft is not None
    assert (draft.lon, draft.lat, draft.categories) == (16.3350, 56.6760, ("lamp_out",))


def test_just_a_feeling_is_accepted_and_not_an_error() -> None:
    assert read(sent(categories=["just_a_feeling"])).errors == {}


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("", ""),
        ("56,6", "16.3"),
        ("NaN", "16.3"),
        ("inf", "1"),
        ("91", "16"),
        ("56", "181"),
        ("0", "0"),
        ("٥٦", "16"),
        ("5e1", "16"),
        ("0x38", "16"),
    ],
)
def test_a_position_that_is_no_position_gets_an_error_beside_it(lat: str, lon: str) -> None:
    assert set(read(sent(lat=lat, lon=lon)).errors) == {"lat"}


def test_two_positions_in_one_sending_are_refused_rather_than_guessed() -> None:
    assert read(sent(lat=["56.6", "57.1"])).errors == {"lat": "position_not_readable"}


def test_a_text_of_three_hundred_characters_is_kept_and_one_more_is_told() -> None:
    assert read(sent(text="å" * 300)).errors == {}
    assert read(sent(text="å" * 301)).errors == {"text": "text_too_long"}


def test_letters_of_every_language_survive_and_control_characters_do_not() -> None:
    assert clean_text("  Mörkt vid ån 🌙 النفق\x00\x07\r\nnästa rad ") == "Mörkt vid ån 🌙 النفق\nnästa rad"


def test_a_decomposed_letter_is_kept_as_one_letter() -> None:
    assert clean_text("a\u030a") == "å"


@given(
    st.dictionaries(
        st.sampled_from(
            ["lat", "lon", "text", "contact", "severity", "client_id", "when_felt", "queued_at", "accuracy_m"]
        ),
        st.lists(st.text(), max_size=3),
    )
)
def test_nothing_that_anybody_sends_makes_the_reading_fail(fields: dict[str, list[str]]) -> None:
    reading = read(fields)
    assert reading.draft is not None or reading.errors


@pytest.mark.parametrize("contact", ["anna@example.se", "070-123 45 67", "+46 70 123 45 67", ""])
def test_a_mail_address_a_phone_number_or_nothing_is_a_contact(contact: str) -> None:
    assert read(sent(contact=contact)).errors == {}


def test_a_contact_that_nobody_can_reach_gets_an_error_and_is_kept_in_the_form() -> None:
    assert read(sent(contact="anna at example")).errors == {"contact": "contact_not_readable"}


def test_a_lamp_that_is_out_is_a_fault_and_a_missing_lamp_is_a_wish() -> None:
    assert kind_of(["lamp_out", "deserted"]) == "fault"
    assert kind_of(["no_lamp"]) == "wish"
    assert kind_of(["no_lamp", "just_a_feeling"]) == "unsafe_place"


def test_every_category_of_the_form_can_be_read_back() -> None:
    draft = read(sent(categories=list(CATEGORIES))).draft
    assert draft is not None
    assert draft.categories == CATEGORIES


@pytest.mark.parametrize("text", ["Hjälp, han jagar mig", "Någon med kniv", "someone is following me"])
def test_words_of_danger_are_noticed_so_that_112_can_be_shown(text: str) -> None:
    assert sounds_urgent(text)


@pytest.mark.parametrize(
    "text",
    ["Lampan är nu släckt", "Det vore till hjälplig glädje", "Skottet i tunneln är löst monterat? nej, snöskottning"],
)
def test_ordinary_words_about_a_place_do_not_raise_the_112_panel(text: str) -> None:
    assert not sounds_urgent(text)


def test_a_position_off_by_more_than_75_metres_is_marked_uncertain_unless_placed_by_hand() -> None:
    by_phone, by_hand = (
        read(sent(accuracy_m="120", method="gps")).draft,
        read(sent(accuracy_m="120", method="pin")).draft,
    )
    assert by_phone is not None
    assert by_hand is not None
    assert by_phone.uncertain_place
    assert not by_hand.uncertain_place


@pytest.mark.parametrize(
    "claim", ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59+14:00", "not a time", "0001-01-01T00:00:00+14:00"]
)
def test_a_phone_whose_clock_is_wrong_can_still_report(claim: str) -> None:
    assert read(sent(queued_at=claim)).draft is not None
