"""What each of this package's sentences asks of a stack, read from the functions behind them.

The sentences are code that pytest-bdd runs; nobody has to run it to see which metric a Then is
judged by, and which journeys a Given has made.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "drills.steps"
_KINDS = ("given", "when", "then")
_CRITERIA = {"within": 1, "exactly": 1, "at_least": 1, "at_most": 1}  # where the metric is named
BACK_UP, FOLLOW = "back_up", "follow_runbook"  # what a drill is asked to do, as steps call it
_AVAILABLE = "available"  # of the journey that its second argument names
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
_MAYBE = re.compile(r"\(\?:([^()|]*)\)\?|(?<=[a-z])\?")  # what may be left out
_EITHER = re.compile(r"\(\?:([^()|]*)(?:\|[^()|]*)*\)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a reader sees it, ``{time}`` in place of what it is given.

    ``metric`` is what it is judged by, "" for none. ``journeys`` are those that it names itself;
    with ``starts`` it starts whatever journey a scenario names. ``does`` is what of the drill's own
    doings it asks for, see ``BACK_UP`` and ``FOLLOW``. ``says`` is its docstring.
    """

    kind: str
    text: str
    metric: str = ""
    journeys: tuple[str, ...] = ()
    starts: bool = False
    says: str = ""
    does: tuple[str, ...] = ()


def sentences(folder: Path | None = None) -> list[Sentence]:
    """Every sentence of the package, or of the modules in a folder; in their order."""
    found: list[Sentence] = []
    for file in sorted((folder or where()).glob("[!_]*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        named = dict(_constants(tree))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                found += _of(node, named)
    return sorted(found, key=lambda one: _KINDS.index(one.kind))


def where() -> Path:
    """The folder of the package's sentences; a checkout has it beside the framework."""
    try:
        spec = importlib.util.find_spec(PACKAGE)
    except (ImportError, ValueError):
        spec = None
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else Path(__file__).parents[2] / "steps"


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The texts that a module has under a name: patterns are made of them."""
    known: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = _text(node.value, known)
            if text is not None:
                known[node.targets[0].id] = text
    yield from known.items()


def _text(node: ast.AST, known: dict[str, str]) -> str | None:
    """A text that is written down, or made of such; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        both = _text(node.left, known), _text(node.right, known)
        return None if None in both else "".join(each for each in both if each)
    if isinstance(node, ast.JoinedStr):
        parts = [
            _text(each.value if isinstance(each, ast.FormattedValue) else each, known)
            for each in node.values
        ]
        return None if None in parts else "".join(part for part in parts if part)
    return None


def _of(function: ast.FunctionDef, known: dict[str, str]) -> Iterator[Sentence]:
    metric, journeys = _judged(function), _made(function)
    called = [name for name, _ in _calls(function)]
    starts = "start_workload" in called
    does = tuple(doing for doing in (BACK_UP, FOLLOW) if doing in called)
    if metric == _AVAILABLE:
        metric = "availability"
    for decorator in function.decorator_list:
        if not (isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name)):
            continue
        kind, pattern = decorator.func.id, decorator.args[0]
        is_regular = False
        if isinstance(pattern, ast.Call):
            is_regular = isinstance(pattern.func, ast.Attribute) and pattern.func.attr == "re"
            pattern = pattern.args[0]
        text = _text(pattern, known)
        if kind in _KINDS and text is not None:
            shown = _plain(text) if is_regular else re.sub(r":\w+\}", "}", text)
            says = ast.get_docstring(function) or ""
            yield Sentence(kind, shown, metric, journeys, starts and not journeys, says, does)


def _plain(pattern: str) -> str:
    """A regular expression as a reader wants it."""
    text = _GROUP.sub(r"{\1}", pattern)
    text = _EITHER.sub(r"\1", _MAYBE.sub("", text))
    return re.sub(r"\\(.)", r"\1", text)


def _calls(function: ast.FunctionDef) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def _judged(function: ast.FunctionDef) -> str:
    for name, call in _calls(function):
        if name == _AVAILABLE:
            return _AVAILABLE
        if name in _CRITERIA:
            return _text(call.args[_CRITERIA[name]], {}) or ""
    return ""


def _made(function: ast.FunctionDef) -> tuple[str, ...]:
    """The journeys that a function names by a text of its own."""
    found: list[str] = []
    for name, call in _calls(function):
        if name == _AVAILABLE and (text := _text(call.args[1], {})):
            found.append(text)
        if name == "start_workload":
            within = [each for each in ast.walk(call.args[0]) if isinstance(each, ast.Constant)]
            found += [each.value for each in within if isinstance(each.value, str)]
    return tuple(found)
