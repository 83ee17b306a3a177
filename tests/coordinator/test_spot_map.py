"""The heat of reports through time, the filters and the search that map and list share, and a shape drawn by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from unicodedata import normalize

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.districts import District
from app.models.measures import Measure
from app.services import grouping, measure_pages, spot_pages
from tests.builders import CENTRE, Scene

HEAT = "/coordinator/dark-spots/heat.json"
AREA = "56.6755, 16.3345\n56.6755, 16.3360\n56.6765, 16.3350"


def total(client: FlaskClient, query: str) -> int:
    return int(client.get(f"{HEAT}?{query}").get_json()["reports"])


def drawn(scene: Scene, spot: DarkSpot, corners: str, kind: str = "area") -> int:
    client = scene.signed_in("coordinator")
    sent = {"version": spot.version, "corners": corners, "shape_kind": kind}
    return client.post(f"/coordinator/dark-spots/{spot.id}/shape", data=sent).status_code


def reread(spot: DarkSpot) -> DarkSpot:
    db.session.expire_all()
    found = spot_pages.open_spot(spot.id, ())
    assert found is not None
    return found


def test_heat_counts_the_reports_of_the_chosen_months_and_no_others(scene: Scene) -> None:
    scene.reports_at(3)
    scene.report(now=scene.now - timedelta(days=70))
    client = scene.signed_in("coordinator")
    assert [total(client, q) for q in ("month=0&span=1", "month=2&span=1", "month=0&span=12", "month=5&span=1")] == [
        3,
        1,
        4,
        0,
    ]


def test_heat_counts_by_the_hour_in_the_municipality_also_over_midnight(scene: Scene) -> None:
    scene.report()  # 19.00 UTC is 20.00 in Kalmar
    client = scene.signed_in("coordinator")
    hours = ("from=20&to=21", "from=19&to=20", "from=18&to=6", "from=21&to=6", "from=0&to=24")
    assert [total(client, h) for h in hours] == [1, 0, 1, 0, 1]


def test_heat_is_for_those_who_work_here_and_only_of_their_own_districts(scene: Scene, limit_coordinator) -> None:
    scene.report()
    assert scene.app.test_client().get(HEAT).status_code == 302
    assert scene.signed_in("technician").get(HEAT).status_code == 403
    client = scene.signed_in("coordinator")
    limit_coordinator(scene.skalby)
    assert total(client, "") == 0


def test_a_withdrawn_report_warms_nothing(scene: Scene) -> None:
    report = scene.report()
    client = scene.signed_in("coordinator")
    answer = client.post(
        f"/coordinator/reports/{report.id}/reject", data={"reject_reason": "Prov", "version": report.version}
    )
    assert answer.status_code == 303
    assert total(client, "") == 0


@pytest.mark.parametrize(
    ("query", "shown"), [("overdue=1", ["Sen"]), ("quiet=1", ["Tyst"]), ("owner={owner}", ["Ägd"])]
)
def test_map_and_list_share_the_filters_for_owner_lateness_and_silence(
    scene: Scene, query: str, shown: list[str]
) -> None:
    scene.reports_at(4)
    late, owned, silent = scene.spot(name="Sen"), scene.spot(name="Ägd"), scene.spot(name="Tyst")
    owned.owner_vegetation_id, silent.district_id = scene.lighting_unit.id, scene.skalby.id
    db.session.add(
        Measure(
            state="decided",
            kind="other",
            description="Röj",
            dark_spot_id=late.id,
            district_id=scene.oxhagen.id,
            deadline=scene.now.date() - timedelta(days=1),
            created_at=scene.now,
            updated_at=scene.now,
        )
    )
    db.session.commit()
    client = scene.signed_in("coordinator")
    asked = query.format(owner=scene.lighting_unit.id)
    page = BeautifulSoup(client.get(f"/coordinator/dark-spots?{asked}").text, "html5lib")
    frame = client.get(f"/coordinator/dark-spots/map-frame?{asked}").text
    assert [bdi.text for bdi in page.select("tr[data-spot] bdi")] == shown
    assert [name for name in ("Sen", "\\u00c4gd", "Tyst") if f' {name}"' in frame or f" {name}" in frame][:1]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("tunneln", ["Tunneln vid Östra skolan"]), ("ÖSTRA  skolan", ["Tunneln vid Östra skolan"]), ("100 %", ["Lutar 100 %"]),
        ("o\u0308stra", ["Tunneln vid Östra skolan"]), ("skolan tunneln", ["Tunneln vid Östra skolan"]),
        ("nr {dormant}", ["Södra parken"]), ("F–{dormant},", ["Södra parken"]), ("F-{dormant} Södra parken", ["Södra parken"]),
        ("F-{dormant}", ["Södra parken"]), ("f {dormant}", ["Södra parken"]), ("#{dormant}", ["Södra parken"]), ("{dormant}", ["Södra parken"]),
        ("parken", []), ("_stra", []), ("F-99999", []),
    ],
)  # fmt: skip
def test_a_spot_is_found_by_part_of_its_name_or_by_its_number_also_when_it_sleeps(
    scene: Scene, words: str, shown: list[str]
) -> None:
    scene.spot(name="Tunneln vid Östra skolan")
    scene.spot(name="Lutar 100 %")
    dormant = scene.spot(name="Södra parken", state="dormant")
    asked = {"q": words.format(dormant=dormant.id), "band": "" if "{" not in words else "C"}
    client = scene.signed_in("coordinator")
    page = BeautifulSoup(client.get("/coordinator/dark-spots", query_string=asked).text, "html5lib")
    assert [bdi.text for bdi in page.select("tr[data-spot] bdi")] == shown
    assert page.select_one("#q")["value"].split() == normalize("NFC", asked["q"]).split()
    assert ("Ingen fläck passar" in page.text) is not bool(shown)
    frame = client.get("/coordinator/dark-spots/map-frame", query_string=asked).text
    assert ("Tunneln vid" in frame) is (shown == ["Tunneln vid Östra skolan"])


def test_a_place_that_sleeps_has_no_rank_and_says_that_nothing_counts_there(scene: Scene) -> None:
    report = scene.report()
    report.state = "rejected"
    spot = scene.spot(report, name="Södra parken", state="dormant")
    page = scene.signed_in("coordinator").get(f"/coordinator/dark-spots/{spot.id}").text
    assert "Inga rapporter räknas här längre. Poängen är den sista som gällde." in page
    assert "öppna fläckar" not in page
    assert "har rapporterat platsen" not in page
    assert "räknas inte" in page


@pytest.mark.parametrize("page", ["/coordinator/dark-spots", "/coordinator/measures"])
def test_what_an_address_asks_beside_the_filters_goes_no_further(
    scene: Scene, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure_pages, "ROWS_A_PAGE", 1)
    for spot in (scene.spot(), scene.spot()):
        stamp = {"district_id": scene.oxhagen.id, "created_at": scene.now, "updated_at": scene.now}
        db.session.add(Measure(state="decided", kind="other", description="Röj", dark_spot_id=spot.id, **stamp))
    db.session.commit()
    answer = scene.signed_in("coordinator").get(f"{page}?endpoint=x&_scheme=javascript&_external=1&_anchor=y")
    assert answer.status_code == 200
    assert "javascript:" not in answer.text
    assert ("page=2" in answer.text) is page.endswith("measures")


def test_a_page_beyond_the_last_leads_to_the_last(scene: Scene) -> None:
    scene.spot(name="Tunneln")
    client = scene.signed_in("coordinator")
    answer = client.get("/coordinator/dark-spots?q=tunneln&page=7")
    assert answer.location == "/coordinator/dark-spots?page=1&q=tunneln"
    assert client.get("/coordinator/dark-spots?q=nowhere&page=7").status_code == 200


def test_the_number_of_a_spot_in_other_districts_finds_nothing(
    scene: Scene, limit_coordinator: Callable[[District], None]
) -> None:
    spot = scene.spot()
    client = scene.signed_in("coordinator")
    limit_coordinator(scene.skalby)
    assert f'data-spot="{spot.id}"' not in client.get(f"/coordinator/dark-spots?q={spot.id}").text


def test_a_shape_drawn_by_hand_stays_through_every_regrouping(scene: Scene) -> None:
    scene.reports_at(4)
    grouping.rebuild(now=scene.now)
    spot = reread(db.session.query(DarkSpot).one())
    assert drawn(scene, spot, AREA) == 303
    scene.reports_at(2, lon=CENTRE[0] + 0.0003)
    grouping.rebuild(now=scene.now)
    shape = spot_pages.shape(reread(spot))
    assert shape is not None
    assert sorted(shape.exterior.coords[:-1]) == sorted([(16.3345, 56.6755), (16.3360, 56.6755), (16.3350, 56.6765)])


def test_a_line_makes_the_spot_a_stretch_with_its_length_in_metres(scene: Scene) -> None:
    spot = reread(scene.spot())
    assert drawn(scene, spot, "56.6760, 16.3350\n56.6770, 16.3350", "line") == 303
    found = reread(spot)
    assert found.kind == "stretch"
    assert found.length_m == pytest.approx(111, abs=1)


@pytest.mark.parametrize(
    ("corners", "sentence"),
    [
        ("56.67", "ett hörn per rad"),
        ("56.6755, 16.3345\n56.6755, 16.3360", "en yta minst tre"),
        ("59.3, 18.0\n59.4, 18.0\n59.4, 18.1", "långt från platsen"),
        ("56.675, 16.334\n56.676, 16.336\n56.676, 16.334\n56.675, 16.336", "korsar sig själv"),
    ],
)
def test_a_shape_that_is_none_is_told_so_and_what_was_written_stays(scene: Scene, corners: str, sentence: str) -> None:
    spot = reread(scene.spot())
    client = scene.signed_in("coordinator")
    sent = {"version": spot.version, "corners": corners, "shape_kind": "area"}
    answer = client.post(f"/coordinator/dark-spots/{spot.id}/shape", data=sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert corners.splitlines()[0] in BeautifulSoup(answer.text, "html5lib").select_one("#corners").text


def test_a_spots_page_shows_months_hours_owners_and_lamps_with_their_distance(scene: Scene) -> None:
    scene.lamp()
    spot = scene.spot(*scene.reports_at(3))
    spot.owner_light_id = scene.lighting_unit.id
    db.session.commit()
    page = BeautifulSoup(scene.signed_in("coordinator").get(f"/coordinator/dark-spots/{spot.id}").text, "html5lib")
    assert len(page.select("svg.chart.columns")) == 2
    assert "20–21" in page.text
    assert "november" in page.select_one(".chart-pair table").text
    assert "Gata och belysning" in page.select_one("dl.facts").text
    assert "SK-104 0 m" in " ".join(page.text.split())
