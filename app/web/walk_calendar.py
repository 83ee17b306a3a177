"""The occasions of a walk as calendar entries, in the language of the one who asks."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext

from app.adapters.calendar import Occasion
from app.domain.walks import OTHER_WALKS
from app.models.walks import OtherWalk, Walk
from app.web.languages import tr
from app.web.parts import base_url


def everybodys(walks: Sequence[Walk], others: Sequence[OtherWalk]) -> list[Occasion]:
    """Return the evenings that everybody may come to: ours, and those that others arrange."""
    host = base_url().rpartition("//")[2]
    ours = [
        Occasion(
            f"{w.reference}@{host}", w.title, w.starts_at, w.minutes, w.meeting_place, f"{base_url()}/walks/{w.id}", w.state == "cancelled"
        )
        for w in walks
        if w.starts_at
    ]  # fmt: skip
    theirs = [
        Occasion(f"O-{w.id}@{host}", w.title, w.starts_at, w.minutes, w.meeting_place, f"{tr(OTHER_WALKS[w.kind])}. {w.organiser}", w.cancelled)
        for w in others
    ]  # fmt: skip
    return [*ours, *theirs]


def occasions(walk: Walk, *, with_stops: bool = True) -> list[Occasion]:
    """Return the evening and the days around it, each with an identity that survives changes."""
    host = base_url().rpartition("//")[2]
    off = walk.state == "cancelled"
    days = (
        ("trial", walk.trial_on, gettext("Provgång: %(title)s", title=walk.title)),
        ("premeeting", walk.premeeting_on, gettext("Förmöte: %(title)s", title=walk.title)),
        ("feedback", walk.feedback_on, gettext("Återkoppling: %(title)s", title=walk.title)),
        ("rewalk", walk.rewalk_on, gettext("Återbesök: %(title)s", title=walk.title)),
    )
    entries = [Occasion(f"{walk.reference}-{key}@{host}", title, day, cancelled=off) for key, day, title in days if day]
    if walk.starts_at:
        stops = "\n".join(f"{s.ordinal}. {s.title}" for s in walk.stops) if with_stops else ""
        text = f"{url_for('walks.walk', walk_id=walk.id, _external=True)}\n{stops}"
        evening = Occasion(
            f"{walk.reference}@{host}", walk.title, walk.starts_at, walk.minutes, walk.meeting_place, text, off
        )
        entries.insert(0, evening)
    return entries
