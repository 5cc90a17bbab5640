"""Connections that are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from drills.faults.fault import Effect, ReadBack
from drills.faults.network.link import HELPER, OWN_NETWORK, OfLink, in_force, typed_for_each
from drills.stack.abilities import Ability
from drills.stack.links import Fate, Refused, Way


@dataclass(frozen=True, slots=True)
class ConnectionsRefused(OfLink):
    """Every TCP connection of a service to another one is refused at once, by a reset.

    Open ones break with the next that the service sends on them. What is not TCP passes, and so do
    the connections of ``other`` to somebody else, and of everybody else to it.
    """

    other: str
    kind: ClassVar[str] = "refused connections"
    label: ClassVar[str] = "refused"
    phrase: ClassVar[str] = "refused connections to {other:quoted}"
    effect: ClassVar[Effect] = ReadBack("what it sends there is refused", in_force)
    asks: ClassVar[tuple[Ability, ...]] = (Ability.REFUSALS,)
    needs: ClassVar[tuple[str, ...]] = (
        HELPER,
        "a kernel with nf_tables that can reject",
        OWN_NETWORK,
    )

    def fate(self, injection: str) -> Fate:
        """A reset."""
        return Refused()

    @property
    def ways(self) -> tuple[Way, ...]:
        """What the target sends."""
        return (Way.OUTGOING,)

    @property
    def by_hand(self) -> str:
        """As a person would refuse them, as root on the engine's host."""
        return typed_for_each("iptables -I OUTPUT -p tcp -d $ip -j REJECT --reject-with tcp-reset")
