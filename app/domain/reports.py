"""What a report is, and how what a person sent becomes one (domain brief, 2.4 Rapport; reliability, R23 and R24)."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from email_validator import EmailNotValidError, validate_email

from app.domain.words import at_most

CATEGORIES: Final = (
    "lamp_out", "no_lamp", "flickering", "obscured", "underpass", "graffiti", "damage",
    "litter", "deserted", "unclear_way", "other_physical", "just_a_feeling",
)  # fmt: skip
LIGHTING_CATEGORIES: Final = frozenset({"lamp_out", "no_lamp", "flickering", "obscured", "underpass"})
FAULT_CATEGORIES: Final = frozenset({"lamp_out", "flickering"})
CLEANING_CATEGORIES: Final = frozenset({"graffiti", "damage", "litter"})
METHODS: Final = ("gps", "pin", "pole", "qr", "address", "list")
WHEN_FELT: Final = ("now", "morning", "day", "evening", "night", "always")
SOURCES: Final = ("app", "qr", "me_too", "paper", "phone", "walk", "dialogue", "partner", "import", "demo")
LANGUAGES: Final = ("sv", "sv@easy", "en", "ar")

TEXT_LENGTH_MAX: Final = 300
POLE_LENGTH_MAX: Final = 40
DIRECTIONS_LENGTH_MAX: Final = 200
PHOTOS_MAX: Final = 3
UNCERTAIN_FROM_M: Final = 75.0
BURST_RADIUS_M: Final = 75.0
BURST_IN_A_DAY: Final = 5
BURST_IN_A_WEEK: Final = 10
BURST_TIMES_USUAL: Final = 3.0

_DECIMAL = re.compile(r"[+-]?\d{1,3}(\.\d{1,15})?", re.ASCII)
_METRES = re.compile(r"\d{1,7}(\.\d{1,6})?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_PHONE = re.compile(r"\+?[\d][\d \-]{5,18}\d", re.ASCII)
URGENT_WORDS: Final = (
    "hjälp( mig)?|jagar|jagad|jagas|förföljer|förföljd|förföljs|hotar|hotad|hotas|kniv|skott|skjuter|slår mig"
    "|rånad|rånas|händer nu|pågår nu|help me|chasing|following me|threaten(s|ed|ing)?|knife|gun|gunshots?|attacked"
)
"""Whole words, as an expression that Python and the phone's browser read alike."""
_URGENT = re.compile(rf"\b({URGENT_WORDS})\b", re.IGNORECASE)


@dataclass(frozen=True)
class ReportDraft:
    """A report that may be kept: every field checked and cleaned. `lon`, `lat` in WGS84 degrees."""

    client_id: str
    lon: float
    lat: float
    accuracy_m: float | None
    method: str
    categories: tuple[str, ...]
    severity: int | None
    when_felt: str | None
    text: str
    contact: str
    wants_answer: bool
    wants_invitation: bool
    pole_number: str
    directions: str
    lang: str
    source: str
    queued_at: datetime | None
    reporter_key: str

    @property
    def uncertain_place(self) -> bool:
        """True when the place may be another: an inaccurate position that nobody placed by hand."""
        return self.method == "gps" and (self.accuracy_m or 0.0) > UNCERTAIN_FROM_M


@dataclass(frozen=True)
class Reading:
    """The outcome of reading what was sent: a draft, or the code of what is wrong beside each field's name."""

    draft: ReportDraft | None
    errors: Mapping[str, str] = field(default_factory=dict)


