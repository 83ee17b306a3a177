"""What goes to those outside who mend lamps, how it is signed, and what they may answer (domain brief, 3.7)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.domain.people import CONTRACTOR_MOVES
from app.domain.reports import clean_text
from app.domain.states import MOVES, TICKET_WAITING
from app.domain.tickets import ACTIONS, CAUSES
from app.domain.words import N_

LINK_LIVES: Final = timedelta(days=14)
KNOWN: Final = frozenset(
    {"state", "cause_code", "action_code", "switch_on_test", "parts", "note", "next_on", "reason", "external_reference"}
)
FINAL: Final = frozenset({"repaired", "no_fault"})
PHOTO_NEEDED: Final = frozenset({"P1", "P2"})
CHANNELS: Final[Mapping[str, str]] = {
    "mail": N_("E-post"), "webhook": N_("Webhook"), "csv": N_("CSV-fil"), "link": N_("Länk"), "api": N_("API"),
}  # fmt: skip
COLUMNS: Final = (
    "reference", "state", "fault_code", "fault", "lamps_affected", "priority", "priority_reason", "pole_number", "asset_id",
    "lamps", "cabinet", "section", "lat", "lon", "directions", "district", "opened_on", "due_on", "next_on",
    "needs_road_plan", "needs_lift",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What somebody outside says of a ticket, read and checked; `codes` says what is wrong beside each field's name."""

    state: str = ""
    cause: str = ""
    action: str = ""
    parts: str = ""
    note: str = ""
    reason: str = ""
    switch_on_test: bool | None = None
    next_on: date | None = None
    codes: Mapping[str, str] = field(default_factory=dict)


def signature(body: bytes, at: datetime, secret: str) -> str:
    """Return the header that proves a webhook: the moment and HMAC-SHA256 over moment and body (so a replay is old)."""
    stamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"


def webhook_secret(key: str, contractor_id: int, generation: int) -> str:
    """Return the signing secret of one contractor: derived from the server's key, kept nowhere."""
    return hmac.new(key.encode(), f"webhook:{contractor_id}:{generation}".encode(), hashlib.sha256).hexdigest()


def link_secret(key: str, nonce: str) -> str:
    """Return the secret of a one-time link: derived from the server's key and a random nonce; only its hash is kept."""
    return hmac.new(key.encode(), f"dispatch:{nonce}".encode(), hashlib.sha256).hexdigest()


def secret_hash(secret: str) -> str:
    """Return what is kept of a secret with full entropy."""
    return hashlib.sha256(secret.encode()).hexdigest()


def steps_to(state: str, wanted: str) -> list[str]:
    """Return the moves that lead there: whoever mended a lamp has been on site. Empty when the table has no way."""
    if wanted in MOVES["ticket"].get(state, set()):
        return [wanted]
    if "on_site" in MOVES["ticket"].get(state, set()) and wanted in MOVES["ticket"]["on_site"]:
        return ["on_site", wanted]
    return []


def read_answer(body: Mapping[str, Any], today: date) -> Answer:
    """Return an answer from outside, read as strictly as anything that strangers send.

    Args:
        body: JSON's own values or a form's. today: the local date; a next date must not have passed.

    """
    codes = {str(name)[:40]: "choice_unknown" for name in body if name not in KNOWN}
    texts = {name: body.get(name) or "" for name in KNOWN - {"switch_on_test"}}
    codes |= {name: "choice_unknown" for name, value in texts.items() if not isinstance(value, str)}
    said = {name: clean_text(value)[:1000] if isinstance(value, str) else "" for name, value in texts.items()}
    if said["state"] not in CONTRACTOR_MOVES:
        codes["state"] = "choice_unknown" if said["state"] else "required"
    if said["cause_code"] and said["cause_code"] not in CAUSES:
        codes["cause_code"] = "choice_unknown"
    if said["state"] == "repaired" and said["action_code"] not in ACTIONS:
        codes["action_code"] = "choice_unknown" if said["action_code"] else "required"
    tried = (
        {"yes": True, "no": False, "": None}.get(tried, tried)
        if isinstance(tried := body.get("switch_on_test"), str)
        else tried
    )
    if tried not in {None, True, False} or type(tried) is int:
        codes["switch_on_test"] = "choice_unknown"
    next_on = _day(said["next_on"])
    if said["state"] in TICKET_WAITING:
        if next_on is None:
            codes["next_on"] = "date_not_readable" if said["next_on"] else "required"
        elif next_on < today:
            codes["next_on"] = "day_passed"
        if not said["reason"]:
            codes["reason"] = "reason_missing"
    note = " ".join(part for part in (said["note"], said["external_reference"][:80]) if part)
    return Answer(
        said["state"], said["cause_code"], said["action_code"], said["parts"][:300], note, said["reason"][:300],
        tried if isinstance(tried, bool) else None, next_on, codes,
    )  # fmt: skip


def cell(value: Any) -> Any:
    """Return a fact as it stands in a table: a list with commas, yes or no as 1 or 0."""
    return ", ".join(value) if isinstance(value, list) else int(value) if isinstance(value, bool) else value


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
