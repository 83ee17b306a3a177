"""Each district's compilation and the whole municipality's: on the page, on paper, for spreadsheets and for maps."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Response, abort, render_template
from shapely.geometry.base import BaseGeometry

from app.adapters.geoexport import Layer, geojson, geopackage
from app.domain.dark_spots import LIGHT_WORDS
from app.domain.measures import KINDS
from app.domain.people import COORDINATOR
from app.services import compilations, place_names
from app.services.compilations import Compilation, Entry
from app.services.district_steps import DistrictLine
from app.web.guard import admit
from app.web.languages import local_date, tr
from app.web.paper import as_file, paper
from app.web.parts import now
from app.web.scores import in_one_sentence, light_said
from app.web.sign_in import actor
from app.web.tables import headings, writer
from app.web.words import STATE_WORDS

blueprint = admit(Blueprint("compilations", __name__, url_prefix="/coordinator"), COORDINATOR)

FORMATS: Final = "any(pdf,csv,geojson,gpkg)"
SWEREF99_TM: Final = 3006
Placed = tuple[Entry, BaseGeometry | None]
Rows = Sequence[tuple[Mapping[str, Any], BaseGeometry | None]]


@blueprint.get("/districts/<slug>")
def district(slug: str) -> str:
    """Show one district as a whole."""
    return render_template("coordinator/district.html", found=_find(slug), **_words())


@blueprint.get(f"/districts/<slug>.<{FORMATS}:kind>")
def district_file(slug: str, kind: str) -> Response:
    """Give one district as a file."""
    found = _find(slug)
    name = f"{found.district.slug}-{local_date(now())}"
    if kind == "pdf":
        return paper("paper/district.html", f"{name}.pdf", found=found, **_words())
    rows = [(_row(entry), shape) for entry, shape in compilations.all_of_district(found.district.id)]
    return _table_or_map(kind, name, rows, [found.line])


@blueprint.get("/municipality")
def municipality() -> str:
    """Show every district with its figures, and the places that come first."""
    found = compilations.compile_municipality(actor().district_ids, now=now(), today=local_date(now()))
    return render_template("coordinator/municipality.html", found=found, **_words())


@blueprint.get(f"/municipality.<{FORMATS}:kind>")
def municipality_file(kind: str) -> Response:
    """Give the whole municipality as a file; a district without open spots has a row too."""
    mine = actor().district_ids
    found = compilations.compile_municipality(mine, now=now(), today=local_date(now()))
    here = place_names.municipality()
    name = f"{here.slug if here else 'kommunen'}-{local_date(now())}"
    if kind == "pdf":
        return paper("paper/municipality.html", f"{name}.pdf", found=found, **_words())
    rows: Rows = [(_row(entry), shape) for entry, shape in compilations.all_of_municipality(mine)]
    return _table_or_map(kind, name, rows, found.lines)


def _find(slug: str) -> Compilation:
    found = compilations.compile_district(slug, now=now(), today=local_date(now()))
    if found is None:
        abort(404)
    if actor().district_ids and found.district.id not in actor().district_ids:
        abort(403)
    return found


def _words() -> dict[str, Any]:
    return {
        "sum_sentence": in_one_sentence, "light_said": light_said, "today": local_date(now()),
        "municipality": place_names.municipality(),
    }  # fmt: skip


def _table_or_map(kind: str, name: str, rows: Rows, lines: Sequence[DistrictLine]) -> Response:
    if kind == "csv":
        return as_file(_csv(rows, lines), f"{name}.csv", "text/csv; charset=utf-8")
    spots = Layer("morka_flackar", rows)
    if kind == "geojson":
        return as_file(geojson(spots), f"{name}.geojson", "application/geo+json")
    here = place_names.municipality()
    areas = Layer("omraden", [(_figures(line), shape) for line, shape in compilations.areas_of(lines)])
    data = geopackage([spots, areas], here.epsg if here else SWEREF99_TM)
    return as_file(data, f"{name}.gpkg", "application/geopackage+sqlite3")


def _csv(rows: Rows, lines: Sequence[DistrictLine]) -> bytes:
    """Return a table that opens in any spreadsheet: no cell can become a formula, quiet districts have a row too."""
    columns = list(_EMPTY_ROW)
    heard = {str(values["område"]) for values, _ in rows}
    silent = [{**_EMPTY_ROW, "område": line.district.name} for line in lines if line.district.name not in heard]
    file = io.StringIO()
    table = writer(file)
    table.writerow(headings(columns))
    table.writerows(_cells(columns, [*(values for values, _ in rows), *silent]))
    return ("\ufeff" + file.getvalue()).encode()


def _cells(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    return [["" if row[c] is None else row[c] for c in columns] for row in rows]


def _row(entry: Entry) -> dict[str, Any]:
    spot = entry.spot
    return {
        "område": spot.district.name if spot.district else "",
        "nummer": spot.reference,
        "namn": spot.name,
        "läge": _word(STATE_WORDS["dark_spot"], spot.state),
        "grupp": spot.band,
        "poäng": int(spot.score),
        "lägst": int(spot.score_low),
        "högst": int(spot.score_high),
        "varför": in_one_sentence(spot.score_parts),
        "personer": spot.reporter_count,
        "ljus": _word(LIGHT_WORDS, spot.light_fact),
        "ägare_till_belysningen": spot.owner_light.name if spot.owner_light else "",
        "åtgärder": ", ".join(f"{m.reference} {_word(KINDS, m.kind)}" for m in entry.measures),
        "ärenden": ", ".join(t.reference for t in entry.tickets),
        "nästa_datum": entry.next_on.isoformat() if entry.next_on else None,
        "lat": round(spot.lat, 5),
        "lon": round(spot.lon, 5),
    }


_EMPTY_ROW: Final[Mapping[str, Any]] = dict.fromkeys(
    ("område", "nummer", "namn", "läge", "grupp", "poäng", "lägst", "högst", "varför", "personer", "ljus",
     "ägare_till_belysningen", "åtgärder", "ärenden", "nästa_datum", "lat", "lon")
)  # fmt: skip


def _figures(line: DistrictLine) -> dict[str, Any]:
    return {
        "område": line.district.name,
        "invånare": line.district.population,
        "grupp_a": line.bands["A"],
        "grupp_b": line.bands["B"],
        "grupp_c": line.bands["C"],
        "rapporter_12_månader": line.reports,
        "personer_12_månader": line.reporters,
        "vandringar_i_år": line.walks_held,
        "öppna_ärenden": line.tickets_open,
        "sena_ärenden": line.tickets_late,
        "öppna_åtgärder": line.measures_open,
        "sena_åtgärder": line.measures_late,
        "mediandagar_till_lagning": line.median_days,
    }


def _word(words: Mapping[str, str], code: str) -> str:
    return tr(words.get(code, code))
