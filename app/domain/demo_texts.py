"""What the demo municipality is made of: neighbourhoods, paths, and what people there write. All of it is invented.

Centres are approximate facts; borders, paths and lamps are drawn for the demo and say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CENTRES: Final[Mapping[str, tuple[float, float, int]]] = {
    "Kvarnholmen": (16.3650, 56.6640, 2600),
    "Malmen": (16.3520, 56.6655, 5200),
    "Oxhagen": (16.3350, 56.6760, 3100),
    "Skälby": (16.3110, 56.6745, 2300),
    "Djurängen": (16.3190, 56.6830, 1900),
    "Berga": (16.3330, 56.6850, 3400),
    "Funkabo": (16.3470, 56.6790, 2900),
    "Norrliden": (16.3360, 56.6945, 4700),
    "Smedby": (16.2481, 56.6769, 3730),
}
"""Longitude, latitude and (rounded, invented) inhabitants."""

MUNICIPALITY_BOX: Final = (16.08, 56.56, 16.52, 56.86)
DISTRICT_NOTE: Final = "Gränserna är ritade på ett ungefär för demonstrationen."


@dataclass(frozen=True)
class Place:
    """A place of the demo: where (metres east and north of its district's centre), what it is, what is wrong there."""

    district: str
    name: str
    east_m: float
    north_m: float
    environment: str
    story: str
    weight: int
    stretch_m: float = 0.0


PLACES: Final = (
    Place("Oxhagen", "Stråket mellan Oxhagen och Skälby", -520, -90, "path", "dark_path", 26, 640),
    Place("Oxhagen", "Gångtunneln under Norra vägen", 180, -260, "underpass", "tunnel", 18),
    Place("Oxhagen", "Hållplats Oxhagstorget", 40, 60, "bus_stop", "lamp_out", 9),
    Place("Oxhagen", "Lekplatsen i Oxhagsparken", 230, 240, "park", "bushes", 8),
    Place("Norrliden", "GC-tunneln vid Norrlidens centrum", -60, 40, "underpass", "tunnel", 22),
    Place("Norrliden", "Skolvägen till Norrlidsskolan", 260, -180, "school_route", "lamp_out", 12, 260),
    Place("Norrliden", "Parkeringen vid badet", -310, 210, "parking", "deserted", 7),
    Place("Berga", "Trappan vid Berga centrum", 20, -70, "stairs", "lamp_out", 13),
    Place("Berga", "Gångvägen förbi vårdcentralen", -190, 120, "path", "bushes", 9),
    Place("Berga", "Bollplanen i Berga", 280, 160, "park", "dark_path", 6),
    Place("Funkabo", "Tunneln under Ölandsleden", 30, -330, "underpass", "graffiti", 16),
    Place("Funkabo", "Hållplats Funkaboskolan", -120, 90, "bus_stop", "lamp_out", 8),
    Place("Malmen", "Gången bakom stationen", 210, -180, "station", "deserted", 15),
    Place("Malmen", "Cykelparkeringen vid stationen", 320, -240, "parking", "graffiti", 7),
    Place("Malmen", "Parken vid Malmbron", 160, 110, "park", "bushes", 6),
    Place("Kvarnholmen", "Vallgatan längs vallen", -260, 140, "rampart", "dark_path", 12, 220),
    Place("Kvarnholmen", "Larmtorgets norra hörn", -330, 20, "square", "feeling", 9),
    Place("Kvarnholmen", "Gränden vid Baronen", 120, -210, "street", "deserted", 8),
    Place("Skälby", "Motionsspåret vid gårdsparken", -220, 200, "trail", "dark_path", 8, 300),
    Place("Skälby", "Hållplats Skälby gård", 90, -60, "bus_stop", "lamp_out", 5),
    Place("Djurängen", "Gångvägen till Djurängsskolan", 60, -110, "school_route", "lamp_out", 10),
    Place("Djurängen", "Övergången vid Bergagatan", 220, 40, "crossing", "lamp_out", 5),
    Place("Smedby", "Gångtunneln vid Smedby station", -90, 50, "underpass", "tunnel", 11),
    Place("Smedby", "Stigen till Smedby folkpark", 240, 170, "path", "bushes", 6),
    Place("Smedby", "Biblioteket i Smedby", 10, -20, "square", "feeling", 3),
)

STORIES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "lamp_out": (
        ("lamp_out",),
        (
            "Lampan har varit släckt i över en vecka.", "Två lampor i rad är släckta.", "Det är kolsvart efter klockan fem.",
            "Lampan blinkar och slocknar.", "Släckt sedan stormen.", "", "", "The lamp is out and my kids walk here.",
        ),
    ),
    "dark_path": (
        ("no_lamp", "lamp_out"),
        (
            "Jag går en omväg när det är mörkt.", "Det saknas lampor på hela mitten av sträckan.", "Man ser inte vem man möter.",
            "Lyktorna står för långt ifrån varandra.", "Mörkt hela vägen, mest i november.", "", "Too dark to walk here after work.",
        ),
    ),
    "tunnel": (
        ("underpass", "lamp_out"),
        (
            "Tunneln är mörk och det går inte att se igenom den.", "Halva belysningen i tunneln är trasig.", "Ekar och är mörkt, jag väntar hellre på nästa buss.",
            "Ljuset är sönderslaget igen.", "", "Jag undviker tunneln på kvällen.", "The underpass feels unsafe at night.",
        ),
    ),
    "bushes": (
        ("obscured",),
        (
            "Buskarna når över gångvägen och skymmer lampan.", "Träden täcker ljuset.", "Siktas bara några meter vid kurvan.",
            "Sly på båda sidor, ingen fri sikt.", "",
        ),
    ),
    "graffiti": (
        ("graffiti", "litter"),
        ("Klotter på alla väggar.", "Krossat glas och skräp.", "Papperskorgen är full varje helg.", "Det ser övergivet ut.", ""),
    ),
    "deserted": (
        ("deserted", "just_a_feeling"),
        ("Ödsligt efter att butikerna stängt.", "Inga fönster åt det hållet.", "Det går inte att komma ifrån åt sidan.", "", "Empty and badly lit."),
    ),
    "feeling": (
        ("just_a_feeling",),
        ("Det känns otryggt sent på kvällen.", "Vet inte varför, men jag går snabbt här.", "", "Skulle vilja att fler rörde sig här."),
    ),
}  # fmt: skip

