"""The demo municipality as it lies there before anybody has reported anything."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPoint, Point, Polygon, box
from sqlalchemy import func, select

from app.domain import demo_texts as texts
from app.domain.school_holidays import SchoolHoliday, as_rule
from app.models.base import db
from app.models.districts import District, Municipality, NamedPlace, Rule
from app.models.lamps import Lamp
from app.models.measures import Funding
from app.models.places import to_multipolygon
from app.models.reports import Report
from app.models.staff import Organisation
from app.services.demo_steps import position
from geo.projection import SWEREF99_TM, to_lonlat, to_metres

NEIGHBOURHOOD_RADIUS_M = 1100.0
LAMP_SPACING_M = 32.0
DELIBERATELY_OFF_SHARE = 0.03
REST = "Övriga Kalmar"


class NotEmpty(RuntimeError):
    """There is already a municipality here; the demo is only for an empty database."""


def is_empty() -> bool:
    """Say whether nobody has set up a municipality or reported anything yet."""
    empty = db.session.scalar(select(func.count()).select_from(Municipality)) == 0
    none = db.session.scalar(select(func.count()).select_from(Report)) == 0
    db.session.rollback()
    return empty and none


def build(chance: Random, *, now: datetime) -> dict[str, int]:
    """Make districts, places, lamps, owners, money and rules; return how many of each.

    Raises:
        NotEmpty: there is a municipality already.

    """
    if not is_empty():
        raise NotEmpty
    stamp = {"created_at": now, "updated_at": now}
    west, south, east, north = texts.MUNICIPALITY_BOX
    db.session.add(
        Municipality(
            name="Kalmar",
            slug="kalmar",
            epsg=SWEREF99_TM,
            lon=16.3520,
            lat=56.6700,
            population=70_000,
            area=to_multipolygon(box(west, south, east, north)),
            fault_number="0480-00 00 00",
            safety_number="0480-00 01 00",
            safety_number_name="Demokommunens trygghetsjour",
            pole_pattern="[A-Z]{2}-[0-9]{3,4}",
            note="Demonstration. Gränser, lampor, telefonnummer och människor är påhittade.",
            **stamp,
        )
    )
    districts = _districts(stamp)
    owners = [Organisation(name=n, kind=k, external=e, email=m, **stamp) for n, k, e, m in texts.ORGANISATIONS]
    db.session.add_all([*districts.values(), *owners])
    db.session.flush()
    places = _named_places(districts, stamp)
    lamps = _lamps(owners, chance, stamp)
    db.session.add_all([*places, *lamps, *_money(now.year, stamp), *_rules(now.date(), stamp)])
    db.session.commit()
    return {"districts": len(districts), "places": len(places), "lamps": len(lamps), "owners": len(owners)}


def _districts(stamp: Mapping[str, Any]) -> dict[str, District]:
    """Neighbourhoods as the land nearest to each centre (Voronoi), at most 1.1 km away; the rest is one district."""
    names = list(texts.CENTRES)
    centres = to_metres(np.array([texts.CENTRES[n][:2] for n in names]))
    west, south, east, north = texts.MUNICIPALITY_BOX
    whole = Polygon(to_metres(np.array(box(west, south, east, north).exterior.coords)))
    cells = shapely.voronoi_polygons(MultiPoint(centres), extend_to=whole)
    found = {}
    for name, centre in zip(names, centres, strict=True):
        cell = next(c for c in cells.geoms if c.covers(Point(centre)))
        found[name] = cell.intersection(Point(centre).buffer(NEIGHBOURHOOD_RADIUS_M, quad_segs=6))
    rest = whole.difference(shapely.union_all(list(found.values())))
    inhabitants = {n: texts.CENTRES[n][2] for n in names}
    shapes = {**found, REST: rest}
    return {
        name: District(
            slug=_slug(name),
            name=name,
            area=to_multipolygon(_degrees(shape)),
            note=texts.DISTRICT_NOTE,
            population=inhabitants.get(name, 70_000 - sum(inhabitants.values())),
            priority_from=date(2026, 1, 1) if name in {"Oxhagen", "Norrliden"} else None,
            priority_decision="Demobeslut" if name in {"Oxhagen", "Norrliden"} else "",
            **stamp,
        )
        for name, shape in shapes.items()
    }


def _degrees(shape: Any) -> Any:
    return shapely.set_precision(shapely.transform(shape, to_lonlat), 1e-7)


def _slug(name: str) -> str:
    return name.lower().translate(str.maketrans("åäö ", "aao-"))


def _named_places(districts: Mapping[str, District], stamp: Mapping[str, Any]) -> list[NamedPlace]:
    rows = []
    for place in texts.PLACES:
        lon, lat = position(place, place.stretch_m / 2)
        district_id = districts[place.district].id
        rows.append(
            NamedPlace(
                name=place.name,
                kind="place",
                environment=place.environment,
                lon=lon,
                lat=lat,
                district_id=district_id,
                **stamp,
            )
        )
    for name, (lon, lat, _) in texts.CENTRES.items():
        rows.append(
            NamedPlace(
                name=f"{name} centrum",
                kind="centre",
                environment="square",
                lon=lon,
                lat=lat,
                district_id=districts[name].id,
                **stamp,
            )
        )
    return rows


def _lamps(owners: Sequence[Organisation], chance: Random, stamp: Mapping[str, Any]) -> list[Lamp]:
    """Lamps along a path at each place, some switched off on purpose, with the reason and who decided."""
    lamps: list[Lamp] = []
    for number, place in enumerate(texts.PLACES):
        length = max(place.stretch_m, 420.0)
        letters = "".join(c for c in place.district.upper() if c.isascii() and c.isalpha())[:2]
        for step in range(math.floor(length / LAMP_SPACING_M)):
            gap = place.story == "dark_path" and 4 <= step <= 8
            if gap:
                continue
            off = chance.random() < DELIBERATELY_OFF_SHARE
            lamp = Lamp(
                asset_id=f"demo-{number:02d}-{step:03d}", pole_number=f"{letters}-{number * 40 + step + 100}",
                status="deliberately_off" if off else "in_service",
                off_reason="Släckt nattetid för att spara energi." if off else "", off_decided_by="Tekniska nämnden" if off else "",
                owner_id=owners[4].id if place.environment == "station" else owners[0].id, cabinet=f"C{number // 3 + 1:02d}",
                section=f"S{step // 8 + 1}", light_source=chance.choice(["LED", "LED", "HPS"]), height_m=chance.choice([4.0, 5.0, 6.0]),
                power_w=chance.choice([18.0, 27.0, 50.0]), environment=place.environment, **stamp,
            )  # fmt: skip
            lamp.place_at(
                *position(place, step * LAMP_SPACING_M - (0 if place.stretch_m else length / 2), chance.uniform(-1, 1))
            )
            lamps.append(lamp)
    return lamps


def _money(year: int, stamp: Mapping[str, Any]) -> list[Funding]:
    return [
        Funding(
            name=name, kind=kind, year=year, amount_sek=Decimal(amount), decision=decision, purpose=purpose, **stamp
        )
        for name, kind, amount, decision, purpose in texts.FUNDING
    ]


def _rules(today: date, stamp: Mapping[str, Any]) -> list[Rule]:
    value = {
        "repair_days": {"P1": 5, "P2": 3, "P3": 7, "P4": 30, "P5": 15},
        "working": ["P1", "P2", "P3", "P5"],
        "read_days": {"P1": 1, "P2": 1, "P3": 5, "P4": 5, "P5": 5},
        "next_patrol_on": (today + timedelta(days=52)).isoformat(),
    }
    breaks = [
        SchoolHoliday(name, date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 5))
        for year in range(today.year, today.year + 4)
        for name, week in (("Sportlov", 8), ("Påsklov", 14), ("Höstlov", 44), ("Jullov", 52))
    ]
    dated = {"valid_from": date(today.year - 2, 1, 1), "decision": "Demobeslut", **stamp}
    return [
        Rule(kind="response_times", value=value, **dated),
        Rule(kind="school_holidays", value=as_rule(breaks), **dated),
    ]
