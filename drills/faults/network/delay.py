"""What takes longer than usual: what goes to one service, or all that one instance sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import PlanError
from drills.faults.fault import Effect, ReadBack
from drills.faults.network.handled import NEEDED, Handled, handled
from drills.faults.network.link import INSIDE, OWN_NETWORK
from drills.journal.timeline import Json
from drills.stack.links import Delayed, Handling
from drills.units import format_seconds

LONGEST_DELAY = 600.0  # seconds
_BY_HAND = f"{INSIDE} tc qdisc add dev eth0 root netem delay"


class _Late(Handled):
    """Packets that the target sends wait: the ``delay``, give or take some of the ``jitter``."""

    __slots__ = ()
    delay: float
    jitter: float

    @property
    def handling(self) -> Handling:
        """They wait."""
        return Delayed(self.delay, self.jitter)

    @property
    def by_hand(self) -> str:
        """As a person would delay all that it sends, as root on an engine's host with netem."""
        return f"{_BY_HAND} {self.delay * 1000:g}ms {self.jitter * 1000:g}ms"

    def check(self, whom: str) -> None:
        """The delay is one, and the jitter no more than that."""
        super().check(whom)
        if not 0 < self.delay <= LONGEST_DELAY:
            raise PlanError(
                f"{self.kind} of {whom}: expected a delay between 0 and "
                f"{format_seconds(LONGEST_DELAY)}, got {format_seconds(self.delay)}"
            )
        if not 0 <= self.jitter <= self.delay:
            raise PlanError(
                f"{self.kind} of {whom}: expected a jitter of at most the delay "
                f"({format_seconds(self.delay)}), got {format_seconds(self.jitter)}"
            )

    def parameters(self) -> Mapping[str, Json]:
        """Delay, jitter and time to live, in seconds; who is at the other end, if not everybody."""
        return {
            **dict(zip(("other",), self.beside, strict=False)),
            "delay_s": self.delay,
            "jitter_s": self.jitter,
            "time_to_live_s": self.time_to_live,
        }


@dataclass(frozen=True, slots=True)
class Latency(_Late):
    """What a service sends to another arrives ``delay`` seconds late, so round trips take longer.

    Each packet waits by itself, ``jitter`` seconds more or less by chance, so that some overtake
    others; a new connection takes a round trip before the first question. What the service sends to
    others is not touched. After ``time_to_live`` seconds, or when its helper dies, all is as fast
    as before.
    """

    other: str
    delay: float = 0.1
    jitter: float = 0.0
    time_to_live: float = 3600.0
    kind: ClassVar[str] = "latency"
    label: ClassVar[str] = "late packets"
    phrase: ClassVar[str] = "latency of {delay:duration} towards {other:quoted}"
    effect: ClassVar[Effect] = ReadBack("what it sends there waits in a helper", handled)
    needs: ClassVar[tuple[str, ...]] = (*NEEDED, OWN_NETWORK)

    @property
    def beside(self) -> tuple[str, ...]:
        """The service at the other end."""
        return (self.other,)


@dataclass(frozen=True, slots=True)
class SlowAnswers(_Late):
    """All that a service sends to anybody arrives ``delay`` seconds late: one instance is slow.

    Each packet waits by itself, ``jitter`` seconds more or less by chance. It looks healthy and
    works, only later than its like: whoever waits for it, and the balancer before it, has to
    notice. What it asks others takes longer as well. After ``time_to_live`` seconds, or when its
    helper dies, it is as fast as before.
    """

    delay: float = 0.1
    jitter: float = 0.0
    time_to_live: float = 3600.0
    kind: ClassVar[str] = "slow answers"
    label: ClassVar[str] = "slow"
    phrase: ClassVar[str] = "answers that are {delay:duration} late"
    effect: ClassVar[Effect] = ReadBack("what it sends waits in a helper", handled)
