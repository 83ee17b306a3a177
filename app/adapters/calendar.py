"""Calendar files (iCalendar, RFC 5545) for the occasions of a walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Occasion:
    """One entry. `begins` is a moment with a zone, or a date for a whole day; `uid` stays the same when it changes."""

    uid: str
    title: str
    begins: datetime | date
    minutes: int = 0
    place: str = ""
    text: str = ""
    cancelled: bool = False


def calendar(occasions: Sequence[Occasion], *, stamp: datetime, sequence: int, name: str) -> bytes:
    """Return the occasions as one calendar file.

    Args:
        occasions: what to enter. stamp: when the plan was last changed. sequence: its version, so that a calendar that
        already has the entries takes the newer ones. name: the calendar's own name.

    """
    book = Calendar()
    book.add("prodid", "-//Ljuspunkt//SV")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", name)
    for occasion in occasions:
        book.add_component(_event(occasion, stamp, sequence))
    return bytes(book.to_ical())


def _event(occasion: Occasion, stamp: datetime, sequence: int) -> Event:
    event = Event()
    event.add("uid", occasion.uid)
    event.add("dtstamp", stamp)
    event.add("sequence", sequence)
    event.add("summary", occasion.title)
    event.add("dtstart", occasion.begins)
    length = timedelta(minutes=occasion.minutes) if isinstance(occasion.begins, datetime) else timedelta(days=1)
    event.add("dtend", occasion.begins + length)
    if occasion.place:
        event.add("location", occasion.place)
    if occasion.text:
        event.add("description", occasion.text)
    event.add("status", "CANCELLED" if occasion.cancelled else "CONFIRMED")
    return event
