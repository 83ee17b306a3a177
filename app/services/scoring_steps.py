"""Scoring a dark spot: gather what the rule asks for and write the sum with its sentences. It never commits.

A score is a function of the day, the reports and what is known of the place, so that the same day gives the same score,
whether one report or all were regrouped. What all scores of a day share stands in `score_basis` (one row a day).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Text, bindparam, cast, func, select, type_coerce
from sqlalchemy.types import NullType

from app.domain import dark_spots as rule
from app.domain.reports import LIGHTING_CATEGORIES
from app.models.among import none_of
from app.models.areas import districts
from app.models.base import db, moment_of
from app.models.dark_spots import DarkSpot, ScoreBasis
from app.models.districts import Municipality
from app.models.reports import Membership, Report
from app.services.spot_row_steps import SpotRow, perspectives_of
from geo.darkness import Where, dark_hours_ahead, dark_hours_until
from geo.projection import SWEREF99_TM

LOOK_BACK = timedelta(days=730)
REPORT = Report.__table__.c
MEMBER_COLUMNS = (
    REPORT.reporter_key, cast(REPORT.categories, Text), REPORT.severity, type_coerce(REPORT.received_at, NullType()), REPORT.trust,
    REPORT.state, REPORT.when_felt,
)  # fmt: skip
"""What `member_of` reads, as the database hands it over: of the hundreds of reports around an arriving one few are scored."""
NEW = "proposed"
UNDECIDED = frozenset({NEW, "reopened"})
BASIS, TOWN = ScoreBasis.__table__.c, Municipality.__table__.c
HERE = (
    select(TOWN.epsg, TOWN.lon, TOWN.lat, TOWN.timezone, BASIS.day, BASIS.corrections)
    .select_from(Municipality.__table__)
    .outerjoin(ScoreBasis.__table__, BASIS.day <= bindparam("latest"))
    .order_by(TOWN.id, BASIS.day.desc())
    .limit(3)
)
"""The municipality, with the newest corrections: tomorrow's as well, which it may be already in some time zone."""
KALMAR = Where(16.36, 56.66, "Europe/Stockholm")


class Town(NamedTuple):
    """The metric system of a municipality (EPSG code), its place for the sun, and each district's newest correction, if any."""

    epsg: int
    where: Where
    corrections: Mapping[str, float] | None


class Member(NamedTuple):
    """What a score needs to know of one report."""

    reporter_key: str
    categories: Sequence[str]
    severity: int | None
    received_at: datetime
    uncertain: bool
    held: bool
    when_felt: str | None


@dataclass(frozen=True)
class Surroundings:
    """What every score of one day shares: the dark hours since each day, and each district's correction."""

    now: datetime
    today: date
    zone: ZoneInfo
    hours_since: Sequence[float]
    ahead: float
    corrections: Mapping[int | None, float]
    perspectives: Mapping[int, int]
    voices: dict[tuple[Any, ...], rule.Voice]
    """The voices that have been worked out, by what they depend on."""

    def voice(self, report: Member) -> rule.Voice:
        """Return a report's voice; the same facts give the same, so few are worked out."""
        days = self.days_since(report.received_at)
        key = (days, report.severity, report.categories, report.uncertain, report.held)
        found = self.voices.get(key)
        if found is None:
            lighting = not LIGHTING_CATEGORIES.isdisjoint(report.categories)
            hours = float(self.hours_since[max(len(self.hours_since) - 2 - days, 0)])
            found = rule.Voice(report.severity, lighting, hours, days, report.uncertain, report.held)
            self.voices[key] = found
        return found

    def days_since(self, moment: datetime) -> int:
        """Return the whole local days since a moment; none if it is yet to come."""
        return max((self.today - moment.astimezone(self.zone).date()).days, 0)


def surroundings(now: datetime, perspectives: Mapping[int, int], here: Town | None = None) -> Surroundings:
    """Return what the scores of this moment share: the sun and the newest corrections.

    Args:
        perspectives: of each spot that was walked, from how many. here: the municipality of this moment, if it is known already.

    """
    here = here or town(now)
    where = here.where
    today = now.astimezone(where.zone).date()
    hours, ahead = _sun(today, where)
    known = here.corrections if here.corrections is not None else corrections(now)[0]
    by_district: dict[int | None, float] = {int(d): k for d, k in known.items()}
    return Surroundings(now, today, where.zone, hours, ahead, by_district, perspectives, _voices_of(today, where))


