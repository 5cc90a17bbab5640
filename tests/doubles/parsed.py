"""What pytest shows of a traceback, without parsing each of its files anew in every run.

A run of pytest that fails parses all files of its traceback, pytest's own too, which takes longer
than most drills on paper. Runs inside this process share what was parsed.
"""

from __future__ import annotations

import ast

from _pytest._code import code
from _pytest._code.source import Source, getstatementrange_ast

_TREES: dict[tuple[str, ...], ast.AST] = {}


def _found(
    lineno: int, source: Source, assertion: bool = False, astnode: ast.AST | None = None
) -> tuple[ast.AST, int, int]:
    """The same, from a tree that is kept by its source."""
    text = tuple(source.lines)
    found = getstatementrange_ast(lineno, source, assertion, astnode or _TREES.get(text))
    _TREES[text] = found[0]
    return found


def share() -> None:
    """From now on in this process."""
    code.getstatementrange_ast = _found  # type: ignore[attr-defined]
