"""What is told of the stack under drill, and of the customers that it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.journal.fact import Fact
from drills.journal.timeline import Kind


@dataclass(frozen=True, kw_only=True)
class StackReady(Fact):
    """The stack is up: on which engine, from which images, by the names of its services.

    ``depends_on`` has for each service those that it depends on, separated by commas.
    """

    kind = Kind.STACK_READY
    engine: str = ""
    images: Mapping[str, str] = field(default_factory=dict)
    depends_on: Mapping[str, str] = field(default_factory=dict)

    def words(self) -> str:
        """That it is."""
        return "the stack is up"


@dataclass(frozen=True, kw_only=True)
class StackDown(Fact):
    """The stack was taken down; or the team's project that it was ``attached`` to was left."""

    kind = Kind.STACK_DOWN
    attached: str = ""

    def words(self) -> str:
        """What that means."""
        if self.attached:
            return f"{self.attached} is as it was: its containers, networks and volumes compared"
        return "no container, network or volume of it is left"


@dataclass(frozen=True, kw_only=True)
class StackLeft(Fact):
    """The stack could not be taken down."""

    kind = Kind.STACK_LEFT
    error: str


@dataclass(frozen=True, kw_only=True)
class SteadyReached(Fact):
    """Steady state was held in these lanes for ``hold_s`` seconds."""

    kind = Kind.STEADY
    lanes: tuple[str, ...]
    hold_s: float


@dataclass(frozen=True, kw_only=True)
class SteadyMissed(Fact):
    """Steady state was not reached."""

    kind = Kind.UNSTEADY


@dataclass(frozen=True, kw_only=True)
class LaneStarted(Fact):
    """A journey is asked from now on, ``rate`` times a second; ``what`` it is many of.

    ``fail_over_to`` is the route that it fails over to, ``service`` whom it serves; ``slow`` and
    ``timeout`` are in seconds.
    """

    kind = Kind.LANE_STARTED
    lane: str
    rate: float
    fail_over_to: str = ""
    service: str = ""
    slow: float = 0.0
    timeout: float = 0.0
    what: str = "requests"

    def words(self) -> str:
        """Which, and how often."""
        return f"{self.lane}: {self.rate:g} {self.what} a second"


@dataclass(frozen=True, kw_only=True)
class SeriesStarted(Fact):
    """Something besides the customers' journeys is watched from now on, sample by sample.

    ``what`` it tells of is a value of ``sample.SeriesKind``; ``unit`` is that of its values.
    """

    kind = Kind.SERIES_STARTED
    series: str
    what: str
    unit: str = ""

    def words(self) -> str:
        """Which, and of what it tells."""
        return f"{self.series} is watched: {self.what}"


@dataclass(frozen=True, kw_only=True)
class LanesEnded(Fact):
    """Nothing is watched any more: what happens from now on is not missed."""

    kind = Kind.LANES_ENDED

    def words(self) -> str:
        """That it is so."""
        return "watching ended"
