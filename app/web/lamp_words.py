"""The words for what is wrong with a file of lamps, row by row, in the language of whoever reads the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext

from app.domain.lamp_register import FIELD_WORDS
from app.domain.words import N_
from app.web.languages import tr

PROBLEM_WORDS: Final[Mapping[str, str]] = {
    "no_position": N_("läget saknas"),
    "position_zero": N_("läget är 0,0"),
    "not_on_earth": N_("läget finns inte på jorden. Fel koordinatsystem?"),
    "position_unreadable": N_("läget går inte att läsa"),
    "no_feature": N_("raden är inte skriven som GeoJSON"),
    "not_a_point": N_("läget är en linje eller yta, inte en punkt"),
    "swapped": N_("latitud och longitud har bytt plats"),
    "no_id": N_("identiteten saknas i kolumnen ”%(column)s”"),
    "id_too_long": N_("identiteten är längre än %(most)s tecken"),
    "same_id": N_("samma identitet som rad %(other)s"),
    "no_rows": N_("Filen har inga rader."),
    "ending": N_("Filens namn ska sluta på något av %(endings)s."),
    "system_unknown": N_("Koordinatsystemet ”%(system)s” är inte känt. Skriv till exempel EPSG:3006."),
    "system_missing": N_("Filen säger inte vilket koordinatsystem den har. Skriv det när du läser in filen, till exempel EPSG:3006."),
    "layers": N_("Filen har flera lager. Skriv ett av dem när du läser in filen: %(layers)s."),
    "no_table": N_("Filen går inte att läsa som en tabell."),
    "no_json": N_("Filen är inte hel JSON. Spara om den och försök igen."),
    "no_geojson": N_("Filen är JSON men inte GeoJSON."),
    "no_geometries": N_("Filen har inga lägen."),
    "no_map_file": N_("Filen går inte att läsa som en kartfil."),
    "no_column": N_("Kolumnen ”%(column)s” finns inte i filen."),
    "no_id_column": N_("Ingen kolumn är vald för lampans identitet."),
    "no_position_columns": N_("Inga kolumner är valda för latitud och longitud."),
    "stopped": N_("Servern stannade medan filen lästes. Läs in filen igen. Händer det en gång till, dela filen i mindre delar."),
    "unreadable": N_("Filen går inte att läsa."),
    "values_unreadable": N_("%(count)s värden för %(name)s gick inte att läsa och lämnas tomma (först på rad %(row_first)s: %(value)s)."),
    "outside": N_("%(count)s lampor ligger mer än %(metres)s meter utanför kommunen."),
    "missing": N_("%(count)s kända lampor finns inte i filen och blir kvar som de är."),
}  # fmt: skip


def problem_sentence(kept: Mapping[str, Any] | str) -> str:
    """Return what was kept of a problem as a sentence; one from before there were codes is as it was written."""
    if isinstance(kept, str):
        return kept
    facts = dict(kept["facts"])
    facts["name"] = tr(FIELD_WORDS.get(facts.get("field", ""), ""))
    said = tr(PROBLEM_WORDS.get(kept["code"], PROBLEM_WORDS["unreadable"]), **facts)
    if "row" not in facts:
        return said
    if facts["asset"]:
        return str(
            gettext("Rad %(row)s (%(asset)s): %(problem)s.", row=facts["row"], asset=facts["asset"], problem=said)
        )
    return str(gettext("Rad %(row)s: %(problem)s.", row=facts["row"], problem=said))
