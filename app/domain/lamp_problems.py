"""What is wrong with a file of lamps: a code with its facts for the page, and an English sentence for the command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

# A feature's own fault, which the reader of the file tells without knowing who will read about it.
_FEATURE_CODES: Final = {
    "no position": "no_position",
    "has no geometry": "no_position",
    "is no Feature": "no_feature",
    "has properties that are no object": "no_feature",
}


class Problem(str):  # noqa: SLOT000  (a str can have none that hold anything)
    """The sentence itself, which also knows its code and its facts."""

    code: str
    facts: Mapping[str, Any]

    def __new__(cls, sentence: str, code: str, **facts: Any) -> Self:
        """Return a sentence with its code and facts."""
        made = super().__new__(cls, sentence)
        made.code, made.facts = code, facts
        return made


def of_feature(sentence: str) -> Problem:
    """Return a feature's own fault with its code; whatever is unusual is a position that cannot be read."""
    return Problem(sentence, _FEATURE_CODES.get(sentence, "position_unreadable"))


def in_row(row: int, asset: str, problem: Problem) -> Problem:
    """Return a problem together with the row and the lamp that it is about."""
    sentence = f"Row {row}" + (f" ({asset[:80]})" if asset else "") + f": {problem}."
    return Problem(sentence, problem.code, row=row, asset=asset[:80], **problem.facts)


def plain(said: object) -> dict[str, Any]:
    """Return a problem as data that can be kept; a sentence without a code keeps its own words."""
    if isinstance(said, Problem):
        return {"code": said.code, "facts": dict(said.facts)}
    return {"code": "unreadable", "facts": {"why": str(said)}}
