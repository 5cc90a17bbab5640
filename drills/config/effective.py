"""What holds of a configuration: each value, and where it comes from. Secrets are not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from drills.config.document import Manifest
from drills.config.section import Section
from drills.journal.keylines import KeyPath
from drills.journal.misfits import dotted
from drills.journal.secret_names import names_secret

SHOWN = (
    "stack",
    "blast_radius",
    "roles",
    "zones",
    "stop",
    "login",
    "journeys",
    "data",
    "monitoring",
)
MASK = "***"
COMPOSE, DEFAULT = "compose", "default"
_KEYS = {"at_once": "containers_at_once"}  # of a value, as its section calls it
# What compose says where the configuration does not.
_COMPOSED = (("stack", "services"), ("stack", "compose_file"), ("blast_radius", "services"))


@dataclass(frozen=True, slots=True)
class Value:
    """A key with the value that holds, and where that comes from.

    ``source`` is an option, a variable, ``file:line``, ``compose`` or ``default``.
    """

    key: str
    value: Any
    source: str


def values(manifest: Manifest) -> list[Value]:
    """Every value of the sections that describe a stack, in their order."""
    found: list[Value] = []
    for section in SHOWN:
        found += _walk(manifest, (section,), getattr(manifest, section))
    return found


def _walk(manifest: Manifest, path: KeyPath, value: Any, hidden: bool = False) -> Iterator[Value]:
    if is_dataclass(value) and not isinstance(value, type):
        written = _written().get(type(value), frozenset())
        for each in fields(value):
            key = _KEYS.get(each.name, each.name)
            if key not in written:
                continue
            inner = (*path, key)
            secret = hidden or not each.repr or names_secret(each.name)
            yield from _walk(manifest, inner, getattr(value, each.name), secret)
    elif isinstance(value, Mapping) and value and any(map(is_dataclass, value.values())):
        for name, one in value.items():
            yield from _walk(manifest, (*path, name), one, hidden)
    else:
        yield Value(dotted(path), MASK if hidden and value else _plain(value), of(manifest, path))


@cache
def _written() -> dict[object, frozenset[str]]:
    """The keys that may be written of each kind of value."""
    found: dict[object, frozenset[str]] = {}
    todo = [Section]
    while todo:
        section = todo.pop()
        todo += section.__subclasses__()
        if makes := vars(section).get("makes"):
            found[makes] = found.get(makes, frozenset()) | section.model_fields.keys()
    return found


def of(manifest: Manifest, path: KeyPath) -> str:
    """Where the value of a key comes from: the line that says it, compose, or nobody."""
    file, lines = manifest.source or (None, {})
    for length in range(len(path), min(1, len(path) - 1), -1):
        said = path[:length]
        whole = length == len(path) or not any(key[:length] == said != key for key in lines)
        if said in lines and whole:
            return f"{file}:{lines[said]}"
    return COMPOSE if path[:2] in _COMPOSED and _has(manifest, path) else DEFAULT


def _has(manifest: Manifest, path: KeyPath) -> bool:
    return path[1] == "compose_file" or bool(manifest.stack.services)


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
