"""Words in a person's language, outside the web: mails and notices are written by jobs too.

Swedish is the source: a missing translation shows the Swedish sentence, never a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.support import NullTranslations, Translations

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


@lru_cache(maxsize=16)
def catalogue(lang: str) -> NullTranslations:
    """Return the catalogue of a language; Swedish (the source) has none of its own."""
    return Translations.load(str(TRANSLATIONS), [lang])


def translate(lang: str, text: str) -> str:
    """Return a Swedish source text in the language asked for."""
    return str(catalogue(lang).gettext(text)) if text else ""  # without a translation: the Swedish source


def fill(lang: str, text: str, facts: Mapping[str, Any]) -> str:
    """Return a sentence with its facts written in: `…_on` are ISO dates and written out."""
    written = {key: _written(lang, key, value) for key, value in facts.items()}
    return translate(lang, text) % _Filled(written)


def long_date(lang: str, day: date) -> str:
    """Return a date as a sentence says it: “fredag 14 november”, with the year when asked by the reader’s calendar."""
    return format_date(day, "EEEE d MMMM y", locale=lang)


def month(lang: str, day: date) -> str:
    """Return “november 2026”: as fine as a public page may be about when somebody was somewhere."""
    return format_date(day, "MMMM y", locale=lang)


def moment(lang: str, at: datetime, timezone: str) -> str:
    """Return a moment in local time: “14 november 2026 kl. 21:05”."""
    pattern = "d MMMM y 'kl.' HH:mm" if lang.startswith("sv") else "d MMMM y, HH:mm"
    return format_datetime(at.astimezone(ZoneInfo(timezone)), pattern, locale=lang)


class _Filled(dict[str, str]):
    """A fact that is not known is left out of the sentence rather than breaking it."""

    def __missing__(self, key: str) -> str:
        return "–"


def _written(lang: str, key: str, value: Any) -> str:
    if key.endswith("_on") and isinstance(value, str):
        return long_date(lang, date.fromisoformat(value))
    if key in {
        "reading_hours",
        "reason",
        "what",
    }:  # the service's own sentences are in the catalogue; what a person wrote stays as it is
        return translate(lang, str(value))
    return str(value)
