"""How somebody else's table becomes ours: names, columns, positions, times, words. Guesses are said, never hidden."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final

from app.domain.lamp_problems import Problem
from app.domain.reports import CATEGORIES, is_position

SKIP: Final = "skip"
SAY_CRS: Final = "its coordinate system must be said with --crs"
NEAR_DEGREES: Final = 5.0
FALLBACK_LEAST: Final = 20
FALLBACK_SHARE: Final = 0.01
_SWEDEN: Final = (10.5, 55.0, 24.3, 69.2)

NAME_FIELDS: Final = (
    "name",
    "namn",
    "distriktsnamn",
    "district",
    "stadsdel",
    "omrade",
    "neighborhood",
    "label",
    "title",
)
# Never the row numbers of a map program (objectid, fid): they change from one export to the next.
CODE_FIELDS: Final = ("code", "kod", "distriktskod", "omradeskod", "district_code", "district_id", "lan_code")
LAMP_ID_FIELDS: Final = (
    "asset_id", "assetid", "lamp_id", "lampid", "poleid", "pole_id", "stolpnummer", "stolpnr", "stolpe", "pole_number",
    "id", "objectid", "ref", "name",
)  # fmt: skip

REPORT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": (
        "source_id",
        "case_enquiry_id",
        "service_request_id",
        "case_id",
        "request_id",
        "arendenummer",
        "id",
        "unique_key",
    ),
    "lat": ("lat", "latitude", "y", "breddgrad"),
    "lon": ("lon", "lng", "long", "longitude", "x", "langdgrad"),
    "opened": (
        "received_at",
        "open_dt",
        "opened",
        "opened_at",
        "requested_datetime",
        "created_date",
        "created_at",
        "inkommen",
        "datum",
        "date",
    ),
    "closed": ("closed_at", "closed_dt", "closed", "closed_date", "updated_datetime", "avslutad", "closeddate"),
    "status": ("status", "case_status", "state", "arendestatus"),
    "reason": ("closure_reason", "status_notes", "resolution", "resolution_description", "svar", "atgard"),
    "category": ("category", "categories", "kategori", "type", "service_name", "complaint_type", "case_title", "typ"),
    "text": ("text", "description", "beskrivning", "details", "descriptor", "case_title", "fritext"),
    "address": ("address", "location", "adress", "plats", "street_address", "incident_address"),
    "pole": ("pole_number", "stolpnummer", "pole", "poleid"),
}
NEEDED_REPORT_FIELDS: Final = ("lat", "lon", "opened")

# The first pattern that fits decides; what fits none is “something else that can be mended”.
_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (
        r"no light|missing light|install.*light|new.*light|ingen belysning|ingen lampa|saknas.*belysning|lighting request",
        "no_lamp",
    ),
    (r"flicker|blink", "flickering"),
    (r"light.*out|lamp.*out|street ?light|light(ing)? (pole|repair)|släckt|gatubelysning|belysning|lampa", "lamp_out"),
    (r"tree|vegetation|overgrown|bush|skym|buskar|sly|träd", "obscured"),
    (r"tunnel|underpass|stair|trappa", "underpass"),
    (r"graffiti|klotter", "graffiti"),
    (r"vandal|broken|damage|knock(ed)? ?down|skadegörelse|sönder", "damage"),
    (r"litter|trash|needle|garbage|waste|dump|basket|nedskräp|skräp", "litter"),
    (r"abandoned (building|house|property)|vacant|öde", "deserted"),
    (r"sign\b|marking|skylt", "unclear_way"),
)
_DUPLICATE: Final = re.compile(r"\bduplicat|\bdubblett", re.IGNORECASE)
_CLOSED: Final = frozenset(
    {"closed", "resolved", "done", "fixed", "stängd", "avslutad", "klar", "åtgärdad", "besvarad"}
)
_SLASHED: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b(.*)", re.DOTALL)
_CLOCKS: Final = ("%I:%M:%S %p", "%I:%M %p", "%H:%M:%S", "%H:%M")
_FOLDED: Final = str.maketrans({"æ": "ae", "ø": "o", "ß": "ss", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})


class BadMapping(ValueError):
    """A column that was asked for is not there, or one that is needed cannot be guessed; the message names it."""


class Refused(ValueError):
    """Nothing was kept; `problems` says of each row what is wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems[0] if problems else "nothing to import")
        self.problems = tuple(problems)


