"""A link that is bad: some of what is sent is lost, or little of it passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import PlanError
from drills.faults.fault import Effect, ReadBack
from drills.faults.network.link import (
    HELPER,
    INSIDE,
    OWN_NETWORK,
    OfLink,
    in_force,
    typed_for_each,
)
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.links import MILLION, Fate, Limited, Lost
from drills.units import MIB

_KIB = 1024
LEAST_RATE, MOST_RATE = _KIB, 1024 * MIB  # bytes a second
LEAST_BURST = 64 * _KIB  # a packet between containers of one host may be as large
_BURSTS = 10  # of a second's bytes that may pass at once


@dataclass(frozen=True, slots=True)
class PacketLoss(OfLink):
    """Some of the packets between two services are lost, by chance and both ways.

    What is sent again arrives later, so that answers come late rather than not at all; ``share`` is
    a part of all packets, such as 0.1. What is between either of them and others is not touched.
    """

    other: str
    share: float = 0.1
    kind: ClassVar[str] = "packet loss"
    label: ClassVar[str] = "loses packets"
    phrase: ClassVar[str] = "packet loss of {share:share} towards {other:quoted}"
    effect: ClassVar[Effect] = ReadBack("packets between them are lost by chance", in_force)
    asks: ClassVar[tuple[Ability, ...]] = (Ability.CHANCE,)

    def fate(self, injection: str) -> Fate:
        """Lost by chance."""
        return Lost(round(self.share * MILLION))

    @property
    def by_hand(self) -> str:
        """As a person would lose them, as root on the engine's host."""
        chance = f"-m statistic --mode random --probability {self.share:g} -j DROP"
        return typed_for_each(
            f"iptables -I INPUT -s $ip {chance}; iptables -I OUTPUT -d $ip {chance}"
        )

    def parameters(self) -> Mapping[str, Json]:
        """Who is at the other end, and the share that is lost, from 0 to 1."""
        return {"other": self.other, "share": self.share}

    def check(self, whom: str) -> None:
        """The share is some of all, and not all: that is a partition."""
        if not 0 < round(self.share * MILLION) < MILLION:
            raise PlanError(
                f"{self.kind} of {whom}: expected a share of packets between 0 % and 100 %, "
                f"got {self.share:%}. Hint: what loses all is a partition"
            )


@dataclass(frozen=True, slots=True)
class Bandwidth(OfLink):
    """Little passes between two services: what is more than ``rate`` bytes a second is lost.

    Each way and to each instance of ``other`` so much passes; a tenth of a second's bytes (64 KiB
    at least) may pass at once. Small questions and answers are as fast as before.
    """

    other: str
    rate: int = 128 * _KIB
    kind: ClassVar[str] = "limited bandwidth"
    label: ClassVar[str] = "slow link"
    phrase: ClassVar[str] = "a bandwidth of {rate:size} a second towards {other:quoted}"
    effect: ClassVar[Effect] = ReadBack("what passes between them is limited", in_force)
    asks: ClassVar[tuple[Ability, ...]] = (Ability.LIMITS,)
    needs: ClassVar[tuple[str, ...]] = (
        HELPER,
        "a kernel with nf_tables that can limit",
        OWN_NETWORK,
    )

    def fate(self, injection: str) -> Fate:
        """Lost beyond a rate."""
        return Limited(self.rate, max(LEAST_BURST, self.rate // _BURSTS))

    @property
    def by_hand(self) -> str:
        """As a person would limit it, as root on the engine's host, for all that it sends."""
        rate = f"rate {self.rate * 8}bit burst 64kb latency 400ms"
        return f"{INSIDE} tc qdisc add dev eth0 root tbf {rate}"

    def parameters(self) -> Mapping[str, Json]:
        """Who is at the other end, and the bytes a second that pass."""
        return {"other": self.other, "rate_bytes_per_s": self.rate}

    def check(self, whom: str) -> None:
        """The rate is one that the kernel counts, and something passes at all."""
        if not LEAST_RATE <= self.rate <= MOST_RATE:
            raise PlanError(
                f"{self.kind} of {whom}: expected from 1 KiB to 1 GiB a second, "
                f"got {self.rate} bytes"
            )
