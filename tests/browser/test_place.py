"""The place of a report as a person meets it: names without a net, arrows, a lamp, a map of our own, one tap for “me too”."""

from __future__ import annotations

import base64
import gzip
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from sqlalchemy import select

from app.models.base import db
from app.models.districts import NamedPlace
from app.models.reports import Report
from app.services.basemap import TOWN, WHOLE
from tests.browser.conftest import PHONE, Live, until
from tests.builders import CENTRE, Scene
from tests.commands.test_basemap import extract

HERE = {
    "geolocation": {"latitude": CENTRE[1], "longitude": CENTRE[0], "accuracy": 14},
    "permissions": ["geolocation"],
}

READ = """async ([file, squares]) => {
  const { inHand, openFile } = await import("/static/js/map_file.js");
  const { getZxy } = await openFile(inHand(Uint8Array.from(atob(file), (sign) => sign.charCodeAt(0)).buffer));
  return Promise.all(squares.map(async (square) => {
    const found = await getZxy(...square);
    return found ? new TextDecoder().decode(found.data) : null;
  }));
}"""


@pytest.fixture
def named(town: Scene) -> Scene:
    """A town with two names that can be searched for, and a lamp that is already reported."""
    stamp = {"created_at": town.now, "updated_at": town.now}
    for name, lon in (("Storgatan 5", 16.336), ("Skälbystråket", CENTRE[0] + 0.0004)):
        db.session.add(
            NamedPlace(name=name, lon=lon, lat=CENTRE[1], kind="place", district_id=town.oxhagen.id, **stamp)
        )
    db.session.commit()
    town.ticket(town.report(), lamp=town.lamp("SK-104"))
    return town


@pytest.fixture
def drawn(named: Scene, live: Live, tmp_path: Path) -> Iterator[Scene]:
    """The same town with a map of our own."""
    folder = Path(live.app.extensions["ljuspunkt"].settings.instance)
    done = live.app.test_cli_runner().invoke(args=["basemap", "build", str(extract(tmp_path))])
    assert done.exit_code == 0, done.output
    yield named
    for name in (WHOLE, TOWN):
        (folder / name).unlink(missing_ok=True)


def chosen(page: Page) -> tuple[float, float]:
    return float(page.locator("[name=lon]").input_value()), float(page.locator("[name=lat]").input_value())


def test_what_is_known_here_is_offered_and_me_too_is_one_tap(named: Scene, person: Callable[..., Page]) -> None:
    page = person(PHONE, **HERE)
    page.goto("/report")
    expect(page.get_by_role("heading", name="Släckt lampa, stolpe SK-104")).to_be_visible()
    expect(page.get_by_text("Redan anmäld")).to_be_visible()
    page.get_by_role("button", name="Jag med").click()
    expect(page.get_by_text("Tack. Din röst räknas med.")).to_be_visible()
    expect(page).to_have_url(re.compile("/r/[^#]+$"))  # kept, and what is passed on from here keeps nothing elsewhere
    receipt = page.url
    page.goto("/mine")
    page.locator("[data-receipts] a").click()
    expect(page).to_have_url(receipt)


def test_the_code_on_a_pole_is_three_taps_and_only_one_question_is_shown_while_scripts_are_on_their_way(
    live: Live, named: Scene, person: Callable[..., Page]
) -> None:
    page = person(PHONE, reduced_motion="reduce")
    page.route("**/js/report.js", lambda route: route.abort())
    page.goto("/report?pole=SK-104")
    expect(page.locator("#c-lamp_out")).to_be_hidden()
    page.unroute("**/js/report.js")
    page.goto("/report?pole=BORTA-1")
    expect(page.locator("[data-place-status]")).to_contain_text("Vi känner inte igen det stolpnumret")
    page.goto("/report?pole=SK-104")
    expect(page.locator("[data-place-status]")).to_contain_text("Du har valt stolpe SK-104.")
    expect(page.locator("#pole_number")).to_be_hidden()
    page.get_by_role("button", name="Nästa").click()
    page.locator("#c-lamp_out").click()
    page.get_by_role("button", name="Skicka nu").click()
    page.wait_for_url("**/r/*")
    expect(page.locator("dl.facts")).to_contain_text("SK-104")


