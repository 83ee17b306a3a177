"""Why these reports are one dark spot, why it has this shape, what would make it two, and what is new since it was scored last.

Reads only. Each reason is a sentence in Swedish with its facts, so that the page and the command line say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import func, select

from app.domain.dark_spots import NOT_GROUPED
from app.domain.words import N_
from app.models.areas import municipality
from app.models.base import db
from app.models.dark_spots import DarkSpot
from app.models.history import History
from app.models.reports import Membership, Report
from geo.dark_spots import FALLBACK_REPORTERS, MARGIN_M, PLACE_ACROSS_M
from geo.projection import SWEREF99_TM, to_metres
from geo.reasons import Reasons, why_one_spot
from geo.stretches import STRETCH_ALONG_M, STRETCH_HALF_WIDTH_M

HIDDEN_KEY = "without_correction"


@dataclass(frozen=True)
class Reason:
    """A sentence in Swedish and the facts that belong in it."""

    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One addend of the score that changed: its key, and its points before and now."""

    key: str
    before: float
    now: float


@dataclass(frozen=True)
class Since:
    """What changed since an earlier day left its score: points and band then, addends that differ, reports that came, and what was done."""

    day: date
    points: float
    band: str
    version: str
    changes: Sequence[Change]
    came: int
    done: Sequence[History]


@dataclass(frozen=True)
class Explanation:
    """Why it is one, why this shape, what would make it two, and what is new (None on its first day)."""

    together: Sequence[Reason]
    shape: Sequence[Reason]
    two: Sequence[Reason]
    since: Since | None


def explain(spot: DarkSpot) -> Explanation:
    """Explain a spot; it comes with its reports loaded."""
    reports = sorted((r for r in spot.reports if r.state not in NOT_GROUPED), key=lambda r: r.id)
    if not reports:
        nothing = Reason(N_("Inga rapporter räknas här just nu. Sidan finns kvar för historikens skull."))
        return Explanation([nothing], [], [], _since(spot))
    here = municipality()
    xy = to_metres(np.array([(r.lon, r.lat) for r in reports]), here.epsg if here else SWEREF99_TM)
    codes = {key: code for code, key in enumerate({r.reporter_key: None for r in reports})}
    why = why_one_spot(xy, np.array([codes[r.reporter_key] for r in reports]))
    return Explanation(_together(spot, why), _shape(spot, why, reports), _two(spot, why, reports), _since(spot))


def _together(spot: DarkSpot, why: Reasons) -> list[Reason]:
    counted = Reason(
        N_("Rapporter: %(reports)s. Olika personer: %(voices)s. Den som rapporterar flera gånger räknas en gång på varje ställe."),
        {"reports": why.reports, "voices": why.voices},
    )  # fmt: skip
    if spot.pinned:
        return [counted, Reason(N_("En person har bestämt att de hör ihop. Grupperingen ändrar inte det."))]
    if spot.held:
        many = {"count": why.same_coordinate, "least": FALLBACK_REPORTERS}
        return [counted, Reason(N_("%(count)s av dem står på exakt samma punkt. När minst %(least)s personer gör det har en adressökning lagt dem där, så platsen hålls för granskning."), many)]  # fmt: skip
    near = {"near": why.voices_near, "radius": round(why.radius_m)}
    return [
        counted,
        Reason(N_("Två personer inom %(radius)s meter från en rapport räcker för att den ska bära en plats, och allt som hänger ihop så blir en. Som tätast har %(near)s personer rapporterat inom %(radius)s meter."), near),
    ]  # fmt: skip


def _shape(spot: DarkSpot, why: Reasons, reports: Sequence[Report]) -> list[Reason]:
    if spot.pinned:
        apart = {"across": round(why.across_m)}
        return [Reason(N_("Rapporterna ligger som mest %(across)s meter från varandra. Formen står kvar som den var när en person bestämde att de hör ihop."), apart)]  # fmt: skip
    middle = next((r.reference for r in reports if (r.lon, r.lat) == (spot.lon, spot.lat)), None)
    centre = [Reason(N_("Mitten är rapport %(reference)s, den som har kortast väg till alla de andra."), {"reference": middle})] if middle else []  # fmt: skip
    if spot.kind == "stretch":
        along = {"length": round(spot.length_m), "beside": round(STRETCH_HALF_WIDTH_M), "most": round(STRETCH_ALONG_M)}
        return [Reason(N_("Rapporterna ligger längs en linje på %(length)s meter, minst nio av tio högst %(beside)s meter vid sidan om. Därför är det ett stråk. Ett stråk blir högst %(most)s meter, längre delas i lika delar."), along), *centre]  # fmt: skip
    across = {"across": round(why.across_m), "most": round(PLACE_ACROSS_M), "margin": round(MARGIN_M)}
    return [Reason(N_("Rapporterna ligger som mest %(across)s meter från varandra. Formen är ett hölje runt dem med %(margin)s meters marginal. En plats blir högst %(most)s meter. I en större grupp hör de ihop som får plats runt den tätaste punkten, sedan de som får plats runt den tätaste av resten."), across), *centre]  # fmt: skip


def _two(spot: DarkSpot, why: Reasons, reports: Sequence[Report]) -> list[Reason]:
    if why.bridge is None:
        return [Reason(N_("Alla rapporter står på samma punkt. Bara du kan dela platsen, genom att välja rapporter."))]
    first, second = (reports[row].reference for row in why.bridge)
    facts = {"gap": round(why.widest_gap_m), "radius": round(why.radius_m), "first": first, "second": second}
    step = Reason(
        N_("Det längsta steget som håller ihop den är %(gap)s meter, mellan %(first)s och %(second)s."), facts
    )
    if spot.pinned:
        return [step, Reason(N_("Den delas bara om du väljer rapporter eller släpper den fri."))]
    return [step, Reason(N_("Försvinner rapporterna vid det steget, så att det blir längre än %(radius)s meter, blir platsen två. Du kan också dela den själv genom att välja rapporter."), facts)]  # fmt: skip


def _since(spot: DarkSpot) -> Since | None:
    before = spot.before or {}
    if not before:
        return None
    here = municipality()
    day = date.fromisoformat(before["day"])
    ended = datetime.combine(day, time.max, ZoneInfo(here.timezone if here else "Europe/Stockholm"))
    came = (
        select(func.count(Report.id))
        .join(Membership, Membership.report_id == Report.id)
        .where(Membership.dark_spot_id == spot.id, Report.received_at > ended, Report.state.not_in(NOT_GROUPED))
    )
    lines = select(History).where(History.thing == "dark_spot", History.thing_id == spot.id, History.at > ended)
    return Since(
        day, before["points"], before["band"], before["version"], _changes(before["parts"], spot.score_parts),
        db.session.scalar(came) or 0, db.session.scalars(lines.order_by(History.id)).all(),
    )  # fmt: skip


def _changes(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[Change]:
    old = {p["key"]: float(p["points"]) for p in before}
    return [
        Change(str(p["key"]), old.get(p["key"], 0.0), float(p["points"]))
        for p in now
        if p["key"] != HIDDEN_KEY and float(p["points"]) != old.get(p["key"], 0.0)
    ]
