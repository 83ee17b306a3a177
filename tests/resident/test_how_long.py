"""The page of one's own data says for how long they are kept: as the municipality has decided, and nothing else."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from app.services import retention
from app.web.languages import days, period
from tests.builders import Scene

DECISION = "KS 2026-11-02 § 14"


def said(client: FlaskClient, lang: str = "sv") -> str:
    answer = client.get("/privacy", query_string={"lang": lang})
    assert answer.status_code == 200
    return " ".join(BeautifulSoup(answer.data, "html.parser").main.get_text().split())  # type: ignore[union-attr]


def decide(scene: Scene, kind: str, days: int) -> None:
    retention.decide(kind, days, DECISION, valid_from=scene.now.date(), now=scene.now)


def test_while_nobody_has_decided_it_promises_no_day(scene: Scene, client: FlaskClient) -> None:
    assert "Den bevaras tills kommunen beslutar något annat." in said(client)
    assert "tas bort 30" not in said(client)


def test_what_is_decided_is_told_with_its_time_and_its_decision_and_what_is_not_is_left_out(
    scene: Scene, client: FlaskClient
) -> None:
    decide(scene, "contact", 30)
    decide(scene, "photos", 730)
    words = said(client)
    assert "Din kontaktuppgift tas bort 30 dagar efter" in words
    assert "Dina foton tas bort 2 år efter" in words
    assert words.count(f"({DECISION})") == 2
    assert "Din text" not in words[words.index("Hur länge") :]
    assert "avvisas" not in words
    assert "tills kommunen beslutar" not in words


@pytest.mark.parametrize(("lang", "time"), [("sv@easy", "5 år"), ("en", "5 years"), ("ar", "5 سنوات")])
def test_it_is_told_in_every_language(scene: Scene, client: FlaskClient, lang: str, time: str) -> None:
    decide(scene, "texts", 1826)
    words = said(client, lang)
    assert time in words
    assert "Kvar blir" not in words


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 dag"), (30, "30 dagar"), (364, "364 dagar"), (365, "1 år"), (366, "1 år"), (367, "367 dagar"), (730, "2 år"),
     (1826, "5 år"), (1830, "1830 dagar"), (36_500, "100 år")],
)  # fmt: skip
def test_a_time_is_told_in_years_only_where_it_is_whole_years(app: Flask, count: int, words: str) -> None:
    with app.test_request_context("/?lang=sv"):
        assert period(count).replace("\xa0", "") == words


@pytest.mark.parametrize("lang", ["sv", "sv@easy", "en", "ar"])
@pytest.mark.parametrize("count", [1, 2, 3, 4.5, 11, 30, 100])
def test_days_have_their_word_in_every_language(app: Flask, lang: str, count: float) -> None:
    with app.test_request_context("/", query_string={"lang": lang}):
        assert "duration" not in days(count)
        assert "duration" not in period(int(count) * 365)


def test_the_name_of_a_decision_is_read_from_the_left_in_a_line_that_is_not(scene: Scene, client: FlaskClient) -> None:
    decide(scene, "contact", 30)
    page = BeautifulSoup(client.get("/privacy?lang=ar").data, "html.parser")
    assert DECISION in [tag.text for tag in page.select("main bdi")]