def slug(name: str) -> str:
    """Return a name as part of an address: `Övriga Kalmar` becomes `ovriga-kalmar`; never empty."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_FOLDED)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "omrade"


def free_slug(name: str, taken: Iterable[str]) -> str:
    """Return the slug of a name, with the first number behind it that makes it nobody else's."""
    used, base = set(taken), slug(name)
    number, chosen = 1, base
    while chosen in used:
        number += 1
        chosen = f"{base}-{number}"
    return chosen


def field_named(wanted: str, columns: Sequence[str], guesses: Sequence[str]) -> str:
    """Return the column that was asked for, or the first guess that is there (small and capital letters alike), or "".

    Raises:
        BadMapping: the column that was asked for is not among them.

    """
    if wanted:
        if wanted in columns:
            return wanted
        raise BadMapping(
            Problem(
                f"There is no column {wanted!r}. The columns are: {', '.join(columns) or 'none'}.",
                "no_column", column=wanted,
            )
        )  # fmt: skip
    folded = {_fold(c): c for c in reversed(columns)}
    return next((folded[_fold(g)] for g in guesses if _fold(g) in folded), "")


def name_column(wanted: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Return the column that holds the names: the one asked for, a usual name, else the one whose words differ most.

    Raises:
        BadMapping: the column that was asked for is not there.

    """
    found = field_named(wanted, columns, NAME_FIELDS)
    if found or not rows:
        return found
    worded = [c for c in columns if all(any(map(str.isalpha, str(r.get(c) or ""))) for r in rows)]
    ranked = sorted(worded, key=lambda c: (-len({str(r[c]) for r in rows}), "nam" not in c.lower(), columns.index(c)))
    return next((c for c in ranked if len({str(r[c]) for r in rows}) == len(rows)), "")


def report_columns(columns: Sequence[str], given: Mapping[str, str], *, placed: bool) -> dict[str, str]:
    """Return for each of our fields the column that holds it ("" for none).

    Args:
        columns: the file's. given: what the operator said, our field to their column. placed: the features have a
        position of their own, so no columns are needed for it.

    Raises:
        BadMapping: an unknown field or column, or a needed field that no column holds.

    """
    unknown = sorted(set(given) - set(REPORT_FIELDS))
    if unknown:
        raise BadMapping(f"There is no field {unknown[0]!r}. The fields are: {', '.join(REPORT_FIELDS)}.")
    found = {f: field_named(given.get(f, ""), columns, guesses) for f, guesses in REPORT_FIELDS.items()}
    needed = [f for f in NEEDED_REPORT_FIELDS if not (placed and f in {"lat", "lon"})]
    missing = [f for f in needed if not found[f]]
    if missing:
        raise BadMapping(
            f"No column for {', '.join(missing)}. Say which it is with --map {missing[0]}=COLUMN. "
            f"The columns are: {', '.join(columns) or 'none'}."
        )
    return found


def number(text: object) -> float | None:
    """Return a finite number as somebody wrote it (a decimal comma too), or None."""
    try:
        value = float(str(text).strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def looks_swapped(lon: float, lat: float, home: tuple[float, float] | None) -> bool:
    """True when a WGS84 position makes sense only with its two numbers exchanged.

    Args:
        lon, lat: as they were read. home: longitude and latitude of the municipality when it is known.

    """
    if abs(lat) > 90 >= abs(lon) and abs(lat) <= 180:
        return True
    if home is not None:
        return _apart(lon, lat, *home) > NEAR_DEGREES >= _apart(lat, lon, *home)
    return not _in_sweden(lon, lat) and _in_sweden(lat, lon)


def position_problem(lon: float | None, lat: float | None) -> Problem | None:
    """Return why this can be no WGS84 position, or None."""
    if lon is None or lat is None:
        return Problem("no position", "no_position")
    if (lon, lat) == (0.0, 0.0):
        return Problem("the position is 0,0", "position_zero")
    if not is_position(lon, lat):
        return Problem(f"the position is not on Earth; {SAY_CRS}", "not_on_earth")
    return None


def day_comes_first(times: Iterable[str]) -> bool:
    """True when a column of dates such as 24/11/2026 has the day first.

    One number above 12 settles it, else a clock with AM and PM (written where the month stands first), else ours does.
    """
    found = [m for t in times if (m := _SLASHED.match(t.strip()))]
    if any(int(m[1]) > 12 for m in found):
        return True
    return not any(int(m[2]) > 12 or m[4].strip().lower().endswith(("am", "pm")) for m in found)


def moment(text: str, zone: tzinfo, *, day_first: bool) -> datetime | None:
    """Return a moment as somebody wrote it, in `zone` when it names none; None when it cannot be read."""
    given = text.strip()
    slashed = _SLASHED.match(given)
    try:
        found = _slashed(slashed, day_first=day_first) if slashed else datetime.fromisoformat(given)
        return found if found.tzinfo else found.replace(tzinfo=zone)
    except ValueError:
        return None


def category_of(text: str, given: Mapping[str, str]) -> str:
    """Return our category for somebody else's word for it; `skip` when the operator said so."""
    told = given.get(text.strip().lower())
    if told is not None:
        return told
    if text.strip() in CATEGORIES:
        return text.strip()
    return next((ours for pattern, ours in _WORDS if re.search(pattern, text, re.IGNORECASE)), "other_physical")


def check_categories(given: Mapping[str, str]) -> dict[str, str]:
    """Return the operator's `their word = our category`, in small letters; raise BadMapping for one we don't have."""
    for theirs, ours in given.items():
        if ours not in CATEGORIES and ours != SKIP:
            raise BadMapping(
                f"{theirs!r} is to become {ours!r}, but the categories are: {', '.join((*CATEGORIES, SKIP))}."
            )
    return {theirs.strip().lower(): ours for theirs, ours in given.items()}


def state_of(status: str, reason: str, *, closed: bool) -> str:
    """Return the state that somebody else's closed or open report arrives in."""
    if not (closed or status.strip().lower() in _CLOSED):
        return "received"
    return "duplicate" if _DUPLICATE.search(reason) else "answered"


def fallback_points(points: Sequence[tuple[float, float]]) -> dict[tuple[float, float], int]:
    """Return positions that so many rows share that a geocoder must have put there what it could not find."""
    least = max(FALLBACK_LEAST, math.ceil(FALLBACK_SHARE * len(points)))
    return {point: n for point, n in Counter(points).most_common() if n >= least}


def zone_name_near(lon: float, lat: float) -> str:
    """Return a time zone to begin with: Sweden's, else the whole hours of the longitude (to be set by hand)."""
    if _in_sweden(lon, lat):
        return "Europe/Stockholm"
    hours = round(lon / 15)
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"  # that list counts west as plus


def _slashed(found: re.Match[str], *, day_first: bool) -> datetime:
    first, second, year, clock = int(found[1]), int(found[2]), int(found[3]), found[4].strip()
    month, day = (second, first) if day_first else (first, second)
    date = datetime(year, month, day)  # noqa: DTZ001  (the caller adds the zone)
    if not clock:
        return date
    for pattern in _CLOCKS:
        try:
            time = datetime.strptime(clock, pattern)  # noqa: DTZ007  (only its clock is used)
        except ValueError:
            continue
        return date.replace(hour=time.hour, minute=time.minute, second=time.second)
    raise ValueError(clock)


def _fold(name: str) -> str:
    return slug(name).replace("-", "_")


def _in_sweden(lon: float, lat: float) -> bool:
    west, south, east, north = _SWEDEN
    return west <= lon <= east and south <= lat <= north


def _apart(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    return max(abs(lon - other_lon), abs(lat - other_lat))
