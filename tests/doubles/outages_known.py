"""A prober and a server whose outages are known, in numbers alone: no process, no load."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from drills.journal.sample import Lane, Outcome, Sample
from drills.lifecycle.calibrating import Planned
from drills.observers.calibration.truth import LATER, OutageKind, Stamp, Truth
from drills.units import NS

_MS = 1_000_000
RETRIES = (1.0, 3.0, 7.0)  # seconds after which TCP sends its first packet again


def truths_of(planned: Sequence[Planned], began_ns: int = 10 * NS) -> list[Truth]:
    """The outages as they would be made: each known to 0.2 ms."""
    found, now = [], began_ns
    for each in planned:
        begin = now + round(each.calm * NS)
        now = begin + round(each.seconds * NS)
        edges = [Stamp(edge - _MS // 10, edge + _MS // 10) for edge in (begin, now)]
        found.append(Truth(each.kind, edges[0], edges[1]))
    return found


@dataclass
class Asked:
    """Requests of one lane, open loop, through outages that are known.

    ``late_ms`` is by how much a request is sent after it was due, at most; an answer takes 0.2 to
    0.6 ms, and after a freeze one after the other.
    Two instances take ``turns``, or chance decides which one is met.
    """

    lane: Lane
    truths: Sequence[Truth]
    chance: random.Random
    late_ms: float = 0.3
    turns: bool = True
    flying: list[int] = field(default_factory=list)
    count: int = 0

    def samples(self, began_ns: int = 9 * NS) -> list[Sample]:
        """All of them, in the order in which they were due."""
        interval = round(NS / self.lane.rate)
        until = self.truths[-1].end.ns + 4 * NS
        phase = began_ns + self.chance.randrange(interval)
        return [self._sample(seq, due) for seq, due in enumerate(range(phase, until, interval))]

    def _sample(self, seq: int, due: int) -> Sample:
        sent = due + round(self.chance.random() * self.late_ms * _MS)
        self.flying = [end for end in self.flying if end > sent]
        name = self.lane.name
        if len(self.flying) >= self.lane.in_flight:
            return Sample(name, seq, due, due, due, Outcome.DROPPED, detail="32 in flight")
        outcome, ended = self._met(seq, sent)
        limit = due + round(self.lane.timeout * NS)
        if ended >= limit:
            outcome, ended = Outcome.TIMEOUT, limit
        elif outcome is Outcome.OK and ended - due > self.lane.slow * NS:
            outcome = Outcome.SLOW
        self.flying.append(ended)
        return Sample(name, seq, due, sent, ended, outcome)

    def _met(self, seq: int, sent: int) -> tuple[Outcome, int]:
        """What the server makes of a request, and when it has."""
        takes = round(self.chance.uniform(0.2, 0.6) * _MS)
        for truth in self.truths:
            if truth.begin.ns <= sent + takes // 2 and sent < truth.end.ns:
                return self._broken(truth, seq, sent, takes)
        return Outcome.OK, sent + takes

    def _broken(self, truth: Truth, seq: int, sent: int, takes: int) -> tuple[Outcome, int]:
        if truth.kind is OutageKind.KILL:
            return Outcome.REFUSED, sent + takes // 4
        if truth.kind is OutageKind.FREEZE:
            self.count += 1
            return Outcome.OK, truth.end.ns + takes + self.count % 32 * _MS // 20
        if truth.kind is OutageKind.HOLE:
            again = [sent + round(each * NS) for each in RETRIES]
            return Outcome.OK, next((at for at in again if at >= truth.end.ns), 1 << 62) + takes
        if truth.kind is OutageKind.SLOW:
            return Outcome.OK, sent + round(LATER * NS) + takes
        broken = seq % 2 if self.turns else self.chance.random() < 0.5
        whole = truth.kind is OutageKind.WRONG or broken
        return Outcome.WRONG if whole else Outcome.OK, sent + takes
