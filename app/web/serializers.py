"""Public output: what is named here goes out, and nothing else."""

from __future__ import annotations

from typing import Any, Final

from app.adapters.words import moment
from app.domain.notices import MESSAGES, PUBLIC_STATUS, STATUS_WORDS
from app.models.notices import Notice
from app.models.reports import Report
from app.services.notices import sentence
from app.web.languages import language, timezone, tr
from app.web.photos import receipt_address

REPORT_FIELDS: Final = (
    "reference", "status", "received_at", "lat", "lon", "categories", "severity", "text", "photos", "timeline",
)  # fmt: skip


def public_status(report: Report) -> str:
    """Return the state that a resident is shown: a ticket or measure under way makes it planned."""
    status = PUBLIC_STATUS[report.state]
    if status != "reviewed":
        return status
    told = [n for n in report.notices if n.kind.split(".")[0] in {"measure", "walk", "ticket"}]
    return "planned" if told and MESSAGES[told[-1].kind].status == "planned" else status


def public_word(report: Report) -> str:
    """Return the word for that state, or what the newest notice says of it: “Lagad, kontrolleras” says more than “Planerad”."""
    status = public_status(report)
    newest = MESSAGES[report.notices[-1].kind] if report.notices else None
    return tr(newest.word if newest is not None and newest.status == status else STATUS_WORDS[status])


def timeline(report: Report) -> list[dict[str, Any]]:
    """Return what the sender has been told, oldest first, in the language of the page."""
    return [_line(notice) for notice in report.notices]


def report_for_receipt(report: Report) -> dict[str, Any]:
    """Return a report as its own sender may read it."""
    return {
        "reference": report.reference,
        "status": public_status(report),
        "status_text": public_word(report),
        "received_at": report.received_at.isoformat(),
        "lat": report.lat,
        "lon": report.lon,
        "categories": report.categories,
        "severity": report.severity,
        "when_felt": report.when_felt,
        "text": report.text,
        "photos": [receipt_address(p.public_id, "large") for p in report.photos if p.state != "hidden"],
        "timeline": timeline(report),
    }


def _line(notice: Notice) -> dict[str, Any]:
    message = MESSAGES[notice.kind]
    return {
        "at": notice.at.isoformat(),
        "when": moment(language(), notice.at, timezone()),
        "status": message.status,
        "status_text": tr(message.word),
        "text": sentence(notice, language()),
    }
