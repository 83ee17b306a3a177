"""The repository as these tests read it: its own files, never what set-up put beside them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRST_PARTY = ("app", "bench", "config", "geo", "migrations", "tests", "tools", "wsgi")
MADE_AT_SET_UP = (".git", ".uv", ".venv", "build", "htmlcov", "instance", "node_modules", "__pycache__")


@cache
def own_files() -> tuple[Path, ...]:
    """Return every file that is committed or about to be, relative to the root."""
    asked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if asked.returncode == 0:
        named = (Path(name) for name in asked.stdout.split("\0") if name)
    else:  # a copy without its history
        named = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    skipped = ("static/vendor",)
    return tuple(
        path
        for path in sorted(named)
        if (ROOT / path).is_file() and not set(path.parts) & set(MADE_AT_SET_UP) and not str(path).startswith(skipped)
    )


def files(*patterns: str, under: tuple[str, ...] = ()) -> list[Path]:
    """Return our files whose name ends in one of `patterns`, in one of the top folders `under` (all when empty)."""
    return [p for p in own_files() if p.name.endswith(patterns) and (not under or p.parts[0] in under)]


def text(path: Path) -> str:
    """Return what a file says."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Return a Python file's syntax."""
    return ast.parse(text(path), str(path))


def nodes(*kinds: type[ast.AST], under: tuple[str, ...]) -> Iterator[tuple[Path, ast.AST]]:
    """Go through every syntax node of the given kinds in the Python files under some top folders."""
    for path in files(".py", under=under):
        for node in ast.walk(tree(path)):
            if isinstance(node, kinds):
                yield path, node


def where(path: Path, node: ast.AST) -> str:
    """Name a place in a way that an editor can jump to."""
    return f"{path}:{getattr(node, 'lineno', 0)}"
