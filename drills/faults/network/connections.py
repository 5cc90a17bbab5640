"""Connections that are open, and break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import EngineError
from drills.faults.fault import Applied, Effect, Performed
from drills.faults.network.link import HELPER, INSIDE, OWN_NETWORK, OfLink, addresses, run_both
from drills.faults.process import runs
from drills.faults.undo import Operation, Place, Undo
from drills.stack.abilities import Ability
from drills.stack.runtime import Runtime

OPERATIONS: Mapping[str, Operation] = {
    "leave-reset": Operation(
        run_both,
        runs,
        "running: a connection that broke has no way back, whoever needs one opens another",
        "docker start {container} {peers}",
    ),
}


@dataclass(frozen=True, slots=True)
class ConnectionsReset(OfLink):
    """All open TCP connections between two services break at once, as of a reset; once.

    New ones are made at will, and nothing else is touched: what is to be seen is whether pools
    and sessions notice, and whether what was under way is done twice or not at all. Where none is
    open nothing breaks, and the injection fails.
    """

    other: str
    kind: ClassVar[str] = "reset of connections"
    label: ClassVar[str] = "connections reset"
    phrase: ClassVar[str] = "a reset of all connections with {other:quoted}"
    effect: ClassVar[Effect] = Performed("the kernel ended its open connections")
    asks: ClassVar[tuple[Ability, ...]] = (Ability.RESETS,)
    needs: ClassVar[tuple[str, ...]] = (
        HELPER,
        "a kernel that ends connections on demand (INET_DIAG_DESTROY)",
        OWN_NETWORK,
    )

    @property
    def by_hand(self) -> str:
        """As a person would reset them, as root on the engine's host, to one address at a time."""
        return f"{INSIDE} ss -K dst <address of {{peers}}>"

    def undo(self, place: Place, injection: str) -> Undo:
        """Nothing to take back. Raises PlanError for connections of a container with itself."""
        self.check_ends(place)
        return Undo("leave-reset", place, {"mark": injection})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Reset them. Raises EngineError where none was open, or the kernel refuses."""
        whose = addresses(runtime, place.peers)
        count = runtime.links.reset(place.container, whose, injection)
        if count == 0:
            raise EngineError("no connection between them was open, so none was reset")
        return Applied(way=f"{count} of them reset in the network of {place.container.name}")
