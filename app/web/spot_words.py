"""Why reports are one dark spot, line by line, in the words of its page: for whoever asks from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import gettext, ngettext

from app.models.dark_spots import DarkSpot
from app.services import spot_reasons
from app.services.spot_reasons import Reason, Since
from app.web import scores
from app.web.languages import decimal, long_date, moment, noted, tr
from app.web.words import SCORE_WORDS

INDENT = "  "


def why(spot: DarkSpot) -> Iterator[str]:
    """Yield the lines about a spot that comes with its reports: why one, why so, what would make it two, its score, what is new."""
    if spot.merged_into_id:
        yield gettext("%(spot)s är nu en del av %(into)s.", spot=spot.reference, into=f"F-{spot.merged_into_id}")
        return
    found = spot_reasons.explain(spot)
    yield from _section(gettext("Varför de hör ihop"), _said(found.together))
    yield from _section(gettext("Varför den ser ut så"), _said(found.shape))
    yield from _section(gettext("Vad som skulle göra den till två"), _said(found.two))
    points = gettext("%(points)s poäng, grupp %(band)s", points=decimal(round(spot.score, 1)), band=spot.band)
    yield from _section(points, _score(spot))
    yield from _section(gettext("Vad som är nytt"), _new(spot, found.since))


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a heading and what stands under it; nothing when nothing does."""
    under = list(lines)
    if under:
        yield ""
        yield heading
        yield from (INDENT + line for line in under)


def _said(reasons: Iterable[Reason]) -> Iterator[str]:
    return (tr(reason.text, **reason.facts) for reason in reasons)


def _score(spot: DarkSpot) -> Iterator[str]:
    for line in scores.lines(spot.score_parts):
        between = f" ({decimal(line.low)}–{decimal(line.high)})" if line.unknown else ""
        yield f"{decimal(line.points):>6} {line.sentence}{between}"
    yield gettext("Formelns version: %(v)s.", v=spot.score_version)


def _new(spot: DarkSpot, since: Since | None) -> Iterator[str]:
    if since is None:
        yield gettext("Platsen är ny eller räknad för första gången. I morgon står här vad som ändrats.")
        return
    points = {
        "before": decimal(round(since.points, 1)),
        "now": decimal(round(spot.score, 1)),
        "day": long_date(since.day),
    }
    if since.band == spot.band:
        yield gettext(
            "Sedan %(day)s: från %(before)s till %(now)s poäng, fortfarande grupp %(band)s.", **points, band=spot.band
        )
    else:
        moved = {"old": since.band, "new": spot.band}
        yield gettext(
            "Sedan %(day)s: från %(before)s till %(now)s poäng, från grupp %(old)s till %(new)s.", **points, **moved
        )
    yield ngettext("%(num)s ny rapport.", "%(num)s nya rapporter.", since.came)
    if since.version != spot.score_version:
        yield gettext("Formeln har bytt version, från %(old)s till %(new)s.", old=since.version, new=spot.score_version)
    for change in since.changes:
        yield f"{tr(SCORE_WORDS[change.key])}: {decimal(change.before)} → {decimal(change.now)}"
    for line in since.done:
        if line.reason:
            yield f"{moment(line.at)}: {noted(line.reason)}"
