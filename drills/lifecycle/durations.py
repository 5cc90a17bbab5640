"""For how long each fault lasts: as its sentence says, or until it can prove something."""

from __future__ import annotations

import math
from collections.abc import Iterable

from drills.clock import Clock
from drills.config.settings import Settings
from drills.journal.facts import CriterionStated, FaultEffective
from drills.journal.timeline import Timeline
from drills.judgement.criterion import Criterion
from drills.judgement.dwell import least_requests, needed, rates
from drills.judgement.metric import Observations
from drills.units import NS


class Durations:
    """The faults in effect, each with the seconds that its sentence gives it, if any."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._given: dict[str, float | None] = {}

    def begin(self, injections: Iterable[str], lasting: float | None) -> None:
        """These faults took effect."""
        self._given.update(dict.fromkeys(injections, lasting))

    def end(self, injection: str = "") -> None:
        """This fault was undone, or all of them."""
        for name in [injection] if injection else list(self._given):
            self._given.pop(name, None)

    def left(self, timeline: Timeline) -> float:
        """Seconds until every fault has lasted; 0 where none is in effect."""
        ends, now_ns = self._ends_ns(timeline), self._clock.monotonic_ns()
        return max(0, max(ends.values(), default=now_ns) - now_ns) / NS

    def over(self, timeline: Timeline) -> dict[str, float]:
        """The faults that lasted as long as their sentences say, with that time in seconds."""
        if all(given is None for given in self._given.values()):
            return {}
        ends, now_ns = self._ends_ns(timeline), self._clock.monotonic_ns()
        return {
            injection: given
            for injection, given in self._given.items()
            if given is not None and now_ns >= ends.get(injection, math.inf)
        }

    def _ends_ns(self, timeline: Timeline) -> dict[str, int]:
        least, ends = self._least(timeline), {}
        for effect in timeline.all(FaultEffective):
            if effect.injection in self._given:
                given = self._given[effect.injection]
                lasts = math.ceil((least if given is None else given) * NS)
                ends[effect.injection] = effect.high_ns + lasts
        return ends

    def _least(self, timeline: Timeline) -> float:
        """Seconds for which a fault must last where nobody says; patience bounds them."""
        settings = self._settings
        seen = Observations(timeline, {}, settings.hold, self._clock.monotonic_ns())
        criteria = [Criterion.of(stated) for stated in timeline.all(CriterionStated)]
        requests = least_requests(seen)
        wanted = needed(settings.hold, requests, rates(seen), criteria)
        return min(wanted, max(settings.hold, settings.patience))
