"""Which language the page speaks: chosen in one tap, else the browser's, else Swedish."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from babel.units import format_unit
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.adapters import words
from app.services.place_names import timezone_name
from app.web.guard import EVERYONE, admitted

LANGUAGES: Final[Mapping[str, str]] = {"sv": "Svenska", "sv@easy": "Lätt svenska", "en": "English", "ar": "العربية"}
STAFF_LANGUAGES: Final = ("sv", "en")
"""The desk and the van speak these; who chose another language as a resident reads Swedish there."""
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
COOKIE: Final = "lang"
DAYS_A_YEAR: Final = 365.25
babel = Babel()


def install(app: Flask) -> None:
    """Give the app its languages and the templates their dates and numbers."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(words.TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = "sv"
    babel.init_app(app, locale_selector=_choose)
    app.after_request(_remember_choice)
    app.context_processor(_template_words)
    app.jinja_env.filters.update(
        noted=noted,
        long_date=lambda day: words.long_date(language(), _as_date(day)) if day else "",
        month_year=lambda day: words.month(language(), day),
        moment=lambda at: words.moment(language(), at, timezone()) if at else "",
        clock_time=clock_time,
        short_date=lambda day: _as_date(day).isoformat() if day else "",
        local_input=lambda at: at.astimezone(ZoneInfo(timezone())).strftime("%Y-%m-%dT%H:%M") if at else "",
        number=lambda value, decimals=0: _number(value, decimals),
        days=days,
        period=period,
        amount=amount,
        telephone=telephone,
        tr=lambda text: words.translate(language(), text),
    )


def telephone(number: str) -> Markup:
    """Return a telephone number that is read from the left in every language and is never broken over two lines."""
    return Markup('<bdi class="telephone" dir="ltr">{}</bdi>').format(number)


def language() -> str:
    """Return the language of this request as its code in LANGUAGES, Swedish outside of any."""
    locale = get_locale() if has_request_context() else None
    return str(locale) if locale else "sv"


def timezone() -> str:
    """Return the municipality's time zone, asked of the database once a request."""
    if "timezone" not in g:
        g.timezone = timezone_name()
    return str(g.timezone)


def tr(text: str, **facts: Any) -> str:
    """Return a Swedish source text from the pure rules in this request's language, with its facts."""
    return words.fill(language(), text, facts)


def noted(text: str) -> str:
    """Return a note of history: what the system wrote in this request's language, what a person wrote as it is."""
    return words.translate(language(), text)


def local_date(moment: datetime) -> date:
    """Return the municipality's date at a moment."""
    return moment.astimezone(ZoneInfo(timezone())).date()


def long_date(day: date) -> str:
    """Return a date as this request's language writes it out."""
    return words.long_date(language(), day)


def moment(at: datetime) -> str:
    """Return a moment in the municipality's time, as this request's language writes it."""
    return words.moment(language(), at, timezone())


def clock_time(moment: datetime | None) -> str:
    """Return the municipality's time of day at a moment: 21:05."""
    return moment.astimezone(ZoneInfo(timezone())).strftime("%H:%M") if moment else ""


def _as_date(day: date | datetime) -> date:
    return local_date(day) if isinstance(day, datetime) else day


def _number(value: float | None, decimals: int) -> str:
    if value is None:
        return "–"
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return str(format_decimal(value, format=pattern, locale=language()))


def days(count: float) -> str:
    """Return a number of days with its word: 1 dag, 4,5 dagar."""
    if language().startswith("sv"):  # CLDR counts Swedish days in whole nights and days (dygn)
        return f"{decimal(count)} {'dag' if count == 1 else 'dagar'}"
    return _unit(count, "duration-day", "#,##0.#")


def period(count: int) -> str:
    """Return a number of days as people say it: whole years where it is some, else days."""
    years = round(count / DAYS_A_YEAR)
    if not years or not 0 <= count - years * 365 <= math.ceil(years / 4):  # with the leap days that they may have
        return days(count)
    if language().startswith("sv"):
        return f"{years} år"
    return _unit(years, "duration-year", "#,##0")


def _unit(count: float, unit: str, pattern: str) -> str:
    """Return a number with its unit's word; where the library lacks the long one (Arabic days) the short one is as whole."""
    whole = format_unit(count, unit, format=pattern, locale=language())
    return str(format_unit(count, unit, "short", format=pattern, locale=language()) if unit in whole else whole)


def amount(value: object) -> str:
    """Return a kept sum of money for a field, öre only where there are any: 8000.00 → 8000; what was typed stays."""
    whole, _, rest = str(value).partition(".")
    kept = whole.isdecimal() and len(rest) == 2 and rest.isdecimal()
    return str(value or "") if not kept else whole if rest == "00" else f"{whole},{rest}"


def decimal(value: float) -> str:
    """Return a number as people here write it, with a decimal where it has one."""
    return str(format_decimal(value, format="#,##0.#", locale=language()))


def _choose() -> str:
    g.language_matters = True
    spoken = LANGUAGES if _for_everyone() else STAFF_LANGUAGES
    for asked in (request.args.get("lang", ""), request.cookies.get(COOKIE, "")):
        if asked in LANGUAGES:
            return asked if asked in spoken else "sv"
    return next((code for code in browser_speaks() if code in spoken), "sv")


def browser_speaks() -> list[str]:
    """Return the languages of this browser, best first, without their countries: British English is English to us."""
    return [tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0]


def _for_everyone() -> bool:
    return not request.endpoint or EVERYONE in admitted(current_app, request.endpoint)


def _remember_choice(response: Response) -> Response:
    if g.get("language_matters") and response.cache_control.max_age is not None:
        response.vary.update(("Accept-Language", "Cookie"))  # what others keep for us, they keep for each language
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        response.set_cookie(COOKIE, asked, max_age=31536000, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


def _template_words() -> dict[str, Any]:
    lang = language()
    return {
        "lang": lang, "html_lang": html_lang(lang), "text_direction": "rtl" if lang in RIGHT_TO_LEFT else "ltr",
        "other_languages": other_languages(), "tr": tr, "language_link": language_link,
    }  # fmt: skip


def html_lang(code: str) -> str:
    """Return what a screen reader shall speak: easy Swedish is Swedish."""
    return code.partition("@")[0]


def other_languages() -> list[tuple[str, str]]:
    """Return the other languages with their names, first the one that this browser speaks best, else Swedish or English."""
    lang = language()
    order = [*(browser_speaks() if has_request_context() else ()), "en" if lang == "sv" else "sv", *LANGUAGES]
    return [(code, LANGUAGES[code]) for code in dict.fromkeys(order) if code in LANGUAGES and code != lang]


def language_link(code: str) -> str:
    """Return the address of this page in another language, with what else its address said."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in {"lang", "shell"}]
    return "?" + urlencode([*kept, ("lang", code)])
