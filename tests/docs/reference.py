"""What docs/reference.md lists, read from the code that it is about."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator

from drills.cli import _parser
from drills.config.detectors import _fielded, _some
from drills.config.detectors import _named as _shape
from drills.config.document import Document
from drills.config.exports import OPTION
from drills.config.incidents import ActionSection
from drills.config.journeys import _size
from drills.config.renamed import BEFORE
from drills.config.section import OrOff, Section, _ratio, _seconds
from drills.config.sentences import sentences
from drills.config.settings import BOUNDS, variable_of
from drills.config.system import _one_or_more
from drills.judgement.criterion import Unit
from drills.judgement.metrics import METRICS
from drills.judgement.subjects import SECTIONS, Subject
from drills.plugin.options import add_options
from drills.units import format_ratio, format_seconds

UNITS = {Unit.SECONDS: "time", Unit.RATIO: "%", Unit.COUNT: "count"}
KINDS = {"given": "Given", "when": "When", "then": "Then"}
PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false"}
READ: dict[object, Callable[[str], str]] = {  # what is read into another value first
    _seconds: lambda _: 'duration, such as `"30 s"`',
    _ratio: lambda _: 'share, such as `"80 %"`',
    _size: lambda _: 'share, or `"any"`',
    _some: lambda words: f"text or {words}",
    _one_or_more: lambda words: f"text or {words}",
    _shape: lambda words: f'`"alertmanager"`, or {words}',
    _fielded: lambda words: f"{words}, or the field alone",
}
RENAMED = {"containers_at_once": "at_once"}  # a key whose value has another name for it
BEGUN = re.compile(r"``[\w ]+``: ")  # a sentence on one key
LISTED = 2  # so many of them make a list
ACTIONS = "What each `action` does and needs: [a procedure of your own](own-procedure.md#actions)."


def code(text: str) -> str:
    """Code as Markdown marks it, where docstrings mark it as reStructuredText does."""
    return text.replace("``", "`")


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table; an upright stroke inside a cell is escaped."""
    heads = list(columns)
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(each.replace('|', chr(92) + '|') for each in row)} |"


def listed() -> str:
    """The whole list, section by section."""
    parts = (_options(), _commands(), _keys(), _sentences(), _metrics())
    return "\n".join(line for part in parts for line in part) + "\n"


# Options of pytest


class Offered:
    """Stands for pytest's parser, and keeps what is added to it."""

    def __init__(self) -> None:
        self.options: list[tuple[str, dict[str, Any]]] = []

    def getgroup(self, *_: str) -> Offered:
        """The same, whatever the group."""
        return self

    def addoption(self, name: str, **said: Any) -> None:
        """Keep an option with all that is said of it."""
        self.options.append((name, said))


def _options() -> Iterator[str]:
    offered = Offered()
    add_options(offered)  # type: ignore[arg-type] # it has what is asked of a parser
    yield "\n## Options of pytest\n"
    rows = []
    for name, said in offered.options:
        value = f" {said['metavar']}" if "metavar" in said else ""
        known = name in (*BOUNDS.values(), OPTION) or variable_of(name) in BEFORE
        variable = f"`{variable_of(name)}`" if known else ""
        rows.append((f"`{name}{value}`", said["help"], variable))
    yield from table(("option", "meaning", "in the environment"), sorted(rows))


# The command


def _commands() -> Iterator[str]:
    yield "\n## The command `drills`"
    yield from _subcommands(_parser(), "drills")


