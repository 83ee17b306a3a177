"""Charts as plain geometry: rectangles with words, which a template prints as SVG beside the table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LABEL_WIDTH = 150.0
BAR_HEIGHT, BAR_GAP = 22.0, 10.0
WIDTH = 640.0
COLUMN_HEIGHT, AXIS_HEIGHT = 150.0, 26.0


@dataclass(frozen=True)
class Part:
    """One rectangle: where, how large, its look (a CSS class), the word inside (empty when it has no room) and its title."""

    x: float
    y: float
    width: float
    height: float
    look: str
    word: str
    title: str


@dataclass(frozen=True)
class Name:
    """A word beside the axis, at its baseline."""

    x: float
    y: float
    word: str


@dataclass(frozen=True)
class Chart:
    """A drawing of `width` × `height` units. `scale` is what the longest bar stands for."""

    width: float
    height: float
    parts: Sequence[Part]
    names: Sequence[Name]
    values: Sequence[Name]
    scale: float


@dataclass(frozen=True)
class Piece:
    """A part of a bar: its value, its look, a short mark (a letter, so that colour alone never tells) and what it is."""

    value: float
    look: str
    mark: str
    title: str


def bars(rows: Sequence[tuple[str, Sequence[Piece], str]]) -> Chart:
    """Return horizontal bars of one or several pieces, one for each (name, pieces, value in words)."""
    longest = max((sum(p.value for p in pieces) for _, pieces, _ in rows), default=0.0) or 1.0
    room = WIDTH - LABEL_WIDTH - 70.0
    parts: list[Part] = []
    names, values = [], []
    for number, (name, pieces, said) in enumerate(rows):
        y, x = number * (BAR_HEIGHT + BAR_GAP), LABEL_WIDTH
        names.append(Name(LABEL_WIDTH - 8, y + BAR_HEIGHT * 0.7, name))
        for piece in pieces:
            width = piece.value / longest * room
            if width > 0:
                word = piece.mark if width >= 9.0 * len(piece.mark) + 6 else ""
                parts.append(Part(x, y, width, BAR_HEIGHT, piece.look, word, piece.title))
            x += width
        values.append(Name(x + 8, y + BAR_HEIGHT * 0.7, said))
    return Chart(WIDTH, max(len(rows) * (BAR_HEIGHT + BAR_GAP) - BAR_GAP, 1.0), parts, names, values, longest)


def columns(rows: Sequence[tuple[str, float, str, str]]) -> Chart:
    """Return vertical columns, one for each (name under it or empty, value, look, title)."""
    highest = max((value for _, value, _, _ in rows), default=0.0) or 1.0
    step = WIDTH / max(len(rows), 1)
    parts, names = [], []
    for number, (name, value, look, title) in enumerate(rows):
        height = value / highest * COLUMN_HEIGHT
        x = number * step
        parts.append(Part(x + step * 0.12, COLUMN_HEIGHT - height + 14, step * 0.76, height, look, "", title))
        if name:
            names.append(Name(x + step / 2, COLUMN_HEIGHT + 14 + AXIS_HEIGHT * 0.7, name))
    peak = next((n for n, row in enumerate(rows) if row[1] == highest), 0)
    values = [Name(peak * step + step / 2, 11, f"{highest:g}")] if rows and any(row[1] for row in rows) else []
    return Chart(WIDTH, COLUMN_HEIGHT + 14 + AXIS_HEIGHT, parts, names, values, highest)
