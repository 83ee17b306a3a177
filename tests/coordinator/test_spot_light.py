"""The light at a spot: a lamp that is out and a lamp that was never there are different things, and look it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.domain.lamp_light import lamp_state, source
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.walks import Walk, WalkEntry, WalkStop
from tests.builders import CENTRE, Scene

M = 1 / 61_300
"""A metre's degrees of longitude in Kalmar."""


def row(scene: Scene, *metres: float, **values: object) -> None:
    for m in metres:
        scene.lamp(f"R-{m:+.0f}", lon=CENTRE[0] + m * M, **{"height_m": 5, "lumen": 3000, **values})


def page(scene: Scene, spot: DarkSpot, asked: str = "", desk: FlaskClient | None = None) -> str:
    return (desk or scene.signed_in("coordinator")).get(f"/coordinator/dark-spots/{spot.id}{asked}").text


def figures(text: str, which: str) -> list[float]:
    """Return mean, least and uniformity of one row of the table."""
    line = re.search(rf'<tr class="{which}">(.*?)</tr>', text, re.DOTALL)
    assert line, which
    return [float(v.replace(",", ".")) for v in re.findall(r'class="num">([\d,]+)<', line[1])]


def test_one_lamp_out_is_drawn_with_a_cross_and_called_a_fault(scene: Scene) -> None:
    row(scene, -60, -30, 30, 60)
    middle = scene.lamp("R-0", height_m=5, lumen=3000)
    scene.ticket(lamp=middle)
    text = page(scene, scene.spot())
    assert "Det är ett fel att laga" in text
    assert "light-lamp out" in text
    assert "utan lampa" not in text
    assert figures(text, "now")[1] < 0.2 < figures(text, "whole")[1]


def test_a_lamp_that_was_never_there_is_a_bracket_and_called_new_lighting(scene: Scene) -> None:
    row(scene, -60, -30, 30, 60)
    text = page(scene, scene.spot())
    assert "fråga om ny belysning, inte ett fel" in text
    assert re.search(r"\b(59|60|61) m utan lampa", text)
    assert "light-lamp out" not in text
    assert 'class="line whole"' not in text


def test_a_new_lamp_shows_what_it_would_do_and_changes_nothing(scene: Scene) -> None:
    row(scene, -60, -30, 30, 60)
    spot = scene.spot()
    text = page(scene, spot, "?new_at=75&new_height=5&new_lumen=3000")
    assert figures(text, "proposed")[1] > figures(text, "now")[1]
    assert "light-lamp new" in text
    assert 'class="line proposed"' not in page(scene, spot)


@pytest.mark.parametrize(
    "asked", ["new_at=x", "new_at=-5", "new_at=10&new_height=0", "new_at=10&new_lumen=nan", "new_at=1e99"]
)
def test_a_lamp_that_cannot_be_is_said_beside_its_field_and_what_was_written_stays(scene: Scene, asked: str) -> None:
    text = page(scene, scene.spot(), f"?{asked}")
    assert re.search(r"Skriv (0–\d+|2–20|100–60000)\.", text)
    name, value = asked.rsplit("&", maxsplit=1)[-1].split("=")
    assert re.search(rf'name="{name}"[^>]*value="{re.escape(value)}"', text)


def test_lamps_off_on_purpose_are_neither_out_nor_missing(scene: Scene) -> None:
    row(scene, -60, -30, 0, 30, 60, status="deliberately_off", off_reason="Nattsläckt")
    text = page(scene, scene.spot())
    assert "släckta med flit" in text
    assert "light-lamp deliberately_off" in text
    assert "utan lampa" not in text


def test_what_is_held_true_of_the_light_and_what_the_lamps_say_are_not_two_truths_on_one_page(scene: Scene) -> None:
    row(scene, -60, -30, 30, 60)
    middle, desk = scene.lamp("R-0", height_m=5, lumen=3000), scene.signed_in("coordinator")
    spot = scene.spot()
    spot.light_fact = "no_lighting"
    db.session.commit()
    assert "räknas som utan belysning, men registret har lampor längs vägen: 5" in page(scene, spot, desk=desk)
    spot.light_fact = "lamp_out"
    db.session.commit()
    assert "för lamporna längs vägen (5) är inget ärende öppet" in page(scene, spot, desk=desk)
    scene.ticket(lamp=middle)
    assert "räknas som" not in page(scene, spot, desk=desk)
    spot.light_fact = "fine"
    db.session.commit()
    assert "räknas som hela, men för några är ett ärende öppet: 1" in page(scene, spot, desk=desk)


def test_a_place_without_any_lamp_is_one_long_gap_and_has_its_page(scene: Scene) -> None:
    text = page(scene, scene.spot())
    assert "150 m utan lampa" in text
    assert figures(text, "now") == [0, 0, 0]


def test_light_that_was_measured_on_a_walk_stands_beside_the_estimate(scene: Scene) -> None:
    row(scene, -30, 0, 30)
    spot = scene.spot()
    stamp = {"created_at": scene.now, "updated_at": scene.now}
    walk = Walk(state="walked", title="Höst", district_id=scene.oxhagen.id, starts_at=scene.now, **stamp)
    db.session.add(walk)
    db.session.flush()
    stop = WalkStop(
        walk_id=walk.id, ordinal=1, dark_spot_id=spot.id, lon=CENTRE[0], lat=CENTRE[1], title="Tunneln", **stamp
    )
    db.session.add(stop)
    db.session.flush()
    db.session.add(WalkEntry(stop_id=stop.id, lux=1.4, lux_instrument="Hagner E4", **stamp))
    db.session.commit()
    text = page(scene, spot)
    assert "Uppmätt 1,4 lux" in text
    assert "Hagner E4" in text


def test_it_is_said_to_be_an_estimate_with_its_method_and_its_guesses(scene: Scene) -> None:
    row(scene, -30, 0, height_m=None, lumen=None, power_w=28, light_source="LED")
    text = page(scene, scene.spot())
    assert "en uppskattning, inte en mätning" in text
    assert "EN 13201-3" in text
    assert "För 2 av 2 lampor saknar registret" in text


def test_what_the_register_does_not_know_gets_a_fair_figure() -> None:
    assert source(None, 28, "LED 4000 K", None, "GC-väg").lumen == pytest.approx(28 * 120)
    assert source(2500, 28, "LED", 6, "").assumed is False
    assert source(None, None, "", None, "Lokalgata").height_m == 8.0
    assert source(None, None, "", None, "").assumed


@pytest.mark.parametrize(
    ("status", "faults", "state"),
    [("in_service", [], "lit"), ("in_service", ["B04"], "lit"), ("in_service", ["B05"], "weak"), ("in_service", ["B03", "B05"], "out"),
     ("deliberately_off", ["B01"], "deliberately_off"), ("planned", [], "planned")],
)  # fmt: skip
def test_a_lamps_state_is_the_registers_word_and_then_its_tickets(status: str, faults: list[str], state: str) -> None:
    assert lamp_state(status, faults) == state
