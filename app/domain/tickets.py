"""Lighting tickets: fault codes, priorities and due dates (domain brief, section 3).

The matrix and the days are the default of a municipality that has imported none of its own; what is in force is dated
data (`ResponseTimes`), handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from app.domain.words import N_

FAULTS: Final[Mapping[str, str]] = {
    "B01": N_("Släckt lampa"),
    "B02": N_("Flera släckta i rad"),
    "B03": N_("Hel sektion eller område släckt"),
    "B04": N_("Blinkar eller tänds och slocknar"),
    "B05": N_("Svagt ljus eller smutsig"),
    "B06": N_("Tänd på dagen"),
    "B07": N_("Tänds sent eller släcks tidigt"),
    "B08": N_("Bländar eller lyser in i bostad"),
    "B09": N_("Skyms av växtlighet"),
    "B10": N_("Stolpe påkörd, lutar eller ligger"),
    "B11": N_("Lucka öppen eller saknas"),
    "B12": N_("Synliga kablar eller hängande armatur"),
    "B13": N_("Skadegörelse på armatur eller glas"),
    "B14": N_("Kabelfel"),
    "B15": N_("Nummerskylt saknas"),
    "B16": N_("Ingen belysning finns"),
    "B17": N_("Medvetet släckt"),
    "B18": N_("Inget fel funnet vid kontroll"),
    "B19": N_("Annan ägare"),
}
DANGEROUS: Final = frozenset({"B10", "B11", "B12"})
SEEN_ON_PATROL: Final = ("B01", "B02", "B03", "B04", "B05", "B06", "B09", "B10", "B11", "B12", "B13", "B15")
OUT: Final = frozenset({"B01", "B02", "B13"})
CABLE: Final = "B14"
PLATE: Final = "B15"

CAUSES: Final[Mapping[str, str]] = {
    "worn_out": N_("Uttjänt ljuskälla"),
    "driver": N_("Trasigt drivdon"),
    "fuse": N_("Säkring eller jordfelsbrytare"),
    "cable": N_("Kabelfel"),
    "control": N_("Styrning"),
    "hit": N_("Påkörning"),
    "vandalism": N_("Skadegörelse"),
    "vegetation": N_("Växtlighet"),
    "unknown": N_("Okänd orsak"),
}
ACTIONS: Final[Mapping[str, str]] = {
    "lamp_replaced": N_("Bytt ljuskälla"),
    "driver_replaced": N_("Bytt drivdon"),
    "luminaire_replaced": N_("Bytt armatur"),
    "fuse_replaced": N_("Bytt säkring"),
    "breaker_reset": N_("Återställt jordfelsbrytare"),
    "hatch_replaced": N_("Bytt stolpinsats eller lucka"),
    "pole_mended": N_("Rätat eller bytt stolpe"),
    "cable_mended": N_("Lagat kabel"),
    "cable_provisional": N_("Provisorisk kabel"),
    "cleaned": N_("Rengjort"),
    "redirected": N_("Riktat om"),
    "pruned": N_("Beskurit"),
    "control_adjusted": N_("Justerat styrning"),
    "lamp_installed": N_("Satt upp ny belysning"),
}
LIKELY: Final[Mapping[str, tuple[str, ...]]] = {
    "B02": ("fuse_replaced", "breaker_reset", "cable_mended"),
    "B03": ("fuse_replaced", "breaker_reset", "control_adjusted", "cable_mended"),
    "B05": ("cleaned",),
    "B06": ("control_adjusted",),
    "B07": ("control_adjusted",),
    "B08": ("redirected",),
    "B09": ("pruned",),
    "B10": ("pole_mended", "hatch_replaced", "cable_provisional"),
    "B11": ("hatch_replaced",),
    "B12": ("cable_mended", "cable_provisional", "hatch_replaced"),
    "B13": ("luminaire_replaced",),
    "B14": ("cable_mended", "cable_provisional"),
    "B16": ("lamp_installed",),
}

PASSAGES: Final = frozenset({"underpass", "stairs", "crossing", "bus_stop"})
PROTECTED: Final = PASSAGES | {"school_route", "main_path"}
PRIORITIES: Final = ("P1", "P2", "P3", "P4", "P5")
SOURCES: Final[Mapping[str, str]] = {
    "report": N_("Rapport"),
    "spot": N_("Mörk fläck"),
    "measure": N_("Åtgärd"),
    "patrol": N_("Rond"),
    "hand": N_("Upplagt för hand"),
    "cable": N_("Kabelfel vid ett annat ärende"),
}
REOPENED_WITHIN: Final = timedelta(days=14)
REOPENABLE: Final = frozenset({"repaired", "verified", "closed", "no_fault"})


@dataclass(frozen=True)
class ResponseTimes:
    """Days that the municipality promises, per priority; those in `working` count working days only.

    `read_days` are working days until somebody has read a report (five where the table says nothing); `next_patrol_on`
    is the day of the next round, at which single lamps are mended too. `first_hours` and `first_days` say when somebody
    is to have done something; `fault_days` are faults with a clock of their own, in working days; `patrols` are the days
    of the coming rounds, for the priorities in `by_patrol`, which wait for them.
    """

    repair_days: Mapping[str, int]
    working: Collection[str] = ("P1", "P2", "P3")
    read_days: Mapping[str, int] = field(default_factory=dict)
    next_patrol_on: date | None = None
    first_hours: Mapping[str, int] = field(default_factory=lambda: {"P1": 1})
    first_days: Mapping[str, int] = field(default_factory=lambda: {"P2": 1, "P3": 5, "P4": 5, "P5": 15})
    fault_days: Mapping[str, int] = field(default_factory=lambda: {"B14": 25})
    by_patrol: Collection[str] = ()
    patrols: Collection[date] = ()


DEFAULT_RESPONSE_TIMES: Final = ResponseTimes({"P1": 5, "P2": 3, "P3": 7, "P4": 30, "P5": 15}, ("P1", "P2", "P3", "P5"))


@dataclass(frozen=True)
class Priority:
    """A priority with the reason that is shown beside it."""

    code: str
    reason: str


@dataclass(frozen=True)
class PriorityRow:
    """One row of the matrix: what it says holds when everything that it names holds; an empty name asks nothing."""

    code: str
    reason: str
    faults: Collection[str] = ()
    least_lamps: int = 1
    environments: Collection[str] = ()
    bands: Collection[str] = ()

    def holds(self, fault: str, lamps_affected: int, environment: str | None, band: str | None) -> bool:
        """Say whether this row speaks of such a fault."""
        return (
            (not self.faults or fault in self.faults)
            and lamps_affected >= self.least_lamps
            and (not self.environments or environment in self.environments)
            and (not self.bands or band in self.bands)
        )


DANGER: Final = N_("Fara: ring först, säkra sedan.")
PASSAGE: Final = N_("Mörk tunnel, trappa, övergång eller hållplats.")
PROTECTED_PLACE: Final = N_("Lampa vid skolväg, hållplats eller huvudstråk.")
SINGLE_LAMP: Final = N_("Enstaka lampa.")
DEFAULT_MATRIX: Final = (
    PriorityRow("P1", DANGER, faults=sorted(DANGEROUS)),
    PriorityRow("P5", N_("Ny belysning är en investering, inte ett fel."), faults=("B16",)),
    PriorityRow("P5", N_("Bländning är ett önskemål om riktning eller avskärmning."), faults=("B08",)),
    PriorityRow("P2", N_("Minst tre lampor i rad eller en hel sektion är släckt."), faults=("B03",)),
    PriorityRow("P2", N_("Minst tre lampor i rad eller en hel sektion är släckt."), least_lamps=3),
    PriorityRow("P2", PASSAGE, faults=sorted(OUT), environments=sorted(PASSAGES)),
    PriorityRow("P3", PROTECTED_PLACE, environments=sorted(PROTECTED)),
    PriorityRow("P3", N_("Lampa i en plats som är viktigast att se över."), bands=("A",)),
    PriorityRow("P3", N_("Skadad armatur eller trasigt glas."), faults=("B13",)),
    PriorityRow("P4", SINGLE_LAMP),
)
"""The default of the domain brief, section 3.2; the first row that holds decides."""


def priority(
    fault: str,
    lamps_affected: int,
    environment: str | None,
    band: str | None,
    matrix: Sequence[PriorityRow] = DEFAULT_MATRIX,
) -> Priority:
    """Return the priority of a fault by the matrix that is in force.

    Args:
        fault: a code of FAULTS. lamps_affected: how many lamps are out. environment: where it is, such as `underpass`
        or `school_route`, None when unknown. band: the band of the dark spot it lies in, if any. matrix: rows in order.

    """
    found = (row for row in matrix if row.holds(fault, lamps_affected, environment, band))
    return next((Priority(row.code, row.reason) for row in found), Priority("P4", SINGLE_LAMP))


def due_on(
    opened: date, code: str, times: ResponseTimes, is_working_day: Callable[[date], bool], fault: str = ""
) -> date:
    """Return the day by which a ticket of this priority should be repaired; a fault with its own clock follows that."""
    if fault in times.fault_days and code != "P1":
        return add_days(opened, times.fault_days[fault], is_working_day)
    if code in times.by_patrol:
        return min(
            (day for day in times.patrols if day >= opened), default=opened + timedelta(days=times.repair_days[code])
        )
    return add_days(opened, times.repair_days[code], is_working_day if code in times.working else None)


def first_due(
    opened_at: datetime, opened: date, code: str, times: ResponseTimes, is_working_day: Callable[[date], bool]
) -> datetime | date | None:
    """Return when somebody is to have done something first: a moment for hours, a day for days, None when nothing is said."""
    if code in times.first_hours:
        return opened_at + timedelta(hours=times.first_hours[code])
    if code in times.first_days:
        return add_days(opened, times.first_days[code], is_working_day)
    return None


def add_days(start: date, days: int, is_working_day: Callable[[date], bool] | None) -> date:
    """Return the day that is so many days on; with `is_working_day` only those count."""
    if is_working_day is None:
        return start + timedelta(days=days)
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def asks_for_road_plan(fault: str, state: str = "") -> bool:
    """Say whether work on a fault, or what it waits for, needs a plan for how traffic is led past it (domain brief, 3.1, 3.5)."""
    return fault == CABLE or state == "waiting_digging"


def actions_for(fault: str) -> list[str]:
    """Return the codes of ACTIONS, those that usually mend this fault first."""
    first = LIKELY.get(fault, ())
    return [*first, *(code for code in ACTIONS if code not in first)]


def fault_for(categories: Collection[str]) -> str:
    """Return the fault code that a resident's categories suggest."""
    for category, code in (
        ("lamp_out", "B01"),
        ("flickering", "B04"),
        ("damage", "B13"),
        ("obscured", "B09"),
        ("no_lamp", "B16"),
    ):
        if category in categories:
            return code
    return "B01"
