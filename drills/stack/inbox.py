"""An inbox beside a stack: the drill's own receiver of the webhooks that the team's alerting sends.

It stands in the stack's network under the names that are notified already, and needs nothing of the
stack but that. What it takes is stamped there, by its own clock, and read by whoever watches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from drills.journal.rules import check, every, port, some

LIVES_SECONDS = 4 * 3600.0  # that one stands at most, where nobody removes it
_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\Z")


def host_name(value: str) -> str:
    """A name that a name server can be asked for."""
    return "" if _NAME.match(value) else "the name of a host"


def from_the_slash(value: str) -> str:
    """A path from the slash on, or none."""
    return "" if not value or value.startswith("/") else "a path that begins with /"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Under which ``names`` and at which port what is sent arrives.

    ``networks`` are those of the stack in which that is so, by the compose file's names for them;
    () for all that the drill makes. Only what is sent to ``path`` is taken; "" for any. Raises
    ValueError where nobody could be reached so.
    """

    names: tuple[str, ...]
    port: int
    path: str = ""
    networks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check(self, names=some, port=port, path=from_the_slash)
        check(self, names=every(host_name))

    def __str__(self) -> str:
        return f"{' or '.join(self.names)}:{self.port}{self.path}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was sent: its body, and when it arrived on the inbox's own monotonic clock."""

    at_ns: int
    path: str
    body: bytes


class Inbox(Protocol):
    """Takes what is sent, from the moment that it was made."""

    def clock_ns(self) -> int:
        """Its monotonic clock, asked anew. Raises EngineError where it does not answer."""

    def since(self, position: int) -> tuple[Sequence[Arrival], int]:
        """What arrived after ``position`` (0 at first), and the position to ask from next.

        Raises EngineError where it is gone, once all that came has been handed out.
        """

    def close(self) -> None:
        """Take nothing any more. Idempotent, and never raises."""


@runtime_checkable
class Receiving(Protocol):
    """A stack in whose network an inbox can be put."""

    def receive(self, reception: Reception, time_to_live: float) -> Inbox:
        """One that takes what is sent from now on, for ``time_to_live`` seconds at most.

        ``down`` removes it. Raises StackError before ``up``, EngineError where it cannot be had.
        """
