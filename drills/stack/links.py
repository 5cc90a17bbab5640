"""The links between containers: rules about the packets of one, and what they read back as.

A rule holds at one end, in the network namespace that one container has to itself; nothing else is
touched. A container that is started anew has a new namespace, without any rule.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

MILLION = 1_000_000
EVERYBODY = ("0.0.0.0/0", "::/0")  # as addresses of a rule: all but the container itself


class Way(StrEnum):
    """Of packets, as the container sees them."""

    INCOMING = "from"
    OUTGOING = "to"


@dataclass(frozen=True, slots=True)
class Lost:
    """Dropped without a word: so many of a million, each by chance."""

    per_million: int = MILLION


@dataclass(frozen=True, slots=True)
class Refused:
    """A TCP connection is answered by a reset, whatever it carries; nothing else is touched."""


@dataclass(frozen=True, slots=True)
class Limited:
    """Dropped beyond ``rate`` bytes a second, after ``burst`` bytes at once."""

    rate: int
    burst: int


Fate = Lost | Refused | Limited
_LOST = Lost()


_WORDS: Mapping[type[Fate], str] = {Lost: "lost", Refused: "refused", Limited: "limited"}


def fate_in_words(fate: Fate) -> str:
    """Its name and its numbers."""
    return " ".join((_WORDS[type(fate)], *(str(getattr(fate, one.name)) for one in fields(fate))))


def fate_from_words(words: str) -> Fate:
    """The fate that reads so. Raises ValueError where none does."""
    word, *numbers = words.split(" ")
    kind = next((kind for kind, known in _WORDS.items() if known == word), None)
    if kind is None or len(numbers) != len(fields(kind)):
        raise ValueError(f"expected what becomes of packets, got {words!r}")
    return kind(*(int(number) for number in numbers))


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of the packets that come from an address or go to it."""

    way: Way
    address: str
    fate: Fate = field(default_factory=Lost)

    def __str__(self) -> str:
        return f"{self.way} {self.address} {fate_in_words(self.fate)}"

    @classmethod
    def from_words(cls, words: str) -> Rule:
        """The rule that reads so. Raises ValueError where none does."""
        way, address, fate = (*words.split(" ", 2), "", "")[:3]
        return cls(Way(way), address, fate_from_words(fate))


def rules(
    addresses: Collection[str], fate: Fate = _LOST, ways: Collection[Way] = tuple(Way)
) -> frozenset[Rule]:
    """The same for all of these addresses, these ways; both where none is named."""
    return frozenset(Rule(way, address, fate) for way in ways for address in addresses)


@dataclass(frozen=True, slots=True)
class Attached:
    """How a container is attached: its addresses by the id of each network.

    ``shared`` says with whom it shares its network namespace, "" where it has it to itself.
    """

    addresses: Mapping[str, tuple[str, ...]]
    shared: str = ""
