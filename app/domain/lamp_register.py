"""The light-point register: its fields (domain brief, section 3.4), how other tables name them, and what has changed.

Only what a file has a column for is touched: a lamp that was switched off on purpose here stays so when the register
comes again without a word about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.domain.imports import LAMP_ID_FIELDS, REPORT_FIELDS, BadMapping, field_named, number
from app.domain.lamp_problems import Problem
from app.domain.words import N_

PLACES: Final = 7
"""Decimals of a degree that are compared: about a centimetre."""
SHOWN: Final = 50

STATUSES: Final[Mapping[str, str]] = {
    "in_service": N_("I drift"),
    "deliberately_off": N_("Medvetet släckt"),
    "being_removed": N_("Rivs"),
    "planned": N_("Planerad"),
}
_STATUS_WORDS: Final[Mapping[str, str]] = {
    "i drift": "in_service", "drift": "in_service", "tänd": "in_service", "in service": "in_service", "active": "in_service",
    "medvetet släckt": "deliberately_off", "släckt": "deliberately_off", "nattsläckt": "deliberately_off",
    "avstängd": "deliberately_off", "off": "deliberately_off", "rivs": "being_removed", "riven": "being_removed",
    "removed": "being_removed", "planerad": "planned", "projekterad": "planned",
}  # fmt: skip

TEXTS: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "pole_number": (80, ("pole_number", "poleid", "pole_id", "stolpnummer", "stolpnr", "stolpe")),
    "cabinet": (60, ("cabinet", "belysningscentral", "belysningscentral_id", "central", "skap")),
    "section": (60, ("section", "sektion", "krets", "circuit")),
    "phase": (10, ("phase", "fas")),
    "cable_type": (60, ("cable_type", "kabeltyp", "kabel")),
    "pole_type": (60, ("pole_type", "stolptyp")),
    "foundation": (60, ("foundation", "fundament")),
    "luminaire": (120, ("luminaire", "armatur", "armaturtyp", "fixture")),
    "light_source": (60, ("light_source", "ljuskalla", "lamp_type", "lamptype")),
    "control": (60, ("control", "styrning")),
    "dimming": (120, ("dimming", "nattdimning", "nattslackning", "dimmer")),
    "lighting_class": (20, ("lighting_class", "belysningsklass")),
    "road_type": (60, ("road_type", "vagtyp")),
    "environment": (40, ("environment", "miljo")),
    "off_reason": (300, ("off_reason", "slackt_skal", "orsak")),
    "off_decided_by": (200, ("off_decided_by", "beslutat_av", "beslut")),
}
NUMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "height_m": ("height_m", "hojd_m", "hojd", "height"),
    "arm_m": ("arm_m", "arm", "armlangd"),
    "power_w": ("power_w", "effekt_w", "effekt", "wattage", "watt"),
    "lumen": ("lumen", "ljusflode"),
    "cct_k": ("cct_k", "cct", "fargtemperatur"),
}
DAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "installed_on": ("installed_on", "installerad", "install_date"),
    "warranty_until": ("warranty_until", "garanti_till", "garanti"),
    "last_patrol_on": ("last_patrol_on", "senast_rond", "rond"),
    "replacement_on": ("replacement_on", "planerat_byte", "byte"),
    "off_decided_on": ("off_decided_on", "beslutsdatum"),
}
ORGANISATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "owner": ("owner", "agare", "owner_name"),
    "operator": ("operator", "contractor", "entreprenor", "driftansvarig"),
}
STATUS: Final = ("status", "lage", "tillstand")
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": LAMP_ID_FIELDS,
    "lon": REPORT_FIELDS["lon"],
    "lat": REPORT_FIELDS["lat"],
    **{name: guesses for name, (_, guesses) in TEXTS.items()},
    **NUMBERS,
    **DAYS,
    **ORGANISATIONS,
    "status": STATUS,
}
FIELD_WORDS: Final[Mapping[str, str]] = {
    "id": N_("Identitet"), "lon": N_("Longitud eller östlig koordinat"), "lat": N_("Latitud eller nordlig koordinat"),
    "pole_number": N_("Stolpnummer"), "cabinet": N_("Belysningscentral"), "section": N_("Sektion eller krets"),
    "phase": N_("Fas"), "cable_type": N_("Kabeltyp"), "pole_type": N_("Stolptyp"), "foundation": N_("Fundament"),
    "luminaire": N_("Armaturtyp"), "light_source": N_("Ljuskälla"), "control": N_("Styrning"),
    "dimming": N_("Nattdimning eller nattsläckning"), "lighting_class": N_("Belysningsklass"), "road_type": N_("Vägtyp"),
    "environment": N_("Miljö"), "off_reason": N_("Skäl till att den är släckt"), "off_decided_by": N_("Vem som beslutade"),
    "height_m": N_("Höjd i meter"), "arm_m": N_("Arm i meter"), "power_w": N_("Effekt i watt"), "lumen": N_("Ljusflöde i lumen"),
    "cct_k": N_("Färgtemperatur i kelvin"), "installed_on": N_("Installerad"), "warranty_until": N_("Garanti till"),
    "last_patrol_on": N_("Senaste rond"), "replacement_on": N_("Planerat byte"), "off_decided_on": N_("Beslutsdatum"),
    "owner": N_("Ägare"), "operator": N_("Driftentreprenör"), "status": N_("Status"), "position": N_("Läge"),
    "properties": N_("Övriga kolumner"),
}  # fmt: skip


@dataclass
class Notes:
    """What could not be read in columns that may be empty: how often, and in which row first."""

    unreadable: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, name: str, row: int, value: str) -> None:
        """Count one value that could not be read."""
        self.unreadable[name] += 1
        self.first.setdefault(name, (row, value[:40]))

    def sentences(self) -> list[str]:
        """Return one sentence for each column."""
        return [
            Problem(
                f"{count} values of {name} could not be read and are left empty (first in row {self.first[name][0]}: {self.first[name][1]!r}).",
                "values_unreadable",
                count=count,
                field=name,
                row_first=self.first[name][0],
                value=self.first[name][1],
            )
            for name, count in self.unreadable.most_common()
        ]


def columns_for(columns: Sequence[str], given: Mapping[str, str], *, placed: bool) -> dict[str, str]:
    """Return for each of our fields the column that holds it ("" for none).

    Args:
        columns: the file's. given: what somebody said, our field to their column; "" there means: none, do not guess.
        placed: the features have a position of their own, so no columns are needed for it.

    Raises:
        BadMapping: an unknown field or column, or no column for the id or the position.

    """
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        raise BadMapping(f"There is no field {unknown[0]!r}. The fields are: {', '.join(FIELDS)}.")
    found = {
        name: field_named(given.get(name, ""), columns, () if name in given else guesses)
        for name, guesses in FIELDS.items()
    }
    if not found["id"]:
        raise BadMapping(
            Problem(
                f"No column for the lamp's id. Say which with --id-field: {', '.join(columns) or 'there are none'}.",
                "no_id_column",
            )
        )
    if placed:
        found["lon"] = found["lat"] = ""
    elif not (found["lon"] and found["lat"]):
        raise BadMapping(
            Problem(
                f"No columns for latitude and longitude. The columns are: {', '.join(columns) or 'none'}.",
                "no_position_columns",
            )
        )
    return found


def values_of(row: int, values: Mapping[str, Any], columns: Mapping[str, str], notes: Notes) -> dict[str, Any]:
    """Return one row's fields as the register keeps them, for those fields that have a column.

    Args:
        row: its number. values: as the file has them. columns: of `columns_for`. notes: told what could not be read.

    """
    read: dict[str, Any] = {
        name: text(values.get(columns[name]))[:longest] for name, (longest, _) in TEXTS.items() if columns[name]
    }
    read["pole_number"] = read.get("pole_number") or text(values.get(columns["id"]))[:80]
    for names, reads in ((NUMBERS, number), (DAYS, _day)):
        for name in filter(columns.get, names):
            given = text(values.get(columns[name]))
            read[name] = reads(given) if given else None
            if given and read[name] is None:
                notes.add(name, row, given)
    for name in ORGANISATIONS:
        if columns[name]:
            read[name] = text(values.get(columns[name]))[:200]
    if columns["status"]:
        read["status"] = _status(row, text(values.get(columns["status"])), notes)
    used = set(columns.values())
    read["properties"] = {k: _plain(v) for k, v in values.items() if k not in used}
    return read


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the fields that differ, each with what it was and what it becomes; the position counts as one field."""
    found = {
        name: (old[name], value)
        for name, value in new.items()
        if name not in {"lon", "lat"} and _rounded(old[name]) != _rounded(value)
    }
    if any(_rounded(old[name]) != _rounded(new[name]) for name in ("lon", "lat")):
        found["position"] = ((old["lon"], old["lat"]), (new["lon"], new["lat"]))
    return found


def text(value: object) -> str:
    """Return a value of any kind as a text without blanks around it; whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _status(row: int, given: str, notes: Notes) -> str:
    found = given if given in STATUSES else _STATUS_WORDS.get(given.lower(), "")
    if given and not found:
        notes.add("status", row, given)
    return found or "in_service"


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given[:10].replace("/", "-"))
    except ValueError:
        return date(int(given), 1, 1) if given.isdecimal() and len(given) == 4 and given[0] in "12" else None


def _plain(value: Any) -> str | int | float | bool | None:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _rounded(value: object) -> object:
    return round(value, PLACES) if isinstance(value, float) else value
