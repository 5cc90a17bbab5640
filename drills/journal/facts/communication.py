"""What is told of the messages that a team is owed in an incident."""

from __future__ import annotations

from dataclasses import dataclass, field

from drills.journal.fact import WHEN_IT_HAPPENED, Fact
from drills.journal.timeline import Kind
from drills.units import NS


@dataclass(frozen=True, kw_only=True)
class MessageDue(Fact):
    """Somebody must be told by now: its instant is when it was due, by the severity's cadence.

    ``number`` counts from 1, ``to`` are those who are to be told, ``targets`` the names of what
    the message is sent through; without any, people have to see to it. ``over``: it is the last
    one, that the drill is over.
    """

    kind = Kind.MESSAGE_DUE
    number: int
    to: tuple[str, ...]
    targets: tuple[str, ...] = ()
    over: bool = False

    def words(self) -> str:
        """Which message is due to whom."""
        by = f"through {', '.join(self.targets)}" if self.targets else "by people: no target named"
        says = ", that the drill is over," if self.over else ""
        return f"message {self.number} to {', '.join(self.to)}{says} is due, {by}"


@dataclass(frozen=True, kw_only=True)
class _Message(Fact):
    """What became of a message at one target, after so many attempts to send it."""

    number: int
    target: str
    due_ns: int = field(metadata=WHEN_IT_HAPPENED)
    attempts: int

    @property
    def late(self) -> float:
        """Seconds from when it was due."""
        return max(0.0, (self.at_ns - self.due_ns) / NS)


@dataclass(frozen=True, kw_only=True)
class MessageSent(_Message):
    """A target took a message: its instant is when that was known."""

    kind = Kind.MESSAGE_SENT

    def words(self) -> str:
        """Which one, and where."""
        again = f" at attempt {self.attempts}" if self.attempts > 1 else ""
        return f"message {self.number} reached {self.target}{again}"


@dataclass(frozen=True, kw_only=True)
class MessageUnsent(_Message):
    """A message did not reach a target, and is not sent again. Without an attempt it never was."""

    kind = Kind.MESSAGE_UNSENT
    reason: str

    def words(self) -> str:
        """Which one, where, and why."""
        return f"message {self.number} did not reach {self.target}: {self.reason}"