def test_a_place_is_found_by_its_name_also_without_a_net(named: Scene, person: Callable[..., Page]) -> None:
    page = person(PHONE)
    page.goto("/report")
    page.locator("#place_search").focus()
    until(page, "(await (await caches.open('ljuspunkt-map')).keys()).some(({ url }) => /names/.test(url))")
    page.context.set_offline(True)
    page.locator("#place_search").fill("storg")
    page.get_by_role("button", name="Storgatan 5, Oxhagen").click()
    expect(page.locator("[data-place-status]")).to_have_text("Du har valt Storgatan 5.")
    assert chosen(page) == (16.336, CENTRE[1])
    assert page.locator("[name=address]").input_value() == "Storgatan 5"
    page.context.set_offline(False)


def test_who_taps_into_the_search_before_the_script_is_there_has_the_names_too(
    named: Scene, person: Callable[..., Page]
) -> None:
    page, held = person(PHONE, service_workers="block"), []
    page.route("**/js/place_search.js", lambda route: held.append(route))  # noqa: PLW0108  (it asks for a function of Python)
    page.goto("/report", wait_until="commit")
    page.locator(
        "#place_search"
    ).click()  # which waits until it is drawn: nobody can tap what is not, and focus() does nothing
    assert page.evaluate("document.activeElement.id") == "place_search"
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    until(page, "(await (await caches.open('ljuspunkt-map')).keys()).some(({ url }) => /names/.test(url))")


def test_names_that_could_not_be_fetched_are_asked_for_again_when_there_is_coverage(
    named: Scene, person: Callable[..., Page]
) -> None:
    page = person(PHONE, service_workers="block")
    page.route("**/map/names.json", lambda route: route.abort())
    page.goto("/report")
    page.locator("#place_search").fill("storg")
    expect(page.locator("[data-search-status]")).to_contain_text("Namnen gick inte att hämta.")
    page.unroute("**/map/names.json")
    page.locator("#place_search").press_sequentially("a")
    page.get_by_role("button", name="Storgatan 5, Oxhagen").click()
    expect(page.locator("[data-place-status]")).to_have_text("Du har valt Storgatan 5.")


def test_a_name_that_nobody_knows_is_answered_in_words(named: Scene, person: Callable[..., Page]) -> None:
    page = person(PHONE)
    page.goto("/report")
    page.locator("#place_search").fill("xyzzy")
    expect(page.locator("[data-search-status]")).to_contain_text("Inget namn passar.")


def opens_other_ways(page: Page) -> None:
    page.goto("/report")
    page.get_by_text("± 14").wait_for()
    page.locator("[data-other-ways] summary").click()


def sends(page: Page) -> None:
    page.get_by_role("button", name="Nästa").locator("visible=true").click()
    page.locator("#c-lamp_out").check(force=True)
    for _ in range(2):
        page.get_by_role("button", name="Nästa").locator("visible=true").click()
    page.locator("[data-send]").click()
    page.wait_for_url("**/r/*")


def newest() -> Report:
    db.session.rollback()
    return db.session.scalars(select(Report).order_by(Report.id.desc())).first()


def test_a_place_that_is_chosen_in_the_list_is_meant_wherever_the_phone_is(
    named: Scene, person: Callable[..., Page]
) -> None:
    page = person(PHONE, **HERE)
    opens_other_ways(page)
    page.locator("#place_id").select_option(label="Storgatan 5")
    expect(page.locator("[data-place-status]")).to_have_text("Du har valt Storgatan 5.")
    expect(page.locator("#place_id")).not_to_have_value("")
    sends(page)
    assert (newest().lon, newest().method) == (16.336, "list")
    expect(page.locator("dl.facts")).to_contain_text("16.33600")


