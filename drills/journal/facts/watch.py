"""What observers tell: signals, the engine's events, what became of writes and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import ClassVar

from drills.journal.fact import Fact
from drills.journal.observed import ADDRESSES, LEDGER
from drills.journal.timeline import Json, Kind
from drills.units import NS, format_seconds

MS = 1_000_000  # nanoseconds


@dataclass(frozen=True, kw_only=True)
class Signal(Fact):
    """A ``detector`` says that something (``name``) is in another ``state``, give or take an error.

    Detectors are the pager, the system's own health endpoint, health checks of containers, the
    engine, and patterns in logs. With ``wrong`` it is a state in which something is wrong, and with
    ``heard`` the team says that somebody hears of it; an alert that fires is both anyway.
    ``service`` is whose it is, where that is known.
    """

    kind = Kind.SIGNAL
    detector: str
    name: str
    state: str
    error_ns: int
    container_id: str = ""
    labels: Mapping[str, Json] = field(default_factory=dict)
    annotations: Mapping[str, Json] = field(default_factory=dict)
    starts_at: str = ""
    service: str = ""
    wrong: bool = False
    heard: bool = False


@dataclass(frozen=True, kw_only=True)
class EngineTold(Fact):
    """The engine did something with a container, or a command ended in one.

    ``signal`` is the number of the one that was sent; older journals do not say it.
    """

    kind = Kind.ENGINE
    action: str
    service: str
    container_id: str
    error_ns: int
    exit_code: str = ""
    command: str = ""
    signal: str = "15"


@dataclass(frozen=True, kw_only=True)
class EngineClockMeasured(Fact):
    """The engine's clock is another one: so far ahead of this machine's, to an error.

    Both in nanoseconds, below 0 for one that is behind. The instants of the engine's events are
    corrected by it, and its error is part of theirs.
    """

    kind = Kind.ENGINE_CLOCK
    offset_ns: int
    error_ns: int

    def words(self) -> str:
        """By how much, and what is done about it."""
        where = "behind" if self.offset_ns < 0 else "ahead of"
        by, error = abs(self.offset_ns) / NS, ceil(self.error_ns / MS) * MS / NS
        return (
            f"the engine's clock is {format_seconds(by)} ± {format_seconds(error)} {where} this "
            "machine's; its events are told by this machine's"
        )


@dataclass(frozen=True, kw_only=True)
class LedgerAudited(Fact):
    """How many acknowledged writes the primary does not hold, and how many say something else."""

    kind = Kind.OBSERVED
    marks: ClassVar[Mapping[str, str]] = {"observer": LEDGER}
    missing: int
    altered: int


@dataclass(frozen=True, kw_only=True)
class AddressMoved(Fact):
    """A service is published anew: what its lanes sent from one instant to the other went astray.

    Those are its start and when its new address was known.
    """

    kind = Kind.OBSERVED
    marks: ClassVar[Mapping[str, str]] = {"observer": ADDRESSES}
    service: str
    lanes: tuple[str, ...]
    low_ns: int
    high_ns: int


@dataclass(frozen=True, kw_only=True)
class ProberStalled(Fact):
    """The prober itself stood still, so that its silence is not the system's."""

    kind = Kind.STALL
    gap_ns: int

    def words(self) -> str:
        """For how long."""
        return f"the prober itself stood still for {self.gap_ns / 1e6:.0f} ms"
