"""A state changes in one place only."""

from __future__ import annotations

import ast
from pathlib import Path

from app.domain import states
from tests.house.sources import nodes, where

THE_PLACE = Path("app/services/transitions.py")


def sets_a_state(node: ast.AST) -> bool:
    """Say whether a statement sets an attribute named state, also by setattr or in an UPDATE."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(t, ast.Attribute) and t.attr == "state" for target in targets for t in ast.walk(target))
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "setattr":
            return len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and node.args[1].value == "state"
        return name == "values" and any(keyword.arg == "state" for keyword in node.keywords)
    return False


def test_a_state_is_set_in_transitions_and_nowhere_else() -> None:
    kinds = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Call)
    elsewhere = [where(p, n) for p, n in nodes(*kinds, under=("app", "geo")) if p != THE_PLACE and sets_a_state(n)]
    assert elsewhere == []


def test_this_guard_sees_each_way_of_setting_a_state() -> None:
    for line in ("a.state = 'x'", "a.state, b = 'x', 1", "setattr(a, 'state', 'x')", "update(T).values(state='x')"):
        assert any(sets_a_state(node) for node in ast.walk(ast.parse(line))), line


def test_every_move_leads_to_a_state_that_is_in_the_table_too() -> None:
    for thing, moves in states.MOVES.items():
        known = set(moves)
        assert states.INITIAL[thing] in known
        assert {to for after in moves.values() for to in after} <= known, thing


def test_every_state_can_be_reached_from_the_first() -> None:
    for thing, moves in states.MOVES.items():
        reached, waiting = set(), [states.INITIAL[thing]]
        while waiting:
            state = waiting.pop()
            reached.add(state)
            waiting += moves[state] - reached
        assert reached == set(moves), thing