def test_a_pole_that_is_named_is_meant_wherever_the_phone_is_and_an_unknown_one_is_told(
    named: Scene, person: Callable[..., Page]
) -> None:
    far = named.lamp("NO-304", lon=16.36)
    page = person(PHONE, **HERE)
    opens_other_ways(page)
    status = page.locator("[data-place-status]")
    page.locator("#pole_number").fill("NOPE-1")
    page.locator("#address").focus()
    expect(status).to_contain_text("Vi känner inte igen det stolpnumret")
    expect(status).to_contain_text("Platsen är vald")
    assert (chosen(page), page.locator("[name=method]").input_value()) == (CENTRE, "gps")
    page.locator("#pole_number").fill("no-304")
    page.locator("#address").focus()
    expect(status).to_have_text("Du har valt stolpe NO-304.")
    assert chosen(page) == (far.lon, far.lat)
    page.locator("#pole_number").fill("NOPE-2")
    page.locator("#address").focus()
    expect(status).to_contain_text("Vi känner inte igen det stolpnumret")
    assert (chosen(page), page.locator("[name=method]").input_value()) == ((far.lon, far.lat), "pole")
    page.locator("#pole_number").fill("NO-304")
    page.locator("#address").focus()
    expect(status).to_have_text("Du har valt stolpe NO-304.")
    sends(page)
    assert (newest().lon, newest().lamp_id, newest().method) == (far.lon, far.id, "pole")


def test_a_pole_that_is_named_without_coverage_decides_when_the_report_arrives(
    named: Scene, person: Callable[..., Page]
) -> None:
    far = named.lamp("NO-304", lon=16.36)
    page = person(PHONE, **HERE)
    opens_other_ways(page)
    page.context.set_offline(True)
    page.locator("#pole_number").fill("NO-304")
    page.locator("#address").focus()
    expect(page.locator("[data-place-status]")).to_have_text("Stolpe NO-304. Vi letar upp numret när du har täckning.")
    page.context.set_offline(False)
    sends(page)
    assert (newest().lon, newest().lamp_id) == (far.lon, far.id)


def test_an_address_alone_is_no_place_and_that_is_said_where_it_is_asked(
    named: Scene, person: Callable[..., Page]
) -> None:
    page = person(PHONE, permissions=[])
    page.goto("/report")
    until(
        page, "!document.querySelector('[data-choose=gallery]').hidden"
    )  # what looks before one goes on has come with it
    page.locator("[data-other-ways] summary").click()
    page.locator("#address").fill("Storgatan 1")
    page.get_by_role("button", name="Nästa").locator("visible=true").click()
    expect(page.locator(".error")).to_contain_text("Välj var det är")
    expect(page.locator("#address")).to_have_value("Storgatan 1")
    expect(page.locator("#address")).to_be_visible()


def test_the_arrow_keys_move_the_place_ten_metres(named: Scene, person: Callable[..., Page]) -> None:
    page = person(PHONE, **HERE)
    page.goto("/report")
    page.get_by_text("± 14").wait_for()
    page.locator("[data-open-map]").click()
    page.locator("[data-map] .leaflet-pane").first.wait_for(state="attached")
    page.locator("[data-map]").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-place-status]")).to_have_text("Platsen är flyttad på kartan.")
    lon, lat = chosen(page)
    assert (lon, round((lat - CENTRE[1]) * 110_574)) == (CENTRE[0], 10)
    assert page.locator("[name=method]").input_value() == "pin"


def test_a_lamp_on_the_map_says_that_it_is_already_reported(named: Scene, person: Callable[..., Page]) -> None:
    page = person(PHONE, **HERE)
    page.goto("/report")
    page.get_by_text("± 14").wait_for()
    with page.expect_response("**/map/lamps.geojson*"):
        page.locator("[data-open-map]").click()
    page.wait_for_timeout(500)
    size = page.locator("[data-map]").bounding_box()
    assert size
    page.locator("[data-map]").click(position={"x": size["width"] / 2, "y": size["height"] / 2})
    expect(page.locator("[data-place-status]")).to_contain_text("Du har valt stolpe SK-104. Redan anmäld")
    assert page.locator("[name=pole_number]").input_value() == "SK-104"


def test_a_phone_that_gives_no_position_leaves_every_other_way_open(named: Scene, person: Callable[..., Page]) -> None:
    page = person(PHONE, permissions=[])
    page.goto("/report")
    page.locator("[data-locate]").click()
    expect(page.locator("[data-place-status]")).to_contain_text("Telefonen gav ingen position.")
    expect(page.locator("#place_search")).to_be_visible()


