"""Every word on a page is there in Swedish and in English, and a translation says the same with the same facts."""

from __future__ import annotations

import re
from functools import cache
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from app.domain import reports
from app.domain.invitations import PERSPECTIVE_COUNTS, ROLES
from app.domain.promises import COUNTERS, PER
from app.domain.tickets import FAULTS
from app.domain.walks import ATTENDANCE, OBSERVATIONS, PARAMETERS
from app.web.languages import LANGUAGES
from app.web.words import CATEGORY_WORDS, ERRORS, SEVERITY_WORDS, STATE_WORDS, WHEN_WORDS
from tests.house.sources import ROOT

KEYWORDS = ("_", "N_", "lazy_gettext", "gettext", "ngettext:1,2", "tr:1")
# Owners who are asked for a measure read Swedish or English, as staff do.
RESIDENT_LANGUAGES = ("sv@easy", "ar")
RESIDENT_FILES = re.compile(
    r"templates/(resident/(?!owner)|mail/(?!owner|ticket)|base\.html|base_resident\.html|error\.html"
    r"|components/(near|phone|photo_input|place_picker|forms|parts|promise_meter|route)\.html)"
    r"|app/(resident/(?!owner)|domain/(notices|photos|publication|expectations)\.py|services/push\.py"
    r"|web/(nearby|problems|shell)\.py)"
)
# What the other forms of residents say: signing up, notes of a walk, editions by mail.
OTHER_ERRORS = (
    "outside", "pole_unknown", "required", "choice_unknown", "sign_up_closed", "people_too_many", "perspectives_too_many",
    "number_not_readable", "number_between", "text_longer", "address_not_readable", "contact_not_readable", "score_missing",
)  # fmt: skip
FACT = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
BREATH = re.compile(r"^\s|\s$")


@cache
def said_where() -> dict[str, set[str]]:
    """Return every Swedish sentence that pages and code ask to be translated, with the files that say it."""
    with (ROOT / "tools/babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[str, set[str]] = {}
    for folder in ("app", "templates"):
        mapping = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods]
        options_here = {pattern.removeprefix(f"{folder}/"): value for pattern, value in options.items()}
        words = extract_from_dir(
            str(ROOT / folder), mapping, options_here, keywords=parse_keywords(KEYWORDS), comment_tags=()
        )
        for name, _line, message, _comments, _context in words:
            found.setdefault(message[0] if isinstance(message, tuple) else message, set()).add(f"{folder}/{name}")
    found.pop("", None)
    return found


def on_the_pages() -> frozenset[str]:
    """Return every Swedish sentence."""
    return frozenset(said_where())


def residents_read() -> set[str]:
    """Return what residents may read: their pages and letters, and the words for codes that those print."""
    pages = {said for said, files in said_where().items() if any(map(RESIDENT_FILES.match, files))}
    codes = [CATEGORY_WORDS, SEVERITY_WORDS, WHEN_WORDS, STATE_WORDS["walk"], STATE_WORDS["measure"], FAULTS]
    codes += [OBSERVATIONS, PARAMETERS, ATTENDANCE, ROLES, PERSPECTIVE_COUNTS, STATE_WORDS["promise"], COUNTERS, PER]
    errors = {ERRORS[code] for code in (*_codes_of(reports), *OTHER_ERRORS)}
    return pages | errors | {word for words in codes for word in words.values()}


def _codes_of(rules: ModuleType) -> set[str]:
    """Return the codes of errors that the rules of a report give."""
    source = (ROOT / str(rules.__file__)).read_text(encoding="utf-8")
    return {code for code in ERRORS if f'"{code}"' in source}


@cache
def catalogue(language: str) -> Catalog:
    """Return what is translated into a language."""
    with (ROOT / f"app/translations/{language}/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def translated(language: str) -> dict[str, str]:
    """Return Swedish sentence → translation; of those with a plural, the singular."""
    known = {}
    for entry in catalogue(language):
        swedish, said = entry.id, entry.string
        if swedish and not entry.fuzzy:
            known[swedish if isinstance(swedish, str) else swedish[0]] = said if isinstance(said, str) else said[0]
    return known


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
def test_no_sentence_that_a_resident_reads_is_missing_in_their_language(language: str) -> None:
    """A new sentence for residents is translated into each of their languages; app/translations/LANGUAGE has them."""
    known = translated(language)
    assert sorted(said for said in residents_read() if not known.get(said, "").strip()) == []


def test_every_language_that_can_be_chosen_has_its_words_and_its_reports() -> None:
    assert {"sv", "en", *RESIDENT_LANGUAGES} == set(LANGUAGES) == set(reports.LANGUAGES)


def test_no_sentence_of_a_page_is_missing_in_english() -> None:
    english = translated("en")
    assert sorted(said for said in on_the_pages() if not english.get(said, "").strip()) == []


def test_no_translation_is_left_over_from_a_sentence_that_is_gone() -> None:
    for language in ("en", *RESIDENT_LANGUAGES):
        assert sorted(set(translated(language)) - on_the_pages()) == []


@pytest.mark.parametrize("language", ["en", *RESIDENT_LANGUAGES])
def test_a_translation_tells_the_same_facts_as_the_swedish_sentence(language: str) -> None:
    differing = [
        swedish
        for swedish, said in translated(language).items()
        if said and set(FACT.findall(swedish)) != set(FACT.findall(said))
    ]
    assert differing == []


@pytest.mark.parametrize("language", ["en", *RESIDENT_LANGUAGES])
def test_a_translation_keeps_the_space_around_a_sentence(language: str) -> None:
    tight = [s for s, said in translated(language).items() if said and BREATH.findall(s) != BREATH.findall(said)]
    assert tight == []
