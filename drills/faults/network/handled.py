"""What is the same for faults whose packets a helper container handles while they last."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from drills.errors import PlanError
from drills.faults.fault import Applied
from drills.faults.network.link import (
    HELPER,
    INSIDE,
    OfNetwork,
    addresses,
    in_force,
    mend,
    mended,
)
from drills.faults.undo import Operation, Place, Undo
from drills.stack.abilities import Ability
from drills.stack.links import Fate, Handling, Queued, Way, queue_of, rules
from drills.stack.runtime import Runtime
from drills.units import format_seconds

LONGEST = 86400.0  # seconds for which a helper may live
TOOLS = "our image incident-drills/tools, for a helper container that stays while it lasts"

NEEDED = (HELPER, "a kernel with nf_tables that hands packets over (NFQUEUE)", TOOLS)


def handled(runtime: Runtime, undo: Undo) -> bool:
    """Whether the rules hold, and somebody handles what they queue."""
    return runtime.links.handled(undo.arguments["mark"]) and in_force(runtime, undo)


def _let_go(runtime: Runtime, undo: Undo) -> bool:
    return not runtime.links.handled(undo.arguments["mark"]) and mended(runtime, undo)


OPERATIONS: Mapping[str, Operation] = {
    "end-handling": Operation(
        mend,
        _let_go,
        "whole: no rule about it is left, and no helper",
        "docker rm -f $(docker ps -aq --filter label=incident-drills.injection={mark}); "
        f"{INSIDE} sh -c 'for of in ip ip6; do nft delete table $of drill-{{mark}}; done'",
    ),
}


class Handled(OfNetwork, ABC):
    """A fault whose rules queue packets for a helper, which ends after ``time_to_live`` seconds."""

    __slots__ = ()
    way_back: ClassVar[str] = "end-handling"
    asks: ClassVar[tuple[Ability, ...]] = (Ability.QUEUES,)
    needs: ClassVar[tuple[str, ...]] = (*NEEDED, "a network that it shares with nobody else")
    time_to_live: float

    @property
    @abstractmethod
    def handling(self) -> Handling:
        """What the helper does with them."""

    def fate(self, injection: str) -> Fate:
        """Handed over."""
        return Queued(queue_of(injection))

    @property
    def ways(self) -> tuple[Way, ...]:
        """What the target sends."""
        return (Way.OUTGOING,)

    def check(self, whom: str) -> None:
        """The helper's time is one."""
        if not 0 < self.time_to_live <= LONGEST:
            raise PlanError(
                f"{self.kind} of {whom}: expected a time to live between 0 and "
                f"{format_seconds(LONGEST)}, got {format_seconds(self.time_to_live)}"
            )

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Start the helper, then make the rules. Raises EngineError where either is refused."""
        made = rules(addresses(runtime, place.peers), self.fate(injection), self.ways)
        links = runtime.links
        links.handle(place.container, made, self.handling, self.time_to_live, injection)
        return Applied(way=f"a helper in the network of {place.container.name}")
