"""A municipality's database as it looks after some years: reports, spots, lamps, tickets and measures by the thousand.

Rows go in as rows, past the use cases: what is measured is how pages read, not how the rows came about.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
from shapely.geometry import Point
from sqlalchemy import func, insert, select

from app.domain import demo_texts, receipts
from app.models.base import Base, db
from app.models.dark_spots import DarkSpot, DarkSpotDistrict
from app.models.history import History
from app.models.lamps import Lamp
from app.models.measures import Measure
from app.models.notices import Notice
from app.models.places import to_element
from app.models.reports import Membership, Report
from app.models.tickets import Ticket
from app.models.walks import Walk
from app.services.municipality_steps import districts_of

BATCH = 2_000
NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
STATES = ("received", "reviewed", "in_spot", "ticketed", "answered", "in_spot", "answered", "answered")
PARTS = [
    {"key": "voices", "points": 18.0, "low": 18.0, "high": 18.0, "text": "%(count)s personer har rapporterat", "facts": {"count": 3, "correction": 1.1}},
    {"key": "flow", "points": 6.0, "low": 3.0, "high": 12.0, "text": "hur många som går här är okänt", "facts": {}},
]  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How many rows of each kind."""

    reports: int
    spots: int
    lamps: int
    tickets: int
    measures: int
    walks: int


SMALL = Size(reports=10, spots=3, lamps=10, tickets=3, measures=3, walks=2)


def part(of: Size, share: float) -> Size:
    """Return a smaller town: a share of each number, at least as many as the small one has."""
    return Size(**{name: max(round(n * share), getattr(SMALL, name)) for name, n in vars(of).items()})


LARGE = Size(reports=100_000, spots=5_000, lamps=30_000, tickets=12_000, measures=4_000, walks=120)


def fill(size: Size, secret_key: str, seed: int) -> str:
    """Add rows of every kind to the municipality that is there; return the receipt of one report."""
    chance, shaken = Random(seed), np.random.default_rng(seed)
    west, south, east, north = demo_texts.MUNICIPALITY_BOX
    if size.spots < 10:  # a handful lies in one district, so that each page has something of each kind to show
        lon, lat = demo_texts.CENTRES["Norrliden"][:2]
        west, south, east, north = lon - 0.002, lat - 0.001, lon + 0.002, lat + 0.001
    low, high = (west, south), (east, north)
    first = {m: (db.session.scalar(select(func.max(m.id))) or 0) + 1 for m in (DarkSpot, Report)}
    centres = shaken.uniform(low, high, (size.spots, 2))
    spots = _spots(centres, first[DarkSpot], chance)
    _put(DarkSpot, spots)
    listed = [
        {"dark_spot_id": s["id"], "district_id": s["district_id"], "share": 1.0} for s in spots if s["district_id"]
    ]
    _put(DarkSpotDistrict, listed)
    _put(Lamp, _lamps(shaken.uniform(low, high, (size.lamps, 2)), seed, chance))
    member = shaken.integers(0, len(centres), size.reports)
    around = centres[member] + shaken.normal(0, (0.0004, 0.0002), (size.reports, 2))
    reports = _reports(around, first[Report], secret_key, chance)
    _put(Report, reports)
    _put(
        Membership,
        [
            {"report_id": r["id"], "dark_spot_id": first[DarkSpot] + int(n)}
            for r, n in zip(reports, member, strict=True)
        ],
    )
    _put(History, [_line("report", r["id"], r["received_at"], r["state"]) for r in reports])
    _put(Notice, [_notice(r) for r in reports])
    _put(Ticket, _tickets(spots, size.tickets, chance))
    _put(Measure, _measures(spots, size.measures, chance))
    _put(Walk, _walks(spots, size.walks, chance))
    db.session.commit()
    return receipts.secret(str(reports[-1]["client_id"]), secret_key)


def _put(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(model), rows[start : start + BATCH])


def _stamp(at: datetime) -> dict[str, Any]:
    return {"created_at": at, "updated_at": at}


def _placed(lon: float, lat: float) -> dict[str, Any]:
    return {"lon": lon, "lat": lat, "position": to_element(Point(lon, lat))}


def _spots(centres: Any, first: int, chance: Random) -> list[dict[str, Any]]:
    rows = []
    for number, ((lon, lat), district) in enumerate(
        zip(centres, districts_of([(float(x), float(y)) for x, y in centres]), strict=True)
    ):
        score = chance.triangular(5, 95, 30)
        rows.append({
            "id": first + number, "state": ("proposed", "confirmed", "proposed", "on_walk", "closed")[number % 5], "kind": "place",
            "name": f"Gångvägen {first + number}", "shape": to_element(Point(lon, lat).buffer(0.0006, quad_segs=3)), "district_id": district,
            "report_count": 20, "reporter_count": 15, "category_counts": {"lamp_out": 12, "obscured": 3}, "when_counts": {"evening": 14},
            "score": score, "score_low": score - 3, "score_high": score + 6, "band": "A" if score >= 60 else "B" if score >= 40 else "C",
            "score_parts": PARTS, "context": [], "public": number % 40 == 0, "public_text": "Vi ser över ljuset.",
            **_placed(float(lon), float(lat)), **_stamp(NOW),
        })  # fmt: skip
    return rows


