"""Two dark seasons of invented reports, with invented night pictures."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import delete, select

from app.adapters.images import CleanPhoto, ImageCleaner
from app.adapters.photo_intake import key
from app.adapters.photo_store import PhotoStore
from app.domain import demo_texts as texts
from app.domain import receipts
from app.domain.people import RESIDENT, Actor
from app.domain.reports import kind_of
from app.models.areas import district_at
from app.models.base import db
from app.models.notices import Notice
from app.models.photos import Photo
from app.models.reports import Contact, Report
from app.services.demo_steps import position
from app.services.transitions import begin

NOISE_SHARE = 0.18
PHOTO_SHARE = 0.35
PHOTOS_MAX = 160
CONTACT_SHARE = 0.3
SEASONS_DAYS = 430
SCENES = 10
BATCH = 400


@dataclass(frozen=True)
class Told:
    """One report of the demo before it is kept."""

    at: datetime
    lon: float
    lat: float
    categories: tuple[str, ...]
    severity: int
    when_felt: str
    text: str


def imagine(count: int, chance: Random, *, now: datetime) -> list[Told]:
    """Return invented reports in the order of their time."""
    weights = [p.weight for p in texts.PLACES]
    told = []
    for _ in range(count):
        at = _moment(chance, now)
        if chance.random() < NOISE_SHARE:
            place, story = chance.choice(texts.PLACES), chance.choice(texts.NOISE_STORIES)
            lon, lat = position(place, chance.uniform(-600, 600), chance.uniform(-600, 600))
        else:
            place = chance.choices(texts.PLACES, weights)[0]
            story = place.story
            lon, lat = position(place, chance.uniform(0, place.stretch_m), 0.0)
            lon, lat = lon + chance.gauss(0, 0.00012), lat + chance.gauss(0, 0.00007)
        categories, sentences = texts.STORIES[story]
        chosen = tuple(c for c in categories if chance.random() < 0.75) or categories[:1]
        felt = chance.choices(["evening", "night", "morning", "always"], [6, 3, 2, 1])[0]
        told.append(
            Told(at, round(lon, 6), round(lat, 6), chosen, chance.choice([1, 2, 2, 3]), felt, chance.choice(sentences))
        )
    return sorted(told, key=lambda t: t.at)


def keep(
    told: Sequence[Told], chance: Random, secret_key: str, photos: Sequence[CleanPhoto], store: PhotoStore
) -> Iterator[int]:
    """Keep these reports; yield how many after each batch."""
    pictured, taken = 0, set[str]()
    for number, one in enumerate(told, 1):
        report = _report(one, chance, secret_key, taken)
        begin(report, actor=Actor(RESIDENT), now=one.at, facts={"reading_hours": "vardagar 8–16"})
        if chance.random() < CONTACT_SHARE:
            db.session.add(
                Contact(
                    report_id=report.id,
                    address=f"boende{number}@demo.ljuspunkt.example",
                    wants_answer=True,
                    created_at=one.at,
                    updated_at=one.at,
                )
            )
        if photos and pictured < PHOTOS_MAX and chance.random() < PHOTO_SHARE:
            _add_photo(report, photos[pictured % len(photos)], chance, store)
            pictured += 1
        if number % BATCH == 0 or number == len(told):
            db.session.commit()
            db.session.expunge_all()
            yield number


def forget_news_from_before() -> None:
    """Take back what the story told people before they had reported.

    The chapters act on whole places, and some of a place's reports are younger than what was done there.
    """
    sent_at = select(Report.received_at).where(Report.id == Notice.report_id).scalar_subquery()
    db.session.execute(delete(Notice).where(Notice.at < sent_at), execution_options={"synchronize_session": False})
    db.session.commit()


def scenes(chance: Random, cleaner: ImageCleaner) -> list[CleanPhoto]:
    """Return some drawn night scenes, through the same cleaner as every photo."""
    return [cleaner.clean(_scene(chance)) for _ in range(SCENES)]


def _moment(chance: Random, now: datetime) -> datetime:
    while True:
        at = now - timedelta(seconds=chance.uniform(3600, SEASONS_DAYS * 86400))
        if chance.random() * max(texts.MONTH_WEIGHTS) <= texts.MONTH_WEIGHTS[at.month - 1]:
            hour = chance.choices([6, 7, 16, 17, 18, 19, 20, 21, 22], [1, 2, 2, 3, 3, 3, 3, 2, 1])[0]
            moment = at.astimezone(UTC).replace(hour=hour, minute=chance.randrange(60))
            if moment < now:
                return moment


def _free_reference(chance: Random, taken: set[str]) -> str:
    while True:
        found = receipts.reference([chance.randrange(10**6) for _ in range(5)])
        if found not in taken:
            taken.add(found)
            return found


def _report(one: Told, chance: Random, secret_key: str, taken: set[str]) -> Report:
    client_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    district = district_at(one.lon, one.lat)
    report = Report(
        reference=_free_reference(chance, taken), client_id=client_id, fingerprint=receipts.fingerprint([client_id.encode()]),
        receipt_hash=receipts.secret_hash(receipts.secret(client_id, secret_key)), kind=kind_of(one.categories),
        categories=list(one.categories), severity=one.severity, when_felt=one.when_felt, text=one.text, method="gps",
        accuracy_m=round(chance.uniform(5, 40), 1), lang="en" if one.text.isascii() and " the " in f" {one.text.lower()} " else "sv",
        source="demo", reporter_key=hashlib.sha256(client_id.encode()).hexdigest(), received_at=one.at,
        district_id=district.id if district else None, created_at=one.at, updated_at=one.at,
    )  # fmt: skip
    report.place_at(one.lon, one.lat)
    return report


def _add_photo(report: Report, photo: CleanPhoto, chance: Random, store: PhotoStore) -> None:
    public_id = f"{chance.getrandbits(128):032x}"
    for variant, image in photo.variants.items():
        store.put(key(public_id, variant), image.data)
    large = photo.variants["large"]
    at = report.received_at
    db.session.add(
        Photo(
            public_id=public_id,
            sha256=photo.sha256,
            width=large.width,
            height=large.height,
            report_id=report.id,
            created_at=at,
            updated_at=at,
        )
    )


def _scene(chance: Random) -> bytes:
    """Draw a path in the dark: sky, trees, a path that narrows, lamps of which some are out."""
    width, height = 1200, 900
    horizon = height // 2 - 40
    image = Image.new("RGB", (width, height), (8, 12, 30))
    draw = ImageDraw.Draw(image)
    for y in range(horizon, height):
        shade = 18 + (y - horizon) * 16 // (height - horizon)
        draw.line([(0, y), (width, y)], fill=(shade, shade + 6, shade))
    draw.polygon([(540, horizon), (660, horizon), (980, height), (220, height)], fill=(58, 58, 66))
    for _ in range(26):
        x, size = chance.randrange(width), chance.randrange(60, 220)
        draw.ellipse([x - size, horizon - size, x + size, horizon + size // 3], fill=(10, chance.randrange(20, 34), 16))
    if chance.random() < 0.35:
        draw.pieslice([330, horizon - 210, 870, horizon + 330], 180, 360, fill=(40, 40, 48))
        draw.pieslice([420, horizon - 110, 780, horizon + 230], 180, 360, fill=(6, 7, 14))
    glow = Image.new("RGB", (width, height))
    light = ImageDraw.Draw(glow)
    for step, side in ((1.0, 1), (0.62, -1), (0.4, 1), (0.26, -1)):
        x, foot = 600 + side * int(300 * step), horizon + int(330 * step)
        top = foot - int(470 * step)
        draw.line([(x, foot), (x, top)], fill=(90, 92, 104), width=max(2, int(9 * step)))
        if chance.random() < 0.55:
            reach = int(150 * step)
            light.ellipse([x - reach, top - reach, x + reach, top + reach], fill=(150, 116, 50))
            light.ellipse([x - reach * 2, foot - reach // 3, x + reach * 2, foot + reach // 3], fill=(80, 62, 26))
    lit = Image.blend(image, Image.blend(image, glow.filter(ImageFilter.GaussianBlur(46)), 0.6), 0.85)
    out = io.BytesIO()
    lit.save(out, "JPEG", quality=88)
    return out.getvalue()
