"""The links between containers: rules about the packets of one, and what they read back as.

A rule holds at one end, in the network namespace that one container has to itself; nothing else is
touched. A container that is started anew has a new namespace, without any rule.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Protocol

from drills.stack.container import Container

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


@dataclass(frozen=True, slots=True)
class Queued:
    """Handed to a program of ours, which gives each back; passing where none takes it."""

    queue: int


@dataclass(frozen=True, slots=True)
class QueuedAnswers:
    """The same, of what name servers answer by UDP alone; the container itself may be one."""

    queue: int


Fate = Lost | Refused | Limited | Queued | QueuedAnswers
_LOST = Lost()


_WORDS: Mapping[type[Fate], str] = {
    Lost: "lost",
    Refused: "refused",
    Limited: "limited",
    Queued: "queued",
    QueuedAnswers: "queued-answers",
}


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
class Delayed:
    """What is queued waits so many seconds, give or take some of the jitter."""

    seconds: float
    jitter: float = 0.0


@dataclass(frozen=True, slots=True)
class Misled:
    """What is answered about one name is lost ("silent"), that there is none ("unknown"), or wrong.

    ``what`` is one of these words, or the wrong IPv4 address.
    """

    name: str
    what: str


Handling = Delayed | Misled


def queue_of(mark: str) -> int:
    """The number of the queue that packets of this mark are handed over by."""
    return zlib.crc32(mark.encode()) % 65535 + 1


@dataclass(frozen=True, slots=True)
class Attached:
    """How a container is attached: its addresses by the id of each network.

    ``shared`` says with whom it shares its network namespace, "" where it has it to itself.
    """

    addresses: Mapping[str, tuple[str, ...]]
    shared: str = ""


class Links(Protocol):
    """The links between one stack's containers."""

    def attached(self, container: Container) -> Attached:
        """Its networks and addresses now."""

    def add(self, container: Container, rules: Collection[Rule], mark: str) -> None:
        """Let these rules hold for its packets: all of them, or none.

        Raises EngineError for one that shares its network, or where the mark is there already.
        """

    def rules(self, container: Container, mark: str) -> frozenset[Rule | None]:
        """What holds under this mark now; None for what somebody changed.

        Nothing where it does not run.
        """

    def remove(self, container: Container, mark: str) -> None:
        """Take back what holds under this mark, and end who handles it. Idempotent.

        Where it does not run no rule is left to take back.
        """

    def handle(
        self,
        container: Container,
        rules: Collection[Rule],
        handling: Handling,
        time_to_live: float,
        mark: str,
    ) -> None:
        """Let these rules hold, and somebody handle what they queue, for so many seconds at most.

        They queue by ``queue_of(mark)``. Raises EngineError as ``add`` does, and where nobody can.
        """

    def handled(self, mark: str) -> bool:
        """Whether somebody handles what is queued under this mark; what nobody handles passes."""

    def reset(self, container: Container, addresses: Collection[str], mark: str) -> int:
        """End its open TCP connections with these addresses; returns how many are seen to be gone.

        Raises EngineError for one that shares its network, and where any of them is left.
        """
