"""What a technician is told when something had changed before their visit arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.states import TICKET
from app.domain.ticket_visits import MANAGER_ONLY, NOTES, OUTCOME_WORDS, PART
from app.domain.tickets import ACTIONS
from app.web.languages import tr
from app.web.words import STATE_WORDS


def visit_sentence(note: Mapping[str, Any]) -> str:
    """Return one kept note as a sentence in this request's language."""
    facts = dict(note)
    if "outcome" in facts:
        facts["outcome"] = outcome_word(facts["outcome"]).lower()
    if "state" in facts:
        facts["state"] = tr(STATE_WORDS[TICKET].get(facts["state"], facts["state"])).lower()
    return tr(NOTES[facts.pop("code")], **facts)


def outcome_word(code: str) -> str:
    """Return how a visit ended, in this request's language."""
    return tr(OUTCOME_WORDS.get(code, code))


@dataclass(frozen=True)
class VisitLine:
    """A kept visit as the desk's page tells it, in this request's language."""

    visit: Any

    @property
    def what(self) -> str:
        """How it ended, and what was done."""
        done = tr(ACTIONS[self.visit.action_code]).lower() if self.visit.action_code in ACTIONS else ""
        word = outcome_word(PART if self.visit.outcome == "repaired" and self.visit.lamp_ids else self.visit.outcome)
        return ", ".join(part for part in (word, done) if part)

    @property
    def explained(self) -> list[str]:
        """What had changed when it arrived, as the technician was told."""
        return [visit_sentence(note) for note in self.visit.notes]

    @property
    def for_the_manager(self) -> bool:
        """Whether it is about somebody's safety."""
        return bool(self.visit.outcome == MANAGER_ONLY)
