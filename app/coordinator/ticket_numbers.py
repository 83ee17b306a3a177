"""Numbers of the light at the desk: how long it takes, what was promised and kept, what comes back; as a table too."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request

from app.domain.people import COORDINATOR
from app.domain.repair_times import Line, Numbers
from app.domain.tickets import FAULTS
from app.services import ticket_numbers
from app.web.guard import admit
from app.web.languages import local_date, tr
from app.web.parts import now
from app.web.sign_in import actor
from app.web.tables import headings, writer
from app.web.words import field_errors

blueprint = admit(Blueprint("ticket_numbers", __name__, url_prefix="/coordinator/tickets"), COORDINATOR)
COLUMNS = (
    "tabell", "namn", "ärenden", "lagade", "median dagar", "p90 dagar", "löften som förfallit", "hållna", "hållna enligt avtalets klocka",
)  # fmt: skip


@blueprint.get("/numbers")
def page() -> str:
    """Show the numbers of a period."""
    begins, ends = _period()
    wrong = {"to": "ends_before_it_begins_swapped"} if _day("from", begins) > _day("to", ends) else {}
    return render_template(
        "coordinator/ticket_numbers.html", numbers=_numbers(begins, ends), begins=begins, ends=ends, errors=field_errors(wrong),
    )  # fmt: skip


@blueprint.get("/numbers.csv")
def table() -> Response:
    """Give the same numbers as a file; no cell can become a formula."""
    begins, ends = _period()
    file = io.StringIO()
    written = writer(file)
    written.writerow(headings(COLUMNS))
    written.writerows([*headings([str(row[0])]), *row[1:]] for row in _rows(_numbers(begins, ends)))
    answer = Response("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="atgardstider-{begins}-{ends}.csv"'
    return answer


def _rows(found: Numbers) -> Iterator[Sequence[object]]:
    tables = {
        "alla": [found.whole], "fel": found.by_fault, "prioritet": found.by_priority, "ägare": found.by_owner, "område": found.by_district,
    }  # fmt: skip
    for name, lines in tables.items():
        for line in lines:
            yield name, _name(name, line), *_figures(line)
    if found.ratio is not None:
        yield "kvot mellan områden", "", "", "", round(found.ratio, 2), "", "", "", ""
    for name, pairs in (("återkommande stolpe", found.lamps), ("återkommande central", found.cabinets)):
        for thing, count in pairs:
            yield name, thing, count, "", "", "", "", "", ""


def _name(table: str, line: Line) -> str:
    return f"{line.name} {tr(FAULTS[line.name])}" if table == "fel" else line.name


def _figures(line: Line) -> tuple[object, ...]:
    return line.tickets, line.mended, line.median_days, line.p90_days, line.judged, line.kept, line.kept_by_clock


def _numbers(begins: date, ends: date) -> Numbers:
    return ticket_numbers.of_period(begins, ends, actor().district_ids, now=now(), today=local_date(now()))


def _period() -> tuple[date, date]:
    today = local_date(now())
    begins, ends = _day("from", today - timedelta(days=365)), _day("to", today)
    return (begins, ends) if begins <= ends else (ends, begins)


def _day(name: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise
    return found if 2000 <= found.year <= 2100 else otherwise