def clean_text(text: str) -> str:
    """Return the text in NFC without control characters (newline and tab stay) and without blanks at its ends."""
    return unicodedata.normalize("NFC", whole(text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def whole(text: str) -> str:
    """Return the text without what no database can keep or nobody can see: half characters (of a cut emoji) and control characters."""
    return "".join(c for c in text if c in "\n\t\r" or unicodedata.category(c) not in {"Cc", "Cs"})


def sounds_urgent(text: str) -> bool:
    """True when the words may describe something that happens now (domain brief, 4.5). Asks, never blocks."""
    return bool(_URGENT.search(text))


def read(sent: Mapping[str, Sequence[str]]) -> Reading:
    """Read the fields of design section 5 as they were sent; never raises on anybody's input."""
    errors: dict[str, str] = {}
    lon, lat = _position(sent, errors)
    text = clean_text(_one(sent, "text"))
    if len(text) > TEXT_LENGTH_MAX:
        errors["text"] = "text_too_long"
    contact = _contact(sent, errors)
    draft = ReportDraft(
        client_id=_client_id(sent, errors),
        lon=lon,
        lat=lat,
        accuracy_m=_accuracy(sent, errors),
        method=_choice(sent, "method", METHODS, errors) or "pin",
        categories=_categories(sent, errors),
        severity=_severity(sent, errors),
        when_felt=_choice(sent, "when_felt", WHEN_FELT, errors),
        text=text,
        contact=contact,
        wants_answer=_ticked(sent, "wants_answer"),
        wants_invitation=_ticked(sent, "wants_invitation"),
        pole_number=_short(sent, "pole_number", POLE_LENGTH_MAX, errors),
        directions=_short(sent, "address" if sent.get("address") else "directions", DIRECTIONS_LENGTH_MAX, errors),
        lang=_one(sent, "lang") if _one(sent, "lang") in LANGUAGES else "sv",
        source="qr" if _one(sent, "method") == "qr" else "app",
        queued_at=_claimed_time(_one(sent, "queued_at")),
        reporter_key=_one(sent, "reporter_key")[:100],
    )
    return Reading(None if errors else draft, errors)


def _short(sent: Mapping[str, Sequence[str]], name: str, longest: int, errors: dict[str, str]) -> str:
    """Return a text of one line that fits its field; a longer one is told, never cut off."""
    given = clean_text(_one(sent, name))
    if len(given) > longest:
        errors[name] = at_most(longest)
    return given


def is_position(lon: float, lat: float) -> bool:
    """True for a finite WGS84 position that is not 0,0 (which cameras and broken receivers write)."""
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90 and (lon, lat) != (0.0, 0.0)


def kind_of(categories: Sequence[str]) -> str:
    """Tell the three things apart that come through one button: `fault`, `wish` or `unsafe_place` (ruling 1)."""
    chosen = set(categories)
    if chosen & FAULT_CATEGORIES:
        return "fault"
    if chosen == {"no_lamp"}:
        return "wish"
    return "unsafe_place"


def burst_window(day: int, week: int, four_weeks_before: int) -> timedelta | None:
    """Return how far back a burst at one place reaches; None when it is none (domain brief, 4.9).

    More than five people in a day are one, and so is a slow one: more than ten in a week, and more than three times the
    mean week of the 28 days before.

    Args:
        day, week, four_weeks_before: distinct reporters within 75 m in the last 24 hours, in the last seven days, and in
        the 28 days before those.

    """
    if day > BURST_IN_A_DAY:
        return timedelta(days=1)
    if week > max(BURST_IN_A_WEEK, BURST_TIMES_USUAL * four_weeks_before / 4):
        return timedelta(days=7)
    return None


def _one(sent: Mapping[str, Sequence[str]], name: str) -> str:
    values = sent.get(name) or ()
    return str(values[0]).strip() if values else ""


def _ticked(sent: Mapping[str, Sequence[str]], name: str) -> bool:
    return _one(sent, name).lower() in {"1", "y", "yes", "on", "true"}


def _position(sent: Mapping[str, Sequence[str]], errors: dict[str, str]) -> tuple[float, float]:
    given = [_one(sent, "lon"), _one(sent, "lat")]
    if not all(given):
        errors["lat"] = "position_missing"
        return 0.0, 0.0
    if any(len(sent.get(name) or ()) > 1 for name in ("lon", "lat")) or not all(map(_DECIMAL.fullmatch, given)):
        errors["lat"] = "position_not_readable"
        return 0.0, 0.0
    lon, lat = map(float, given)
    if not is_position(lon, lat):
        errors["lat"] = "position_not_readable"
    return lon, lat


def _accuracy(sent: Mapping[str, Sequence[str]], errors: dict[str, str]) -> float | None:
    given = _one(sent, "accuracy_m")
    if not given:
        return None
    if not _METRES.fullmatch(given):
        errors["accuracy_m"] = "accuracy_not_readable"
        return None
    return float(given)


def _client_id(sent: Mapping[str, Sequence[str]], errors: dict[str, str]) -> str:
    given = _one(sent, "client_id").lower()
    if not _UUID.fullmatch(given):
        errors["client_id"] = "client_id_not_readable"
        return ""
    return given


def _categories(sent: Mapping[str, Sequence[str]], errors: dict[str, str]) -> tuple[str, ...]:
    chosen = tuple(sent.get("categories") or ())
    if any(c not in CATEGORIES for c in chosen):
        errors["categories"] = "choice_unknown"
    elif not chosen:
        errors["categories"] = "category_missing"
    return tuple(c for c in CATEGORIES if c in chosen)


def _severity(sent: Mapping[str, Sequence[str]], errors: dict[str, str]) -> int | None:
    given = _one(sent, "severity")
    if given and given not in {"1", "2", "3"}:
        errors["severity"] = "choice_unknown"
        return None
    return int(given) if given else None


def _choice(sent: Mapping[str, Sequence[str]], name: str, allowed: Sequence[str], errors: dict[str, str]) -> str | None:
    given = _one(sent, name)
    if given and given not in allowed:
        errors[name] = "choice_unknown"
    return given if given in allowed else None


def contact_is_readable(given: str) -> bool:
    """Say whether an answer can reach this: a telephone number or a mail address."""
    errors: dict[str, str] = {}
    _contact({"contact": [given]}, errors)
    return not errors


def _contact(sent: Mapping[str, Sequence[str]], errors: dict[str, str]) -> str:
    given = clean_text(_one(sent, "contact"))
    if not given or (len(given) <= 40 and _PHONE.fullmatch(given)):
        return given
    try:
        return validate_email(given, check_deliverability=False).normalized
    except EmailNotValidError:
        errors["contact"] = "contact_not_readable"
        return given[:320]


def _claimed_time(given: str) -> datetime | None:
    """The phone's own time is a claim: kept when readable, never used to order or decide (R7)."""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None
