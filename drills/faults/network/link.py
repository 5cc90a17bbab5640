"""What is the same for all that happens to a link: its two ends, its rules, and its mending."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import ClassVar

from drills.errors import PlanError, UnknownTarget
from drills.faults.fault import Applied, Colour
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.links import EVERYBODY, Fate, Lost, Way, fate_from_words, fate_in_words, rules
from drills.stack.runtime import Container, Runtime

BOTH = tuple(Way)
OWN_NETWORK = "a network that both services are on, and that the target shares with nobody else"
HELPER = "a helper container of the engine that may make rules (NET_ADMIN) in the target's network"
INSIDE = "nsenter -t $(docker inspect -f '{{{{.State.Pid}}}}' {container}) -n"
_ADDRESSES = (
    "$(docker inspect -f "
    "'{{{{range .NetworkSettings.Networks}}}}{{{{.IPAddress}}}} {{{{end}}}}' {peers})"
)


def typed_for_each(rule: str) -> str:
    """The line for a person who types ``rule`` for each ``$ip`` of the other end."""
    return f'for ip in {_ADDRESSES}; do {INSIDE} sh -c "{rule}"; done'


def addresses(runtime: Runtime, peers: tuple[Container, ...]) -> list[str]:
    """All that the peers have now; everybody's where there is none."""
    if not peers:
        return list(EVERYBODY)
    attached = [runtime.links.attached(peer) for peer in peers]
    return [one for each in attached for some in each.addresses.values() for one in some]


def in_force(runtime: Runtime, undo: Undo) -> bool:
    """Whether the fault's rules hold, for every address that the peers have now."""
    fate = fate_from_words(undo.arguments["fate"])
    ways = [Way(way) for way in undo.arguments["ways"].split()]
    wanted = rules(addresses(runtime, undo.place.peers), fate, ways)
    return bool(wanted) and wanted <= runtime.links.rules(undo.container, undo.arguments["mark"])


def mend(runtime: Runtime, undo: Undo) -> None:
    """Let everything pass, and have both ends run as before; a peer that is gone has no link."""
    runtime.links.remove(undo.container, undo.arguments["mark"])
    if undo.before.get("status") == "running":
        run_both(runtime, undo)


def run_both(runtime: Runtime, undo: Undo) -> None:
    """Have both ends run, thawed, as far as they are there; the target is."""
    _run(runtime, undo.container)
    for peer in undo.place.peers:
        with suppress(UnknownTarget):
            _run(runtime, peer)


def mended(runtime: Runtime, undo: Undo) -> bool:
    """Whether no rule of the injection is left; there is none where the container stopped."""
    return not runtime.links.rules(undo.container, undo.arguments["mark"])


def _run(runtime: Runtime, container: Container) -> None:
    runtime.unpause(container)
    runtime.start(container)


OPERATIONS: Mapping[str, Operation] = {
    "mend-link": Operation(
        mend,
        mended,
        "whole: no rule about it is left",
        f"{INSIDE} nft delete table ip drill-{{mark}} || docker restart {{container}}",
    ),
}


class OfNetwork:
    """A fault of what the target sends or is sent: rules in the network that is its own."""

    __slots__ = ()
    kind: ClassVar[str]
    colour: ClassVar[Colour] = Colour.NETWORK
    asks: ClassVar[tuple[Ability, ...]] = (Ability.LINKS,)
    needs: ClassVar[tuple[str, ...]] = (HELPER, "a kernel with nf_tables", OWN_NETWORK)
    way_back: ClassVar[str] = "mend-link"

    def fate(self, injection: str) -> Fate:
        """What becomes of the packets."""
        return Lost()

    @property
    def ways(self) -> tuple[Way, ...]:
        """Of which packets, as the target sees them."""
        return BOTH

    @property
    def beside(self) -> tuple[str, ...]:
        """Nobody else, unless it is about a link."""
        return ()

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """Whether they share a network is seen once they run."""
        self.check(service)

    def check(self, whom: str) -> None:
        """Raise PlanError for parameters that mean nothing."""

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """They share a network, and the target its own with nobody.

        Raises PlanError where that is not so.
        """
        links, name = runtime.links, place.container.name
        own = links.attached(place.container)
        if own.shared:
            raise PlanError(
                f"{self.kind} of {name}: expected it to have its network to itself, it shares it "
                f"with {own.shared}, who would be hit as well"
            )
        for peer in place.peers:
            if not own.addresses.keys() & links.attached(peer).addresses.keys():
                raise PlanError(
                    f"{self.kind} of {name}: expected a network that it shares with {peer.name}, "
                    "there is none"
                )
        return place

    def undo(self, place: Place, injection: str) -> Undo:
        """Mend it. Raises PlanError for a link between a container and itself, or of no meaning."""
        self.check_ends(place)
        told = {"fate": fate_in_words(self.fate(injection)), "ways": " ".join(self.ways)}
        return Undo(self.way_back, place, {"mark": injection, **told})

    def check_ends(self, place: Place) -> None:
        """Raise PlanError for parameters that mean nothing, and for one service at both ends."""
        self.check(place.container.name)
        if place.container.id in {peer.id for peer in place.peers}:
            raise PlanError(
                f"{self.kind}: expected two services, got {place.container.service} twice"
            )

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Make the rules. Raises EngineError where that is refused."""
        made = rules(addresses(runtime, place.peers), self.fate(injection), self.ways)
        runtime.links.add(place.container, made, injection)
        return Applied(way="rules in the network of " + place.container.name)


class OfLink(OfNetwork):
    """A fault of the link between the target and ``other``."""

    __slots__ = ()
    other: str

    @property
    def beside(self) -> tuple[str, ...]:
        """The service at the other end."""
        return (self.other,)

    def parameters(self) -> Mapping[str, Json]:
        """Who is at the other end."""
        return {"other": self.other}
