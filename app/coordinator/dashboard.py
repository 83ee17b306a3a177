"""The desk's first page: what needs somebody today, and every district at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from babel.dates import get_month_names
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.domain.people import COORDINATOR
from app.services import dashboard, editions, inbox, interruptions
from app.services.dashboard import Overview
from app.services.district_steps import BANDS, DistrictLine
from app.web.charts import Chart, Piece, bars, columns
from app.web.guard import admit
from app.web.languages import days, language, local_date
from app.web.parts import now
from app.web.sign_in import actor

blueprint = admit(Blueprint("dashboard", __name__, url_prefix="/coordinator"), COORDINATOR)
DARK_MONTHS = frozenset({1, 2, 3, 10, 11, 12})


@blueprint.get("/")
def overview() -> str:
    """Show what needs somebody today."""
    today = local_date(now())
    found = dashboard.overview(actor().district_ids, now=now(), today=today)
    danger = inbox.danger_count(actor().district_ids)
    return render_template(
        "coordinator/dashboard.html", overview=found, quota=found.quota, danger=danger, today=today,
        editions_due=editions.due_count(actor().district_ids, today=today), spots_chart=_spots(found.lines),
        months_chart=_months(found), repairs_chart=_repairs(found.lines), months=_named_months(found),
        interruptions=interruptions.unseen(actor().district_ids),
    )  # fmt: skip


@blueprint.post("/interruptions/<int:interruption_id>")
def take_care(interruption_id: int) -> Response:
    """Say that an interruption for somebody's safety has been taken care of."""
    try:
        interruptions.take_care(interruption_id, actor=actor(), now=now())
    except interruptions.Unknown:
        abort(404)
    flash(gettext("Avbrottet är omhändertaget. Det står i ärendets historik."))
    return redirect(url_for("dashboard.overview"), 303)


def _spots(lines: Sequence[DistrictLine]) -> Chart:
    rows = []
    for line in lines:
        pieces = [
            Piece(line.bands[b], b, b, gettext("%(district)s, grupp %(band)s: %(count)s", district=line.district.name, band=b, count=line.bands[b]))
            for b in BANDS
        ]  # fmt: skip
        rows.append((line.district.name, pieces, str(line.spots)))
    return bars(rows)


def _repairs(lines: Sequence[DistrictLine]) -> Chart:
    rows = []
    for line in lines:
        if line.median_days is not None:
            said = days(line.median_days)
            rows.append(
                (line.district.name, [Piece(line.median_days, "plain", "", f"{line.district.name}: {said}")], said)
            )
    return bars(rows)


def _months(found: Overview) -> Chart:
    rows = []
    for number, (year, month, count) in enumerate(found.months):
        name = _month(month) if number % 3 == 2 else ""  # every third name has room
        look = "dark" if month in DARK_MONTHS else "light"
        rows.append((name, float(count), look, f"{_month(month)} {year}: {count}"))
    return columns(rows)


def _named_months(found: Overview) -> list[tuple[str, int]]:
    return [(f"{_month(month, 'wide')} {year}", count) for year, month, count in reversed(found.months)]


def _month(month: int, width: Literal["wide", "abbreviated"] = "abbreviated") -> str:
    return str(get_month_names(width, locale=language())[month]).rstrip(".")
