"""What each kind of measure must know of itself: seasons, the ladder before a camera, light levels (domain, 2.4, 3.6, 4.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.domain.words import N_

TEXT, DAY, CHECK, NUMBER = "text", "day", "check", "number"


@dataclass(frozen=True)
class Field:
    """One field of a kind of measure. `needed` says that a decision cannot be made without it."""

    name: str
    word: str
    type: str = TEXT
    hint: str = ""
    needed: bool = False


FIELDS: Final[Mapping[str, Sequence[Field]]] = {
    "lighting_new": (
        Field("lamps", N_("Antal nya lampor"), NUMBER),
        Field("lux_min", N_("Lägsta ljus som ska nås, lux"), NUMBER, N_("Det lägsta värdet betyder mer än medelvärdet. Två lux brukar räcka för en gångväg.")),
        Field("rebuild_checked", N_("Kontrollerat att platsen inte ska byggas om"), CHECK),
    ),
    "lighting_repair": (
        Field("pole_numbers", N_("Stolpnummer"), hint=N_("Till exempel SK-104, SK-105.")),
    ),
    "brush_clearing": (
        Field("season_from", N_("Tidigast"), DAY, N_("Utanför fåglarnas häckning, som mest april till juli.")),
        Field("season_to", N_("Senast i säsongen"), DAY),
        Field("nesting_checked", N_("Kontrollerat att inget häckar"), CHECK),
        Field("width_m", N_("Röjs på var sida, meter"), NUMBER),
    ),
    "clean_and_tidy": (
        Field("repeats", N_("Hur ofta"), hint=N_("Till exempel varje vecka till maj.")),
    ),
    "camera": (
        Field("incidents", N_("Vilka händelser den grundas på"), hint=N_("Antal och tid. Inga personer."), needed=True),
        Field("tried", N_("Mindre ingripande åtgärder som prövats, med datum"), hint=N_("Ljus, röjning, närvaro. Kameran kommer sist."), needed=True),
        Field("assessment", N_("Den dokumenterade bedömningen"), hint=N_("Diarienummer eller länk. Den ska finnas före start."), needed=True),
        Field("sign_text", N_("Skyltens text"), needed=True),
        Field("ends_on", N_("Omprövas eller tas ner"), DAY, needed=True),
        Field("register_kept", N_("Står i kommunens register över kameror"), CHECK),
    ),
    "signs": (
        Field("sign_text", N_("Skyltens text"), hint=N_("Platsens namn, så att den som ringer 112 kan säga det.")),
    ),
    "sight_lines": (
        Field("season_from", N_("Tidigast"), DAY),
        Field("season_to", N_("Senast i säsongen"), DAY),
    ),
    "walkway": (
        Field("accessible", N_("Alla ska kunna ta sig fram efteråt"), CHECK),
    ),
    "presence": (
        Field("when", N_("Vilka tider"), hint=N_("Ett önskemål till den som bemannar. Vi leder ingen personal.")),
        Field("until_on", N_("Till och med"), DAY),
    ),
    "dialogue": (
        Field("with_whom", N_("Med vilka"), hint=N_("Grupper, inga namn.")),
        Field("held_on", N_("Hålls"), DAY),
    ),
}  # fmt: skip


def needed_before_decision(kind: str, details: Mapping[str, Any]) -> dict[str, str]:
    """Return what a decision lacks, as the code of an error beside each field's name: the ladder before a camera."""
    return {f.name: "required" for f in FIELDS.get(kind, ()) if f.needed and not details.get(f.name)}


def out_of_season(kind: str, details: Mapping[str, Any], on: date | None) -> bool:
    """Say whether a day lies outside the season in which this may be done."""
    begins, ends = details.get("season_from"), details.get("season_to")
    if on is None or kind not in {"brush_clearing", "sight_lines"}:
        return False
    return bool((begins and on < date.fromisoformat(begins)) or (ends and on > date.fromisoformat(ends)))