def town(now: datetime) -> Town:
    """Return where the municipality lies and how it measures; Kalmar and SWEREF 99 TM when there is none."""
    return town_of(db.session.connection().execute(HERE, {"latest": latest_basis(now)}).all(), now)


def latest_basis(now: datetime) -> date:
    """Return the parameter `latest` of HERE: tomorrow in UTC."""
    return (now + timedelta(days=1)).date()


def town_of(rows: Sequence[Any], now: datetime) -> Town:
    """Return the municipality from rows of HERE, as `town` does."""
    if not rows:
        return Town(SWEREF99_TM, KALMAR, None)
    here = rows[0]
    where = Where(here.lon, here.lat, here.timezone)
    today = now.astimezone(where.zone).date()
    kept = {row.day: row.corrections for row in rows if row.day is not None and row.day <= today}
    return Town(here.epsg or SWEREF99_TM, where, kept[max(kept)] if kept else None)


@lru_cache(maxsize=8)
def _sun(today: date, where: Where) -> tuple[tuple[float, ...], float]:
    return tuple(dark_hours_until(today - LOOK_BACK, today, where).tolist()), dark_hours_ahead(today, 30, where)


@lru_cache(maxsize=2)
def _voices_of(_today: date, _where: Where) -> dict[tuple[Any, ...], rule.Voice]:
    """Return the voices that this process knows already of this day: from one arriving report to the next most are the same."""
    return {}


def members_of(spot_ids: Iterable[int]) -> dict[int, list[Member]]:
    """Return the facts of the reports that count in these spots, by spot."""
    found: dict[int, list[Member]] = {number: [] for number in spot_ids}
    home = Membership.__table__.c
    counted = home.dark_spot_id.in_(list(found)), none_of(REPORT.state, rule.NOT_GROUPED)
    asked = select(home.dark_spot_id, *MEMBER_COLUMNS).where(home.report_id == REPORT.id, *counted)
    rows = db.session.connection().execute(asked.order_by(REPORT.id))
    for spot_id, *said in rows:
        found[spot_id].append(member_of(*said))
    return found


def member_of(
    reporter_key: str, categories: str, severity: int | None, received_at: datetime | str, *more: str | None
) -> Member:
    """Return the facts of one report from its MEMBER_COLUMNS, in their order."""
    trust, state, when_felt = more
    return Member(
        reporter_key,
        _read(categories),
        severity,
        moment_of(received_at),
        trust == "uncertain_place",
        state == "held",
        when_felt,
    )


@lru_cache(maxsize=1024)
def _read(categories: str) -> tuple[str, ...]:
    """Return categories from the JSON that the database keeps; a hundred thousand reports have a few hundred such texts."""
    return tuple(json.loads(categories))


def rescore(spot: DarkSpot, *, now: datetime) -> None:
    """Score one spot anew after its facts changed."""
    db.session.flush()
    write_score(spot, members_of([spot.id])[spot.id], surroundings(now, {spot.id: perspectives_of(spot.id)}))


def write_score(spot: DarkSpot | SpotRow, reports: Sequence[Member], around: Surroundings) -> None:
    """Write counts, score, range, band and sentences of a spot from its reports; keep what an earlier day had left."""
    if spot.scored_at and spot.scored_at.astimezone(around.zone).date() < around.today:
        spot.before = _as_it_stood(spot, around)
    _count(spot, reports)
    result = rule.score(_facts(spot, reports, around))
    spot.score, spot.score_low, spot.score_high, spot.band = result.points, result.low, result.high, result.band
    spot.score_parts = [
        {"key": p.key, "points": round(p.points, 1), "low": round(p.low, 1), "high": round(p.high, 1), "text": p.text,
         "facts": dict(p.facts)} for p in result.parts
    ] + [{"key": "without_correction", "points": result.without_correction, "low": 0, "high": 0, "text": "", "facts": {}}]  # fmt: skip
    spot.score_version, spot.scored_at = rule.VERSION, around.now