NOISE_STORIES: Final = ("lamp_out", "lamp_out", "graffiti", "bushes", "feeling", "dark_path")
MONTH_WEIGHTS: Final = (9, 7, 5, 2, 1, 1, 1, 2, 4, 8, 12, 11)
"""How many report in each month, January first: the dark season weighs most."""

ORGANISATIONS: Final = (
    ("Gata och belysning", "unit", False, "belysning@demo.ljuspunkt.example"),
    ("Park och natur", "unit", False, "park@demo.ljuspunkt.example"),
    ("Fastighetsenheten", "unit", False, "fastighet@demo.ljuspunkt.example"),
    ("Bostadsbolaget Demohem", "housing_company", True, "demohem@demo.ljuspunkt.example"),
    ("Trafikverket", "state", True, ""),
    ("Nätägaren", "grid_owner", True, ""),
    ("Kommunpolisen", "police", True, ""),
    ("Föreningen Kvällsljus", "association", True, ""),
)
FUNDING: Final = (
    ("Investering i belysning för ökad trygghet", "investment", 10_000_000, "Budget, särskild satsning", "Belysning"),
    ("Kameror i offentlig miljö", "investment", 500_000, "Budget, särskild satsning", "Kamerabevakning"),
    ("Insatser med lokala aktörer", "safety_package", 400_000, "Trygghetspaketet", "Mindre åtgärder på plats"),
    ("Drift gata och park", "operating", 250_000, "Driftbudget", "Slyröjning och städning"),
)
