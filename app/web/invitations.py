"""An invitation as it is printed, mailed and read: one language's own words, with the walk's facts in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import segno

from app.adapters import words
from app.domain import invitations as rules
from app.models.walks import Walk
from app.web.languages import language, timezone
from app.web.parts import base_url


@dataclass(frozen=True)
class Invitation:
    """The words of one invitation, ready to print. `lang` and `direction` are HTML's own attributes."""

    lang: str
    direction: str
    heading: str
    body: str
    for_whom: str
    when: str
    day: str
    time: str
    where: str
    place: str
    sign_up: str
    ask_a_reader: bool

    def plain(self, link: str) -> str:
        """Return the invitation as plain text."""
        return (
            f"{self.heading}\n\n{self.for_whom} {self.body}\n\n{self.when}: {self.day}, {self.time}\n"
            f"{self.where}: {self.place}\n\n{self.sign_up}: {link}\n"
        )


def asked_for(values: Mapping[str, str]) -> tuple[str, str]:
    """Return the language and the audience that an address or a form asks for, or those that are usual."""
    lang, audience = values.get("text_lang", ""), values.get("audience", "")
    usual = language() if language() in rules.LANGUAGES else "sv"
    return (lang if lang in rules.LANGUAGES else usual), (audience if audience in rules.AUDIENCES else "residents")


def text(walk: Walk, lang: str, audience: str, zone: str = "") -> Invitation:
    """Return a walk's invitation in a language and for an audience."""
    spoken, said = rules.LANGUAGES[lang], rules.TEXTS[lang]
    facts = {"district": walk.district.name, "minutes": str(-(-walk.minutes // 5) * 5)}  # “about”
    local = walk.starts_at.astimezone(ZoneInfo(zone or timezone())) if walk.starts_at else None
    return Invitation(
        lang=spoken.dates, direction="rtl" if spoken.right_to_left else "ltr", heading=said.heading % facts, body=said.body % facts,
        for_whom=said.for_whom[audience], when=said.when, day=words.long_date(spoken.dates, local.date()) if local else "–",
        time=local.strftime("%H:%M") if local else "–", where=said.where, place=walk.meeting_place or "–", sign_up=said.sign_up,
        ask_a_reader=spoken.ask_a_reader,
    )  # fmt: skip


def link(walk: Walk) -> str:
    """Return the address of a walk's public page."""
    return f"{base_url()}/walks/{walk.id}"


def qr(address: str) -> str:
    """Return a QR code of an address as an SVG picture that stands in the page itself."""
    return segno.make(address, error="m").svg_data_uri(scale=8, border=2, dark="#0b1430", light="#ffffff")