def _subcommands(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        helps = {each.dest: each.help or "" for each in action._choices_actions}
        for word, inner in action.choices.items():
            yield f"\n### {name} {word}\n"
            yield f"{helps[word][:1].upper()}{helps[word][1:]}."
            yield from _arguments(inner)
            yield from _subcommands(inner, f"{name} {word}")


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    left_out = (argparse._HelpAction, argparse._SubParsersAction)
    rows = [
        (_written(each), each.help or "", _initial(each))
        for each in parser._actions
        if not isinstance(each, left_out)
    ]
    if rows:
        yield ""
        yield from table(("argument", "meaning", "left out"), rows)


def _written(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    if action.choices:
        value = "|".join(map(str, action.choices))
    if not action.option_strings:
        return f"`[{value}]`" if action.nargs in ("?", "*") else f"`{value}`"
    return f"`{' '.join([', '.join(action.option_strings), value]).strip()}`"


def _initial(action: argparse.Action) -> str:
    if action.required and action.nargs not in ("?", "*"):
        return "required"
    shown = action.default not in (None, "", False, [], argparse.SUPPRESS)
    return f"`{action.default}`" if shown else ""


# Keys of drills.toml and runbook.toml


def _keys() -> Iterator[str]:
    """Every section once, where it is met first; both files have incidents and the record."""
    runbook = next(_within(_fields(Document)["runbook"]))
    own = dict(_sections(Document, ""))
    of_runbook = {kind: named for kind, named in _sections(runbook, "") if kind not in own}
    named = {**own, **of_runbook}
    yield "\n## Keys of drills.toml\n"
    yield "Every section may be left out, and so may every key that is not required; *left out* is"
    yield "what holds then. `[roles]` and `[zones]` have names of your own, each with a service or"
    yield "a list of them."
    yield '`export = ["ctrf=reports/ctrf.json"]`, above all sections, is what else a run of drills'
    yield "is written as: [exports](exports.md)."
    for kind in own:
        yield from _section(kind, named)
    yield "\n## Keys of runbook.toml\n"
    yield "The file that `runbook` in `drills.toml` names. It may hold `[incidents]` and"
    yield "`[record]` too, as above; each stands in one of the two files only. At its top stands"
    yield "`text`: the runbook for people, in Markdown, relative to this file."
    for kind in of_runbook:
        yield from _section(kind, named)


def _sections(kind: type[Section], prefix: str) -> Iterator[tuple[type[Section], str]]:
    """The sections below one, each with how it is written where it is met first."""
    met = set()
    for name, annotation in _fields(kind).items():
        for each in _within(annotation):
            if each in met or (name == "runbook" and not prefix and kind is Document):
                continue
            met.add(each)
            written = _named(annotation, f"{prefix}{name}")
            yield each, written
            for inner, place in _sections(each, f"{written.strip('[]')}."):
                if inner not in met:
                    met.add(inner)
                    yield inner, place


def _named(annotation: Any, path: str) -> str:
    """How a section is written: by its name, as one of several, or as one of a list."""
    if get_origin(annotation) is Annotated:
        return _named(get_args(annotation)[0], path)
    if get_origin(annotation) is dict:
        return f"[{path}.<name>]"
    return f"[[{path}]]" if get_origin(annotation) is tuple else f"[{path}]"


def _section(kind: type[Section], named: dict[type[Section], str]) -> Iterator[str]:
    yield f"\n### `{named[kind]}`\n"
    yield f"{_text(kind)}\n"
    rows = []
    for key, annotation in _fields(kind).items():
        required = kind.model_fields[_field(kind, key)].is_required()
        words = _words(annotation, named)
        rows.append((f"`{key}`", words, "required" if required else _default(kind, key, words)))
    yield from table(("key", "type", "left out"), rows)


def _fields(kind: type[Section]) -> dict[str, Any]:
    """The keys as they are written, with what may stand there."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.alias or name: hints[name] for name, field in kind.model_fields.items()}


def _field(kind: type[Section], key: str) -> str:
    fields = kind.model_fields.items()
    return next(name for name, field in fields if key in (name, field.alias))


def _within(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for each in get_args(annotation):
        yield from _within(each)


def _values(kind: type[Section]) -> dict[str, Any]:
    """What the section's value has where nothing is said, by its fields."""
    made: Any = kind.makes
    if not dataclasses.is_dataclass(made):
        return {}
    return {
        each.name: each.default if each.default_factory is MISSING else each.default_factory()
        for each in dataclasses.fields(made)
    }


def _text(kind: type[Section]) -> str:
    """What the value's class says of itself, but for errors and what only the value has."""
    keys = {_field(kind, key): key for key in _fields(kind)}
    hidden = set(_values(kind)) - set(keys) - set(RENAMED.values())
    paragraphs = []
    for paragraph in inspect.cleandoc(kind.makes.__doc__ or "").split("\n\n"):
        said = re.split(r"(?<=[.;]) (?=[A-Z`(])", " ".join(paragraph.split()))
        kept = [each for each in said if not _internal(each, hidden)]
        if sum(map(bool, map(BEGUN.match, kept))) < LISTED:
            paragraphs.append(" ".join(kept))
        elif kind is not ActionSection:
            paragraphs.append(
                "".join(f"\n- {e}" if BEGUN.match(e) else f" {e}" for e in kept).strip()
            )
        else:
            paragraphs.append(ACTIONS)
    text = "\n\n".join(filter(None, paragraphs))
    for name, key in keys.items():
        text = text.replace(f"``{name}``", f"``{key}``")
    return code(text)


def _internal(sentence: str, hidden: set[str]) -> bool:
    marked = re.findall(r"``(\w+)``", sentence)
    return sentence.startswith("Raises ") or any(each in hidden for each in marked)


def _words(annotation: Any, named: dict[type[Section], str]) -> str:
    """What may stand under a key, in words."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(parts, named)
    if origin in (Union, UnionType):
        return " or ".join(_words(each, named) for each in parts if each is not type(None))
    if origin is Literal:
        return ", ".join(f'`"{each}"`' for each in parts)
    if origin is tuple:
        return f"list of {_several(parts[0], named)}"
    if origin is dict:
        return f"by name: {_words(parts[1], named)}"
    if annotation in named:
        return f"[`{named[annotation]}`](#{slug(named[annotation])})"
    return PLAIN.get(annotation) or str(annotation.__name__)


def _several(annotation: Any, named: dict[type[Section], str]) -> str:
    words = _words(annotation, named)
    return words if "`" in words else f"{words}s"


def _annotated(parts: tuple[Any, ...], named: dict[type[Section], str]) -> str:
    words = _words(parts[0], named)
    for each in parts[1:]:
        if each is OrOff:
            words = f'{words}, or `"off"`'
        elif isinstance(each, BeforeValidator):
            words = READ[each.func](words)
    return words


def _default(kind: type[Section], key: str, words: str) -> str:
    """What the value has where the key is left out; nothing where that is nothing."""
    value = _values(kind).get(RENAMED.get(key, _field(kind, key)))
    if value in (None, "", (), {}) or value is MISSING or dataclasses.is_dataclass(value):
        return ""
    if isinstance(value, float):
        value = format_ratio(value) if words.startswith("share") else format_seconds(value)
    return f"`{json.dumps(value, ensure_ascii=False)}`"


# Sentences and metrics


def _sentences() -> Iterator[str]:
    yield "\n## Sentences"
    found = sentences()
    for kind, word in KINDS.items():
        yield f"\n### {word}\n"
        of_kind = [each for each in found if each.kind == kind]
        if kind == "then":
            judged = [(f"`{each.text}`", each.metric, code(each.says)) for each in of_kind]
            yield from table(("sentence", "metric", "limit, and what is meant"), judged)
        else:
            done = [(f"`{each.text}`", code(each.says)) for each in of_kind]
            yield from table(("sentence", "what it does"), done)


def _metrics() -> Iterator[str]:
    yield "\n## Metrics\n"
    rows = []
    for name, each in METRICS.items():
        of = "" if each.narrowed is Subject.NOTHING else str(each.narrowed)
        must = " (has to be named)" if each.has_to_be else ""
        needs = "; ".join(SECTIONS[need] for need in each.needs if need in SECTIONS)
        needs = re.sub(r"(\[[^\]]+\])", r"`\1`", needs)
        row = (f"`{name}`", UNITS[each.unit], of + must, str(each.settles), needs, each.source)
        rows.append(row)
    columns = ("metric", "unit", "`of`", "settles", "needs", "read from")
    yield from table(columns, rows)


def variables(root: Path) -> set[str]:
    """Every variable of the environment with our prefix that is read by the code or the set-up."""
    files = [*root.glob("drills/**/*.py"), *root.glob("compose/setup/*.sh"), root / "conftest.py"]
    text = "\n".join(path.read_text("utf-8") for path in files)
    return set(re.findall(r"\bDRILLS_[A-Z_]+\b", text))
