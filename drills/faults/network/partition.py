"""Two services that do not reach each other, both ways or one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import PlanError
from drills.faults.fault import Effect, ReadBack
from drills.faults.network.link import OfLink, in_force, typed_for_each
from drills.journal.timeline import Json
from drills.stack.links import Way

_TYPED = {
    Way.INCOMING: "iptables -I INPUT -s $ip -j DROP",
    Way.OUTGOING: "iptables -I OUTPUT -d $ip -j DROP",
}

_WAYS = {way.name.lower(): way for way in Way}


@dataclass(frozen=True, slots=True)
class Partition(OfLink):
    """Two services do not reach each other any more: what one sends is lost without a word.

    Open connections hang as new ones do; nothing is refused, but a datagram that the target sends
    is, by its own kernel. Every instance of ``other`` is cut off from the target; both go on to
    reach everybody else.
    """

    other: str
    kind: ClassVar[str] = "partition"
    label: ClassVar[str] = "cut off"
    phrase: ClassVar[str] = "a partition from {other:quoted}"
    effect: ClassVar[Effect] = ReadBack("nothing passes between them", in_force)

    @property
    def by_hand(self) -> str:
        """As a person would cut it, as root on the engine's host."""
        return typed_for_each("; ".join(_TYPED.values()))


@dataclass(frozen=True, slots=True)
class OneWayPartition(OfLink):
    """What one service sends to another is lost without a word, and the other's packets arrive.

    No new connection comes about between them, for its answers are lost one way or the other; an
    open one hangs. ``lost`` says which packets, as the target sees them: those that come from
    ``other`` ("incoming": its instances are heard no more), or those that go to it ("outgoing").
    """

    other: str
    lost: str = "incoming"
    kind: ClassVar[str] = "one-way partition"
    label: ClassVar[str] = "half cut off"
    phrase: ClassVar[str] = "a one-way partition from {other:quoted}"
    effect: ClassVar[Effect] = ReadBack("nothing passes between them one way", in_force)

    @property
    def ways(self) -> tuple[Way, ...]:
        """The one."""
        return (_WAYS[self.lost],)

    @property
    def by_hand(self) -> str:
        """As a person would cut it, as root on the engine's host."""
        return typed_for_each(_TYPED[_WAYS[self.lost]])

    def parameters(self) -> Mapping[str, Json]:
        """Who is at the other end, and what is lost: incoming or outgoing, to the target."""
        return {"other": self.other, "lost": self.lost}

    def check(self, whom: str) -> None:
        """It is one of the two ways."""
        if self.lost not in _WAYS:
            raise PlanError(
                f"{self.kind} of {whom}: expected that {' or '.join(_WAYS)} packets are lost, "
                f"got {self.lost!r}"
            )
