"""What a fact is: the schema of one kind of event, in a journal that anybody may have written to.

A fact is written whole and read as a view. A torn or hostile line, or one of an older version,
stays readable: what is missing, or of another type than its field, has the field's default.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Self

from drills.journal.timeline import WIDEST, Event, Json, Kind

WHEN_IT_HAPPENED = {"absent": "at_ns"}  # of an instant: where it is absent, the event's own


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: Json) -> int | None:
    """A number of 64 bits: services may say any."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if -WIDEST <= value < WIDEST else None


def _number(value: Json) -> float | None:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    whole = _whole(value)
    return None if whole is None else float(whole)


def _yes_or_no(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _texts(value: Json) -> tuple[str, ...] | None:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None
    return tuple(item for item in value if isinstance(item, str))


def _by_name(value: Json) -> Mapping[str, Json] | None:
    return value if isinstance(value, Mapping) else None


def _text_by_name(value: Json) -> Mapping[str, str] | None:
    found = _by_name(value)
    return None if found is None else {str(key): str(item) for key, item in found.items()}


@dataclass(frozen=True, slots=True)
class FieldType:
    """A type that a field of a fact may have: its name for readers, how it is read, its zero.

    ``read`` gives None for what is of another type.
    """

    words: str
    read: Callable[[Json], object]
    zero: object


TYPES: Mapping[str, FieldType] = {
    "str": FieldType("text", _text, ""),
    "int": FieldType("whole number", _whole, 0),
    "int | None": FieldType("whole number", _whole, None),
    "float": FieldType("number", _number, 0.0),
    "bool": FieldType("true or false", _yes_or_no, False),
    "bool | None": FieldType("true or false", _yes_or_no, None),
    "tuple[str, ...]": FieldType("list of texts", _texts, ()),
    "Mapping[str, str]": FieldType("text by name", _text_by_name, {}),
    "Mapping[str, Json]": FieldType("anything by name", _by_name, {}),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a fact's data: the field of that name."""

    name: str
    type: FieldType
    default: object
    optional: bool  # whether it is left out where it holds its default
    when_it_happened: bool  # whether an absent one is the event's own instant

    def of(self, event: Event) -> object:
        """What an event says there, or the default where it says nothing that can be used."""
        value = self.type.read(event.data.get(self.name))
        if value is None:
            return event.at_ns if self.when_it_happened else self.default
        return value


@dataclass(frozen=True)
class Fact:
    """One fact, of the kind that its class declares. Its fields are the keys of its data.

    ``text`` is what a reader is told; "" for what follows from the other fields, see ``words``.
    ``at_ns`` (monotonic) and ``seq`` (the order of writing) are set where it was read. Two facts
    are equal where their data are, whenever and in whatever words they were told.

    A subclass has keyword fields of the types in ``TYPES``. One that has a default is left out of
    the data where it holds it. Facts of one kind differ in their ``marks``: keys that say which
    it is.
    """

    text: str = field(default="", compare=False)
    at_ns: int = field(default=0, kw_only=True, compare=False)
    seq: int = field(default=-1, kw_only=True, compare=False)

    kind: ClassVar[Kind]
    marks: ClassVar[Mapping[str, str]] = {}
    classes: ClassVar[list[type[Fact]]] = []  # of every kind, in the order of their declaration

    def __init_subclass__(cls) -> None:
        """Every kind has one class, or one for each of its marks."""
        if "kind" not in cls.__dict__:
            return  # what several have in common
        for other in Fact.classes:
            ours, theirs = cls.marks.items(), other.marks.items()
            if other.kind is cls.kind and (ours <= theirs or theirs <= ours):
                raise TypeError(f"{cls.__qualname__}: {cls.kind} is of {other.__qualname__}")
        Fact.classes.append(cls)

    def words(self) -> str:
        """What a reader is told where whoever wrote it gave no text."""
        return ""

    def data(self) -> dict[str, Json]:
        """What the journal holds of it, besides text and instant."""
        found: dict[str, Json] = dict(self.marks)
        for key in keys(type(self)):
            value = getattr(self, key.name)
            if not key.optional or value != key.default:
                found[key.name] = value
        return found

    def event(self, seq: int, at_ns: int) -> Event:
        """The event that tells it."""
        return Event(seq, at_ns, self.kind, self.text or self.words(), self.data())

    @classmethod
    def tells(cls, event: Event) -> bool:
        """Whether an event is of this class."""
        return event.kind is cls.kind and all(
            event.data.get(name) == value for name, value in cls.marks.items()
        )

    @classmethod
    def of(cls, event: Event) -> Self:
        """The view of an event, whatever its data hold."""
        told = {key.name: key.of(event) for key in keys(cls)}
        return cls(event.text, at_ns=event.at_ns, seq=event.seq, **told)


_KEYS: dict[type[Fact], tuple[Key, ...]] = {}


def keys(fact: type[Fact]) -> tuple[Key, ...]:
    """The keys of a class's data. Raises TypeError for a field of a type that no key has."""
    if fact not in _KEYS:
        own = [each for each in fields(fact) if each.name not in Fact.__dataclass_fields__]
        _KEYS[fact] = tuple(_key(fact, each) for each in own)
    return _KEYS[fact]


def _key(fact: type[Fact], each: Field[Any]) -> Key:
    if each.type not in TYPES:
        known = ", ".join(TYPES)
        raise TypeError(f"{fact.__qualname__}.{each.name}: expected one of {known}")
    type_ = TYPES[str(each.type)]
    default = type_.zero if each.default is MISSING else each.default
    optional = each.default is not MISSING or each.default_factory is not MISSING
    return Key(each.name, type_, default, optional, each.metadata == WHEN_IT_HAPPENED)
