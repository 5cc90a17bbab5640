"""Faults of the network between services, made and read back where one of them is attached."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import PlanError, UnknownTarget
from drills.faults.fault import Applied, Colour, Effect, Fault, ReadBack
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.links import both_ways
from drills.stack.runtime import Container, Runtime

_PID = "$(docker inspect -f '{{{{.State.Pid}}}}' {container})"
_ADDRESSES = (
    "$(docker inspect -f "
    "'{{{{range .NetworkSettings.Networks}}}}{{{{.IPAddress}}}} {{{{end}}}}' {peers})"
)


def _addresses(runtime: Runtime, peers: tuple[Container, ...]) -> list[str]:
    attached = [runtime.links.attached(peer) for peer in peers]
    return [one for each in attached for some in each.addresses.values() for one in some]


def _severed(runtime: Runtime, undo: Undo) -> bool:
    """Whether all that goes either way is dropped, of every address that the peers have now."""
    wanted = both_ways(_addresses(runtime, undo.place.peers))
    return bool(wanted) and wanted <= runtime.links.dropped(undo.container, undo.arguments["mark"])


def _mend(runtime: Runtime, undo: Undo) -> None:
    """Let everything pass, and have both ends run as before; a peer that is gone has no link."""
    runtime.links.mend(undo.container, undo.arguments["mark"])
    if undo.before.get("status") != "running":
        return
    _run(runtime, undo.container)
    for peer in undo.place.peers:
        with suppress(UnknownTarget):
            _run(runtime, peer)


def _run(runtime: Runtime, container: Container) -> None:
    runtime.unpause(container)
    runtime.start(container)


def _mended(runtime: Runtime, undo: Undo) -> bool:
    """Whether nothing is dropped in the injection's name; not so where the container stopped."""
    return not runtime.links.dropped(undo.container, undo.arguments["mark"])


OPERATIONS: Mapping[str, Operation] = {
    "mend-link": Operation(
        _mend,
        _mended,
        "whole: nothing of it is dropped any more",
        f"nsenter -t {_PID} -n nft delete table ip drill-{{mark}} || docker restart {{container}}",
    ),
}


@dataclass(frozen=True, slots=True)
class Partition:
    """Two services do not reach each other any more: what one sends is lost without a word.

    Open connections hang as new ones do; nothing is refused. Every instance of ``other`` is cut
    off from the target; both go on to reach everybody else.
    """

    other: str
    kind: ClassVar[str] = "partition"
    phrase: ClassVar[str] = "a partition from {other:quoted}"
    label: ClassVar[str] = "cut off"
    colour: ClassVar[Colour] = Colour.NETWORK
    effect: ClassVar[Effect] = ReadBack("nothing passes between them", _severed)
    asks: ClassVar[tuple[Ability, ...]] = (Ability.LINKS,)
    needs: ClassVar[tuple[str, ...]] = (
        "a helper container of the engine that may make rules (NET_ADMIN) in the target's network",
        "a kernel with nf_tables",
        "a network that both services are on, and that the target shares with nobody else",
    )

    @property
    def by_hand(self) -> str:
        """As a person would cut it, as root on the engine's host."""
        rules = "iptables -I INPUT -s $ip -j DROP; iptables -I OUTPUT -d $ip -j DROP"
        return f'for ip in {_ADDRESSES}; do nsenter -t {_PID} -n sh -c "{rules}"; done'

    @property
    def beside(self) -> tuple[str, ...]:
        """The service at the other end."""
        return (self.other,)

    def parameters(self) -> Mapping[str, Json]:
        """Who is at the other end."""
        return {"other": self.other}

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """Whether they share a network is seen once they run."""

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """They share a network, and the target its own with nobody.

        Raises PlanError where that is not so.
        """
        links, name = runtime.links, place.container.name
        own = links.attached(place.container)
        if own.shared:
            raise PlanError(
                f"{self.kind} of {name}: expected it to have its network to itself, it shares it "
                f"with {own.shared}, who would be cut off as well"
            )
        for peer in place.peers:
            if not own.addresses.keys() & links.attached(peer).addresses.keys():
                raise PlanError(
                    f"{self.kind} of {name}: expected a network that it shares with {peer.name}, "
                    "there is none"
                )
        return place

    def undo(self, place: Place, injection: str) -> Undo:
        """Mend it. Raises PlanError for a link between a container and itself."""
        if place.container.id in {peer.id for peer in place.peers}:
            raise PlanError(
                f"{self.kind}: expected two services, got {place.container.service} twice"
            )
        return Undo("mend-link", place, {"mark": injection})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Drop what goes between them. Raises EngineError where that is refused."""
        runtime.links.cut(place.container, _addresses(runtime, place.peers), injection)
        return Applied(way="rules in the network of " + place.container.name)


FAULTS: tuple[type[Fault], ...] = (Partition,)
