"""What does not fit in a document that was read: all of it, in our words, each by key and line.

The library that checks manifests and results says what is wrong by a code; its own words are of its
own types, with an address on the web. Here, and nowhere else, they become ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from drills.errors import near
from drills.journal.keylines import KeyPath, Lines, line_of
from drills.journal.secret_names import names_secret

if TYPE_CHECKING:
    from pydantic import ValidationError

SHOWN = 60  # characters of a value that is told
# What holds secrets besides what is named after one.
_HOLD_SECRETS = frozenset({"dsn", "headers", "body", "form", "send", "command"})
_KINDS: Mapping[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
    tuple: "a list",
    datetime: "a date",
    date: "a date such as 2026-04-30",
    NoneType: "nothing",
}
_BY_CODE: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than": lambda more: f"more than {more['gt']:g}",
    "greater_than_equal": lambda more: f"at least {more['ge']:g}",
    "less_than": lambda more: f"less than {more['lt']:g}",
    "less_than_equal": lambda more: f"at most {more['le']:g}",
    "literal_error": lambda more: f"one of {more['expected']}".removesuffix("one of "),
    "string_too_short": lambda _: "a text that is not empty",
    "string_pattern_mismatch": lambda more: f"a text that matches {more['pattern']}",
    "too_short": lambda more: f"at least {more['min_length']} in the list",
    "finite_number": lambda _: "a number that is not infinite",
}
# What a code begins with, where it is of a value of another kind.
_BY_KIND = {
    "string": str,
    "int": int,
    "float": float,
    "bool": bool,
    "dict": dict,
    "model": dict,
    "list": list,
    "tuple": tuple,
    "datetime": datetime,
    "date": date,
    "none": NoneType,
}


class Misfit(NamedTuple):
    """One thing that does not fit: its keys from the document's top, and what was expected."""

    path: KeyPath
    text: str

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {self.text}" if self.path else self.text


class Misfits(ValueError):
    """Everything in a document that does not fit. A check of a part names keys below that part."""

    def __init__(self, problems: Iterable[Misfit]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(map(str, self.problems)))

    @classmethod
    def of(cls, error: ValidationError, document: object, kind: type) -> Misfits:
        """What the library found in a document that should be of this kind."""
        told = [_Told(each, document, kind) for each in error.errors(include_url=False)]
        return cls(_merged(_without_twins(told)))

    def told(self, file: Path, lines: Lines) -> str:
        """A line for each, in the order of the file, that begins with its place there."""
        placed = [(line_of(lines, each.path), each) for each in self.problems]
        placed.sort(key=lambda one: one[0])
        return "\n".join(f"{file}:{line}: {each}" for line, each in placed)


def dotted(path: KeyPath) -> str:
    """``stack.entry.port``; a key that is no plain word stands in quotes."""
    return ".".join(
        str(part)
        if str(part).replace("-", "_").isidentifier() or isinstance(part, int)
        else f'"{part}"'
        for part in path
    )


class _Told:
    """One thing that the library told. ``path`` is where the document has it, or lacks it."""

    def __init__(self, details: Any, document: object, kind: type) -> None:
        self.code: str = details["type"]
        self.value: object = details["input"]
        self.more: Mapping[str, Any] = details.get("ctx", {})
        loc: KeyPath = details["loc"]
        there = _there(loc, document)
        self.missing = self.code == "missing"
        self.path = loc if self.missing else there
        around = kind
        for part in self.path[:-1]:
            around = _inner(around, part)
        fields: Mapping[str, Any] = getattr(_chosen(around), "model_fields", {})
        self.fields = {each.alias or name: each for name, each in fields.items()}

    @property
    def unknown(self) -> bool:
        """Whether it is a key that nothing there has."""
        return self.code == "extra_forbidden"

    @property
    def meant(self) -> str:
        """``; did you mean 'name'?`` of a key that nothing there has, or ""."""
        return near(str(self.path[-1]), self.fields) if self.unknown else ""

    def misfits(self) -> Iterator[Misfit]:
        """What is wrong, in our words."""
        own = self.more.get("error")
        if isinstance(own, Misfits):
            yield from (Misfit((*self.path, *each.path), each.text) for each in own.problems)
        elif own is not None:
            yield Misfit(self.path, str(own))
        elif self.unknown:
            keys = ", ".join(self.fields) or "none"
            said = f"expected one of the keys {keys}; found {str(self.path[-1])!r}{self.meant}"
            yield Misfit(self.path, said)
        else:
            yield Misfit(self.path, f"expected {self.expected()}, found {self._found()}")

    def expected(self) -> str:
        """What should stand there."""
        if self.missing:
            field = self.fields.get(str(self.path[-1]))
            return kind_named(field.annotation) if field else "a value"
        if by_code := _BY_CODE.get(self.code):
            return by_code(self.more)
        kind = _BY_KIND.get(self.code.partition("_")[0])
        return _KINDS[kind] if kind else "another value"

    def _found(self) -> str:
        if self.missing:
            return "nothing"
        if any(names_secret(str(part)) or part in _HOLD_SECRETS for part in self.path):
            return _KINDS.get(type(self.value), "another value")
        known = self.more.get("expected", "") if self.code == "literal_error" else ""
        hint = near(str(self.value), known.replace(" or ", ", ").replace("'", "").split(", "))
        return shown(self.value) + (hint if known else "")


def shown(value: object) -> str:
    """A value as a document says it, or of what kind it is."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | list | tuple):
        return _KINDS[type(value)] if value else _KINDS[type(value)].replace("a ", "an empty ")
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def kind_named(annotation: Any) -> str:
    """What kind of value a type stands for, in words."""
    kind = _chosen(annotation)
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(map(repr, get_args(kind)))
    if hasattr(kind, "model_fields"):
        return _KINDS[dict]
    return _KINDS.get(get_origin(kind) or kind, "a value")


def _there(loc: KeyPath, document: object) -> KeyPath:
    """As much of a place as the document has: the library adds which of several kinds it tried."""
    inside: Any = document
    for number, part in enumerate(loc):
        try:
            inside = inside[part]
        except (LookupError, TypeError):
            return loc[:number]
    return loc


def _chosen(annotation: Any) -> Any:
    """The type itself, of one that may also be nothing the other."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        kinds = [_chosen(each) for each in get_args(annotation) if each is not NoneType]
        return next((kind for kind in kinds if hasattr(kind, "model_fields")), kinds[0])
    return annotation


def _inner(kind: Any, part: str | int) -> Any:
    """The type of what stands under a key, or at a place of a list."""
    kind = _chosen(kind)
    if field := getattr(kind, "model_fields", {}).get(part):
        return field.annotation
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1]
    return arguments[0] if arguments and get_origin(kind) in (list, tuple) else object


def _without_twins(told: Iterable[_Told]) -> list[_Told]:
    """A key that was misspelt is unknown, and the right one missing: only the former is told."""
    found = list(told)
    meant = {(each.path[:-1], each.meant) for each in found if each.unknown}
    return [
        each
        for each in found
        if not (each.missing and (each.path[:-1], f"; did you mean {each.path[-1]!r}?") in meant)
    ]


def _merged(told: Iterable[_Told]) -> Iterator[Misfit]:
    """One for each place: where several kinds were tried, the one that has words of its own."""
    by_place: dict[KeyPath, list[_Told]] = {}
    for each in told:
        by_place.setdefault(each.path, []).append(each)
    for tried in by_place.values():
        own = [each for each in tried if "error" in each.more]
        for each in own or tried[:1]:
            yield from each.misfits()
