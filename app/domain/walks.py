"""The words of a safety walk: perspectives, what is scored at a stop and what is seen there (domain brief, 2.2–2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from app.domain.words import N_

STOPS_MIN, STOPS_MAX = 2, 10
STOPS_ADVISED = (6, 10)
STOPS_PROPOSED = 8
LENGTH_ADVISED_M = (1000, 2000)
PARTICIPANTS_MAX = 20
MINUTES_AFTER_DUSK = 15
MINUTES_PER_STOP = 6
COFFEE_MINUTES = 30
OUTDOORS_MINUTES_MAX = 90
LATEST_START_WITH_CHILDREN = time(19, 30)
WARN_FROM: Final = (9, 1)
"""Month and day from which a district without a walk ahead is shown in red."""
EDITABLE: Final = frozenset({"draft"})
STILL_AHEAD: Final = frozenset({"draft", "planned", "invited"})
PLANNED: Final = STILL_AHEAD - EDITABLE
"""What is promised to anybody: a draft is still a thought."""
HELD: Final = frozenset({"walked", "protocol_draft", "protocol_published", "feedback_given", "followed_up", "finished"})
PUBLISHED: Final = frozenset({"protocol_published", "feedback_given", "followed_up", "finished"})
FULFILLED: Final = frozenset({"feedback_given", "followed_up", "finished"})
"""A walk counts towards the yearly number when it has been held, and as a kept promise when feedback has been given."""

PERSPECTIVES: Final[Mapping[str, str]] = {
    "everyone": N_("Alla som vill"),
    "women": N_("Kvinnor"),
    "young": N_("Unga"),
    "seniors": N_("Äldre"),
    "disability": N_("Funktionsnedsättning"),
    "school_route": N_("Barn och skolväg"),
    "centre_evening": N_("Centrum på kvällen"),
}
PARAMETERS: Final[Mapping[str, str]] = {
    "light": N_("Ljus"),
    "openness": N_("Öppenhet"),
    "visibility": N_("Insyn"),
    "people": N_("Folk"),
    "presence": N_("Närvaro"),
    "walkway": N_("Gångväg"),
    "transport": N_("Kollektivtrafik"),
    "mix": N_("Blandning"),
    "feeling": N_("Känsla"),
}
PARAMETER_ENDS: Final[Mapping[str, tuple[str, str]]] = {
    "light": (N_("mörkt, ser inte ansikten"), N_("jämnt, ser ansikten på 10 m")),
    "openness": (N_("skymd åt alla håll"), N_("fri sikt runt om")),
    "visibility": (N_("inga fönster eller entréer mot platsen"), N_("många aktiva fasader")),
    "people": (N_("ingen i sikte"), N_("flera, blandat")),
    "presence": (N_("ingen personal, långt till hjälp"), N_("lätt att få hjälp")),
    "walkway": (N_("saknas, trasig eller hal"), N_("bred, jämn och röjd")),
    "transport": (N_("mer än 10 minuter bort"), N_("under 2 minuter, upplyst väg dit")),
    "mix": (N_("bara en grupp använder platsen"), N_("kvinnor, barn och äldre syns")),
    "feeling": (N_("undviker platsen"), N_("känns trygg")),
}
OBSERVATIONS: Final[Mapping[str, str]] = {
    "lamp_out": N_("Släckt lampa"),
    "flickering": N_("Blinkar"),
    "weak_light": N_("Svagt ljus"),
    "glare": N_("Bländande"),
    "light_obscured": N_("Ljuset skyms av träd"),
    "dark_background": N_("Mörk bakgrund eller skogskant"),
    "brush": N_("Sly eller buskage skymmer sikt"),
    "hiding_place": N_("Gömställe eller nisch"),
    "dead_end": N_("Återvändsgränd"),
    "only_way": N_("Enda vägen"),
    "underpass": N_("Tunnel, trappa eller bro"),
    "graffiti": N_("Klotter"),
    "damage": N_("Skadegörelse"),
    "litter": N_("Nedskräpning"),
    "sign_missing": N_("Trasig skylt eller vägvisning saknas"),
    "unclear": N_("Otydlig orientering"),
    "uneven": N_("Ojämn mark eller hinder"),
    "snow_ice": N_("Snö och is"),
    "dead_facade": N_("Död fasad"),
    "abandoned": N_("Tomt eller övergivet"),
    "traffic": N_("Störning från trafik eller moped"),
    "no_place_name": N_("Saknar skyltat namn på platsen"),
    "works_well": N_("Fungerar bra – värna"),
}
OTHER_WALKS: Final[Mapping[str, str]] = {
    "adults": N_("Vuxenvandring"),
    "parents": N_("Föräldravandring"),
    "night": N_("Nattvandring"),
    "neighbours": N_("Grannsamverkan"),
    "other": N_("Annan vandring"),
}
"""Walks that others arrange: presence and not audit, in the calendar so that none collide."""
ATTENDANCE: Final[Mapping[str, str]] = {
    "residents": N_("Boende"),
    "associations": N_("Föreningar"),
    "owners": N_("Fastighetsägare"),
    "municipality": N_("Kommunens förvaltningar"),
    "police": N_("Kommunpolis"),
    "politicians": N_("Politiker"),
    "others": N_("Övriga"),
}
MEASURE_FOR: Final[Mapping[str, str]] = {
    "lamp_out": "lighting_repair",
    "flickering": "lighting_repair",
    "weak_light": "lighting_repair",
    "glare": "lighting_repair",
    "light_obscured": "brush_clearing",
    "dark_background": "lighting_new",
    "brush": "brush_clearing",
    "graffiti": "clean_and_tidy",
    "damage": "clean_and_tidy",
    "litter": "clean_and_tidy",
    "sign_missing": "signs",
    "unclear": "signs",
    "uneven": "walkway",
    "snow_ice": "walkway",
    "no_place_name": "signs",
}


def suggested_measures(observations: list[str]) -> list[str]:
    """Return the kinds of measure that these observations suggest, each once, in the order they were seen."""
    return list(dict.fromkeys(MEASURE_FOR[o] for o in observations if o in MEASURE_FOR))


OWNER_FOR: Final[Mapping[str, str]] = {
    "lighting_new": "light",
    "lighting_repair": "light",
    "brush_clearing": "vegetation",
    "sight_lines": "vegetation",
}
NEVER_DARK: Final = N_("%(day_on)s blir det aldrig mörkt.")
DARK_TOO_LATE: Final = N_("%(day_on)s är det ljust till %(dusk)s.")
FIRST_DARK_DAY: Final = N_("Den första kvällen som går är %(first_on)s.")
QUESTIONS: Final = (
    N_("Vad känns tryggt och trevligt här?"),
    N_("Vad känns otryggt? Vilken tid, och för vem?"),
    N_("Går du omvägar för att slippa platsen?"),
    N_("Finns det något här som barn inte får gå själva till?"),
)


def wrong_days(
    on: date, trial_on: date | None, premeeting_on: date | None, feedback_on: date | None, rewalk_on: date | None
) -> dict[str, str]:
    """Return the code beside each occasion that does not lie on its side of the walk."""
    late = [name for name, day in (("trial_on", trial_on), ("premeeting_on", premeeting_on)) if day and day > on]
    early = [name for name, day in (("feedback_on", feedback_on), ("rewalk_on", rewalk_on)) if day and day < on]
    return dict.fromkeys(late, "not_after_walk") | dict.fromkeys(early, "not_before_walk")


@dataclass(frozen=True)
class Advice:
    """Something that a planner should think about: a Swedish sentence and its facts."""

    text: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Quota:
    """Walks of one district in one year: how many are wanted, held, answered to the residents, and ahead."""

    wanted: int
    held: int
    fulfilled: int
    ahead: int

    @property
    def left(self) -> int:
        """How many are still to be held."""
        return max(self.wanted - self.held, 0)


def quota(states: Sequence[str], wanted: int) -> Quota:
    """Count a district's walks of a year by their states; a cancelled walk counts for nothing."""
    return Quota(
        wanted=wanted,
        held=sum(s in HELD for s in states),
        fulfilled=sum(s in FULFILLED for s in states),
        ahead=sum(s in PLANNED for s in states),
    )


