"""Lookups of one name that find nothing, or what is wrong, while all other names are found."""

from __future__ import annotations

import ipaddress
import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import PlanError
from drills.faults.fault import Effect, ReadBack
from drills.faults.network.handled import Handled, handled
from drills.journal.timeline import Json
from drills.stack.links import Fate, Handling, Misled, QueuedAnswers, Way, queue_of

# Where nobody is, and the container itself: nobody else is sent what was meant for the name.
NOBODYS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "127.0.0.0/8")
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")


class _Lookups(Handled):
    """What name servers answer the target about ``name`` is changed on its way."""

    __slots__ = ()
    name: str

    @property
    @abstractmethod
    def what(self) -> str:
        """What is answered: as ``Misled`` has it."""

    @property
    def handling(self) -> Handling:
        """Answers about the name are others."""
        return Misled(self.name, self.what)

    def fate(self, injection: str) -> Fate:
        """Answers are handed over."""
        return QueuedAnswers(queue_of(injection))

    @property
    def ways(self) -> tuple[Way, ...]:
        """What the target is sent."""
        return (Way.INCOMING,)

    @property
    def by_hand(self) -> str:
        """As a person would come near it, in a container whose /etc/hosts may be written."""
        return f"docker exec -u 0 {{container}} sh -c 'echo 192.0.2.1 {self.name} >> /etc/hosts'"

    def parameters(self) -> Mapping[str, Json]:
        """The name, and seconds to live."""
        return {"name": self.name, "time_to_live_s": self.time_to_live}

    def check(self, whom: str) -> None:
        """The name is one."""
        super().check(whom)
        if not _NAME.fullmatch(self.name):
            raise PlanError(f"{self.kind} of {whom}: expected a host's name, got {self.name!r}")


@dataclass(frozen=True, slots=True)
class LookupsUnanswered(_Lookups):
    """A service that looks up one name is not answered: each lookup ends in its own time-out.

    Other names are found, and open connections go on. Only answers by UDP are lost, which is how
    small ones come. After ``time_to_live`` seconds, or when its helper dies, the name is found.
    """

    name: str
    time_to_live: float = 3600.0
    kind: ClassVar[str] = "unanswered lookups"
    label: ClassVar[str] = "name unanswered"
    phrase: ClassVar[str] = "lookups of {name:quoted} that nobody answers"
    effect: ClassVar[Effect] = ReadBack("answers about the name go to a helper", handled)

    @property
    def what(self) -> str:
        """No answer."""
        return "silent"


@dataclass(frozen=True, slots=True)
class LookupsFail(_Lookups):
    """A service that looks up one name is told at once that there is no such name (NXDOMAIN).

    Other names are found, and open connections go on. Only answers by UDP are changed, which is how
    small ones come. After ``time_to_live`` seconds, or when its helper dies, the name is found.
    """

    name: str
    time_to_live: float = 3600.0
    kind: ClassVar[str] = "failing lookups"
    label: ClassVar[str] = "name unknown"
    phrase: ClassVar[str] = "lookups of {name:quoted} that find no such name"
    effect: ClassVar[Effect] = ReadBack("answers about the name go to a helper", handled)

    @property
    def what(self) -> str:
        """That there is none."""
        return "unknown"


@dataclass(frozen=True, slots=True)
class LookupsMisled(_Lookups):
    """A service that looks up one name is told an address where nobody is.

    What it then sends there is lost; other names are found, and open connections go on. The
    ``address`` is one that nobody has (192.0.2.0/24 and the like) or the service's own (127.0.0.1,
    which refuses): nobody else is sent what was meant for the name. Only answers by UDP are
    changed. After ``time_to_live`` seconds, or when its helper dies, the name is found.
    """

    name: str
    address: str = "192.0.2.1"
    time_to_live: float = 3600.0
    kind: ClassVar[str] = "misled lookups"
    label: ClassVar[str] = "name misled"
    phrase: ClassVar[str] = "lookups of {name:quoted} that find a wrong address"
    effect: ClassVar[Effect] = ReadBack("answers about the name go to a helper", handled)

    @property
    def what(self) -> str:
        """The wrong address."""
        return self.address

    def parameters(self) -> Mapping[str, Json]:
        """The name, its wrong address, and seconds to live."""
        return {"name": self.name, "address": self.address, "time_to_live_s": self.time_to_live}

    def check(self, whom: str) -> None:
        """The address is nobody else's."""
        super(LookupsMisled, self).check(whom)
        try:
            address = ipaddress.IPv4Address(self.address)
        except ValueError:
            address = ipaddress.IPv4Address("0.0.0.0")  # noqa: S104 - it is nobody's
        if not any(address in ipaddress.IPv4Network(network) for network in NOBODYS):
            raise PlanError(
                f"{self.kind} of {whom}: expected an address where nobody else is "
                f"({', '.join(NOBODYS)}), got {self.address!r}"
            )
