"""“One of these rows”, handed over as one value: the question stays the same however many there are.

A question with a place for each number is another question for each count, which both databases plan anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, any_, bindparam, func, or_, select

from app.models.base import db


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """Return the condition that a column is one of the numbers of parameter `name`, to be given as `numbers()` makes it."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(BigInteger)))
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


def one_of(column: ColumnElement[Any], words: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column is one of these few words, for a question that is asked again and again.

    `in_` is spelled out anew each time that it is asked, which takes as long as the answer.
    """
    return or_(*(column == word for word in words))


def none_of(column: ColumnElement[Any], words: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column is none of these few words; otherwise as `one_of`."""
    return and_(*(column != word for word in words))


def numbers(values: Iterable[int]) -> Any:
    """Return numbers of rows as this database takes them."""
    found = sorted(values)
    return found if db.engine.dialect.name == "postgresql" else json.dumps(found)