def _as_it_stood(spot: DarkSpot | SpotRow, around: Surroundings) -> dict[str, Any]:
    day = spot.scored_at.astimezone(around.zone).date() if spot.scored_at else around.today
    return {
        "day": day.isoformat(), "points": spot.score, "band": spot.band, "reports": spot.report_count,
        "reporters": spot.reporter_count, "version": spot.score_version, "parts": spot.score_parts,
    }  # fmt: skip


def _count(spot: DarkSpot | SpotRow, reports: Sequence[Member]) -> None:
    spot.report_count = len(reports)
    spot.reporter_count = len({r.reporter_key for r in reports})
    spot.category_counts = dict(Counter(c for r in reports for c in r.categories))
    spot.when_counts = dict(Counter(r.when_felt for r in reports if r.when_felt))
    if reports:
        spot.first_report_at = min(r.received_at for r in reports)
        spot.last_report_at = max(r.received_at for r in reports)


def _facts(spot: DarkSpot | SpotRow, reports: Sequence[Member], around: Surroundings) -> rule.SpotFacts:
    lighting = any(c in LIGHTING_CATEGORIES for c in spot.category_counts)
    waiting = (
        around.days_since(spot.first_report_at) if spot.first_report_at and (spot.state or NEW) in UNDECIDED else 0
    )
    return rule.SpotFacts(
        voices=_voices(reports, around), correction=around.corrections.get(spot.district_id, 1.0),
        context=spot.context or [], flow=spot.flow or "unknown", light=light_of(spot), lighting_spot=lighting,
        dark_hours_ahead=around.ahead, confirmed=spot.confirmed_at is not None, perspectives=around.perspectives.get(spot.id, 0), waiting_days=waiting,
    )  # fmt: skip


def light_of(spot: DarkSpot | SpotRow) -> str:
    """Return the light fact that staff set, else what most reports say."""
    if spot.light_fact and spot.light_fact != "unknown":
        return spot.light_fact
    counts = spot.category_counts
    said = [
        (counts.get(c, 0), fact)
        for c, fact in (("no_lamp", "no_lighting"), ("lamp_out", "lamp_out"), ("obscured", "obscured"))
    ]
    most, fact = max(said)
    return fact if most >= 2 else "unknown"


def _voices(reports: Sequence[Member], around: Surroundings) -> list[rule.Voice]:
    """Keep only the strongest report of each reporter, in the order of their keys, so that no sum depends on arrival."""
    strongest: dict[str, rule.Voice] = {}
    for report in reports:
        voice = around.voice(report)
        best = strongest.get(report.reporter_key)
        if best is None or (voice.weight, not voice.held) > (best.weight, not best.held):
            strongest[report.reporter_key] = voice
    return [strongest[key] for key in sorted(strongest)]


def fresh_basis(now: datetime) -> tuple[date, ScoreBasis | None]:
    """Return today, and what today's scores share; None when it stands already for today's districts and formula.

    Reporters are counted once a day, so that a report which arrives need not change the score of every spot around.
    """
    today = now.astimezone(town(now).where.zone).date()
    row = db.session.get(ScoreBasis, today)
    inhabited = {str(d.id) for d in districts() if d.population}
    if row is not None and row.version == rule.VERSION and set(row.corrections) == inhabited:
        return today, None
    found, counted = corrections(now)
    return today, ScoreBasis(
        day=today, version=rule.VERSION, corrections={str(d): k for d, k in found.items()},
        reporters={str(d): n for d, n in counted.items()},
    )  # fmt: skip


def corrections(now: datetime) -> tuple[dict[int, float], dict[int, int]]:
    """Return k of each district, and the distinct reporters of its last twelve months."""
    recent = select(Report.district_id, func.count(Report.reporter_key.distinct())).where(
        Report.received_at > now - timedelta(days=365), Report.state.not_in(("rejected", "withdrawn"))
    )
    reporters = {row[0]: row[1] for row in db.session.execute(recent.group_by(Report.district_id))}
    known = [d for d in districts() if d.population]
    inhabitants = sum(d.population or 0 for d in known)
    counted = {d.id: reporters.get(d.id, 0) for d in known}
    if not inhabitants:
        return {}, {}
    rate = sum(counted.values()) / inhabitants
    return {d.id: rule.correction(rate, counted[d.id], d.population) for d in known}, counted