def test_inside_a_tunnel_the_last_good_place_is_offered(named: Scene, person: Callable[..., Page]) -> None:
    page = person(PHONE, **HERE)
    page.goto("/report")
    page.get_by_text("± 14").wait_for()
    page.context.set_geolocation({"latitude": 56.69, "longitude": 16.35, "accuracy": 500})
    page.wait_for_timeout(100)
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = (_ok, failed) => failed({ code: 3 }); }")
    page.locator("[data-locate]").click()
    page.locator("[data-tunnel]").click()
    assert chosen(page) == CENTRE
    assert page.locator("[name=address]").input_value() == "I tunneln"


def test_a_map_of_our_own_is_drawn_and_after_one_visit_also_without_a_net(
    drawn: Scene, person: Callable[..., Page]
) -> None:
    page = person(PHONE, **{**HERE, "geolocation": {"latitude": 56.6705, "longitude": 16.331, "accuracy": 14}})
    page.goto("/report")
    page.get_by_text("± 14").wait_for()
    opens_the_map(page)
    until(page, "(await (await caches.open('ljuspunkt-map')).keys()).some(({ url }) => url.includes('town.pmtiles'))")
    expect(page.get_by_role("link", name="© OpenStreetMap")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.goto("/report")
    opens_the_map(page)
    page.context.set_offline(False)


def opens_the_map(page: Page) -> None:
    """Open it and see that something is drawn in its squares."""
    page.locator("[data-open-map]").click()
    page.wait_for_function(
        """() => [...document.querySelectorAll("canvas.leaflet-tile")].some((square) => square.width > 1
        && square.getContext("2d").getImageData(0, 0, square.width, square.height).data.some(Boolean))"""
    )


def test_a_map_file_too_large_for_one_directory_is_read_square_by_square(
    live: Live, person: Callable[..., Page]
) -> None:
    squares = [(14, x, y) for x in range(8900, 8960) for y in range(4800, 4880)]
    file = io.BytesIO()
    writer = Writer(file)
    for square in sorted(squares, key=lambda zxy: zxy_to_tileid(*zxy)):
        writer.write_tile(zxy_to_tileid(*square), gzip.compress(repr(square).encode(), mtime=0))
    kinds = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}
    writer.finalize({**kinds, "min_zoom": 14, "max_zoom": 14}, {})
    page = person(PHONE)
    page.goto("/offline")
    read = page.evaluate(READ, [base64.b64encode(file.getvalue()).decode(), [*squares[::601], (14, 1, 1), (3, 1, 1)]])
    assert read == [*(repr(square) for square in squares[::601]), None, None]


@pytest.mark.parametrize("language", ["ar", "sv@easy"])
def test_every_step_is_whole_in_every_language_with_the_map_open(
    drawn: Scene, person: Callable[..., Page], language: str
) -> None:
    page = person({"width": 320, "height": 640}, **HERE)  # 1280 pixels at 400 % zoom
    page.goto(f"/report?lang={language}")
    page.locator(".near").wait_for()
    page.locator("[data-open-map]").click()
    page.locator("canvas.leaflet-tile").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []


@pytest.mark.parametrize(
    "address", ["/", "/places", "/map", "/districts/oxhagen", "/about", "/privacy", "/accessibility", "/mine"]
)
@pytest.mark.parametrize("language", ["ar", "sv@easy"])
def test_every_page_is_whole_in_every_language(
    named: Scene, person: Callable[..., Page], language: str, address: str
) -> None:
    page = person({"width": 320, "height": 640}, forced_colors="active", reduced_motion="reduce")
    page.goto(f"{address}?lang={language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []


def test_what_can_be_pressed_in_the_report_is_large_enough_for_a_cold_thumb(
    named: Scene, person: Callable[..., Page]
) -> None:
    page = person(PHONE, **HERE)
    page.goto("/report")
    page.locator(".near").wait_for()
    page.locator("[data-open-map]").click()
    small = page.evaluate(
        """[...document.querySelectorAll('form button, form summary, form .tile label, .near button')]
        .filter((e) => e.offsetParent).filter((e) => e.getBoundingClientRect().height < 56).map((e) => e.textContent)"""
    )
    assert small == []