def minutes(walking: int, stop_minutes: Sequence[int]) -> int:
    """Return the whole evening in minutes: walking, stops and coffee afterwards."""
    return walking + sum(stop_minutes) + COFFEE_MINUTES


def warnings(
    *,
    length_m: float,
    stops: int,
    total_minutes: int,
    participants_max: int,
    start: time | None,
    perspective: str,
    safe_places: int,
) -> list[Advice]:
    """Return what a planner should think about before people are asked out; nothing here forbids the walk."""
    shortest, longest = LENGTH_ADVISED_M
    found = []
    if participants_max > PARTICIPANTS_MAX:
        found.append(
            Advice(
                N_("Över %(most)s deltagare blir mindre samtal. Dela upp er i grupper med var sin antecknare."),
                {"most": PARTICIPANTS_MAX},
            )
        )
    if not shortest <= length_m <= longest:
        found.append(
            Advice(N_("Slingan är %(length)s m. En till två kilometer brukar vara lagom."), {"length": round(length_m)})
        )
    if not STOPS_ADVISED[0] <= stops <= STOPS_ADVISED[1]:
        found.append(Advice(N_("Vandringen har %(count)s stopp. Sex till tio brukar vara lagom."), {"count": stops}))
    if total_minutes - COFFEE_MINUTES > OUTDOORS_MINUTES_MAX:
        found.append(
            Advice(
                N_("Ni är ute i %(minutes)s minuter. Högst 90 minuter orkar de flesta."),
                {"minutes": total_minutes - COFFEE_MINUTES},
            )
        )
    if perspective == "school_route" and start is not None and start > LATEST_START_WITH_CHILDREN:
        found.append(Advice(N_("Med barn börjar ni senast 19.30. Välj en dag när det blir mörkt tidigare."), {}))
    if safe_places == 0:
        found.append(Advice(N_("Ta med minst en plats som känns trygg. Den visar vad som fungerar."), {}))
    return found


def spread(scores: Sequence[int]) -> str:
    """Return what groups scored as it was said: `2`, or `1–3` when they differ. It is never averaged away."""
    if not scores:
        return ""
    low, high = min(scores), max(scores)
    return str(low) if low == high else f"{low}–{high}"