def _lamps(places: Any, seed: int, chance: Random) -> list[dict[str, Any]]:
    return [
        {"asset_id": f"bench-{seed}-{n}", "pole_number": f"KA-{seed}{n:05d}", "status": "in_service" if chance.random() < 0.97 else "deliberately_off",
         **_placed(float(lon), float(lat)), **_stamp(NOW)}
        for n, (lon, lat) in enumerate(places)
    ]  # fmt: skip


def _moments(count: int, chance: Random) -> Iterator[datetime]:
    return (
        NOW - timedelta(hours=h) for h in sorted((chance.uniform(1, 1100 * 24) for _ in range(count)), reverse=True)
    )


def _reports(around: Any, first: int, secret_key: str, chance: Random) -> list[dict[str, Any]]:
    districts = districts_of([(float(x), float(y)) for x, y in around])
    rows = []
    for number, at in enumerate(_moments(len(around), chance)):
        client_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        lon, lat = around[number]
        recent = at > NOW - timedelta(days=20)
        state = "received" if recent and chance.random() < 0.3 else STATES[number % len(STATES) if not recent else 2]
        rows.append({
            "id": first + number, "reference": f"B{first + number:07d}", "client_id": client_id, "fingerprint": client_id.replace("-", "") * 2,
            "receipt_hash": receipts.secret_hash(receipts.secret(client_id, secret_key)), "state": state, "kind": "unsafe_place",
            "categories": ["lamp_out"], "severity": 2, "when_felt": "evening", "text": "Det är mörkt vid gången hem.", "method": "gps",
            "accuracy_m": 12.0, "source": "app", "reporter_key": hashlib.sha256(str(number % 30_000).encode()).hexdigest(), "received_at": at,
            "district_id": districts[number], **_placed(float(lon), float(lat)), **_stamp(at),
        })  # fmt: skip
    return rows


def _line(thing: str, number: int, at: datetime, state: str) -> dict[str, Any]:
    return {"thing": thing, "thing_id": number, "at": at, "actor_role": "resident", "from_state": "", "to_state": state}


def _notice(report: dict[str, Any]) -> dict[str, Any]:
    at = report["received_at"]
    facts = {"reading_hours": "vardagar 8–16"}
    return {"report_id": report["id"], "at": at, "kind": "report.received", "facts": facts, "handled_at": at}


def _tickets(spots: Sequence[dict[str, Any]], count: int, chance: Random) -> list[dict[str, Any]]:
    rows = []
    for number in range(count):
        spot, ago = spots[number % len(spots)], chance.randrange(700)
        opened = (NOW - timedelta(days=ago)).date()
        done = ago > 40 and number % 3 > 0
        rows.append({
            "state": "closed" if done else ("assigned", "repaired", "new")[number // 3 % 3], "fault_code": "B01", "priority": chance.choice(("P3", "P4")),
            "district_id": spot["district_id"], "dark_spot_id": spot["id"], "opened_on": opened, "due_on": opened + timedelta(days=30),
            "repaired_at": NOW - timedelta(days=ago - chance.randrange(30)) if done else None,
            **_placed(spot["lon"], spot["lat"]), **_stamp(NOW - timedelta(days=ago)),
        })  # fmt: skip
    return rows


def _measures(spots: Sequence[dict[str, Any]], count: int, chance: Random) -> list[dict[str, Any]]:
    return [
        {"state": ("decided", "proposed", "ongoing", "done", "verified", "verified", "verified")[n % 7], "kind": "brush_clearing", "description": "Röj sly längs vägen",
         "district_id": spots[n % len(spots)]["district_id"], "dark_spot_id": spots[n % len(spots)]["id"],
         "deadline": (NOW + timedelta(days=chance.randrange(-30, 200))).date(), **_stamp(NOW)}
        for n in range(count)
    ]  # fmt: skip


def _walks(spots: Sequence[dict[str, Any]], count: int, chance: Random) -> list[dict[str, Any]]:
    inside = [s["district_id"] for s in spots if s["district_id"]] or [1]
    return [
        {"state": ("finished", "planned", "feedback_given")[n % 3], "title": f"Kvällsvandring {n}", "district_id": inside[n % len(inside)],
         "starts_at": NOW + timedelta(days=chance.randrange(-700, 30)), **_stamp(NOW)}
        for n in range(count)
    ]  # fmt: skip
